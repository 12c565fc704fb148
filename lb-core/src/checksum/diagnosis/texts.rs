//! What stands in place of a query in what was signed.

use percent_encoding::percent_decode_str;

use super::Mistake;
use crate::api::Params;

/// How many parameters there may be for all their orders to be tried.
const ALL_ORDERS: usize = 5;

/// Of how many parameters each is left out once.
const LEFT_OUT: usize = 32;

/// The ways to encode a value: the characters that stay as they are beside letters and digits, and whether a space is `+`.
const ENCODINGS: [(&[u8], bool); 7] = [
    // Java's URLEncoder, and forms as browsers send them
    (b"*-._", true),
    // PHP's urlencode and http_build_query
    (b"-_.", true),
    // Python's quote_plus
    (b"-_.~", true),
    // RFC 3986: PHP's rawurlencode, Go's PathEscape nearly
    (b"-_.~", false),
    // JavaScript's encodeURIComponent
    (b"-_.!~*'()", false),
    // Python's quote
    (b"-_.~/", false),
    // JavaScript's encodeURI
    (b";,/?:@$#!'()*-_.~", false),
];

/// Texts that come of `text`, the query without its checksum, by one mistake, and what is made of it together with a `form`.
pub(super) fn all<'a>(text: &'a str, form: Option<&'a str>) -> impl Iterator<Item = (Mistake, String)> + 'a {
    let forms = form.into_iter().flat_map(move |form| with_form(text, form)).map(|text| (Mistake::FormSigned, text));
    simple(text).chain(forms).chain(left_out(text)).chain(orders(text)).filter(move |(_, other)| other != text)
}

/// The same of which it is likely that another one comes with it.
pub(super) fn simple(text: &str) -> impl Iterator<Item = (Mistake, String)> + '_ {
    let decoded = [
        percent_decode_str(text).decode_utf8_lossy().into_owned(),
        percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned(),
    ];
    // of what was encoded once nothing encoded is left
    let sent_again = Some(text.replace("%25", "%")).filter(|once| is_escaped(once));
    let sent_again = sent_again.unwrap_or_else(|| text.to_owned());
    let spaces = [text.replace('+', "%20"), text.replace("%20", "+")];
    let hex = [in_hex(text, |digit| digit.to_ascii_lowercase()), in_hex(text, |digit| digit.to_ascii_uppercase())];
    let encoded = ENCODINGS.iter().map(move |(kept, plus)| encode(text, kept, *plus));
    let escaped = [text.replace('&', "&amp;"), text.replace("&amp;", "&")];
    let inside = [
        format!("{text}&checksum="),
        format!("checksum=&{text}"),
        format!("{text}&checksum"),
        format!("{text}checksum="),
    ];
    let separators = [format!("{text}&"), format!("&{text}"), format!("?{text}"), format!("{text}?")];
    let trimmed = text.trim_matches(['&', '?']).to_owned();
    let each = |mistake: Mistake| move |text: String| (mistake.clone(), text);
    let one = |mistake: Mistake, text: String| std::iter::once((mistake, text));
    one(Mistake::SentEncodedAgain, sent_again)
        .chain(decoded.into_iter().map(each(Mistake::Decoded)))
        .chain(spaces.into_iter().map(each(Mistake::OtherSpaces)))
        .chain(hex.into_iter().map(each(Mistake::HexCase)))
        .chain(one(Mistake::EncodedAgain, text.replace('%', "%25")))
        .chain(encoded.map(each(Mistake::OtherEncoding)))
        .chain(escaped.into_iter().map(each(Mistake::HtmlEscaped)))
        .chain(one(Mistake::OtherOrder, sorted(text)))
        .chain(inside.into_iter().map(each(Mistake::ChecksumInside)))
        .chain(separators.into_iter().chain([trimmed]).map(each(Mistake::Separator)))
        .chain(one(Mistake::WithoutQuery, String::new()))
        .chain(one(Mistake::WithoutEmpty, without_empty(text)))
        .filter(move |(_, other)| other != text)
}

