//! Colours by day and by night, and what they mean.

use std::fmt::Write;

use super::LEFT;

/// So many shades from nothing to 80 %, and so many above it, for 20 % each.
pub(super) const COOL: usize = 6;
pub(super) const HOT: usize = 3;

pub(super) const STYLE: &str = "<style>\n\
    .paper{fill:#fff}text{fill:#171b22}.strong{font-weight:600}.dim,.mark{fill:#4f5968}.mark{font-size:11px}\n\
    .s0{fill:#f1f5f9}.s1{fill:#d7e5f2}.s2{fill:#b3d0e8}.s3{fill:#82b1d8}.s4{fill:#4b8bc2}.s5{fill:#1f62a0}\n\
    .s6{fill:#f2a33c}.s7{fill:#df4a32}.s8{fill:#8e0f22}\n\
    .frame,.tick,.limit,.mean{fill:none;vector-effect:non-scaling-stroke}.frame{stroke:#9aa4b2}.tick{stroke:#9aa4b2;stroke-dasharray:1 3}\n\
    .band{fill:#b3d0e8}.over{fill:#df4a32}.mean{stroke:#1f62a0;stroke-width:1.5}\n\
    .dead{fill:url(#hatch)}.hatch{stroke:#4f5968;stroke-width:1.6}\n\
    .limit{stroke:#b3261e;stroke-dasharray:5 3}.hot{fill:#b3261e}\n\
    @media (prefers-color-scheme:dark){\n\
    .paper{fill:#0f1319}text{fill:#e6e9ee}.dim,.mark{fill:#a3adba}\n\
    .s0{fill:#171d26}.s1{fill:#182d44}.s2{fill:#1a4064}.s3{fill:#1f5a8c}.s4{fill:#2f7dbb}.s5{fill:#63aee6}\n\
    .s6{fill:#d98a2b}.s7{fill:#f2503c}.s8{fill:#ff9fb0}\n\
    .hatch{stroke:#a3adba}.frame{stroke:#4f5968}.tick{stroke:#4f5968}.band{fill:#1f4a73}.over{fill:#f2503c}.mean{stroke:#8cc6f2}\n\
    .limit{stroke:#ff8a7d}.hot{fill:#ff8a7d}}\n\
    </style>\n";

/// What stands at the left edge of each shade.
const WORDS: [&str; COOL + HOT] = ["0", "", "", "40", "", "", "80", "100", "120 % of the CPU and more"];
const WIDE: usize = 34;

/// What a server is filled with that is dead.
pub(super) const HATCH: &str = "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <path d=\"M0 0V5\" class=\"hatch\"/></pattern></defs>\n";

/// What the colours mean, in one line.
pub(super) fn legend(svg: &mut String, top: usize) {
    for (shade, word) in WORDS.iter().enumerate() {
        let x = LEFT + shade * WIDE;
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{top}\" width=\"{WIDE}\" height=\"12\" class=\"s{shade}\"/>");
        if !word.is_empty() {
            let anchor = if shade == 0 || shade + 1 == WORDS.len() { "start" } else { "middle" };
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"{}\" class=\"mark\" text-anchor=\"{anchor}\">{word}</text>",
                top + 26
            );
        }
    }
    let rectangle = |x, class| format!("<rect x=\"{x}\" y=\"{top}\" width=\"34\" height=\"12\" class=\"{class}\"/>");
    let x = LEFT + (COOL + HOT) * WIDE + 170;
    mark(svg, (x, top), &rectangle(x, "band"), "least to most used server, red above 80 %");
    let x = x + 300;
    mark(svg, (x, top), &format!("<path d=\"M{x} {}h34\" class=\"mean\"/>", top + 6), "mean of all");
    let x = x + 124;
    mark(svg, (x, top), &rectangle(x, "dead"), "dead");
}

/// A shape, and behind it what it means.
fn mark(svg: &mut String, (x, top): (usize, usize), shape: &str, words: &str) {
    let _ = writeln!(svg, "{shape}<text x=\"{}\" y=\"{}\" class=\"mark\">{words}</text>", x + 42, top + 10);
}
