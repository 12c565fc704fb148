use super::*;
use crate::checksum::sign;

const SECRET: &str = "LBtest-0a1B2c3D4e5F";
const SENT: &str = "name=a+b%2Fc&meetingID=x%7E1&record=true&welcome=&attendeePW=ap";

fn suspects() -> Vec<Suspect> {
    let suspect = |secret: &str, whose: Whose| Suspect { secret: secret.into(), whose };
    vec![
        suspect(SECRET, Whose::Own),
        suspect("second-secret-of-it", Whose::Own),
        suspect("expired-secret", Whose::Expired),
        suspect("removed-secret", Whose::Removed),
        suspect("server-secret", Whose::Server),
        suspect("portal-secret", Whose::Another(Some("portal".into()))),
        suspect("hidden-secret", Whose::Another(None)),
    ]
}

/// What is said of a create with the query `sent` where `name`, `text` and `secret` were signed.
fn said_of(sent: &str, name: &str, text: &str, secret: &str) -> Vec<Mistake> {
    let mut said = Vec::new();
    for algorithm in Algorithm::ALL {
        let digest = sign(algorithm, name, text, &secret.into());
        let queries = [format!("{sent}&checksum={digest}"), format!("checksum={}&{sent}", digest.to_uppercase())];
        for query in queries {
            let call = WrongCall { name: "create", query: &query, form: None };
            said.push(diagnose(&call, &suspects(), &Algorithm::ALL, true));
        }
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "the same for all algorithms: {said:?}");
    said.remove(0)
}

fn secret(secret: &str) -> Vec<Mistake> {
    said_of(SENT, "create", SENT, secret)
}

fn text(text: &str) -> Vec<Mistake> {
    said_of(SENT, "create", text, SECRET)
}

fn name(name: &str) -> Vec<Mistake> {
    said_of(SENT, name, SENT, SECRET)
}

#[test]
fn a_right_checksum_is_right() {
    assert_eq!(secret(SECRET), [Mistake::RightNow]);
    assert_eq!(secret("second-secret-of-it"), [Mistake::RightNow]);
}

#[test]
fn what_fits_nothing_is_unknown() {
    assert_eq!(secret("another-secret"), [Mistake::Unknown]);
    assert_eq!(text("name=b"), [Mistake::Unknown]);
    assert_eq!(name("nonsense"), [Mistake::Unknown]);
}

#[test]
fn another_secret_is_told_with_whose_it_is() {
    assert_eq!(secret("expired-secret"), [Mistake::SecretExpired]);
    assert_eq!(secret("removed-secret"), [Mistake::SecretRemoved]);
    assert_eq!(secret("server-secret"), [Mistake::SecretOfServer]);
    assert_eq!(secret("portal-secret"), [Mistake::SecretOfAnother(Some("portal".into()))]);
    assert_eq!(secret("hidden-secret"), [Mistake::SecretOfAnother(None)]);
    assert!(!Mistake::SecretOfAnother(None).to_string().contains("portal"));
}

#[test]
fn a_secret_that_was_copied_badly_is_told() {
    for (wrong, mistake) in [
        (format!("{SECRET} "), Mistake::SecretWithBlanks),
        (format!(" {SECRET}"), Mistake::SecretWithBlanks),
        (format!("{SECRET}\n"), Mistake::SecretWithBlanks),
        (format!("{SECRET}\r\n"), Mistake::SecretWithBlanks),
        ("second-secret-of-it\t".to_string(), Mistake::SecretWithBlanks),
        (format!("\"{SECRET}\""), Mistake::SecretQuoted),
        (format!("'{SECRET}'"), Mistake::SecretQuoted),
        (format!("{SECRET};"), Mistake::SecretQuoted),
        (SECRET.to_lowercase(), Mistake::SecretCase),
        (SECRET.to_uppercase(), Mistake::SecretCase),
        (SECRET[1..].to_owned(), Mistake::SecretCut),
        (SECRET[..SECRET.len() - 1].to_owned(), Mistake::SecretCut),
        (String::new(), Mistake::SecretPlaceholder),
        ("secret".to_owned(), Mistake::SecretPlaceholder),
        ("8cd8ef52e8e101574e400365b55e11a6".to_owned(), Mistake::SecretPlaceholder),
    ] {
        assert_eq!(secret(&wrong), [mistake], "{wrong:?}");
    }
}

