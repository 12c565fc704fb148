//! `lb status`: the whole network on one screen.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Desk, Task, Watch};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Cell, Column, Ink, Sheet, text};

const HEAD: &[Column] = &[
    Column::made("balancer", balancer),
    Column::made("servers", servers),
    Column::made("meetings", meetings),
    Column::made("monitor", monitor),
    Column::made("store", store),
];

const SERVERS: &[Column] = &[
    Column::at("server", "/name"),
    Column::made("state", state),
    Column::made("cpu", |server| per_cent(&server["status"]["cpu"])).right(),
    Column::at("meetings", "/status/meetings").right(),
    Column::at("users", "/status/users").right(),
    Column::made("memory", |server| per_cent(&server["status"]["memory"])).right().rank(2),
    Column::made("why", |server| Cell::plain(text(&server["status"]["reasons"]))).rank(1),
];

const INTEGRATIONS: &[Column] = &[
    Column::at("integration", "/integration"),
    Column::at("meetings", "/meetings").right(),
    Column::at("users", "/users").right(),
];

/// The states of servers, the worst first.
const STATES: [&str; 9] =
    ["suspended", "critical", "gone", "warning", "force-disabled", "draining", "force-enabled", "enabled", "recording"];

/// How the network is.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// The most servers that are shown, the worst first
    #[arg(long, value_name = "N", default_value_t = 20)]
    servers: usize,
    #[command(flatten)]
    watch: Watch,
}

impl Task for Status {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        desk.watch(self.watch, async |desk| {
            let status = desk.client.get(&Place::of(&["status"])).await?.json()?;
            let mut servers = desk.pages(&Place::of(&["servers"]), usize::MAX).await?["items"].take();
            if let Some(servers) = servers.as_array_mut() {
                servers.sort_by_key(badness);
            }
            let all = json!({ "status": status, "servers": servers });
            desk.tell(&all, |sheet| screen(&all, self.servers, sheet))
        })
        .await
    }
}

