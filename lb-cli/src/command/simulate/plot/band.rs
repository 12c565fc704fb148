//! From the least to the most used server as a band over time, the mean within it, and the line of 80 %.

use std::fmt::Write;

use lb_core::simulation::OVERLOAD;

use super::rows::turned;
use super::{LEFT, Panel, WIDTH};

/// How high the band's picture is.
pub(super) const HEIGHT: usize = 84;
/// More is not drawn, per cent.
const MOST: f64 = 200.0;

/// From nothing at the bottom to the most that any policy has.
#[derive(Debug)]
pub(super) struct Scale {
    most: f64,
}

impl Scale {
    pub(super) fn up_to(most: f32) -> Self {
        Self { most: ((f64::from(most) / 20.0).ceil() * 20.0).clamp(100.0, MOST) }
    }

    /// How far below the top that many per cent are.
    fn y(&self, per_cent: f64) -> i64 {
        ((1.0 - per_cent.min(self.most) / self.most) * HEIGHT as f64).round() as i64
    }
}

/// One cell: the least used server, the mean of all, and the most used, per cent.
#[derive(Clone, Copy, Debug)]
struct Span {
    least: f64,
    mean: f64,
    most: f64,
}

/// What all servers that served did in each cell.
fn spans(panel: &Panel<'_>) -> Vec<Option<Span>> {
    let mut rows: Vec<_> = panel.course.utilisation.iter().map(|row| panel.window.cells(row)).collect();
    let mut spans = Vec::new();
    loop {
        let cells: Vec<_> = rows.iter_mut().filter_map(Iterator::next).collect();
        if cells.is_empty() {
            return spans;
        }
        let means = cells.iter().filter_map(|minutes| {
            let served: Vec<f64> = minutes.iter().flatten().copied().map(f64::from).collect();
            (!served.is_empty()).then(|| served.iter().sum::<f64>() / served.len() as f64)
        });
        let means: Vec<f64> = means.collect();
        spans.push((!means.is_empty()).then(|| Span {
            least: means.iter().copied().fold(f64::INFINITY, f64::min),
            mean: means.iter().sum::<f64>() / means.len() as f64,
            most: means.iter().copied().fold(0.0, f64::max),
        }));
    }
}

/// Draws it below `top`.
pub(super) fn draw(svg: &mut String, panel: &Panel<'_>, scale: &Scale, top: usize) {
    let (window, spans, id) = (panel.window, spans(panel), panel.number);
    let limit = scale.y(OVERLOAD);
    let (cells, placed) = (window.cells, window.placed(top));
    let _ = writeln!(
        svg,
        "<defs><path id=\"band{id}\" d=\"{}\"/><clipPath id=\"over{id}\"><rect width=\"{cells}\" height=\"{limit}\"/></clipPath></defs>",
        area(&spans, scale)
    );
    let mean = line(spans.iter().map(|span| span.map(|span| scale.y(span.mean))));
    let _ = writeln!(
        svg,
        "<g transform=\"{placed}\"><use href=\"#band{id}\" class=\"band\"/>\
         <use href=\"#band{id}\" class=\"over\" clip-path=\"url(#over{id})\"/><path class=\"mean\" d=\"{mean}\"/></g>"
    );
    let (bottom, limit) = (top + HEIGHT, top as i64 + limit);
    let right = LEFT + WIDTH;
    let _ = writeln!(
        svg,
        "<path class=\"limit\" d=\"M{LEFT} {limit}H{right}\"/><path class=\"frame\" d=\"M{LEFT} {top}V{bottom}H{right}\"/>\
         <text x=\"{}\" y=\"{}\" class=\"hot\" font-size=\"11\">80 %</text>",
        right + 6,
        limit + 4
    );
    for per_cent in [0.0, scale.most] {
        let y = top as i64 + scale.y(per_cent) + 4;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{y}\" class=\"mark\" text-anchor=\"end\">{per_cent:.0} %</text>",
            LEFT - 8
        );
    }
    turned(svg, "CPU", top + HEIGHT / 2);
}

/// The band as one closed path for each stretch of time in which any server served.
fn area(spans: &[Option<Span>], scale: &Scale) -> String {
    let mut path = String::new();
    let mut from = 0;
    for stretch in spans.chunk_by(|one, next| one.is_some() == next.is_some()) {
        let served: Vec<Span> = stretch.iter().flatten().copied().collect();
        if !served.is_empty() {
            let above = steps(served.iter().map(|span| scale.y(span.most)));
            let below: Vec<i64> = served.iter().rev().map(|span| scale.y(span.least)).collect();
            let last = below.first().copied().unwrap_or_default();
            let _ = write!(path, "M{from} {HEIGHT}{above}V{last}{}z", back(&below));
        }
        from += stretch.len();
    }
    path
}

/// From cell to cell to the right: up or down first, then along.
fn steps(ys: impl Iterator<Item = i64>) -> String {
    let mut path = String::new();
    let ys: Vec<i64> = ys.collect();
    for same in ys.chunk_by(|one, next| one == next) {
        let _ = write!(path, "V{}h{}", same.first().copied().unwrap_or_default(), same.len());
    }
    path
}

/// The same to the left.
fn back(ys: &[i64]) -> String {
    let mut path = String::new();
    for same in ys.chunk_by(|one, next| one == next) {
        let _ = write!(path, "V{}h-{}", same.first().copied().unwrap_or_default(), same.len());
    }
    path
}

/// A line, broken where there is nothing.
fn line(ys: impl Iterator<Item = Option<i64>>) -> String {
    let mut path = String::new();
    let ys: Vec<_> = ys.collect();
    let mut from = 0;
    for stretch in ys.chunk_by(|one, next| one.is_some() == next.is_some()) {
        let served: Vec<i64> = stretch.iter().flatten().copied().collect();
        if let Some(first) = served.first() {
            let _ = write!(path, "M{} {first}{}", from, steps(served.iter().copied()));
        }
        from += stretch.len();
    }
    path
}
