//! All servers: those of the fleet, and those that operators have written down.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::server::{AdministratorWord, ServerState};

use super::kind::Servers;
use crate::pages::admin::entity::{
    Asked, Cell, Column, EntityKind, Frozen, Ground, KindWords, ListPage, ListRow, Listed, Select, listed,
};
use crate::pages::frame::{Section, show};
use crate::pages::listing::few;
use crate::pages::sentence::Sentence;
use crate::pages::visitor::Visitor;
use crate::rest::servers::Known;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

pub(super) async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, states, network) = (&ground.w.servers, &ground.w.states, &ground.network);
    let fleet = ground.balancer().fleet();
    let frame = visitor.frame(w.title, Section::Servers);
    let mut all: BTreeMap<&ServerName, Known<'_>> = BTreeMap::new();
    for member in fleet.servers() {
        all.entry(&member.server.name).or_default().member = Some(member);
    }
    for said in network.servers() {
        all.entry(&said.name).or_default().said = Some(said);
    }
    let total = all.len();
    let tags: BTreeSet<String> = all.values().flat_map(|known| known.tags()).cloned().collect();
    let fits = |(name, known): &(&ServerName, Known<'_>)| {
        let state = known.member.map_or("none", |member| member.state().as_str());
        let tag = asked.tag.trim();
        asked.fits(&[name.as_str()])
            && (asked.state.is_empty() || state == asked.state)
            && (tag.is_empty() || known.tags().iter().any(|carried| carried == tag))
    };
    let fitting: Vec<_> = all.into_iter().filter(fits).collect();
    let row = |(name, known): (&ServerName, Known<'_>)| {
        let number = |number: Option<u32>| number.map_or_else(Cell::default, |number| frame.number(number).into());
        let share = |share: Option<f64>| share.map_or_else(Cell::default, |share| Cell::from(frame.decimal(share, 0)));
        let state = known.member.map(|member| member.state());
        let reasons = known.member.map(|member| member.reasons()).unwrap_or_default();
        let why = Sentence::joined(reasons.iter().map(|reason| ground.w.reasons.of(reason)), "; ");
        let state_cell = match state {
            Some(state) => Cell { state: state.as_str(), ..Cell::from(states.of(state)) },
            None => Cell::from(w.not_there).tone("is-quiet"),
        };
        let word = ground.balancer().word_on(name).unwrap_or_default();
        let word = if word == AdministratorWord::Automatic { "" } else { w.said(word).0 };
        ListRow {
            name: name.to_string(),
            note: String::new(),
            href: Servers::href(name.as_str(), ""),
            managed: known.said.is_some_and(|said| said.managed),
            cells: vec![
                state_cell.note(why),
                Cell::from(word),
                number(known.member.map(|member| member.meetings())),
                number(known.member.map(|member| member.users())),
                share(known.member.and_then(|member| member.measured.cpu)),
                share(known.member.and_then(|member| member.measured.memory)),
                Cell { tags: known.tags().to_vec(), ..Cell::default() },
            ],
            tone: match state {
                Some(ServerState::Critical | ServerState::Suspended) => "is-critical",
                Some(ServerState::Warning) => "is-warning",
                None | Some(ServerState::Gone) => "is-quiet",
                _ => "",
            },
        }
    };
    let Listed { rows, counted, pager, narrowed } =
        listed(&frame, Servers::BASE, &asked, (fitting, total), |(name, _)| name.as_str(), row)?;
    let known_states = ServerState::ALL.map(|state| (state.as_str().to_owned(), states.of(state).to_owned()));
    let known_states = known_states.into_iter().chain([("none".to_owned(), w.not_there.to_owned())]);
    let mut selects = vec![Select {
        name: "state",
        label: ground.w.admin.state,
        chosen: asked.state.clone(),
        options: known_states.collect(),
    }];
    if !tags.is_empty() {
        let options = few(tags.into_iter()).into_iter().map(|tag| (tag.clone(), tag)).collect();
        selects.push(Select { name: "tag", label: w.tag, chosen: asked.tag.clone(), options });
    }
    let (before, after) = ground.w.admin.frozen.split_once("{}").unwrap_or_default();
    let lead = if ground.setup.monitored { w.lead_monitored } else { w.lead };
    show(&ListPage {
        base: Servers::BASE,
        words: KindWords { lead, ..Servers::words(ground.w) },
        new: ground.may(Right::Administer).then_some(Servers::NEW),
        narrowed,
        selects,
        columns: vec![
            Column::text(ground.w.admin.state),
            Column::text(w.word_short),
            Column::number(w.meetings),
            Column::number(w.users),
            Column::number("CPU %"),
            Column::number(w.memory_share),
            Column::text(w.tags),
        ],
        rows,
        counted,
        pager,
        frozen: fleet.freeze().since().map(|since| Frozen {
            since,
            before,
            after,
            may_lift: ground.may(Right::Administer),
        }),
        asked,
        frame,
    })
}
