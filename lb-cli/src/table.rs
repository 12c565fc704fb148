//! Tables of JSON objects that fit the terminal: columns that matter less go first, then cells are wrapped. Programs that read
//! them from a pipe get whole lines, aligned, without borders and colours.

use comfy_table::{Attribute, CellAlignment, Color, ContentArrangement, Table, presets};
use serde_json::Value;

use crate::render::line;

/// What stands between two columns.
const GAP: u16 = 2;

/// One column: where it is read, and when it is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    title: &'static str,
    source: Source,
    /// 0 always stays; of the others the highest goes first.
    rank: u8,
    right: bool,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// A JSON pointer.
    At(&'static str),
    State(&'static str),
    Made(fn(&Value) -> Cell),
}

impl Column {
    /// What is at this JSON pointer, such as `/plan`.
    pub(crate) const fn at(title: &'static str, pointer: &'static str) -> Self {
        Self { title, source: Source::At(pointer), rank: 0, right: false }
    }

    /// A word at this JSON pointer that says how something is, with a colour where there are any.
    pub(crate) const fn state(title: &'static str, pointer: &'static str) -> Self {
        Self { title, source: Source::State(pointer), rank: 0, right: false }
    }

    /// What is made of the whole row.
    pub(crate) const fn made(title: &'static str, cell: fn(&Value) -> Cell) -> Self {
        Self { title, source: Source::Made(cell), rank: 0, right: false }
    }

    /// The same, left out where there is no room; of several the one with the highest rank first.
    pub(crate) const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    /// The same with figures, which stand at the right.
    pub(crate) const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    fn cell(&self, row: &Value) -> Cell {
        match self.source {
            Source::At(pointer) => Cell::plain(text(row.pointer(pointer).unwrap_or(&Value::Null))),
            Source::State(pointer) => {
                let word = text(row.pointer(pointer).unwrap_or(&Value::Null));
                Cell { ink: Ink::of(&word), text: word }
            }
            Source::Made(cell) => cell(row),
        }
    }
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) ink: Ink,
}

impl Cell {
    /// Without a colour.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: Ink::Plain }
    }
}

/// How a text is to be taken. It always says so in words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Good,
    Warning,
    Bad,
    Dim,
}

impl Ink {
    /// What a word about the state of something means.
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "enabled" | "force-enabled" | "active" | "up" | "ok" | "OK" | "published" | "running" => Self::Good,
            "draining" | "pending" | "warning" | "WARNING" | "unpublished" | "expired" | "last-resort" => Self::Warning,
            "force-disabled" | "suspended" | "gone" | "down" | "critical" | "CRITICAL" | "inactive" | "deleted"
            | "locked" => Self::Bad,
            "-" => Self::Dim,
            _ => Self::Plain,
        }
    }
}

/// Where a table is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sheet {
    /// Columns of a line; none: any number.
    pub(crate) width: Option<u16>,
    pub(crate) colours: bool,
}

impl Sheet {
    /// The rows under a heading. What is not shown for want of room is at the end of it by name.
    pub(crate) fn table(&self, columns: &[Column], rows: &[Value]) -> String {
        let mut shown: Vec<Column> = columns.to_vec();
        let mut left_out = Vec::new();
        let cells: Vec<Vec<Cell>> =
            rows.iter().map(|row| shown.iter().map(|column| column.cell(row)).collect()).collect();
        let mut table = self.drawn(&shown, &cells);
        while self.width.is_some_and(|width| needed(&table) > u32::from(width)) {
            let last = (0..shown.len()).filter(|index| shown[*index].rank > 0).max_by_key(|index| shown[*index].rank);
            let Some(last) = last else { break };
            left_out.push(shown.remove(last).title);
            let cells: Vec<Vec<Cell>> =
                rows.iter().map(|row| shown.iter().map(|column| column.cell(row)).collect()).collect();
            table = self.drawn(&shown, &cells);
        }
        let mut text = trimmed(&table);
        if !left_out.is_empty() {
            for note in wrapped(&format!("(no room for {})", left_out.join(", ")), self.width) {
                text.push_str(&self.dim(&note));
                text.push('\n');
            }
        }
        text
    }

    /// One object: a line for each of its columns.
    pub(crate) fn sheet(&self, columns: &[Column], object: &Value) -> String {
        let mut table = self.empty();
        for column in columns {
            let cell = column.cell(object);
            table.add_row(vec![self.head(column.title), self.cell(&cell)]);
        }
        pad(&mut table);
        trimmed(&table)
    }

