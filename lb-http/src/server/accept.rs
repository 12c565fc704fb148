//! What whoever asks would like to read: [`prefers_html`] and [`Language`], by RFC 9110, 12.5.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderName};

/// Whether a page is rather wanted than XML: `text/html` is named, and weighs more than every type of XML. Programs name
/// nothing, or `*/*`, and get XML.
pub(super) fn prefers_html(headers: &HeaderMap) -> bool {
    let ranges = weighted(headers, &ACCEPT);
    // the most specific range counts
    let weight = |of: [&str; 3]| {
        of.into_iter().find_map(|range| {
            let weights = ranges.iter().filter(|(other, _)| *other == range).map(|(_, weight)| *weight);
            weights.reduce(f32::max)
        })
    };
    let named = ranges.iter().any(|(range, _)| range == "text/html");
    let html = weight(["text/html", "text/*", "*/*"]).unwrap_or(0.0);
    let xml = [["text/xml", "text/*", "*/*"], ["application/xml", "application/*", "*/*"]];
    named && xml.into_iter().all(|of| weight(of).unwrap_or(0.0) < html)
}

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// Brazilian Portuguese.
    Portuguese,
}

impl Language {
    /// The one that is wanted most; of equals the first; English where neither is wanted.
    pub(crate) fn preferred(headers: &HeaderMap) -> Self {
        let known = weighted(headers, &ACCEPT_LANGUAGE).into_iter().filter_map(|(range, weight)| {
            let language = match range.split('-').next()? {
                "pt" => Self::Portuguese,
                "en" | "*" => Self::English,
                _ => return None,
            };
            (weight > 0.0).then_some((language, weight))
        });
        let best = known.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(language, _)| language).unwrap_or_default()
    }

    /// Its tag (BCP 47).
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }
}

/// The entries of a header in their order, lower case and without parameters, each with its weight: 0 to 1. Entries whose weight
/// cannot be read are left out.
fn weighted(headers: &HeaderMap, name: &HeaderName) -> Vec<(String, f32)> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(entry).collect()
}

fn entry(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
    let given = parts.filter_map(|part| part.split_once('=')).find(|(key, _)| key.trim().eq_ignore_ascii_case("q"));
    let weight = match given {
        Some((_, weight)) => weight.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?,
        None => 1.0,
    };
    Some((range, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (name.clone(), line.parse().unwrap())).collect()
    }

    #[test]
    fn browsers_prefer_pages() {
        for accept in [
            &["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"][..],
            &[
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            ],
            &["text/html"],
            &["TEXT/HTML ; Q=0.5, */*;q=0.4"],
            &["text/html;level=1;q=0.3, text/xml;q=0.2"],
            &["application/xml;q=0.9", "text/html"],
            &["*/*;q=0.1, text/html;q=0.2, text/xml;q=nonsense"],
        ] {
            assert!(prefers_html(&headers(ACCEPT, accept)), "{accept:?}");
        }
    }

    #[test]
    fn programs_get_xml() {
        for accept in [
            &[][..],
            &["*/*"],
            &["text/*"],
            &["text/xml"],
            &["application/json, */*"],
            &["text/html, */*"],
            &["text/html, application/xml"],
            &["text/html;q=0.8, text/xml;q=0.9"],
            &["text/html;q=0"],
            &["text/html;q=2"],
            &["text/html;q=-1, text/html;q=NaN"],
            &["", ",,;q=1,"],
        ] {
            assert!(!prefers_html(&headers(ACCEPT, accept)), "{accept:?}");
        }
        let mut binary = HeaderMap::new();
        binary.insert(ACCEPT, hyper::header::HeaderValue::from_bytes(b"text/html\xff").unwrap());
        assert!(!prefers_html(&binary));
    }

    #[test]
    fn the_language_wanted_most_is_chosen() {
        use Language::{English, Portuguese};
        for (wanted, language) in [
            (&[][..], English),
            (&["pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7"], Portuguese),
            (&["en-US,en;q=0.9,pt-BR;q=0.8"], English),
            (&["de, fr;q=0.9, PT;q=0.5, en;q=0.4"], Portuguese),
            (&["pt;q=0, en;q=0.1"], English),
            (&["pt, en"], Portuguese),
            (&["*"], English),
            (&["de"], English),
            (&["nonsense;;q=,-"], English),
        ] {
            assert_eq!(Language::preferred(&headers(ACCEPT_LANGUAGE, wanted)), language, "{wanted:?}");
        }
    }
}
