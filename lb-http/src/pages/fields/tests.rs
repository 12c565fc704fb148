use serde_json::{Value, json};

use super::*;
use crate::pages::language::Language;
use crate::pages::words::{FormWords, Words};

fn words() -> &'static FormWords {
    &Words::of(Language::English).form
}

fn field(key: &'static str, kind: Kind) -> Field {
    Field::new(key, kind, key, "")
}

fn picks(all: &[&str]) -> Vec<Pick> {
    all.iter().map(|value| Pick::new(*value, value.to_uppercase())).collect()
}

fn every() -> Vec<Field> {
    vec![
        field("text", Kind::Text { most: 20, empty: Empty::Text }),
        field("maybe", Kind::Text { most: 20, empty: Empty::Null }),
        field("secret", Kind::Secret),
        field("whole", Kind::Whole { least: 1, most: 9 }),
        field("decimal", Kind::Decimal { least: 0.0, most: f64::MAX }),
        field("lasting", Kind::Lasting),
        field("choice", Kind::Choice(picks(&["", "a", "b"]))),
        field("several", Kind::Several { picks: picks(&["a", "b"]), all: "all" }),
        field("lines", Kind::Lines),
        field("words", Kind::Words { may_be_null: false }),
        field("tags", Kind::Words { may_be_null: true }),
        field("rules.numbers", Kind::Numbers),
        field("rules.caps", Kind::WholeNumbers),
        field("rules.texts", Kind::Texts),
        field("position", Kind::Position),
        field("check", Kind::Check),
    ]
}

fn body() -> Value {
    json!({
        "text": "Ação <b> 🎓", "maybe": null, "secret": null, "whole": 7, "decimal": 0.1, "lasting": 5_400, "choice": "b",
        "several": ["a"], "lines": ["b.example", "a.example"], "words": ["gpu", "large"], "tags": [],
        "rules": {"numbers": {"bbb1": 2.5}, "caps": {"duration": 90}, "texts": {"welcome": "a\nb = c\\n", "logo": ""}},
        "position": {"latitude": -30.0331, "longitude": 51.2}, "check": true,
    })
}

/// What a browser posts of a form as it is shown.
fn sent_back(form: &Filled) -> Posted {
    form.carried().into_iter().map(|(name, text)| (name, text.replace('\n', "\r\n"))).collect()
}

#[test]
fn what_is_shown_and_sent_back_unchanged_is_what_it_was() {
    let odd = json!({
        "text": "  ends in blanks ", "maybe": "é", "secret": null, "whole": null, "decimal": 1e-7, "lasting": 86_461,
        "choice": null, "several": null, "lines": [" x ", "", "x", "x"], "words": ["a,b", "a"], "tags": null,
        "rules": {"numbers": {"a = b": 1.0}, "caps": {}, "texts": {" k ": " v\r\n"}}, "position": null, "check": false,
    });
    for body in [body(), odd] {
        let posted = sent_back(&Filled::with(every(), body.clone()));
        let mut form = Filled::posted(every(), body.clone(), &posted);
        assert_eq!(form.read(words()), Some(body));
    }
}

#[test]
fn what_is_shown_of_something_else_is_read_as_the_same() {
    let posted = sent_back(&Filled::with(every(), body()));
    let mut form = Filled::posted(every(), json!({}), &posted);
    assert_eq!(form.read(words()), Some(body()));
}

#[test]
fn what_is_filled_in_is_read_as_people_write_it() {
    for (key, kind, given, read) in [
        ("k", Kind::Text { most: 9, empty: Empty::Null }, "  ", json!(null)),
        ("k", Kind::Text { most: 9, empty: Empty::Text }, " a ", json!("a")),
        ("k", Kind::Decimal { least: 0.0, most: 9.0 }, "1,5", json!(1.5)),
        ("k", Kind::Lasting, "1h30m", json!(5_400)),
        ("k", Kind::Lasting, "", json!(null)),
        ("k", Kind::Lines, "a\n\n b \na\n", json!(["a", "b"])),
        ("k", Kind::Words { may_be_null: false }, "a, b,,a ", json!(["a", "b"])),
        ("k", Kind::Words { may_be_null: true }, "-", json!([])),
        ("k", Kind::Words { may_be_null: true }, " ", json!(null)),
        ("k", Kind::Numbers, "a = b = 2\n", json!({"a = b": 2.0})),
        ("k", Kind::Texts, "a=b=c\nx = ", json!({"a": "b=c", "x": ""})),
    ] {
        let mut form = Filled::posted(vec![field(key, kind)], json!({}), &vec![(key.to_owned(), given.to_owned())]);
        assert_eq!(form.read(words()), Some(json!({ key: read })), "{given}");
    }
}

#[test]
fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let huge = "9".repeat(400);
    for (kind, given) in [
        (Kind::Text { most: 3, empty: Empty::Null }, "four"),
        (Kind::Text { most: 30, empty: Empty::Null }, "a\u{7}b"),
        (Kind::Secret, "short"),
        (Kind::Secret, "with blanks in it"),
        (Kind::Whole { least: 1, most: 9 }, "0"),
        (Kind::Whole { least: 1, most: 9 }, "-1"),
        (Kind::Whole { least: 0, most: u32::MAX.into() }, huge.as_str()),
        (Kind::Decimal { least: 0.0, most: f64::MAX }, huge.as_str()),
        (Kind::Decimal { least: 0.0, most: f64::MAX }, "NaN"),
        (Kind::Decimal { least: 0.0, most: 1.0 }, "1.1"),
        (Kind::Lasting, "10"),
        (Kind::Lasting, "1.5s"),
        (Kind::Lasting, "0s"),
        (Kind::Lasting, "99999999999h"),
        (Kind::Choice(picks(&["a"])), "b"),
        (Kind::Numbers, "a"),
        (Kind::Numbers, "a = -1"),
        (Kind::Numbers, "a = 1\na = 2"),
        (Kind::WholeNumbers, "a = 1.5"),
        (Kind::Texts, "= a"),
    ] {
        let posted = vec![("k".to_owned(), given.to_owned())];
        let mut form = Filled::posted(vec![field("k", kind)], json!({}), &posted);
        assert_eq!(form.read(words()), None, "{given}");
        let shown = form.shown();
        assert!(shown[0].wrong.is_some() && (shown[0].control() == "password" || shown[0].value == given), "{given}");
        assert!(shown[0].described_by().contains("f-k-error") && shown[0].attributes().contains("aria-invalid"));
    }
}