/// Whether there is an escape in it.
fn is_escaped(text: &str) -> bool {
    let is_hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
    text.split('%').skip(1).any(|rest| is_hex(rest.bytes().next()) && is_hex(rest.as_bytes().get(1).copied()))
}

fn in_hex(text: &str, change: impl Fn(char) -> char) -> String {
    let mut digits = 0;
    let changed = text.chars().map(|c| {
        if c == '%' {
            digits = 2;
            return c;
        }
        if digits > 0 && c.is_ascii_hexdigit() {
            digits -= 1;
            return change(c);
        }
        digits = 0;
        c
    });
    changed.collect()
}

/// Names and values, decoded and encoded again.
fn encode(text: &str, kept: &[u8], plus: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (nth, pair) in text.split('&').enumerate() {
        if nth > 0 {
            encoded.push('&');
        }
        for (nth, part) in pair.splitn(2, '=').enumerate() {
            if nth > 0 {
                encoded.push('=');
            }
            for byte in percent_decode_str(&part.replace('+', " ")) {
                match byte {
                    b' ' if plus => encoded.push('+'),
                    plain if plain.is_ascii_alphanumeric() || kept.contains(&plain) => encoded.push(char::from(plain)),
                    other => encoded.push_str(&format!("%{other:02X}")),
                }
            }
        }
    }
    encoded
}

fn sorted(text: &str) -> String {
    let mut pairs: Vec<_> = text.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn without_empty(text: &str) -> String {
    let given = |pair: &&str| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty());
    text.split('&').filter(given).collect::<Vec<_>>().join("&")
}

/// A query and a form, put together as those do who take both for one.
fn with_form(text: &str, form: &str) -> Vec<String> {
    let form: Vec<_> = form.split('&').filter(|pair| !pair.starts_with("checksum=")).collect();
    let form = form.join("&");
    let params = Params::parse(&form);
    let mut both = vec![form.clone(), sorted(&form), params.encode()];
    if !text.is_empty() {
        both.extend([format!("{text}&{form}"), format!("{text}{form}"), format!("{form}&{text}")]);
        both.push(sorted(&format!("{text}&{form}")));
    }
    both
}

/// All but one of the parameters: the one that was added on the way is not signed.
fn left_out(text: &str) -> impl Iterator<Item = (Mistake, String)> + '_ {
    let pairs: Vec<_> = text.split('&').collect();
    let count = if pairs.len() > 1 { pairs.len().min(LEFT_OUT) } else { 0 };
    (0..count).map(move |left_out| {
        let others = pairs.iter().enumerate().filter(|(nth, _)| *nth != left_out).map(|(_, pair)| *pair);
        (Mistake::Unsigned { nth: left_out + 1 }, others.collect::<Vec<_>>().join("&"))
    })
}

/// All orders of few parameters; of many, each one moved to the front or to the back.
fn orders(text: &str) -> impl Iterator<Item = (Mistake, String)> + '_ {
    let mut pairs: Vec<_> = text.split('&').collect();
    let mut orders = Vec::new();
    if pairs.len() <= ALL_ORDERS {
        let last = pairs.len();
        permute(&mut pairs, last, &mut orders);
    } else {
        let reversed: Vec<_> = pairs.iter().rev().copied().collect();
        orders.push(reversed.join("&"));
        for place in 0..pairs.len().min(LEFT_OUT) {
            let mut others = pairs.clone();
            let moved = others.remove(place);
            let others = others.join("&");
            orders.extend([format!("{moved}&{others}"), format!("{others}&{moved}")]);
        }
    }
    orders.into_iter().map(|text| (Mistake::OtherOrder, text))
}

/// Heap's algorithm.
fn permute(pairs: &mut Vec<&str>, count: usize, orders: &mut Vec<String>) {
    if count <= 1 {
        orders.push(pairs.join("&"));
        return;
    }
    for place in 0..count {
        permute(pairs, count - 1, orders);
        if place < count - 1 {
            let other = if count.is_multiple_of(2) { place } else { 0 };
            pairs.swap(other, count - 1);
        }
    }
}