#[test]
fn a_query_that_was_signed_otherwise_than_it_is_sent_is_told() {
    for (signed, mistake) in [
        ("name=a+b/c&meetingID=x~1&record=true&welcome=&attendeePW=ap", Mistake::Decoded),
        ("name=a b/c&meetingID=x~1&record=true&welcome=&attendeePW=ap", Mistake::Decoded),
        ("name=a%20b%2Fc&meetingID=x%7E1&record=true&welcome=&attendeePW=ap", Mistake::OtherSpaces),
        ("name=a+b%2fc&meetingID=x%7e1&record=true&welcome=&attendeePW=ap", Mistake::HexCase),
        ("name=a+b%252Fc&meetingID=x%257E1&record=true&welcome=&attendeePW=ap", Mistake::EncodedAgain),
        ("name=a+b%2Fc&meetingID=x~1&record=true&welcome=&attendeePW=ap", Mistake::OtherEncoding),
        ("name=a%20b%2Fc&meetingID=x~1&record=true&welcome=&attendeePW=ap", Mistake::OtherEncoding),
        ("name=a+b%2Fc&amp;meetingID=x%7E1&amp;record=true&amp;welcome=&amp;attendeePW=ap", Mistake::HtmlEscaped),
        ("attendeePW=ap&meetingID=x%7E1&name=a+b%2Fc&record=true&welcome=", Mistake::OtherOrder),
        ("record=true&welcome=&meetingID=x%7E1&attendeePW=ap&name=a+b%2Fc", Mistake::OtherOrder),
        ("name=a+b%2Fc&meetingID=x%7E1&record=true&welcome=&attendeePW=ap&checksum=", Mistake::ChecksumInside),
        ("name=a+b%2Fc&meetingID=x%7E1&record=true&welcome=&attendeePW=ap&", Mistake::Separator),
        ("?name=a+b%2Fc&meetingID=x%7E1&record=true&welcome=&attendeePW=ap", Mistake::Separator),
        ("", Mistake::WithoutQuery),
        ("name=a+b%2Fc&meetingID=x%7E1&record=true&attendeePW=ap", Mistake::WithoutEmpty),
        ("name=a+b%2Fc&meetingID=x%7E1&welcome=&attendeePW=ap", Mistake::Unsigned { nth: 3 }),
    ] {
        assert_eq!(text(signed), [mistake], "{signed}");
    }
    let again = SENT.replace('%', "%25");
    assert_eq!(said_of(&again, "create", SENT, SECRET), [Mistake::SentEncodedAgain]);
    let escaped = SENT.replace('&', "&amp;");
    assert_eq!(said_of(&escaped, "create", SENT, SECRET), [Mistake::HtmlEscaped]);
    let plain = "name=a%20b&meetingID=x";
    assert_eq!(said_of(plain, "create", "name=a+b&meetingID=x", SECRET), [Mistake::OtherSpaces]);
}

#[test]
fn the_order_of_many_parameters_is_found_too() {
    let many = "h=1&g=2&f=3&e=4&d=5&c=6&b=7&a=8";
    for signed in
        ["a=8&b=7&c=6&d=5&e=4&f=3&g=2&h=1", "g=2&f=3&e=4&d=5&c=6&b=7&a=8&h=1", "a=8&h=1&g=2&f=3&e=4&d=5&c=6&b=7"]
    {
        assert_eq!(said_of(many, "create", signed, SECRET), [Mistake::OtherOrder], "{signed}");
    }
}

#[test]
fn a_wrong_name_of_the_call_is_told() {
    for (signed, mistake) in [
        ("", Mistake::NoName),
        ("join", Mistake::OtherName("join")),
        ("getMeetingInfo", Mistake::OtherName("getMeetingInfo")),
        ("Create", Mistake::NameCase),
        ("CREATE", Mistake::NameCase),
        ("/bigbluebutton/api/create", Mistake::NameWithPath),
        ("api/create", Mistake::NameWithPath),
        ("create/", Mistake::NameWithPath),
    ] {
        assert_eq!(name(signed), [mistake], "{signed}");
    }
}

#[test]
fn the_secret_at_the_front_is_told() {
    let digest = sign(Algorithm::Sha1, SECRET, &format!("create{SENT}"), &"".into());
    let query = format!("{SENT}&checksum={digest}");
    let call = WrongCall { name: "create", query: &query, form: None };
    assert_eq!(diagnose(&call, &suspects(), &Algorithm::ALL, false), [Mistake::SecretFirst]);
}

#[test]
fn two_mistakes_at_once_are_found() {
    let decoded = "name=a b/c&meetingID=x~1&record=true&welcome=&attendeePW=ap";
    let sorted = "attendeePW=ap&meetingID=x~1&name=a b/c&record=true&welcome=";
    let both = text(sorted);
    assert!(both.contains(&Mistake::Decoded) && both.contains(&Mistake::OtherOrder), "{both:?}");
    assert_eq!(said_of(SENT, "join", decoded, SECRET), [Mistake::Decoded, Mistake::OtherName("join")]);
    let with_blank = said_of(SENT, "create", decoded, &format!("{SECRET} "));
    assert_eq!(with_blank, [Mistake::SecretWithBlanks, Mistake::Decoded]);
    assert_eq!(said_of(SENT, "create", decoded, "removed-secret"), [Mistake::SecretRemoved, Mistake::Decoded]);
    let digest = sign(Algorithm::Sha1, "join", decoded, &SECRET.into());
    let query = format!("{SENT}&checksum={digest}");
    let call = WrongCall { name: "create", query: &query, form: None };
    assert_eq!(diagnose(&call, &suspects(), &Algorithm::ALL, false), [Mistake::Unknown], "only where it is asked for");
}

