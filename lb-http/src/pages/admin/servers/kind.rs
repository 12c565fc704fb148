//! What the forms of servers ask for.

use axum::extract::State;
use axum::response::Response;
use lb_core::balancer::Wish;
use lb_core::checksum::Algorithm;
use lb_core::network::EntityName;
use lb_core::server::AdministratorWord;
use lb_core::{Server, ServerName};
use serde_json::Value;

use crate::pages::admin::entity::{EntityKind, Ground, KindWords, MOST_USES, Refused, Use, body_of};
use crate::pages::fields::{Empty, Field, Kind, Pick};
use crate::pages::frame::Section;
use crate::pages::links;
use crate::pages::words::Words;
use crate::rest::servers::{self, ServerBody};
use crate::rest::{BodyOf, PathOf, Precondition, Problem};

pub(in crate::pages::admin) struct Servers;

impl EntityKind for Servers {
    const BASE: &'static str = "/admin/servers";
    const NEW: &'static str = "/admin/servers/new";
    const EDIT: &'static str = "/admin/servers/{name}/edit";
    const REMOVE: &'static str = "/admin/servers/{name}/remove";
    const SECTION: Section = Section::Servers;

    fn words(w: &'static Words) -> KindWords {
        KindWords { title: w.servers.title, one: w.servers.one, new: w.servers.new, lead: w.servers.lead }
    }

    fn entity(name: &str) -> EntityName {
        ServerName::from(name).into()
    }

    fn fields(ground: &Ground<'_>, name: Option<&str>) -> Vec<Field> {
        let w = &ground.w.servers;
        // where a monitor knows the servers, what is said here is only what is known better
        let must = |field: Field, must: bool| if must && !ground.setup.monitored { field.required() } else { field };
        let present = name.and_then(|name| ground.network.server(&ServerName::from(name)));
        let has_secret = present.is_some_and(|present| present.facts.secret.is_some());
        let algorithms = Algorithm::ALL.map(|one| Pick::new(one.as_str(), one.as_str().to_uppercase()));
        let algorithms = std::iter::once(Pick::new("", w.not_said)).chain(algorithms).collect();
        let secret_hint = if has_secret { w.secret_kept_hint } else { w.secret_hint };
        let url = Kind::Text { most: 1000, empty: Empty::Null };
        let number = |least, most| Kind::Decimal { least, most };
        let mut fields = vec![
            must(Field::new("url", url, w.url, w.url_hint).nothing(w.not_said), true),
            must(Field::new("secret", Kind::Secret, w.secret, secret_hint).autocomplete("new-password"), !has_secret),
            Field::new("position", Kind::Position, w.position, w.position_hint).nothing(w.not_said),
            Field::new("capacity", Kind::Whole { least: 1, most: u32::MAX.into() }, w.capacity, w.capacity_hint)
                .unit(w.unit_users)
                .nothing(w.not_said),
            Field::new("weight", number(0.01, 1000.0), w.weight, w.weight_hint).nothing(w.not_said),
            Field::new("tags", Kind::Words { may_be_null: true }, w.tags, w.tags_hint).nothing(w.not_said),
            Field::new("checksum", Kind::Choice(algorithms), w.checksum, w.checksum_hint).nothing(w.not_said),
        ];
        if name.is_none() {
            let words = AdministratorWord::ALL.map(|word| {
                let (text, hint) = w.said(word);
                Pick::new(word.as_str(), text).hint(hint)
            });
            fields.push(Field::new("word", Kind::Radio(words.into()), w.word, w.word_first_hint).required());
        }
        fields
    }

    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem> {
        let Some(name) = name else {
            let mut body = serde_json::to_value(ServerBody::default()).unwrap_or_default();
            if let Value::Object(body) = &mut body {
                body.insert("word".to_owned(), AdministratorWord::Automatic.as_str().into());
            }
            return Ok(body);
        };
        let server = ground.network.server(&ServerName::from(name));
        let server = server.ok_or_else(|| Problem::not_found(Self::entity(name)))?;
        Ok(serde_json::to_value(ServerBody::from(&server.facts)).unwrap_or_default())
    }

    fn wish(ground: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused> {
        if body.get("url").and_then(Value::as_str).is_some_and(|url| Server::api_url(url).is_err()) {
            return Err(Refused::Field("url", ground.w.form.bad_url.to_owned()));
        }
        let body: ServerBody = body_of(body)?;
        let words = body.word().map(|word| (name.into(), word)).into_iter().collect();
        Ok(Wish { entities: vec![body.named(name.into())?.into()], words, ..Wish::default() })
    }

    async fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> Result<Response, Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        servers::put(service, caller, PathOf(name.into()), precondition, BodyOf(body_of(body)?)).await
    }

    async fn remove(ground: &Ground<'_>, name: &str, precondition: Precondition) -> Result<(), Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        servers::remove(service, caller, PathOf(name.into()), precondition).await.map(drop)
    }

    fn used_by(ground: &Ground<'_>, name: &str) -> (Vec<Use>, usize) {
        let name = ServerName::from(name);
        let lent = ground.network.partners().filter(|partner| partner.servers.contains(&name)).map(|partner| Use {
            kind: ground.w.partners.one,
            name: partner.name.to_string(),
            href: links::thing("/admin/partners", partner.name.as_str(), ""),
        });
        let weighed = ground.network.routers().filter(|router| router.weights.contains_key(&name)).map(|router| Use {
            kind: ground.w.routers.one,
            name: router.name.to_string(),
            href: links::thing("/admin/routers", router.name.as_str(), ""),
        });
        let all: Vec<_> = lent.chain(weighed).collect();
        let count = all.len();
        (all.into_iter().take(MOST_USES).collect(), count)
    }

    fn there(ground: &Ground<'_>, name: &str) -> Option<&'static str> {
        let known = ground.balancer().fleet().server(&ServerName::from(name)).is_some();
        known.then_some(ground.w.servers.there)
    }

    fn meaning(ground: &Ground<'_>, _: &str) -> String {
        ground.w.servers.meaning.to_owned()
    }

    fn removal(ground: &Ground<'_>, _: &str) -> String {
        let w = &ground.w.servers;
        if ground.setup.monitored { w.removal_monitored } else { w.removal }.to_owned()
    }
}
