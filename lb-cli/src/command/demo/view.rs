//! [`Live`]: the demo as a picture that changes in its place.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use crossterm::terminal;
use tokio::sync::Notify;
use unicode_width::UnicodeWidthStr;

use super::cast::ADMINISTRATOR;
use super::facts::Facts;
use super::feed::Dated;
use super::row::{Ink, Row, cut_middle};
use super::screen::{Frame, Terminal};
use super::table::{self, WIDE};
use super::told::{Change, Placed, Told, clock, now_running};
use super::{Moment, Show};

/// News kept of each kind: more than any terminal has rows.
const MOST_KEPT: usize = 200;
/// Where the terminal does not tell its size.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Draws into the terminal.
pub(super) struct Live<'a> {
    output: &'a mut dyn Write,
    picture: Picture<'a>,
    colours: bool,
    drawn: Option<((usize, usize), Frame)>,
    // last, so that the terminal is given back when nothing is drawn any more
    _terminal: Terminal,
}

impl<'a> Live<'a> {
    /// Takes the terminal over until it is dropped.
    pub(super) fn begin(
        output: &'a mut dyn Write,
        facts: &'a Facts,
        colours: bool,
        quit: Arc<Notify>,
    ) -> io::Result<Self> {
        let picture = Picture { facts, placed: VecDeque::new(), changes: VecDeque::new() };
        Ok(Self { output, picture, colours, drawn: None, _terminal: Terminal::take(quit)? })
    }
}

impl Show for Live<'_> {
    fn news(&mut self, (at, news): &Dated) -> io::Result<()> {
        match Told::of(news) {
            Some(Told::Placed(placed)) => keep(&mut self.picture.placed, (*at, placed)),
            Some(Told::Change(change)) => keep(&mut self.picture.changes, (*at, change)),
            None => {}
        }
        Ok(())
    }

    fn tick(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        let (columns, lines) = terminal::size().unwrap_or(USUAL_SIZE);
        let size = (usize::from(columns), usize::from(lines));
        let frame = Frame::of(&self.picture.rows(moment, size), size, self.colours);
        if self.drawn.as_ref().is_none_or(|(drawn_at, drawn)| (*drawn_at, drawn) != (size, &frame)) {
            frame.write(self.output)?;
            self.drawn = Some((size, frame));
        }
        Ok(())
    }
}

fn keep<T>(list: &mut VecDeque<T>, newest: T) {
    list.truncate(MOST_KEPT - 1);
    list.push_front(newest);
}

/// All that is shown beside the present moment; newest news first.
struct Picture<'a> {
    facts: &'a Facts,
    placed: VecDeque<(Duration, Placed)>,
    changes: VecDeque<(Duration, Change)>,
}

impl Picture<'_> {
    fn rows(&self, moment: &Moment<'_>, (columns, lines): (usize, usize)) -> Vec<Row> {
        let mut rows = self.head(moment, columns);
        rows.extend(table::rows(moment.fleet, moment.now, columns));
        let foot = self.foot(columns);
        let foot_height: usize = foot.iter().map(|row| row.height(columns)).sum();
        let mut left = lines.saturating_sub(rows.len() + foot_height + 2);
        let spacious = left >= 14;
        if spacious {
            left -= 3;
            rows.push(Row::new());
        }
        let changes = (left / 3).clamp(2, 12);
        let placed = left.saturating_sub(changes);
        rows.push(heading("Last placements, and why there: distance, CPU", columns));
        let placements = self.placed.iter().map(|(at, placed)| placement(*at, placed, columns));
        rows.extend(placements.chain(std::iter::repeat(Row::new())).take(placed));
        rows.extend(spacious.then(Row::new));
        rows.push(heading("What happened to servers", columns));
        let happened = self.changes.iter().map(|(at, change)| happened(*at, change));
        rows.extend(happened.chain(std::iter::repeat(Row::new())).take(changes));
        rows.extend(spacious.then(Row::new));
        rows.extend(foot);
        rows
    }

    fn head(&self, moment: &Moment<'_>, columns: usize) -> Vec<Row> {
        let title = Row::new().put(Ink::Bold, " lb demo").put(Ink::Plain, format!("  {:<7}", clock(moment.elapsed)));
        let title = title.put(Ink::Plain, now_running(moment.fleet));
        let hint = "q ends it ";
        let gap = columns.saturating_sub(title.width() + hint.len());
        let title = if gap > 0 { title.put(Ink::Dim, " ".repeat(gap) + hint) } else { title };
        let missed = if moment.missed > 0 { format!(", {} not shown", moment.missed) } else { String::new() };
        let seed = format!(" seed {}", self.facts.seed);
        vec![title, Row::new().put(Ink::Dim, format!("{seed:<16} {}{missed}", moment.totals.words()))]
    }

    /// What can be called, at the bottom.
    fn foot(&self, columns: usize) -> Vec<Row> {
        let Facts { origin, api, website, urls, .. } = self.facts;
        let title = "Signed URLs for curl (a join leads to a simulated server); /metrics, /readyz";
        let calls = urls.iter().map(|(call, url)| {
            let label = if *call == "getMeetings" { "list" } else { call };
            Row::wrapping().put(Ink::Dim, format!(" {label:<7}")).put(Ink::Plain, url.as_str())
        });
        let base = Row::new().put(Ink::Dim, " API    ").put(Ink::Plain, api.as_str());
        let base = base.put(Ink::Dim, "  secret ").put(Ink::Plain, website.secret);
        let (name, password) = ADMINISTRATOR;
        let pages = Row::new().put(Ink::Dim, " pages  ").put(Ink::Bold, format!("{origin}/"));
        let pages = pages.put(Ink::Dim, "  log in as ").put(Ink::Plain, name);
        let pages = pages.put(Ink::Dim, ", password ").put(Ink::Plain, password);
        [heading(title, columns)].into_iter().chain(calls).chain([base, pages]).collect()
    }
}

