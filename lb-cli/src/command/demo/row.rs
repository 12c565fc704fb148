//! [`Row`]: one row of the live view, made of inked pieces and cut to the terminal's width.

use std::fmt::Write as _;

use lb_core::server::ServerState;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a piece of text looks. Nothing is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Dim,
    Green,
    Yellow,
    Red,
    Magenta,
    Cyan,
}

impl Ink {
    /// What a server's state looks like beside its word.
    pub(super) fn of(state: ServerState) -> Self {
        match state {
            ServerState::Enabled | ServerState::ForceEnabled => Self::Green,
            ServerState::Warning | ServerState::Draining => Self::Yellow,
            ServerState::Critical => Self::Red,
            ServerState::Suspended => Self::Magenta,
            ServerState::ForceDisabled | ServerState::Gone | ServerState::Recording => Self::Dim,
        }
    }

    /// The parameters of its SGR sequence (ECMA-48); `None` where none is needed. Bold and dim are no colours.
    fn code(self, colours: bool) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Bold => Some("1"),
            Self::Dim => Some("2"),
            Self::Green => colours.then_some("32"),
            Self::Yellow => colours.then_some("33"),
            Self::Red => colours.then_some("31"),
            Self::Magenta => colours.then_some("35"),
            Self::Cyan => colours.then_some("36"),
        }
    }
}

/// One row, or a long line that the terminal itself wraps.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pieces: Vec<(Ink, String)>,
    wraps: bool,
}

impl Row {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A line that goes on in the next row where it is too long, so that it can be copied whole.
    pub(super) fn wrapping() -> Self {
        Self { wraps: true, ..Self::default() }
    }

    /// Appends text as it is.
    pub(super) fn put(mut self, ink: Ink, text: impl Into<String>) -> Self {
        self.pieces.push((ink, text.into()));
        self
    }

    /// Appends text in exactly so many columns, cut or filled up at its end.
    pub(super) fn left(self, ink: Ink, text: &str, columns: usize) -> Self {
        let text = cut(text, columns);
        let blanks = columns.saturating_sub(text.width());
        self.put(ink, text + &" ".repeat(blanks))
    }

    /// The same, filled up at its beginning.
    pub(super) fn right(self, ink: Ink, text: &str, columns: usize) -> Self {
        let text = cut(text, columns);
        let blanks = columns.saturating_sub(text.width());
        self.put(ink, " ".repeat(blanks) + &text)
    }

    /// Columns that it takes, uncut.
    pub(super) fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.width()).sum()
    }

    /// Rows that it takes on a terminal of so many columns.
    pub(super) fn height(&self, columns: usize) -> usize {
        if self.wraps { self.width().div_ceil(columns.max(1)).max(1) } else { 1 }
    }

    /// Appends what the terminal is to be told, at most `columns` wide unless it wraps. Answers the column where it ends.
    pub(super) fn write(&self, columns: usize, colours: bool, out: &mut String) -> usize {
        let mut left = if self.wraps { usize::MAX } else { columns };
        for (ink, text) in &self.pieces {
            let text = cut(text, left);
            left -= text.width().min(left);
            // writing to a String cannot fail
            let _ = match ink.code(colours) {
                Some(code) => write!(out, "\x1b[{code}m{text}\x1b[0m"),
                None => write!(out, "{text}"),
            };
            if left == 0 {
                break;
            }
        }
        if self.wraps { self.width() % columns.max(1) } else { columns - left }
    }
}

/// `text` in at most `columns` columns; what is too long ends in `…`.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut head = take(text.chars(), columns.saturating_sub(1));
    if columns > 0 {
        head.push('…');
    }
    head
}

/// `text` in at most `columns` columns; what is too long loses its middle, because reasons end with the figures.
pub(super) fn cut_middle(text: &str, columns: usize) -> String {
    if text.width() <= columns || columns < 12 {
        return cut(text, columns);
    }
    let head = take(text.chars(), (columns - 1) / 4);
    let tail: String = take(text.chars().rev(), columns - 1 - head.width()).chars().rev().collect();
    format!("{head}…{tail}")
}

fn take(chars: impl Iterator<Item = char>, columns: usize) -> String {
    let mut width = 0;
    chars
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width <= columns
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(row: &Row, columns: usize, colours: bool) -> String {
        let mut out = String::new();
        let end = row.write(columns, colours, &mut out);
        assert!(end <= columns);
        out
    }

    #[test]
    fn a_row_is_cut_to_the_width_whatever_its_characters_take() {
        let row = Row::new()
            .left(Ink::Plain, "São Paulo", 6)
            .put(Ink::Plain, "|")
            .right(Ink::Plain, "7", 3)
            .put(Ink::Plain, "会議室");
        assert_eq!(written(&row, 80, true), "São P…|  7会議室");
        assert_eq!(written(&row, 13, true), "São P…|  7会…");
        assert_eq!(written(&row, 8, true), "São P…|…");
        assert_eq!(written(&row, 0, true), "");
    }

    #[test]
    fn without_colours_there_are_none() {
        let row = Row::new().put(Ink::Red, "critical").put(Ink::Bold, "!");
        assert_eq!(written(&row, 80, true), "\x1b[31mcritical\x1b[0m\x1b[1m!\x1b[0m");
        assert_eq!(written(&row, 80, false), "critical\x1b[1m!\x1b[0m");
    }

    #[test]
    fn a_long_line_wraps_where_it_must_stay_whole() {
        let row = Row::wrapping().put(Ink::Plain, "x".repeat(161));
        assert_eq!((row.height(80), row.height(161), row.height(0)), (3, 1, 161));
        assert_eq!(written(&row, 80, true).len(), 161);
    }

    #[test]
    fn a_reason_keeps_its_beginning_and_its_figures() {
        let reason = "223 km away, within 300 km of the nearest (223 km), least CPU there: 4.1 %";
        let short = cut_middle(reason, 41);
        assert!(
            short.starts_with("223 km") && short.ends_with("least CPU there: 4.1 %") && short.width() == 41,
            "{short}"
        );
        assert_eq!(cut_middle("its turn", 41), "its turn");
    }
}