    /// `text` as less important.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.ink(Ink::Dim, text)
    }

    /// `text` as it is to be taken.
    pub(crate) fn ink(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Plain => return text.to_owned(),
            Ink::Good => 32,
            Ink::Warning => 33,
            Ink::Bad => 31,
            Ink::Dim => 2,
        };
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn empty(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).force_no_tty();
        if self.colours {
            table.enforce_styling();
        }
        if let Some(width) = self.width {
            // the gap behind the last column is not written
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.saturating_add(GAP));
        }
        table
    }

    fn drawn(&self, columns: &[Column], rows: &[Vec<Cell>]) -> Table {
        let mut table = self.empty();
        table.set_header(columns.iter().map(|column| self.head(&column.title.to_uppercase())).collect::<Vec<_>>());
        for row in rows {
            table.add_row(row.iter().map(|cell| self.cell(cell)).collect::<Vec<_>>());
        }
        pad(&mut table);
        for (index, column) in columns.iter().enumerate() {
            if let Some(drawn) = table.column_mut(index)
                && column.right
            {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    fn head(&self, title: &str) -> comfy_table::Cell {
        comfy_table::Cell::new(title).add_attribute(Attribute::Dim)
    }

    fn cell(&self, cell: &Cell) -> comfy_table::Cell {
        let drawn = comfy_table::Cell::new(line(&cell.text));
        match cell.ink {
            Ink::Plain => drawn,
            Ink::Good => drawn.fg(Color::Green),
            Ink::Warning => drawn.fg(Color::Yellow),
            Ink::Bad => drawn.fg(Color::Red),
            Ink::Dim => drawn.add_attribute(Attribute::Dim),
        }
    }
}

fn pad(table: &mut Table) {
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
}

/// How wide it is unless something is wrapped.
fn needed(table: &Table) -> u32 {
    let widths = table.column_max_content_widths();
    let gaps = u32::from(GAP) * (widths.len().saturating_sub(1) as u32);
    widths.iter().map(|width| u32::from(*width)).sum::<u32>() + gaps
}

/// `text` in lines that fit, as far as its words do.
fn wrapped(text: &str, width: Option<u16>) -> Vec<String> {
    let room = width.map_or(usize::MAX, usize::from);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn trimmed(table: &Table) -> String {
    let mut text = table.trim_fmt();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A JSON value as it stands in a table: times to the second, lists with commas, nothing as a dash.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => time(text).unwrap_or_else(|| text.clone()),
        Value::Array(values) if values.is_empty() => "-".to_owned(),
        Value::Array(values) => values.iter().map(self::text).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.is_empty() => "-".to_owned(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name}={}", self::text(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A time of the API without its milliseconds.
fn time(text: &str) -> Option<String> {
    let (seconds, rest) = text.split_once('.')?;
    let is_time = seconds.len() == 19 && seconds.as_bytes().get(10) == Some(&b'T') && rest.len() == 4;
    let digits = rest.strip_suffix('Z')?.bytes().all(|byte| byte.is_ascii_digit());
    (is_time && digits).then(|| format!("{seconds}Z"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column::at("name", "/name"),
        Column::state("state", "/state"),
        Column::at("users", "/users").right(),
        Column::at("tags", "/tags").rank(1),
        Column::at("since", "/since").rank(2),
    ];

    fn rows() -> Vec<Value> {
        vec![
            json!({"name": "bbb1", "state": "enabled", "users": 7, "tags": ["gpu", "big"], "since": "2026-11-22T19:00:00.000Z"}),
            json!({"name": "server-of-the-south", "state": "suspended", "users": 1234, "tags": [], "since": null}),
        ]
    }

    #[test]
    fn a_pipe_gets_aligned_lines_without_borders_or_trailing_spaces() {
        let text = Sheet::default().table(COLUMNS, &rows());
        assert_eq!(
            text,
            "NAME                 STATE      USERS  TAGS      SINCE\n\
             bbb1                 enabled        7  gpu, big  2026-11-22T19:00:00Z\n\
             server-of-the-south  suspended   1234  -         -\n"
        );
    }

    #[test]
    fn where_there_is_no_room_columns_that_matter_less_go_and_are_named() {
        let sheet = Sheet { width: Some(60), colours: false };
        let text = sheet.table(COLUMNS, &rows());
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains("TAGS") && text.ends_with("(no room for since)\n"), "{text}");
        let text = Sheet { width: Some(20), colours: false }.table(COLUMNS, &rows());
        assert!(
            text.contains("(no room for since,\ntags)\n") && text.lines().count() > 5,
            "the rest is wrapped: {text}"
        );
        assert!(text.lines().take(4).all(|line| line.chars().count() <= 20), "{text}");
    }

    #[test]
    fn states_have_colours_only_where_they_are_wanted() {
        let sheet = Sheet { width: None, colours: true };
        let text = sheet.table(COLUMNS, &rows());
        assert!(text.contains("\x1b[38;5;10menabled") || text.contains("menabled"), "{text:?}");
        assert!(text.contains("\x1b["), "{text:?}");
        assert!(!Sheet::default().table(COLUMNS, &rows()).contains('\x1b'));
    }

    #[test]
    fn one_object_is_a_line_for_each_field_and_gives_the_terminal_no_orders() {
        let object = json!({"name": "bbb\u{1b}[2J", "state": "", "users": null, "tags": {"a": true}, "since": "x.y"});
        let text = Sheet::default().sheet(COLUMNS, &object);
        assert_eq!(text, "name   bbb\\u{1b}[2J\nstate  -\nusers  -\ntags   a=yes\nsince  x.y\n");
    }
}
