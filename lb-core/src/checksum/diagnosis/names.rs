//! What stands in place of a call's name in what was signed.

use super::Mistake;
use crate::api::Call;

/// Names that `name` is usually mistaken for, each with the mistake; it is not among them.
pub(super) fn all(name: &str) -> impl Iterator<Item = (Mistake, String)> + '_ {
    let mut capital = name.to_owned();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let cases = [name.to_ascii_lowercase(), name.to_ascii_uppercase(), capital];
    let prefixes = ["/bigbluebutton/api/", "bigbluebutton/api/", "/bigbluebutton/", "/api/", "api/", "/"];
    let paths = prefixes.map(|prefix| format!("{prefix}{name}")).into_iter().chain([format!("{name}/")]);
    // of a call in two parts, the second alone
    let last = name.rsplit_once('/').map(|(_, last)| last.to_owned());
    let others = Call::all().filter(move |call| !call.name().is_empty() && call.name() != name);
    let none = (Mistake::NoName, String::new());
    [none]
        .into_iter()
        .chain(paths.chain(last).map(|path| (Mistake::NameWithPath, path)))
        .chain(cases.into_iter().map(|case| (Mistake::NameCase, case)))
        .chain(others.map(|call| (Mistake::OtherName(call.name()), call.name().to_owned())))
        .filter(move |(_, other)| other != name)
}
