//! Raw queries: cutting out the checksum, decoding, encoding again.

use std::fmt;

use url::form_urlencoded;

use super::Failure;
use crate::meeting::MeetingId;

/// The decoded parameters of a call, in the order given. Where a name stands twice the first one counts, as in BBB.
#[derive(Clone, Default, PartialEq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a raw query or form body: `+` and `%XX`. Broken escapes stay as they are, broken UTF-8 is replaced: the
    /// checksum was made over the raw text.
    pub fn parse(raw: &str) -> Self {
        Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    /// The value of `name`; `None` if it is not given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of `name`; `None` if it is not given or empty, which BBB treats alike nearly everywhere.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Sets `name`, in its place if it is given, else at the end. Where it stands more than once, the others go.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        match self.0.iter().position(|(key, _)| key == name) {
            Some(first) => {
                let mut place = 0..;
                self.0.retain(|(key, _)| place.next() == Some(first) || key != name);
                self.0[first].1 = value.into();
            }
            None => self.0.push((name.to_owned(), value.into())),
        }
    }

    /// Sees to it that `name` is a number from 1 to `most`: a larger one, 0, none, or what is no number becomes `most`, which is
    /// at least 1, because 0 means no limit to BBB.
    pub fn cap(&mut self, name: &str, most: u64) {
        let most = most.max(1);
        let given = self.get(name).and_then(|text| text.trim().parse().ok());
        self.set(name, given.filter(|given| (1..=most).contains(given)).unwrap_or(most).to_string());
    }

    /// The meeting meant.
    ///
    /// # Errors
    /// [`Failure::MissingMeetingId`].
    pub fn meeting_id(&self) -> Result<MeetingId, Failure> {
        self.given("meetingID").map(MeetingId::from).ok_or(Failure::MissingMeetingId)
    }

    /// What is sent on to the server about a meeting: these in their order, without what is for the balancer alone. The meeting
    /// is named by the website's id of it, also where the website named it by its internal one, which old versions of BBB do
    /// not know.
    #[must_use]
    pub fn for_server(mut self, meeting_id: &MeetingId) -> Self {
        self.retain(|name| !matches!(name, "checksum" | "integrationName"));
        self.set("meetingID", meeting_id.as_str());
        self
    }

    /// Leaves out every parameter for which `keep` says no.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// Adds `more` behind these.
    pub fn extend(&mut self, more: Params) {
        self.0.extend(more.0);
    }

    /// Names and values, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The query that carries them: form encoding (`+` for a space), in the same order.
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Params {
    /// Names only: values may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What stands before the checksum itself.
const PAIR: &str = "checksum=";

/// Cuts the checksum out of a raw query the way BBB does: literally, wherever it stands. Answers what is left, which is
/// what was signed, and the checksum's text.
///
/// So `getMeetings?&checksum=X` was signed over nothing: the `&` goes away with the pair.
pub(crate) fn cut_checksum(raw: &str) -> (String, Option<&str>) {
    let Some((before, value, after)) = split_at_checksum(raw) else { return (raw.to_owned(), None) };
    if before.contains(PAIR) || after.contains(PAIR) {
        return (cut_everywhere(raw, value), Some(value));
    }
    let rest = match before.strip_suffix('&') {
        Some(before) => [before, after].concat(),
        None => after.strip_prefix('&').unwrap_or(after).to_owned(),
    };
    (rest, Some(value))
}

/// The last pair that is a checksum: what stands before the pair, its value, and what stands behind it.
fn split_at_checksum(raw: &str) -> Option<(&str, &str, &str)> {
    let mut rest = raw;
    loop {
        let (before, pair) = rest.split_at(rest.rfind('&').map_or(0, |at| at + 1));
        if let Some(value) = pair.strip_prefix(PAIR) {
            return Some((before, value, &raw[rest.len()..]));
        }
        rest = before.strip_suffix('&')?;
    }
}

/// BBB's own three replacements, for queries in which the pair may stand more than once.
fn cut_everywhere(raw: &str, value: &str) -> String {
    let rest = raw.replace(&format!("&{PAIR}{value}"), "");
    let rest = rest.replace(&format!("{PAIR}{value}&"), "");
    rest.replace(&format!("{PAIR}{value}"), "")
}

/// What BBB up to 2.5 signed of a form POST with an empty query: its parameters without the checksum, sorted by name and
/// encoded as Java's `URLEncoder` does.
pub(crate) fn sorted_form(form: &Params) -> String {
    let mut pairs: Vec<_> = form.iter().filter(|(name, _)| *name != "checksum").collect();
    pairs.sort_by_key(|(name, _)| *name);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_cut_out_wherever_it_stands() {
        for (raw, rest) in [
            ("checksum=V", ""),
            ("&checksum=V", ""),
            ("a=1&checksum=V", "a=1"),
            ("checksum=V&a=1", "a=1"),
            ("a=1&checksum=V&b=2", "a=1&b=2"),
            ("a=1&checksum=V&", "a=1&"),
            ("&redirect=true&checksum=V", "&redirect=true"),
        ] {
            assert_eq!(cut_checksum(raw), (rest.to_owned(), Some("V")), "{raw}");
        }
        assert_eq!(cut_checksum("a=1&xchecksum=V"), ("a=1&xchecksum=V".to_owned(), None));
        assert_eq!(cut_checksum("checksum=V&a=checksum=V1&checksum=V"), ("a=1".to_owned(), Some("V")));
    }

    proptest::proptest! {
        #[test]
        fn the_checksum_is_cut_out_as_bbb_does(parts in proptest::collection::vec(
            proptest::sample::select(vec!["checksum=", "checksum=V", "V", "&", "a", "=", "é", "%20"]), 0..9)) {
            let raw = parts.concat();
            match cut_checksum(&raw) {
                (rest, Some(value)) => proptest::prop_assert_eq!(rest, cut_everywhere(&raw, value)),
                (rest, None) => proptest::prop_assert_eq!(rest, raw),
            }
        }
    }

    #[test]
    fn encoding_again_keeps_order_and_meaning() {
        let params = Params::parse("b=%C3%A9+x%20y&a=1%2B1&b=2&flag&%zz=%");
        assert_eq!(params.get("b"), Some("é x y"));
        assert_eq!(params.get("flag"), Some(""));
        assert_eq!(params.encode(), "b=%C3%A9+x+y&a=1%2B1&b=2&flag=&%25zz=%25");
        assert_eq!(Params::parse(&params.encode()), params);
    }

    #[test]
    fn the_old_post_rule_sorts_and_encodes_as_java_does() {
        let form = Params::parse("name=a%20b&checksum=V&meetingID=r~1*-._");
        assert_eq!(sorted_form(&form), "meetingID=r%7E1*-._&name=a+b");
    }

    #[test]
    fn a_name_that_is_set_stands_once() {
        let mut params = Params::parse("a=1&b=2&a=3&c=4&a=5");
        params.set("a", "x");
        assert_eq!(params.encode(), "a=x&b=2&c=4");
    }

    #[test]
    fn debug_shows_no_values() {
        assert_eq!(format!("{:?}", Params::parse("password=s3cr3t")), "[\"password\"]");
    }
}
