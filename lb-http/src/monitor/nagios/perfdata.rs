//! Performance data: the numbers that a check prints behind its text.
//!
//! ```text
//! perfdata = item *( SP item )
//! item     = label "=" value [unit] [";" warn [";" crit [";" min [";" max]]]]
//! label    = without space, "=" or quote  /  "'" text, a quote doubled "'"
//! value    = number  /  "U"                    ; U: could not be determined
//! ```
//!
//! The grammar is that of the Monitoring Plugins guidelines. It is read leniently, as plugins in use need it: exponents,
//! several spaces, a missing or empty tail, paths as labels. What cannot be read is passed over, item by item: a number
//! with a decimal comma is one of those, because half of it would be a wrong number.

/// One measured figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Item {
    /// What it is, without quotes.
    pub(super) label: String,
    /// The figure, always finite; `None` if the check could not determine it (`U`).
    pub(super) value: Option<f64>,
    /// Its unit as printed, such as `%`, `MB` or `s`; may be empty.
    pub(super) unit: String,
    /// The least it can be, in the same unit.
    pub(super) min: Option<f64>,
    /// The most it can be, in the same unit.
    pub(super) max: Option<f64>,
}

impl Item {
    /// The figure as a share of what it can be, per cent, 0 to 100: read directly from a percentage, else from the maximum.
    pub(super) fn per_cent(&self) -> Option<f64> {
        let value = self.value.filter(|value| *value >= 0.0)?;
        let share = match (self.unit.as_str(), self.max) {
            ("%", _) => value,
            (_, Some(max)) if max > 0.0 => value / max * 100.0,
            _ => return None,
        };
        Some(share.min(100.0))
    }

    /// The figure as a number of things; `None` if it is negative or carries a unit.
    pub(super) fn count(&self) -> Option<u32> {
        // the conversion saturates
        self.value.filter(|value| *value >= 0.0 && self.unit.is_empty()).map(|value| value as u32)
    }
}

/// Every item of `text` that can be read, in its order.
pub(super) fn parse(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        // whatever cannot be read ends at the next space
        let (label, behind) = label(rest).unwrap_or((None, rest));
        let (figure, next) = behind.split_once(char::is_whitespace).unwrap_or((behind, ""));
        items.extend(label.and_then(|label| item(label, figure)));
        rest = next.trim_start();
    }
    items
}

/// A label and what follows its `=`; `None` in its place if it is empty or no `=` follows.
fn label(text: &str) -> Option<(Option<String>, &str)> {
    let (label, behind) = match text.strip_prefix('\'') {
        Some(quoted) => unquote(quoted)?,
        None => {
            let end = text.find(|c: char| c == '=' || c.is_whitespace())?;
            let (label, behind) = text.split_at(end);
            (label.to_owned(), behind)
        }
    };
    match behind.strip_prefix('=') {
        Some(figure) => Some((Some(label).filter(|label| !label.is_empty()), figure)),
        None => Some((None, behind)),
    }
}

/// The text up to the closing quote, and what follows it; `None` if it never closes.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut label = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('\'')?;
        label.push_str(part);
        match behind.strip_prefix('\'') {
            Some(after_pair) => {
                label.push('\'');
                rest = after_pair;
            }
            None => return Some((label, behind)),
        }
    }
}

fn item(label: String, figure: &str) -> Option<Item> {
    let mut fields = figure.split(';');
    let first = fields.next()?;
    // warn and crit are the operator's limits: what they mean is in the service's state already
    let mut tail = fields.skip(2).map(|field| number(field).map(|(number, _)| number));
    let (min, max) = (tail.next().flatten(), tail.next().flatten());
    if first == "U" {
        return Some(Item { label, min, max, ..Item::default() });
    }
    let (value, unit) = number(first)?;
    Some(Item { label, value: Some(value), unit: unit.to_owned(), min, max })
}

