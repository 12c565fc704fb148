//! What an answer means, for people.

use lb_core::xml::Document;

use crate::pages::website::Told;
use crate::pages::words::{Words, fill};

/// What is said of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// `good`, `warning` or `critical`, as notices have it.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// BBB's messageKey; empty where there is none.
    pub(crate) key: String,
    /// BBB's own words.
    pub(crate) message: String,
}

impl Meaning {
    /// Whether the call succeeded.
    pub(crate) fn is_good(&self) -> bool {
        self.kind == "good"
    }

    /// What `told` means.
    pub(crate) fn of(told: &Told, words: &'static Words) -> Self {
        let w = &words.console;
        let plain = |kind, text: &str| Self { kind, text: text.to_owned(), key: String::new(), message: String::new() };
        if (300..400).contains(&told.status) {
            return plain("good", w.redirected);
        }
        let document = (told.status == 200).then(|| Document::parse(&told.body).ok()).flatten();
        let Some(document) = document else {
            let json = told.status == 200 && told.body.starts_with(b"{");
            return match json {
                true if String::from_utf8_lossy(&told.body).contains("\"FAILED\"") => plain("critical", w.failed),
                true => plain("good", w.unreadable),
                false if told.cut => plain("good", w.cut),
                false => plain("critical", &fill(w.not_bbb, &[&told.status])),
            };
        };
        let root = document.root();
        let (key, message) = (root.value("messageKey").into_owned(), root.value("message").into_owned());
        let succeeded = root.value("returncode").eq_ignore_ascii_case("SUCCESS");
        let text = match (succeeded, key.as_str()) {
            (true, "duplicateWarning") => w.success_duplicate,
            (true, "noMeetings") => w.success_no_meetings,
            (true, "noRecordings") => w.success_no_recordings,
            (true, _) => w.success,
            (false, "checksumError") => w.failed_checksum,
            (false, "permissionDenied") => w.failed_permission,
            (false, "notFound" | "invalidMeetingIdentifier" | "destroyMissingHook" | "meetingNotFound") => {
                w.failed_not_found
            }
            (false, "idNotUnique") => w.failed_unique,
            (false, "unsupportedRequest") => w.failed_unsupported,
            (false, "internalError") => w.failed_internal,
            (false, key) if is_of_parameters(key) => w.failed_parameter,
            (false, _) => w.failed,
        };
        Self { kind: if succeeded { "good" } else { "critical" }, text: text.to_owned(), key, message }
    }
}

fn is_of_parameters(key: &str) -> bool {
    let known = [
        "sizeError",
        "validationError",
        "nullError",
        "emptyError",
        "invalidPassword",
        "invalidParameters",
        "Params required",
        "parentMeetingIDMissing",
        "unsupportedContentType",
    ];
    key.starts_with("missingParam") || known.contains(&key)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pages::language::Language;

    fn meaning(status: u16, body: &str) -> Meaning {
        let told = Told { status, location: None, body: body.into(), cut: false, took: Duration::ZERO };
        Meaning::of(&told, Words::of(Language::English))
    }

    #[test]
    fn an_answer_is_told_by_its_returncode_and_key() {
        let w = &Words::of(Language::English).console;
        let answer =
            |code, key| format!("<response><returncode>{code}</returncode><messageKey>{key}</messageKey></response>");
        for (code, key, text, kind) in [
            ("SUCCESS", "", w.success, "good"),
            ("SUCCESS", "noMeetings", w.success_no_meetings, "good"),
            ("FAILED", "missingParamMeetingID", w.failed_parameter, "critical"),
            ("FAILED", "sizeError", w.failed_parameter, "critical"),
            ("FAILED", "checksumError", w.failed_checksum, "critical"),
            ("FAILED", "brandNew", w.failed, "critical"),
        ] {
            let meaning = meaning(200, &answer(code, key));
            assert_eq!((meaning.text.as_str(), meaning.kind, meaning.key.as_str()), (text, kind, key));
        }
        assert_eq!(meaning(404, "not found\n").text, "This is no answer in the form of the API: HTTP status 404.");
        assert_eq!(meaning(200, "{\"response\":{\"returncode\":\"FAILED\"}}").text, w.failed);
    }
}
