//! The servers as a table: state in word and colour, CPU as a bar, what is there and what is expected.

use lb_core::Timestamp;
use lb_core::fleet::{Fleet, FleetServer};

use super::cast::SERVERS;
use super::row::{Ink, Row};

/// From so many columns on there is room for long bars and headings.
pub(super) const WIDE: usize = 110;

struct Columns {
    bar: usize,
    numbers: [(&'static str, usize); 3],
}

const NARROW: Columns = Columns { bar: 10, numbers: [("meet", 5), ("users", 6), ("+exp", 5)] };
const SPACIOUS: Columns = Columns { bar: 25, numbers: [("meetings", 10), ("users", 8), ("expected", 10)] };

/// Heading and one row for each server.
pub(super) fn rows(fleet: &Fleet, now: Timestamp, width: usize) -> Vec<Row> {
    let columns = if width >= WIDE { SPACIOUS } else { NARROW };
    let head = Row::new().left(Ink::Dim, " server", 8).left(Ink::Dim, "city", 14).left(Ink::Dim, "state", 11);
    let head = head.left(Ink::Dim, "CPU ▒ expected", columns.bar + 6);
    let head = columns.numbers.iter().fold(head, |head, (name, width)| head.right(Ink::Dim, name, *width));
    let servers = fleet.servers().iter().map(|server| row(server, now, &columns));
    [head.put(Ink::Dim, "  why")].into_iter().chain(servers).collect()
}

fn row(server: &FleetServer, now: Timestamp, columns: &Columns) -> Row {
    let name = server.server.name.as_str();
    let city = SERVERS.iter().find(|role| role.name == name).map_or("", |role| role.city);
    let state = server.state();
    let cpu = server.cpu(now).map_or("?".to_owned(), |cpu| format!("{cpu:.0} %"));
    let expected = server.expected.users(now).round();
    let figures = [server.meetings().to_string(), server.users().to_string(), format!("+{expected:.0}")];
    let row = Row::new().put(Ink::Plain, " ").left(Ink::Bold, name, 7).left(Ink::Plain, city, 14);
    let row = bar(row.left(Ink::of(state), state.as_str(), 11), server, now, columns.bar).right(Ink::Plain, &cpu, 6);
    let row = figures.iter().zip(columns.numbers).fold(row, |row, (figure, (_, width))| {
        let ink = if matches!(figure.as_str(), "0" | "+0") { Ink::Dim } else { Ink::Plain };
        row.right(ink, figure, width)
    });
    row.put(Ink::Plain, "  ").put(Ink::of(state), server.reasons().join("; "))
}

/// CPU in use, what the expected users will cost, and what is free.
fn bar(row: Row, server: &FleetServer, now: Timestamp, cells: usize) -> Row {
    let cells_of = |per_cent: f64| ((per_cent / 100.0 * cells as f64).round().max(0.0) as usize).min(cells);
    let (Some(cpu), Some(expected)) = (server.cpu(now), server.expected_cpu(now)) else {
        return row.put(Ink::Dim, "·".repeat(cells));
    };
    // Nagios' usual thresholds
    let ink = match cpu {
        90.0.. => Ink::Red,
        70.0.. => Ink::Yellow,
        _ => Ink::Cyan,
    };
    let (used, with_expected) = (cells_of(cpu), cells_of(expected));
    let row = row.put(ink, "█".repeat(used)).put(ink, "▒".repeat(with_expected - used));
    row.put(Ink::Dim, "·".repeat(cells - with_expected))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lb_core::Server;
    use lb_core::fleet::FleetRules;
    use lb_core::server::AdministratorWord;

    use super::*;

    fn drawn(cpu: Option<f64>) -> String {
        let server = Server::new("poa1", "http://127.0.0.1:1", "s").unwrap();
        let mut server = FleetServer::new(server, AdministratorWord::Automatic, Arc::new(FleetRules::default()));
        server.measured.cpu = cpu;
        let mut out = String::new();
        row(&server, Timestamp::default(), &NARROW).write(80, false, &mut out);
        ["\x1b[0m", "\x1b[1m", "\x1b[2m"].iter().fold(out, |text, code| text.replace(code, ""))
    }

    #[test]
    fn the_bar_is_as_long_as_the_cpu_is_busy_and_never_longer() {
        assert!(drawn(Some(42.0)).contains("████······  42 %"), "{}", drawn(Some(42.0)));
        assert!(drawn(Some(100.0)).contains("██████████ 100 %"));
        assert!(drawn(Some(1e9)).contains(" ██████████"));
        assert!(drawn(None).contains("··········     ?") && drawn(None).contains("Porto Alegre"));
    }
}
