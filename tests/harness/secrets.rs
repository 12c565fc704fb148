//! What must be in no output of `lb`: the secrets of its configuration, and every password, token and checksum that this
//! test has sent or was told. All calls of the harness pass through here, so no test can forget it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use aho_corasick::AhoCorasick;
use url::form_urlencoded;

/// What is heard of, wherever it stands: in a query, a form, a URL in an answer, or as an element.
const CONFIDENTIAL: [&str; 8] =
    ["checksum", "password", "attendeePW", "moderatorPW", "sessionToken", "session_token", "authToken", "auth_token"];

/// What is shorter cannot be told from ordinary words.
const SHORTEST: usize = 6;

static HEARD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Takes note of what is confidential in something that was sent or received.
pub fn hear(text: &str) {
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    for name in CONFIDENTIAL {
        for (start, _) in text.match_indices(name) {
            let rest = &text[start + name.len()..];
            let value = match rest.chars().next() {
                Some('=') => rest[1..].split(['&', '#', '"', '<', ' ', '\r', '\n']).next(),
                Some('>') => rest[1..].split('<').next(),
                _ => None,
            };
            let value = value.unwrap_or_default();
            let decoded = form_urlencoded::parse(format!("x={value}").as_bytes()).next().map(|(_, value)| value.into());
            heard.extend([Some(value.to_owned()), decoded].into_iter().flatten().filter(|text| text.len() >= SHORTEST));
        }
    }
}

/// The secrets and passwords that a configuration names.
pub fn of_configuration(config: &str) -> Vec<String> {
    let lines = config.lines().filter(|line| line.starts_with("secret") || line.starts_with("password"));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Fails if something confidential is in `text`, which `lb` has written to `place`.
pub fn assert_kept(place: &str, text: &str, configured: &[String]) {
    let mut confidential: Vec<String> = HEARD.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    confidential.extend(configured.iter().cloned());
    confidential.push("checksum=".to_owned());
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&confidential).expect("plain texts");
    if let Some(found) = search.find(text) {
        let start = text[..found.start()].rfind('\n').map_or(0, |end| end + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let hidden = search.replace_all(line, &vec!["[CONFIDENTIAL]"; confidential.len()]);
        panic!("something confidential in the {place}: {hidden}");
    }
}

#[test]
fn what_passes_by_is_heard_and_found_again() {
    hear("http://lb/api/create?attendeePW=pass%2Bword-1&checksum=0123456789abcdef HTTP/1.1");
    hear("<r><moderatorPW>told-by-bbb</moderatorPW></r>");
    let found = |text: &str| std::panic::catch_unwind(|| assert_kept("log", text, &["c0nfigured".to_owned()])).is_err();
    for text in ["a pass+word-1", "pass%2Bword-1", "0123456789ABCDEF", "=told-by-bbb", "c0nfigured", "?checksum=x"] {
        assert!(found(text), "{text}");
    }
    assert!(!found("a meeting was created"));
}