#[test]
fn a_form_that_was_signed_is_told() {
    let said = |query: &str, form: &str, signed: &str| {
        let digest = sign(Algorithm::Sha256, "create", signed, &SECRET.into());
        let (query, form) = match query {
            "" => (String::new(), format!("{form}&checksum={digest}")),
            query => (format!("{query}&checksum={digest}"), form.to_owned()),
        };
        let call = WrongCall { name: "create", query: &query, form: Some(&form) };
        diagnose(&call, &suspects(), &Algorithm::ALL, true)
    };
    assert_eq!(said("meetingID=a", "name=b%20c", "meetingID=a&name=b%20c"), [Mistake::FormSigned]);
    assert_eq!(said("meetingID=a", "name=b%20c", "name=b%20c"), [Mistake::FormSigned]);
    assert_eq!(said("", "name=b%20c&meetingID=a", "name=b%20c&meetingID=a"), [Mistake::FormSigned]);
    assert_eq!(said("", "name=b%20c&meetingID=a", "meetingID=a&name=b+c"), [Mistake::RightNow], "BBB's older rule");
    assert_eq!(said("", "name=b%20c&meetingID=a", ""), [Mistake::RightNow]);
}

#[test]
fn a_checksum_that_is_none_is_told() {
    let said = |query: &str| {
        diagnose(&WrongCall { name: "create", query, form: None }, &suspects(), &[Algorithm::Sha256], true)
    };
    assert_eq!(said("meetingID=a"), [Mistake::NoChecksum]);
    assert_eq!(said("meetingID=a&checksum="), [Mistake::NoChecksum]);
    assert_eq!(said("meetingID=a&checksum=0123"), [Mistake::BadChecksum { length: 4 }]);
    let md5 = said(&format!("meetingID=a&checksum={}", "0".repeat(32)));
    assert!(md5[0].to_string().contains("MD5"), "{md5:?}");
    let digest = sign(Algorithm::Sha256, "create", "meetingID=a", &SECRET.into());
    assert_eq!(said(&format!("meetingID=a&checksum={digest}%0A")), [Mistake::ChecksumUnclean]);
    let digest = sign(Algorithm::Sha1, "create", "meetingID=a", &SECRET.into());
    assert_eq!(said(&format!("meetingID=a&checksum={digest}")), [Mistake::AlgorithmNotAllowed(Algorithm::Sha1)]);
    let digest = sign(Algorithm::Sha1, "create", "meetingID=a", &"nobody".into());
    let said = said(&format!("meetingID=a&checksum={digest}"));
    assert_eq!(said, [Mistake::AlgorithmNotAllowed(Algorithm::Sha1), Mistake::Unknown]);
}

#[test]
fn every_mistake_has_advice_and_shows_nothing_of_the_call() {
    let digest = sign(Algorithm::Sha1, "create", "attendeePW=s3cr3t", &format!("{SECRET} ").as_str().into());
    let query = format!("attendeePW=s3cr3t&checksum={digest}");
    let call = WrongCall { name: "create", query: &query, form: Some("moderatorPW=s3cr3t") };
    let said = diagnose(&call, &suspects(), &Algorithm::ALL, true);
    let shown = format!("{call:?} {said:?} {} {} {:?}", said[0], said[0].advice(), suspects());
    for hidden in ["s3cr3t", SECRET, &digest] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn a_long_query_with_many_parameters_takes_no_more_than_is_said() {
    let pairs: Vec<_> = (0..300).map(|number| format!("p{number}=%20{number}")).collect();
    let sent = pairs.join("&");
    let texts: Vec<_> = texts::all(&sent, Some("a=b")).collect();
    assert!(texts.len() <= MOST_TEXTS, "{}", texts.len());
    assert!(names::all("create").count() < 50 && secrets::nearly(&SECRET.into()).count() < 32);
    assert_eq!(said_of(&sent, "create", "nothing", SECRET), [Mistake::Unknown]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(48))]
    #[test]
    fn no_query_makes_it_stumble(query in ".{0,200}", form in proptest::option::of(".{0,50}"), name in ".{0,20}") {
        let query = format!("{query}&checksum={}", "0".repeat(40));
        let call = WrongCall { name: &name, query: &query, form: form.as_deref() };
        proptest::prop_assert!(!diagnose(&call, &suspects(), &Algorithm::ALL, true).is_empty());
    }
}
