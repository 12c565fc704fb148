//! Every page, opened by everybody who may ask. The rows are those of the table that is served, so none can be left out.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::{BodyExt, Limited};
use lb_core::Secret;
use lb_core::account::{Right, Role};
use lb_core::balancer::{Actor, Expected};
use lb_core::network::Integration;
use tower::ServiceExt;

use super::routes::{Door, Row};
use crate::accounts::UserWish;
use crate::config::Config;
use crate::run::{Prepared, prepare};
use crate::server::Peer;

const NETWORK: &str = "[listen]\napi = \"127.0.0.1:0\"\n[store]\nurl = \"memory:\"\n[partners.ufrgs]\n[partners.puc]\n";

/// What nobody may read of whose partner it is not.
const HIDDEN: &str = "Moodle of UFRGS";

/// Longer than this, as it is before compression, no page is where there is next to nothing to show.
const MOST: usize = 100_000;

struct Opened {
    prepared: Prepared,
    router: axum::Router,
}

/// A session.
#[derive(Clone, Default)]
struct Shown {
    cookie: Option<Secret>,
    csrf: Option<Secret>,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Opened {
    async fn new() -> Self {
        let config = Config::from_text("lb.toml", NETWORK, std::iter::empty()).unwrap();
        let prepared = prepare(config, []).await.unwrap();
        let service = prepared.service().clone();
        let router = super::router(&service).with_state(service);
        let opened = Self { prepared, router };
        opened.moodle().await;
        opened
    }

    async fn moodle(&self) {
        let moodle = Integration {
            display_name: HIDDEN.to_owned(),
            partner: Some("ufrgs".into()),
            ..Integration::new("moodle", "the-secret-of-moodle")
        };
        self.prepared.balancer().put(moodle, Expected::Any, &Actor::from("a test")).await.unwrap();
    }

    async fn log_in(&self, name: &str, role: Role) -> Shown {
        let password = Secret::from("correct horse battery");
        let wish = UserWish { name: name.into(), display_name: name.to_owned(), role, active: true };
        let accounts = self.prepared.accounts();
        accounts.put_user(wish, Some(&password), Expected::Any, &Actor::from("a test")).await.unwrap();
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let begun = accounts.log_in(name, &password, Some(address)).await.unwrap();
        Shown { cookie: Some(begun.cookie), csrf: Some(begun.csrf) }
    }

    async fn open(&self, row: &Row, shown: &Shown) -> Answer {
        let mut request = Request::builder().method(if row.posted { "POST" } else { "GET" }).uri(path(row));
        request = request.extension(Peer::Remote("192.0.2.1:4711".parse().unwrap()));
        if let Some(cookie) = &shown.cookie {
            request = request.header("cookie", format!("lb_session={}", cookie.expose()));
        }
        let csrf = shown.csrf.as_ref().map_or("", Secret::expose);
        let body = if row.posted {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            Body::from(format!("csrf={csrf}"))
        } else {
            Body::empty()
        };
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let is_page = head.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        // news come as long as somebody listens
        let bytes = if is_page { Limited::new(body, 10 * MOST).collect().await.unwrap().to_bytes() } else { "".into() };
        Answer { status: head.status.as_u16(), headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Opens every row; `fits` says whether the answer may be.
    async fn open_all(&self, who: &str, shown: &Shown, fits: impl Fn(&Row, &Answer) -> bool) {
        // those that end the session come last
        let ends = |row: &Row| matches!(row.path, "/logout") || row.path.contains("password");
        let pages = super::pages();
        let (mut last, first): (Vec<_>, Vec<_>) = pages.rows().iter().partition(|row| ends(row));
        last.sort_by_key(|row| row.path == "/logout");
        for row in first.into_iter().chain(last) {
            self.moodle().await;
            let answer = self.open(row, shown).await;
            let what = format!(
                "{who}: {} {} ({:?}): {}",
                if row.posted { "POST" } else { "GET" },
                row.path,
                row.door,
                answer.status
            );
            assert!(fits(row, &answer), "{what}\n{}", answer.text);
            assert!(answer.status < 500 || matches!(answer.status, 502 | 503), "{what}\n{}", answer.text);
            is_well_made(&what, &answer);
        }
    }
}

/// What holds of every page, whatever is on it.
fn is_well_made(what: &str, answer: &Answer) {
    if answer.text.is_empty() {
        return;
    }
    let policy = answer.headers.get("content-security-policy").unwrap_or_else(|| panic!("{what}: no policy"));
    assert!(!policy.to_str().unwrap().contains("unsafe"), "{what}");
    assert_eq!(answer.headers["cache-control"], "no-store", "{what}");
    let text = answer.text.to_lowercase();
    assert!(text.len() < MOST, "{what}: {} bytes", text.len());
    assert!(text.starts_with("<!doctype html>") && text.contains("<html lang=\"en\">"), "{what}");
    assert_eq!(text.matches("<h1").count(), 1, "{what}: one headline\n{}", answer.text);
    for (inline, why) in [
        (" style=", "style"),
        (" onclick=", "script"),
        (" onload=", "script"),
        (" onsubmit=", "script"),
        ("javascript:", "script"),
        ("<style", "style"),
    ] {
        assert!(!text.contains(inline), "{what}: inline {why}\n{}", answer.text);
    }
    for script in text.split("<script").skip(1) {
        let opening = script.split('>').next().unwrap_or_default();
        assert!(opening.contains("src=\"/assets/") && opening.contains("type=\"module\""), "{what}: {opening}");
    }
    for form in text.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        let open = form.contains("action=\"/login\"") || form.contains("action=\"/first-administrator\"");
        assert!(open || !form.contains("method=\"post\"") || form.contains("name=\"csrf\""), "{what}: {form}");
    }
}

/// A path in which every part that stands for something stands for something of the partner `ufrgs`, where that can be.
#[tokio::test]
async fn a_name_in_a_headline_turns_nothing_round() {
    let opened = Opened::new().await;
    let ana = opened.log_in("ana", Role::Administrator).await;
    let pages = super::pages();
    let connect = |row: &&Row| row.path == "/admin/integrations/{name}/connect" && !row.posted;
    let answer = opened.open(pages.rows().iter().find(connect).unwrap(), &ana).await;
    let headline = answer.text.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap();
    assert!(headline.contains("<bdi>moodle</bdi>"), "{headline}");
}

fn path(row: &Row) -> String {
    let kind = row.path.split('/').find(|part| !part.is_empty() && *part != "admin").unwrap_or_default();
    let name = match kind {
        "integrations" | "meetings" => "moodle",
        "plans" | "routers" => "default",
        "partners" => "ufrgs",
        "users" => "ana",
        _ => "there-is-none",
    };
    let part = |part| match part {
        "{name}" | "{integration}" => name,
        part if str::starts_with(part, "{") => "there-is-none",
        part => part,
    };
    row.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn to_log_in(answer: &Answer) -> bool {
    answer.status == 303 && answer.headers["location"].to_str().unwrap().starts_with("/login")
}

/// The right that a door asks for; none where everybody may.
fn asked_for(row: &Row) -> Option<Right> {
    match row.door {
        Door::Anybody => None,
        Door::Dashboard => Some(Right::ViewNetwork),
        Door::User(right) => Some(right),
    }
}

async fn opens_for(opened: &Opened, who: &str, shown: &Shown, rights: &[Right]) {
    opened
        .open_all(who, shown, |row, answer| match asked_for(row) {
            Some(right) if !rights.contains(&right) => answer.status == 403,
            // a change may be more than they may say, though they may say some
            Some(_) => {
                answer.status != 401
                    && (row.posted || answer.status != 403)
                    && (row.path == "/logout" || !to_log_in(answer))
            }
            None => true,
        })
        .await;
}

#[tokio::test]
async fn who_has_not_logged_in_is_led_there() {
    let opened = Opened::new().await;
    for (who, shown) in [
        ("nobody", Shown::default()),
        ("a session that has ended", Shown { cookie: Some("ended".into()), csrf: Some("ended".into()) }),
    ] {
        let fits = |row: &Row, answer: &Answer| match asked_for(row) {
            Some(_) if row.posted => answer.status == 401,
            Some(_) => to_log_in(answer),
            None => answer.status != 401 || row.path == "/login",
        };
        opened.open_all(who, &shown, fits).await;
    }
}

#[tokio::test]
async fn a_viewer_opens_what_shows_and_nothing_that_changes() {
    let opened = Opened::new().await;
    let vera = opened.log_in("vera", Role::Viewer).await;
    opens_for(&opened, "viewer", &vera, &[Right::Own, Right::View, Right::ViewNetwork]).await;
}

#[tokio::test]
async fn a_partner_manager_opens_what_is_the_partners() {
    let opened = Opened::new().await;
    let ana = opened.log_in("ana", Role::PartnerManager("ufrgs".into())).await;
    opens_for(&opened, "partner manager", &ana, &[Right::Own, Right::View, Right::Manage]).await;
}

#[tokio::test]
async fn a_partner_manager_of_another_partner_reads_nothing_of_it() {
    let opened = Opened::new().await;
    let bia = opened.log_in("bia", Role::PartnerManager("puc".into())).await;
    let fits = |row: &Row, answer: &Answer| {
        let named = row.path.contains("/integrations/{") || row.path.contains("{integration}");
        let right = asked_for(row).is_none_or(|right| [Right::Own, Right::View, Right::Manage].contains(&right));
        !answer.text.contains(HIDDEN) && (!named || !right || matches!(answer.status, 400 | 404))
    };
    opened.open_all("manager of another partner", &bia, fits).await;
}

#[tokio::test]
async fn an_administrator_is_refused_nothing() {
    let opened = Opened::new().await;
    let root = opened.log_in("root", Role::Administrator).await;
    let fits = |row: &Row, answer: &Answer| {
        !matches!(answer.status, 401 | 403) || row.path == "/first-administrator" || row.path == "/login"
    };
    opened.open_all("administrator", &root, fits).await;
}

#[tokio::test]
async fn what_is_posted_without_the_token_of_the_session_is_refused() {
    let opened = Opened::new().await;
    let root = opened.log_in("root", Role::Administrator).await;
    for csrf in [None, Some(Secret::from("forged"))] {
        let forged = Shown { csrf, ..root.clone() };
        let fits = |row: &Row, answer: &Answer| !row.posted || answer.status == 403;
        opened.open_all("forged", &forged, fits).await;
    }
}
