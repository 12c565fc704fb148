//! What becomes of a secret that is copied.

use super::Mistake;
use crate::secret::Secret;

/// What stands in examples and fresh installations in place of a secret. The last one is in BBB's own documentation.
pub(super) const PLACEHOLDERS: [&str; 10] = [
    "",
    "secret",
    "SECRET",
    "sharedSecret",
    "shared_secret",
    "changeme",
    "your-secret",
    "YOUR_SECRET",
    "null",
    "8cd8ef52e8e101574e400365b55e11a6",
];

/// Texts that `secret` becomes where it is copied with less or more than itself, each with the mistake.
pub(super) fn nearly(secret: &Secret) -> impl Iterator<Item = (Mistake, String)> + '_ {
    let text = secret.expose();
    let around = [
        ("", " "),
        (" ", ""),
        (" ", " "),
        ("", "\n"),
        ("", "\r\n"),
        ("", "\r"),
        ("", "\t"),
        ("\u{feff}", ""),
        ("", "\0"),
    ];
    let quotes = [("\"", "\""), ("'", "'"), ("`", "`"), ("<", ">"), ("", ";"), ("", ","), ("", "\"")];
    let with = move |(before, after): (&str, &str)| format!("{before}{text}{after}");
    let cases = [text.to_lowercase(), text.to_uppercase()].into_iter().filter(move |case| case != text);
    let trimmed = Some(text.trim()).filter(|trimmed| *trimmed != text).map(str::to_owned);
    // the first or the last character was not marked
    let mut characters = text.chars();
    let cut = [
        characters.next().map(|_| characters.as_str().to_owned()),
        text.char_indices().next_back().map(|(last, _)| text[..last].to_owned()),
    ];
    let blanks = around.into_iter().map(with).chain(trimmed).map(|text| (Mistake::SecretWithBlanks, text));
    blanks
        .chain(
            quotes
                .into_iter()
                .map(move |(before, after)| format!("{before}{text}{after}"))
                .map(|text| (Mistake::SecretQuoted, text)),
        )
        .chain(cases.map(|text| (Mistake::SecretCase, text)))
        .chain(cut.into_iter().flatten().filter(|cut| cut.len() >= 8).map(|text| (Mistake::SecretCut, text)))
}