fn heading(text: &str, columns: usize) -> Row {
    let row = Row::new().put(Ink::Dim, "── ").put(Ink::Bold, text).put(Ink::Plain, " ");
    let rest = columns.saturating_sub(row.width());
    row.put(Ink::Dim, "─".repeat(rest))
}

fn placement(at: Duration, placed: &Placed, columns: usize) -> Row {
    let Placed { integration, meeting, server, reason } = placed;
    let name = if columns >= WIDE { 23 } else { 16 };
    let row = Row::new().right(Ink::Dim, &clock(at), 6).put(Ink::Plain, " ").left(Ink::Dim, integration, 7);
    let row = row.left(Ink::Plain, meeting, name).put(Ink::Dim, " → ").left(Ink::Bold, server, 6);
    let left = columns.saturating_sub(row.width());
    row.put(Ink::Plain, shortened(reason, left))
}

/// A reason in so many columns: where it is too long, its first words and its figures are kept.
fn shortened(reason: &str, columns: usize) -> String {
    let (first, last) = (reason.split(", ").next(), reason.rsplit(", ").next());
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let figures = last.rsplit(": ").next().unwrap_or_default();
    let shorter = [last, figures].map(|end| format!("{first} … {end}"));
    let fits = |text: &&str| text.width() <= columns;
    let best = [reason].into_iter().chain(shorter.iter().map(String::as_str)).find(fits);
    best.map_or_else(|| cut_middle(reason, columns), str::to_owned)
}

fn happened(at: Duration, change: &Change) -> Row {
    let Change { about, what, why, state, staged } = change;
    let row = Row::new().right(Ink::Dim, &clock(at), 6).put(Ink::Plain, " ").left(Ink::Bold, about, 7);
    if *staged {
        return row.put(Ink::Dim, "the demo: ").put(Ink::Plain, what.as_str());
    }
    let ink = state.map_or(Ink::Yellow, Ink::of);
    row.left(ink, what, 22).put(Ink::Plain, "  ").put(Ink::Plain, why.as_str())
}

#[cfg(test)]
mod tests {
    use lb_core::Timestamp;
    use lb_core::fleet::Fleet;

    use super::super::feed::Totals;
    use super::*;

    #[test]
    fn the_picture_fits_any_terminal_and_shows_every_url_whole() {
        let facts = Facts::new("127.0.0.1:40213".parse().unwrap(), 7);
        let reason = "223 km away, within 300 km of the nearest (223 km), least CPU there: 4.1 %".to_owned();
        let placed =
            Placed { integration: "moodle".into(), meeting: "Pelotas, algebra".into(), server: "poa1".into(), reason };
        let placed = VecDeque::from(vec![(Duration::from_secs(3), placed); 50]);
        let picture = Picture { facts: &facts, placed, changes: VecDeque::new() };
        let (fleet, totals) = (Fleet::default(), Totals::default());
        let (elapsed, now) = (Duration::from_secs(42), Timestamp::default());
        let moment = Moment { elapsed, now, fleet: &fleet, totals: &totals, missed: 0 };
        for size in [(80, 24), (140, 40), (100, 30), (300, 100)] {
            let rows = picture.rows(&moment, size);
            let height: usize = rows.iter().map(|row| row.height(size.0)).sum();
            assert!(height <= size.1, "{height} rows on {size:?}");
            let mut text = String::new();
            rows.iter().for_each(|row| {
                row.write(size.0, false, &mut text);
            });
            for (_, url) in &facts.urls {
                assert!(text.contains(url), "{text}");
            }
            assert!(text.contains("223 km away") && text.contains("4.1 %"));
        }
        for size in [(0, 0), (1, 1), (20, 5)] {
            let _ = Frame::of(&picture.rows(&moment, size), size, true);
        }
    }

    #[test]
    fn a_reason_that_is_too_long_keeps_distance_and_figures() {
        let reason = "223 km away, within 300 km of the nearest (223 km), least CPU there: 4.1 % and 5.2 % expected";
        assert_eq!(shortened(reason, 94), reason);
        assert_eq!(shortened(reason, 60), "223 km away … least CPU there: 4.1 % and 5.2 % expected");
        assert_eq!(shortened(reason, 40), "223 km away … 4.1 % and 5.2 % expected");
        assert_eq!(shortened(reason, 21), "223 k… 5.2 % expected");
        assert_eq!(shortened("its turn", 5), "its …");
    }
}
