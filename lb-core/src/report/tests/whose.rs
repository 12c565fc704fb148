//! Groups, filters, recordings, refused calls.

use std::collections::BTreeSet;

use super::*;

/// Two websites on two servers; the portal changed its partner since.
fn events() -> Vec<Event> {
    let placed = |integration: &str, id: &str, server: &str, partner: Option<&str>| {
        let mut kind = created(MeetingKey::new(integration, "room"), id, server, &[]);
        if let EventKind::MeetingCreated { partner: of, router, .. } = &mut kind {
            *of = partner.map(Into::into);
            *router = partner.map(|_| "far".into());
        }
        kind
    };
    let one = Told::of("moodle")
        .tell("05 10:00", placed("moodle", "a", "bbb1", None))
        .entered("a", "ana", "05 10:00")
        .ended("a", "05 11:00", None)
        .tell("05 12:00", placed("moodle", "b", "bbb2", None))
        .entered("b", "ana", "05 12:00")
        .ended("b", "05 12:30", None)
        .tell("05 13:00", refused("moodle", "create", "checksumError"))
        .tell("05 13:00", refused("moodle", "create", "checksumError"))
        .tell("05 13:00", refused("moodle", "join", "permissionDenied"))
        .events;
    let other = Told::of("portal")
        .tell("05 10:00", placed("portal", "a", "bbb2", Some("puc")))
        .entered("a", "bob", "05 10:00")
        .ended("a", "05 10:15", None)
        .tell("05 14:00", recorded(Some("portal"), "a", "bbb2", 900))
        .events;
    [one, other].concat()
}

fn refused(integration: &str, call: &'static str, key: &'static str) -> EventKind {
    EventKind::CallRefused {
        call: call.into(),
        integration: Some(integration.into()),
        key: key.into(),
        reason: "".into(),
        address: None,
        hint: None,
    }
}

fn recorded(integration: Option<&str>, id: &str, server: &str, seconds: u64) -> EventKind {
    EventKind::RecordingSeen {
        meeting: integration.map(|integration| MeetingKey::new(integration, "room")),
        recording: id.into(),
        server: server.into(),
        participants: 1,
        seconds,
        formats: Vec::new(),
    }
}

fn owners() -> Owners {
    let owner = |partner: Option<&str>| Owner { partner: partner.map(Into::into), router: Some("default".into()) };
    [("moodle".into(), owner(Some("ufrgs"))), ("portal".into(), owner(None))].into_iter().collect()
}

fn by(by: By, filter: Filter) -> Table {
    let query = ReportQuery { by, filter, ..query("05 00:00", "06 00:00", Step::Whole) };
    told(query, owners(), &events(), march("20 00:00"))
}

/// Of each group: its name, meetings, minutes, refused calls, recordings.
fn groups(table: &Table) -> Vec<(&str, u64, f64, u64, u64)> {
    let told = table.groups.iter().map(|Row { group, figures, .. }| {
        let name = group.as_deref().unwrap_or("-");
        (name, figures.meetings, figures.participant_minutes(), figures.refused_calls(), figures.recordings)
    });
    told.collect()
}

#[test]
fn there_is_a_group_for_each_integration_partner_server_and_router() {
    let all = || Filter::default();
    assert_eq!(groups(&by(By::Integration, all())), [("moodle", 2, 90.0, 3, 0), ("portal", 1, 15.0, 0, 1)]);
    // the partner of then, or else of now; a recording and a refused call are of the partner of now
    let partners = by(By::Partner, all());
    assert_eq!(groups(&partners), [("-", 0, 0.0, 0, 1), ("puc", 1, 15.0, 0, 0), ("ufrgs", 2, 90.0, 3, 0)]);
    let servers = by(By::Server, all());
    assert_eq!(groups(&servers), [("-", 0, 0.0, 3, 0), ("bbb1", 1, 60.0, 0, 0), ("bbb2", 2, 45.0, 0, 1)]);
    assert_eq!(groups(&by(By::Router, all())), [("default", 2, 90.0, 3, 1), ("far", 1, 15.0, 0, 0)]);
    assert_eq!(groups(&by(By::Nothing, all())), [("-", 3, 105.0, 3, 1)]);
    // a name that is on two servers is one in all
    assert_eq!(servers.groups.iter().map(|row| row.figures.unique_names).sum::<u64>(), 3);
    assert_eq!(servers.total.unique_names, 2);
}

#[test]
fn only_what_fits_every_part_of_the_filter_is_counted() {
    let integrations = |names: &[&str]| Some(names.iter().map(|name| (*name).into()).collect::<BTreeSet<_>>());
    let moodle = Filter { integrations: integrations(&["moodle"]), ..Filter::default() };
    assert_eq!(groups(&by(By::Integration, moodle.clone())), [("moodle", 2, 90.0, 3, 0)]);
    let on_bbb2 = Filter { servers: Some(["bbb2".into()].into()), ..moodle };
    assert_eq!(groups(&by(By::Integration, on_bbb2)), [("moodle", 1, 30.0, 0, 0)]);
    let of_puc = Filter { partners: Some(["puc".into()].into()), ..Filter::default() };
    assert_eq!(groups(&by(By::Integration, of_puc)), [("portal", 1, 15.0, 0, 0)]);
    // what is placed by a router is what the report by routers says of it
    for row in by(By::Router, Filter::default()).groups {
        let Some(router) = row.group else { continue };
        let of_it = Filter { routers: Some([router.as_str().into()].into()), ..Filter::default() };
        assert_eq!(by(By::Nothing, of_it).total, row.figures, "{router}");
    }
    let of_none = Filter { routers: Some(["unknown".into()].into()), ..Filter::default() };
    assert_eq!(by(By::Nothing, of_none).total, Figures::default());
    let nobody = by(By::Integration, Filter { integrations: integrations(&[]), ..Filter::default() });
    assert_eq!((nobody.groups, nobody.total), (vec![], Figures::default()));
}

#[test]
fn refused_calls_are_told_by_call_and_key() {
    let refused = by(By::Nothing, Filter::default()).total.refused;
    let told: Vec<_> = refused.iter().map(|((call, key), times)| (call.as_str(), key.as_str(), *times)).collect();
    assert_eq!(told, [("create", "checksumError", 2), ("join", "permissionDenied", 1)]);
}

#[test]
fn a_recording_counts_when_it_is_first_seen_and_is_somebodys() {
    let events = Told::of("moodle")
        .tell("04 10:00", recorded(Some("moodle"), "old", "bbb1", 600))
        .tell("05 10:00", recorded(Some("moodle"), "old", "bbb2", 600))
        .tell("05 11:00", recorded(None, "new", "bbb1", 90))
        .tell("05 12:00", recorded(Some("moodle"), "new", "bbb1", 90))
        .tell("05 13:00", recorded(Some("moodle"), "new", "bbb2", 90))
        .tell("05 13:00", recorded(None, "nobody's", "bbb2", 90))
        .events;
    let figures = total(query("05 00:00", "06 00:00", Step::Hour), &events, "20 00:00");
    assert_eq!((figures.recordings, figures.recording_minutes()), (1, 1.5));
}
