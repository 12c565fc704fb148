//! What tells series apart beside their colour: dashes and shapes of lines, patterns of bars.

use super::KINDS;
use super::drawing::{At, Drawing};

/// The colour of a series.
pub(super) fn class_of(series: usize) -> String {
    format!("s{}", series % KINDS)
}

/// The dashes of its line.
pub(super) fn dashes(series: usize) -> &'static str {
    ["none", "7 3", "2 3", "10 3 2 3", "4 2", "1 2"][series % KINDS]
}

/// The shape of its points, around 0 0.
fn shape(series: usize) -> &'static str {
    [
        "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
        "M-3-3h6v6h-6z",
        "M0-4.2L4 3.2h-8z",
        "M0-4.5L4.5 0L0 4.5L-4.5 0z",
        "M0 4.2L4-3.2h-8z",
        "M-4-1.2h2.8v-2.8h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8z",
    ][series % KINDS]
}

/// A point of a series.
pub(super) fn point(drawing: &mut Drawing, series: usize, (x, y): (f64, f64), title: Option<&str>) {
    let place = format!("translate({} {})", At(x), At(y));
    let class = format!("mark {}", class_of(series));
    drawing.open("g", &[("class", &class), ("transform", &place)]);
    drawing.open("path", &[("d", &shape(series))]);
    if let Some(title) = title {
        drawing.text("title", &[], title);
    }
    drawing.close("path");
    drawing.close("g");
}

/// The pattern of its bars; none for the first, whose bars are full.
fn pattern(series: usize) -> Option<&'static str> {
    match series % KINDS {
        0 => None,
        1 => Some("M-1 7L7-1M-1 1L1-1M5 7L7 5"),
        2 => Some("M1.5 1.5h.1M4.5 4.5h.1"),
        3 => Some("M0 3h6"),
        4 => Some("M0 0L6 6M6 0L0 6"),
        _ => Some("M3 0v6"),
    }
}

/// What bars of that series are filled with. `id` is unique on the page.
pub(super) fn filling(id: &str, series: usize) -> Option<String> {
    pattern(series).map(|_| format!("url(#{id}-p{})", series % KINDS))
}

/// The patterns of so many series.
pub(super) fn patterns(drawing: &mut Drawing, id: &str, series: usize) {
    if series < 2 {
        return;
    }
    drawing.open("defs", &[]);
    for of in 0..series.min(KINDS) {
        let Some(lines) = pattern(of) else { continue };
        let (id, class) = (format!("{id}-p{of}"), format!("bar {}", class_of(of)));
        drawing.open("pattern", &[("id", &id), ("patternUnits", &"userSpaceOnUse"), ("width", &6), ("height", &6)]);
        drawing.empty("rect", &[("class", &class), ("width", &6), ("height", &6)]);
        drawing.empty("path", &[("class", &"hatch"), ("d", &lines)]);
        drawing.close("pattern");
    }
    drawing.close("defs");
}
