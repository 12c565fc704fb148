use super::*;
use crate::api::route;

fn refused(query: &str, failure: Failure, whose: Option<&str>, seconds: u64) -> Refused {
    let path = "/bigbluebutton/api/create";
    let request = ApiRequest::get(&format!("{path}?{query}"));
    let known = Known { hint: whose.map(IntegrationName::from), ..Known::default() };
    Refused::new(failure, &request, route(path).unwrap(), &known, Timestamp::from_millis(seconds * 1000))
}

fn wrong(query: &str, whose: Option<&str>, seconds: u64) -> Refused {
    refused(query, Failure::Checksum, whose, seconds)
}

fn queries(refused: &[Refused]) -> Vec<String> {
    let query = |refused: &Refused| match refused.signed() {
        Signed::Well => "well".to_owned(),
        Signed::Over(signed) => signed.query.clone(),
        Signed::NotKept => "gone".to_owned(),
    };
    refused.iter().map(query).collect()
}

#[test]
fn the_last_ones_of_each_are_kept_the_newest_first() {
    let refusals = Refusals::default();
    for number in 0..OF_NOBODY as u64 + 10 {
        refusals.note(wrong(&number.to_string(), None, 2 * number));
        refusals.note(wrong(&number.to_string(), Some("moodle"), 2 * number));
    }
    refusals.note(refused("x", Failure::NotAllowed, Some("moodle"), 1000));
    let own = refusals.of(&"moodle".into());
    assert_eq!((own.len(), &queries(&own)[..3]), (OF_ONE, &["well", "209", "208"].map(str::to_owned)[..]));
    assert_eq!(refusals.of_nobody().len(), OF_NOBODY);
    assert_eq!(refusals.lock().signed.len(), OF_ONE - 1 + OF_NOBODY, "what goes, goes with its query");
    assert_eq!(refusals.of(&"portal".into()).len(), 0);
    refusals.forget(&"moodle".into());
    assert_eq!((refusals.of(&"moodle".into()).len(), refusals.lock().signed.len()), (0, OF_NOBODY));
}

#[test]
fn the_same_within_a_second_is_one() {
    let refusals = Refusals::default();
    for (query, seconds) in [("a", 1), ("b", 1), ("c", 1), ("d", 3)] {
        refusals.note(wrong(query, Some("moodle"), seconds));
    }
    let own = refusals.of(&"moodle".into());
    assert_eq!(queries(&own), ["d", "c"]);
    assert_eq!(own.iter().map(|one| one.times).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(refusals.lock().signed.len(), 2);
}

#[test]
fn so_many_queries_are_kept_in_all_and_none_that_is_long() {
    let refusals = Refusals::default();
    for number in 0..QUERIES as u64 + 5 {
        refusals.note(wrong(&number.to_string(), Some(&format!("site{number}")), 2 * number));
    }
    assert_eq!(refusals.lock().signed.len(), QUERIES);
    assert_eq!(queries(&refusals.of(&"site0".into())), ["gone"]);
    assert_eq!(queries(&refusals.of(&"site5".into())), ["5"]);
    refusals.note(wrong(&"x".repeat(LONGEST), Some("moodle"), 1));
    assert_eq!(queries(&refusals.of(&"moodle".into())), ["gone"]);
}

#[test]
fn so_many_integrations_are_known_and_the_last_secrets_of_each() {
    let refusals = Refusals::default();
    for number in 0..INTEGRATIONS as u64 + 5 {
        refusals.note(refused("", Failure::NotAllowed, Some(&format!("site{number}")), 2 * number));
    }
    assert_eq!(refusals.lock().of.len(), INTEGRATIONS);
    assert_eq!(refusals.of(&"site4".into()).len(), 0);
    let name = IntegrationName::from("moodle");
    for secret in ["a", "b", "c", "a", "d", "e", "f"] {
        refusals.removed(&name, &secret.into());
    }
    let removed = refusals.removed_of(&name);
    assert_eq!(removed.iter().map(Secret::expose).collect::<Vec<_>>(), ["c", "a", "d", "e", "f"]);
    refusals.forget(&name);
    assert_eq!(refusals.removed_of(&name), []);
}

#[test]
fn nothing_of_a_query_is_shown() {
    let refusals = Refusals::default();
    refusals.note(wrong("attendeePW=s3cr3t&checksum=0123", Some("moodle"), 1));
    refusals.removed(&"moodle".into(), &"s3cr3t".into());
    let shown = format!("{refusals:?} {:?}", refusals.of(&"moodle".into()));
    assert!(!shown.contains("s3cr3t") && !shown.contains("0123"), "{shown}");
}