/// The number at the start of `text`, and its unit; `None` if there is none, or if what follows is no unit but a part of
/// a number written in some other way.
fn number(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = |at: usize| at + usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
    let mut end = digits(sign(0));
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    // without digits the e begins a unit
    let exponent = |at: usize| {
        let first = sign(at + 1);
        (matches!(bytes.get(at), Some(b'e' | b'E')) && digits(first) > first).then(|| digits(first))
    };
    end = exponent(end).unwrap_or(end);
    if exponent(end).is_some() {
        return None;
    }
    let (number, unit) = text.split_at_checked(end)?;
    if unit.starts_with(|c: char| c.is_ascii_digit() || ",.+-=':".contains(c)) {
        return None;
    }
    number.parse().ok().filter(|number: &f64| number.is_finite()).map(|number| (number, unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(String, Option<f64>, String)> {
        parse(text).into_iter().map(|item| (item.label, item.value, item.unit)).collect()
    }

    fn figure(label: &str, value: f64, unit: &str) -> (String, Option<f64>, String) {
        (label.to_owned(), Some(value), unit.to_owned())
    }

    #[test]
    fn the_usual_reports_are_read() {
        let cpu = parse("cpu_avg=12.37%;70;90;0;100 cpu_max=31.00%;70;90;0;100 cores=8;;;;");
        assert_eq!(
            cpu[0],
            Item { label: "cpu_avg".into(), value: Some(12.37), unit: "%".into(), min: Some(0.0), max: Some(100.0) }
        );
        assert_eq!((cpu.len(), cpu[2].value, cpu[2].max), (3, Some(8.0), None));
        let meetings = read("meetings=2;;;0; users=17;;;0; audios=11;;;0; videos=4;;;0; ");
        assert_eq!(meetings[1], figure("users", 17.0, ""));
        assert_eq!(meetings.len(), 4);
    }

    #[test]
    fn labels_may_be_quoted_or_paths() {
        assert_eq!(
            read("'queue len'=9;5;10;0; 'a''b'=1.5e3us  'more one'=1;;;0; more_two=2c"),
            [
                figure("queue len", 9.0, ""),
                figure("a'b", 1500.0, "us"),
                figure("more one", 1.0, ""),
                figure("more_two", 2.0, "c")
            ]
        );
        assert_eq!(
            read("/=31.40GB;125;141;0;157 '/var/big blue'=2.00TB;3;3;0;4"),
            [figure("/", 31.4, "GB"), figure("/var/big blue", 2.0, "TB")]
        );
    }

    #[test]
    fn what_cannot_be_read_is_passed_over_and_the_rest_is_not() {
        for bad in
            ["a=12,5%", "a", "a=", "=5", "''=5", "'a b", "'a'5", "a=1.2.3", "a=1e999", "a=1e5e5", "a=--1", "a=x", "a b"]
        {
            assert_eq!(read(bad), [], "{bad}");
        }
        for bad in ["a=12,5%", "a", "a=", "=5", "''=5", "'a'5", "a=1.2.3", "a=x"] {
            assert_eq!(read(&format!("{bad} z=1")), [figure("z", 1.0, "")], "{bad}");
        }
        assert_eq!(
            parse("free=U;;;0;9")[0],
            Item { label: "free".into(), min: Some(0.0), max: Some(9.0), ..Item::default() }
        );
    }

    #[test]
    fn a_share_is_read_from_a_percentage_or_from_the_maximum() {
        let share = |text: &str| parse(text).first().and_then(Item::per_cent);
        assert_eq!(share("m=25%"), Some(25.0));
        assert_eq!(share("m=50MB;;;0;200"), Some(25.0));
        assert_eq!(share("m=300MB;;;0;200"), Some(100.0));
        for nothing in ["m=50MB", "m=50MB;;;0;0", "m=-1%", "m=U;;;0;200"] {
            assert_eq!(share(nothing), None, "{nothing}");
        }
    }

    fn well_formed() -> impl Strategy<Value = Item> {
        let number = || -1.0e9..1.0e9;
        let optional = || proptest::option::of(number());
        ("[^=]{1,12}", optional(), "(|%|s|ms|B|KB|MB|GB|TB|c)", optional(), optional()).prop_map(
            |(label, value, unit, min, max)| Item {
                label,
                // a figure that was not determined carries no unit
                unit: if value.is_some() { unit } else { String::new() },
                value,
                min,
                max,
            },
        )
    }

    fn print(item: &Item) -> String {
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let value = if item.value.is_some() { number(item.value) } else { "U".to_owned() };
        let label = item.label.replace('\'', "''");
        format!("'{label}'={value}{};;;{};{}", item.unit, number(item.min), number(item.max))
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic_and_every_figure_is_finite(text in ".{0,200}") {
            prop_assert!(parse(&text).iter().all(|item| item.value.is_none_or(f64::is_finite)));
        }

        #[test]
        fn text_made_of_the_grammars_own_pieces_makes_no_panic(pieces in proptest::collection::vec("('|=|;| |U|a|ç|-|[.]|,|e|1|%)", 0..40)) {
            let text = pieces.concat();
            prop_assert!(parse(&text).len() <= text.len());
        }

        #[test]
        fn well_formed_items_are_read_as_they_were_printed(items in proptest::collection::vec(well_formed(), 0..6)) {
            let text = items.iter().map(print).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(parse(&text), items);
        }
    }
}