#[test]
fn a_field_that_must_be_filled_in_is_and_one_that_is_locked_stays() {
    let fields = || {
        vec![
            field("must", Kind::Text { most: 9, empty: Empty::Null }).required(),
            field("locked", Kind::Check).locked(true),
        ]
    };
    let present = json!({"must": "x", "locked": true});
    let posted = vec![("must".to_owned(), " ".to_owned()), ("locked".to_owned(), "no".to_owned())];
    let mut form = Filled::posted(fields(), present.clone(), &posted);
    assert_eq!(form.read(words()), None);
    assert_eq!(form.wrong_fields(), 1);
    let posted = vec![("must".to_owned(), "y".to_owned())];
    let read = Filled::posted(fields(), present, &posted).read(words());
    assert_eq!(read, Some(json!({"must": "y", "locked": true})));
}

#[test]
fn of_a_position_both_or_neither() {
    for (latitude, longitude, good) in [("", "", true), ("1", "2", true), ("1", "", false), ("91", "0", false)] {
        let posted = [("at.latitude", latitude), ("at.longitude", longitude)];
        let posted = posted.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let read = Filled::posted(vec![field("at", Kind::Position)], json!({}), &posted).read(words());
        assert_eq!(read.is_some(), good, "{latitude} {longitude}");
    }
}

#[test]
fn a_field_that_was_posted_is_found() {
    let all = vec![("step".to_owned(), "confirm".to_owned())];
    assert_eq!((posted(&all, "step"), posted(&all, "other")), (Some("confirm"), None));
}

#[test]
fn changes_are_told_in_the_words_of_the_form() {
    use lb_core::event::Change;
    let text = |text: &str| Some(text.to_owned());
    let told = |field: &str, from: Option<&str>, to: Option<&str>| {
        let change = Change::new(field, from.map(str::to_owned), to.map(str::to_owned));
        let mut fields = every();
        fields[0] = fields[0].clone().told_as(&["told_text"]);
        changed(&[change], &fields, words()).remove(0)
    };
    let is = |label: &str, from, to| Changed { label: label.to_owned(), from, to };
    assert_eq!(told("told_text", None, Some("x")), is("text", None, text("x")));
    assert_eq!(told("check", Some("true"), Some("false")), is("check", text("yes"), text("no")));
    assert_eq!(told("choice", Some("a"), Some("z")), is("choice", text("A"), text("z")));
    assert_eq!(told("lines", Some("[]"), Some("[\"a\",\"b\"]")), is("lines", None, text("a, b")));
    assert_eq!(
        told("rules.texts", Some("{}"), Some("{\"a\":\"(hidden)\"}")),
        is("rules.texts", None, text("a = hidden"))
    );
    assert_eq!(told("secrets.2027", None, Some("(hidden)")), is("secrets.2027", None, text("hidden")));
    assert_eq!(told("latitude", None, Some("1.5")), is("Latitude", None, text("1.5")));
    let field = field("most", Kind::Whole { least: 0, most: 9 }).nothing("no limit");
    let found = changed(&[Change::new("most", None, text("7"))], &[field], words()).remove(0);
    assert_eq!(found, is("most", text("no limit"), text("7")));
    assert_eq!(told("text", Some("true"), Some("[1]")), is("text", text("true"), text("[1]")), "a text is a text");
}

#[test]
fn a_secret_that_was_typed_goes_on_unseen_and_unchanged() {
    let fields = || vec![field("secret", Kind::Secret), field("password", Kind::Password { fewest: 12, most: 128 })];
    let typed = vec![
        ("secret".to_owned(), "hush-hush-hush".to_owned()),
        ("password".to_owned(), " with blanks around ".to_owned()),
    ];
    let form = Filled::posted(fields(), json!({}), &typed);
    let carried = form.carried();
    let texts = form.shown().iter().map(|shown| shown.value.to_string()).collect::<String>();
    assert!(!format!("{carried:?}{texts}").contains("hush") && !texts.contains("blanks"));
    assert!(form.facts(words()).is_empty());
    let read = Filled::posted(fields(), json!({}), &carried).read(words());
    assert_eq!(read, Some(json!({"secret": "hush-hush-hush", "password": " with blanks around "})));
}

#[test]
fn what_stands_in_a_form_can_be_read_alone() {
    let all = Filled::with(every(), body());
    let facts: Vec<_> = all.facts(words()).into_iter().map(|fact| (fact.field.key, fact.lines.join("|"))).collect();
    let fact = |key: &str| facts.iter().find(|(known, _)| *known == key).unwrap().1.as_str();
    assert_eq!((fact("lasting"), fact("choice"), fact("check")), ("1h 30m", "B", "yes"));
    assert_eq!((fact("lines"), fact("several"), fact("maybe")), ("b.example|a.example", "a", "nothing"));
    assert_eq!(fact("position"), "-30.0331, 51.2");
}