fn screen(all: &Value, most: usize, sheet: Sheet) -> String {
    let status = &all["status"];
    let mut screen = sheet.sheet(HEAD, status);
    let part = |name: &str| status[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let alarms = part("alarms").iter().filter_map(|alarm| alarm["text"].as_str());
    for alarm in part("troubles").iter().filter_map(Value::as_str).chain(alarms) {
        // writing to a String cannot fail
        let _ = writeln!(screen, "{}", sheet.ink(Ink::Bad, &format!("! {}", line(alarm))));
    }
    let servers = all["servers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (shown, rest) = servers.split_at(most.min(servers.len()));
    if !shown.is_empty() {
        screen.push('\n');
        screen.push_str(&sheet.table(SERVERS, shown));
    }
    if !rest.is_empty() {
        let _ = writeln!(screen, "{}", sheet.dim(&format!("(and {} more: lb server list)", rest.len())));
    }
    let busiest = part("busiest");
    if !busiest.is_empty() {
        screen.push('\n');
        screen.push_str(&sheet.table(INTEGRATIONS, busiest));
    }
    screen
}

/// Low is bad: by state, then by load.
fn badness(server: &Value) -> (usize, i64) {
    let word = server["status"]["state"].as_str();
    // one that is no server of the network is between those that are in trouble and those that are well
    let state = STATES.iter().position(|state| Some(*state) == word).unwrap_or(6);
    (state, -(server["status"]["cpu"].as_f64().unwrap_or(-1.0) * 100.0) as i64)
}

fn state(server: &Value) -> Cell {
    let down = server["status"]["confirmed_down"].as_bool().unwrap_or_default();
    match server["status"]["state"].as_str() {
        Some(_) if down => Cell { text: "down".to_owned(), ink: Ink::Bad },
        Some(state) => Cell { text: state.to_owned(), ink: Ink::of(state) },
        None => Cell { text: "not in use".to_owned(), ink: Ink::Dim },
    }
}

fn per_cent(figure: &Value) -> Cell {
    Cell::plain(figure.as_f64().map_or("?".to_owned(), |figure| format!("{figure:.0} %")))
}

fn balancer(status: &Value) -> Cell {
    let ready = status["troubles"].as_array().is_none_or(Vec::is_empty);
    let (word, ink) = if ready { ("ready", Ink::Good) } else { ("not ready", Ink::Bad) };
    Cell { text: format!("{word}, version {}", text(&status["version"])), ink }
}

fn servers(status: &Value) -> Cell {
    let count = |state: &str| status["servers"]["by_state"][state].as_u64().filter(|count| *count > 0);
    let states = STATES.iter().rev().filter_map(|state| Some(format!("{} {state}", count(state)?)));
    let states: Vec<_> = states.collect();
    let total = text(&status["servers"]["total"]);
    Cell::plain(if states.is_empty() { total } else { format!("{total}: {}", states.join(", ")) })
}

fn meetings(status: &Value) -> Cell {
    let [meetings, users, integrations] = ["meetings", "users", "integrations"].map(|name| text(&status[name]));
    let s = if integrations == "1" { "" } else { "s" };
    Cell::plain(format!("{meetings}, with {users} users, of {integrations} integration{s}"))
}

fn monitor(status: &Value) -> Cell {
    let monitor = &status["monitor"];
    if let Some(problem) = monitor["trouble"]["problem"].as_str() {
        let since = text(&monitor["trouble"]["since"]);
        return Cell { text: format!("{problem}, since {since}"), ink: Ink::Bad };
    }
    let kind = text(&monitor["kind"]);
    Cell::plain(match monitor["age_seconds"].as_u64() {
        Some(age) => format!("{kind}, heard {age} s ago"),
        None => format!("{kind}, not heard yet"),
    })
}

fn store(status: &Value) -> Cell {
    let store = &status["store"];
    let unwritten = store["unwritten"].as_u64().unwrap_or_default();
    let waiting = if unwritten > 0 { format!(", {unwritten} changes in memory only") } else { String::new() };
    if store["writable"].as_bool().unwrap_or_default() {
        Cell { text: format!("writable{waiting}"), ink: if unwritten > 0 { Ink::Warning } else { Ink::Good } }
    } else {
        Cell { text: format!("cannot be written to{waiting}"), ink: Ink::Bad }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake::{Fake, page};

    fn status() -> Value {
        json!({ "at": "2026-11-22T19:00:00.000Z", "version": "0.1.0", "troubles": [],
            "alarms": [{ "kind": "server-down", "text": "poa2 is down", "since": null, "server": "poa2" }],
            "servers": { "total": 3, "by_state": { "enabled": 2, "suspended": 1, "draining": 0 } },
            "meetings": 12, "users": 345, "integrations": 4,
            "monitor": { "kind": "nagios", "interval_seconds": 10, "age_seconds": 4, "trouble": null },
            "store": { "writable": true, "unwritten": 0 },
            "busiest": [{ "integration": "moodle", "meetings": 10, "users": 300 }] })
    }

    fn server(name: &str, state: &str, cpu: f64) -> Value {
        json!({ "name": name, "status": { "state": state, "confirmed_down": false, "cpu": cpu, "memory": null,
            "meetings": 4, "users": 100, "reasons": if state == "suspended" { vec!["it refuses connections"] } else { vec![] } } })
    }

    fn answers() -> [super::super::fake::Said; 2] {
        let servers =
            [server("poa1", "enabled", 10.0), server("poa2", "suspended", 0.0), server("poa3", "enabled", 42.4)];
        [(200, "", status()), page(json!(servers), None)]
    }

    #[test]
    fn the_worst_servers_come_first_and_alarms_before_them() {
        let (ran, asked) = Fake::answering(answers()).run(&["status", "--servers", "2"]);
        assert_eq!(
            ran.output(),
            "balancer  ready, version 0.1.0\n\
             servers   3: 2 enabled, 1 suspended\n\
             meetings  12, with 345 users, of 4 integrations\n\
             monitor   nagios, heard 4 s ago\n\
             store     writable\n\
             ! poa2 is down\n\
             \n\
             SERVER  STATE       CPU  MEETINGS  USERS  MEMORY  WHY\n\
             poa2    suspended   0 %         4    100       ?  it refuses connections\n\
             poa3    enabled    42 %         4    100       ?  -\n\
             (and 1 more: lb server list)\n\
             \n\
             INTEGRATION  MEETINGS  USERS\n\
             moodle             10    300\n"
        );
        assert_eq!(asked[0].line, "GET /api/v1/status");
    }

    #[test]
    fn programs_get_both_answers() {
        let (ran, _) = Fake::answering(answers()).run(&["status", "--json"]);
        let all: Value = serde_json::from_str(&ran.output()).unwrap();
        assert_eq!((&all["status"], &all["servers"][0]["name"]), (&status(), &json!("poa2")));
    }
}
