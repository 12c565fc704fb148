//! Charts, drawn on the server as SVG: nothing runs in the browser, and they print.
//!
//! | | |
//! |---|---|
//! | [`sparkline()`] | a course in the size of a word |
//! | [`LineChart`] | courses over time |
//! | [`BarChart`] | figures by step, beside or upon each other |
//! | [`RankChart`] | figures by group, one under the other |
//! | [`HeatChart`] | figures by weekday and hour |
//! | [`Legend`] | which colour, pattern and shape is which |
//! | [`Writing`] | how numbers and dates are written |
//!
//! What is not known is a gap and never nought. Colours are classes of the stylesheet (`s0` to `s5`, `h0` to `h9`), and each has a
//! pattern, a dash or a shape of its own beside. Each chart stands in a `<figure class="chart">`: the stylesheet makes its text larger
//! where that is narrow.

mod axis;
mod bars;
mod drawing;
mod heat;
mod legend;
mod line;
mod mark;
mod ranks;
mod scale;
mod sparkline;
mod thin;
mod writing;

pub(crate) use self::bars::{BarChart, BarSeries};
pub(crate) use self::drawing::{At, Drawing, Svg};
pub(crate) use self::heat::{HeatChart, Week};
pub(crate) use self::legend::Legend;
pub(crate) use self::line::{LineChart, LineSeries};
pub(crate) use self::ranks::{Rank, RankChart};
pub(crate) use self::sparkline::sparkline;
pub(crate) use self::writing::Writing;

/// How wide a chart is, in its own units. Text is some 12 of them high, 20 where the chart is narrow.
const WIDTH: f64 = 720.0;

/// What stays free under a chart for the words of its axis.
const FOOT: f64 = 28.0;

/// What stays free above the highest line, for the figure at it.
const HEAD: f64 = 22.0;

/// Colours and patterns of series; further ones begin anew.
const KINDS: usize = 6;
