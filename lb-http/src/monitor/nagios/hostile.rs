//! Whatever a monitor sends, its readers end with a word and never with a panic.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::core4::Answer;
use super::{mconf, perfdata};

const CAPTURES: [&str; 7] = [
    include_str!("../../../tests/fixtures/nagios/n3-status-json-style-mconf.json"),
    include_str!("../../../tests/fixtures/nagios/n3-status-json-style-mconf-with-quotes.json"),
    include_str!("../../../tests/fixtures/nagios/statusjson-servicelist-details.json"),
    include_str!("../../../tests/fixtures/nagios/statusjson-hostlist-details.json"),
    include_str!("../../../tests/fixtures/nagios/objectjson-hostlist-details.json"),
    include_str!("../../../tests/fixtures/nagios/objectjson-accents-hostgrouplist.json"),
    include_str!("../../../tests/fixtures/nagios/statusjson-error-bad-option.json"),
];

/// Reads `body` in every way that a poll does.
fn read_all(body: &[u8]) -> Result<(), TestCaseError> {
    match mconf::Answer::parse(body) {
        Ok(answer) => {
            prop_assert!(answer.last_checks().all(|(_, time)| !time.is_empty()));
            if let Ok(hosts) = answer.select(None, None) {
                let figures = hosts.iter().flat_map(|(host, _)| &host.services).map(|checked| &checked.perfdata);
                prop_assert!(figures.flat_map(|text| perfdata::parse(text)).all(|item| !item.label.is_empty()));
            }
        }
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    for list in ["servicelist", "hostlist", "hostgrouplist"] {
        match Answer::parse(body, list).and_then(|answer| answer.fresh(Duration::MAX)) {
            Ok(answer) => {
                prop_assert!(answer.clone().services().keys().all(|name| name != "(null)"));
                let _ = (answer.clone().host_states(), answer.clone().groups(), answer.hosts());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
    Ok(())
}

/// A capture in which a few bytes were exchanged, and that was cut off in some places and doubled in others.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        select(vec![
            "\"", "\\", "{}", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "&#", "&#195;", ";", "\0", "=", "'"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    let change = (any::<prop::sample::Index>(), 0_usize..12, piece);
    (select(CAPTURES.to_vec()), proptest::collection::vec(change, 0..6)).prop_map(|(capture, changes)| {
        let mut body = capture.as_bytes().to_vec();
        for (place, length, piece) in changes {
            let from = place.index(body.len() + 1);
            let to = (from + length).min(body.len());
            body.splice(from..to, piece);
        }
        body
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&body)?;
    }

    #[test]
    fn no_mutation_of_a_real_answer_makes_a_reader_panic(body in mutated()) {
        read_all(&body)?;
    }
}
