//! How servers stand in tables.

use serde_json::Value;

use crate::table::{Cell, Column, Ink, text};

pub(super) const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::made("state", state),
    Column::at("meetings", "/status/meetings").right(),
    Column::at("users", "/status/users").right(),
    Column::at("capacity", "/status/capacity").right().rank(3),
    Column::made("cpu", |one| per_cent(one, "/status/cpu")).right().rank(1),
    Column::made("memory", |one| per_cent(one, "/status/memory")).right().rank(5),
    Column::made("to come", to_come).right().rank(6),
    Column::made("answered", answered).right().rank(4),
    Column::at("tags", "/status/tags").rank(7),
    Column::at("why", "/status/reasons").rank(2),
];

pub(super) const SHEET: &[Column] = &[
    Column::at("name", "/name"),
    Column::made("state", state),
    Column::at("why", "/status/reasons"),
    Column::at("administrator's word", "/word"),
    Column::at("suspended since", "/status/suspended_since"),
    Column::at("confirmed down", "/status/confirmed_down"),
    Column::at("meetings", "/status/meetings"),
    Column::at("users", "/status/users"),
    Column::made("to come", to_come),
    Column::at("foreign meetings", "/status/foreign_meetings"),
    Column::made("CPU", |one| per_cent(one, "/status/cpu")),
    Column::made("memory", |one| per_cent(one, "/status/memory")),
    Column::made("disk", |one| per_cent(one, "/status/disk")),
    Column::made("answered", answered),
    Column::made("URL", |one| said(one, "url")),
    Column::made("secret", secret),
    Column::made("position", |one| said(one, "position")),
    Column::made("capacity", |one| said(one, "capacity")),
    Column::made("weight", |one| said(one, "weight")),
    Column::made("tags", |one| said(one, "tags")),
    Column::made("checksum", |one| said(one, "checksum")),
    Column::at("managed by the file", "/managed"),
];

pub(super) const SERVICES: &[Column] = &[
    Column::at("service", "/name"),
    Column::state("state", "/state"),
    Column::at("checked", "/checked_at").rank(2),
    Column::at("output", "/output").rank(1),
];

fn state(one: &Value) -> Cell {
    match one.pointer("/status/state").and_then(Value::as_str) {
        Some(word) => Cell { ink: Ink::of(word), text: word.to_owned() },
        None => Cell { ink: Ink::Dim, text: "not in use".to_owned() },
    }
}

fn per_cent(one: &Value, pointer: &str) -> Cell {
    let figure = one.pointer(pointer).and_then(Value::as_f64);
    figure.map_or_else(|| Cell { ink: Ink::Dim, text: "-".to_owned() }, |figure| Cell::plain(format!("{figure:.0} %")))
}

/// Meetings that were placed and are not seen yet, and people who are expected.
fn to_come(one: &Value) -> Cell {
    let number = |name| one.pointer(name).and_then(Value::as_f64).unwrap_or_default();
    let (meetings, users) = (number("/status/meetings_to_come"), number("/status/users_to_come"));
    if meetings + users < 0.5 {
        return Cell { ink: Ink::Dim, text: "-".to_owned() };
    }
    Cell::plain(format!("{meetings:.0} ({users:.0} users)"))
}

fn answered(one: &Value) -> Cell {
    let age = one.pointer("/status/answered_seconds_ago").and_then(Value::as_u64);
    age.map_or_else(|| Cell { ink: Ink::Dim, text: "-".to_owned() }, |age| Cell::plain(format!("{age} s ago")))
}

fn who(one: &Value, field: &str) -> String {
    let who = one.pointer(&format!("/said_by/{field}")).and_then(Value::as_str).unwrap_or_default();
    if who.is_empty() { String::new() } else { format!(" ({who})") }
}

/// What holds, else what is said, and who says so.
fn said(one: &Value, field: &str) -> Cell {
    let holds = one.get("status").and_then(|status| status.get(field)).or_else(|| one.get(field));
    let text = match holds {
        Some(Value::Object(place)) => format!("{},{}", text(&place["latitude"]), text(&place["longitude"])),
        other => text(other.unwrap_or(&Value::Null)),
    };
    let who = if text == "-" { String::new() } else { who(one, field) };
    Cell::plain(format!("{text}{who}"))
}

fn secret(one: &Value) -> Cell {
    let is_known = one["has_secret"] == true || !one["status"].is_null();
    Cell::plain(if is_known { format!("hidden{}", who(one, "secret")) } else { "-".to_owned() })
}
