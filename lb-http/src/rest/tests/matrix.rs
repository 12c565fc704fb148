//! Every route, asked by everybody who may ask. The rows are those of the table that is served, so none can be left out.

use lb_core::account::Right;
use lb_core::network::{Integration, IntegrationName, PartnerName};
use utoipa::openapi::path::HttpMethod;

use super::*;
use crate::rest::routes;
use crate::rest::routes::Route;

/// What nobody may read of whose partner it is not.
const HIDDEN: &str = "Moodle of UFRGS";

fn method(route: &Route) -> Method {
    match route.method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Post => Method::POST,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Patch => Method::PATCH,
        _ => panic!("the table has a method that the test does not know"),
    }
}

/// A path in which every part that stands for something stands for something of the partner `ufrgs`, where that can be.
fn path(route: &Route) -> String {
    let first = route.path.split('/').nth(1).unwrap_or_default();
    let name = match first {
        "integrations" => "moodle",
        "plans" | "routers" => "default",
        "partners" => "ufrgs",
        "users" => "ana",
        _ => "there-is-none",
    };
    let path = route.path.replace("{integration}", "moodle");
    let path = path.replace("{name}", name);
    path.split('/').map(|part| if part.starts_with('{') { "there-is-none" } else { part }).collect::<Vec<_>>().join("/")
}

/// What is sent. Where it stays within what a partner manager may say, it does.
fn body(route: &Route) -> Option<&'static str> {
    let moodle = r#"{"display_name":"Moodle of UFRGS","partner":"ufrgs"}"#;
    route.has_body().then_some(if route.path == "/integrations/{name}" { moodle } else { "{}" })
}

async fn moodle(asked: &Asked) {
    let moodle = Integration {
        display_name: HIDDEN.to_owned(),
        partner: Some(PartnerName::from("ufrgs")),
        ..Integration::new("moodle", "the-secret-of-moodle")
    };
    let balancer = asked.prepared.balancer();
    balancer.put(moodle, Expected::Any, &Actor::from("a test")).await.unwrap();
    balancer.network().integration(IntegrationName::from("moodle").as_str()).unwrap();
}

/// Asks for every row; `fits` says whether the status may be.
async fn ask_all(asked: &Asked, who: &str, shown: &Shown, fits: impl Fn(&Route, u16, &str) -> bool) {
    for route in routes().rows() {
        moodle(asked).await;
        let (status, answer) = asked.ask(method(route), &path(route), shown, body(route)).await;
        let what = format!("{who}: {:?} {} asks for {:?}: {status} {answer}", route.method, route.path, route.right);
        assert!(fits(route, status, &answer), "{what}");
        assert!(status < 500 || status == 503 || status == 502, "{what}");
    }
}

fn refused(status: u16) -> bool {
    matches!(status, 401 | 403)
}

#[tokio::test]
async fn who_shows_nothing_is_let_in_nowhere_but_where_anybody_is() {
    let asked = Asked::new().await;
    ask_all(&asked, "nobody", &Shown::default(), |route, status, _| (status == 401) == route.right.is_some()).await;
}

#[tokio::test]
async fn a_token_that_has_expired_or_was_never_there_is_none() {
    let asked = Asked::new().await;
    asked.user("root", Role::Administrator, None).await;
    let soon = asked.prepared.balancer().now() + std::time::Duration::from_millis(1);
    let expired = asked.token("root", Some(soon)).await;
    while asked.prepared.balancer().now() <= soon {
        tokio::task::yield_now().await;
    }
    let unknown = Shown::token(&"lbt_none_0123456789012345678901234567890123456789".into());
    let unreadable = Shown { headers: vec![("authorization", "Bearer".to_owned())] };
    for (who, shown) in [("expired", expired), ("unknown", unknown), ("unreadable", unreadable)] {
        ask_all(&asked, who, &shown, |route, status, _| (status == 401) == route.right.is_some()).await;
    }
}

#[tokio::test]
async fn a_viewer_sees_and_changes_nothing() {
    let asked = Asked::new().await;
    asked.user("vera", Role::Viewer, None).await;
    let vera = asked.token("vera", None).await;
    let may = [Right::Own, Right::View, Right::ViewNetwork];
    ask_all(&asked, "viewer", &vera, |route, status, _| match route.right {
        Some(right) => (status == 403) != may.contains(&right) && status != 401,
        None => status != 403,
    })
    .await;
}

#[tokio::test]
async fn a_partner_manager_has_what_is_the_partners() {
    let asked = Asked::new().await;
    asked.user("ana", Role::PartnerManager("ufrgs".into()), None).await;
    let ana = asked.token("ana", None).await;
    let may = [Right::Own, Right::View, Right::Manage];
    ask_all(&asked, "partner manager", &ana, |route, status, _| match route.right {
        Some(right) => (status == 403) != may.contains(&right) && status != 401,
        None => status != 403,
    })
    .await;
    let (status, list) = asked.ask(Method::GET, "/integrations", &ana, None).await;
    assert!(status == 200 && list.contains(HIDDEN), "{list}");
}

#[tokio::test]
async fn a_partner_manager_of_another_partner_finds_nothing_there() {
    let asked = Asked::new().await;
    asked.user("bia", Role::PartnerManager("puc".into()), None).await;
    let bia = asked.token("bia", None).await;
    let may = [Right::Own, Right::View, Right::Manage];
    ask_all(&asked, "manager of another partner", &bia, |route, status, answer| {
        let named = route.path.starts_with("/integrations/{") || route.path.contains("{integration}");
        let right = match route.right {
            Some(right) if !may.contains(&right) => status == 403,
            Some(_) if named => matches!(status, 400 | 404),
            Some(_) => !refused(status),
            None => status != 403,
        };
        right && !answer.contains(HIDDEN)
    })
    .await;
    let (_, list) = asked.ask(Method::GET, "/integrations", &bia, None).await;
    assert_eq!(list, r#"{"items":[],"next":null}"#);
}

#[tokio::test]
async fn an_administrator_is_refused_nothing() {
    let asked = Asked::new().await;
    asked.user("root", Role::Administrator, None).await;
    let root = asked.token("root", None).await;
    ask_all(&asked, "administrator", &root, |_, status, _| !refused(status)).await;
}

#[tokio::test]
async fn a_session_changes_nothing_without_its_csrf_token() {
    let asked = Asked::new().await;
    let password = Secret::from("correct horse battery");
    asked.user("root", Role::Administrator, Some(&password)).await;
    let address: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    let session = asked.prepared.accounts().log_in("root", &password, Some(address)).await.unwrap();
    let cookie = ("cookie", format!("theme=dark; lb_session={}", session.cookie.expose()));
    let with = |csrf: Option<&str>| {
        let csrf = csrf.map(|csrf| ("x-csrf-token", csrf.to_owned()));
        Shown { headers: [cookie.clone()].into_iter().chain(csrf).collect() }
    };
    for (who, shown) in [("no CSRF token", with(None)), ("a wrong CSRF token", with(Some("wrong")))] {
        ask_all(&asked, who, &shown, |route, status, _| match (&route.method, route.right) {
            (HttpMethod::Get, _) | (_, None) => !refused(status) || route.right.is_none(),
            _ => status == 403,
        })
        .await;
    }
    let right = with(Some(session.csrf.expose()));
    let (status, _) = asked.ask(Method::PUT, "/partners/new", &right, Some("{}")).await;
    assert_eq!(status, 201);
    let ended = Shown { headers: vec![("cookie", "lb_session=ended".to_owned())] };
    ask_all(&asked, "a session that has ended", &ended, |route, status, _| (status == 401) == route.right.is_some())
        .await;
}
