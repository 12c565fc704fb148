//! Pages for people: what is drawn on them.

pub(crate) mod chart;
pub(crate) mod map;
