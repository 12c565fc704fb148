//! How somebody who cannot join is told: by a redirect to the website's own page, by a page of the balancer's, or by XML.
//!
//! | who asks | told by |
//! |---|---|
//! | a program (`redirect=false`) | XML |
//! | anybody whose join is signed and names an `errorRedirectUrl` | a redirect to there, as by BBB ≥ 2.7 |
//! | a person: the browser prefers HTML | [`Reply::for_person`] |
//! | all others | XML |
//!
//! BBB redirects unsigned joins too, which lets anybody make links to its host that lead anywhere. Here only the website
//! itself can say where its users go.

use url::Url;

use super::{ApiRequest, Failure, Reply};

/// The reply to a join that failed; `signed` says whether its checksum was right.
pub fn reply(failure: Failure, request: &ApiRequest, signed: bool) -> Reply {
    let params = request.read().map(|read| read.params).unwrap_or_default();
    if super::join::wants_xml(&params) {
        return failure.reply();
    }
    if let Some(location) = params.given("errorRedirectUrl").filter(|_| signed).and_then(|url| redirect(url, failure)) {
        return Reply::redirect(location);
    }
    Reply { for_person: request.prefers_html.then_some(failure), ..failure.reply() }
}

/// Where BBB sends a browser: `errors` goes behind the parameters that are there, before the fragment. `None` if `target` is no
/// absolute http or https URL.
fn redirect(target: &str, failure: Failure) -> Option<String> {
    let mut url = Url::parse(target).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    let errors = format!("[{{\"key\":{},\"message\":{}}}]", json(failure.key()), json(failure.message()));
    url.query_pairs_mut().append_pair("errors", &errors);
    Some(url.into())
}

/// A text without control characters as JSON writes it.
fn json(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Params;

    fn join(params: &[(&str, &str)]) -> ApiRequest {
        let query = params.iter().copied().collect::<Params>().encode();
        ApiRequest::get(&format!("/bigbluebutton/api/join?{query}"))
    }

    fn browser(params: &[(&str, &str)]) -> ApiRequest {
        ApiRequest { prefers_html: true, ..join(params) }
    }

    fn location(target: &str) -> Option<String> {
        reply(Failure::NotFound, &join(&[("errorRedirectUrl", target)]), true).location
    }

    const ERRORS: &str = "errors=%5B%7B%22key%22%3A%22notFound%22%2C%22message%22%3A%22We+could+not+find+a+meeting+with+that\
                          +meeting+ID+-+perhaps+the+meeting+is+not+yet+running%3F%22%7D%5D";

    #[test]
    fn a_signed_join_goes_where_the_website_says() {
        for (target, expected) in [
            ("https://moodle.example.org", format!("https://moodle.example.org/?{ERRORS}")),
            ("https://m.example.org/sorry?", format!("https://m.example.org/sorry?{ERRORS}")),
            ("http://m.example.org/sorry?a=%2B&b", format!("http://m.example.org/sorry?a=%2B&b&{ERRORS}")),
            ("https://m.example.org/#/rooms/7", format!("https://m.example.org/?{ERRORS}#/rooms/7")),
        ] {
            assert_eq!(location(target), Some(expected), "{target}");
        }
        let told = Params::parse(ERRORS);
        let expected = format!("[{{\"key\":\"notFound\",\"message\":\"{}\"}}]", Failure::NotFound.message());
        assert_eq!(told.get("errors"), Some(&*expected));
    }

    #[test]
    fn what_is_no_web_address_is_no_target() {
        for bad in [
            "",
            "/sorry",
            "//m.example.org/",
            "javascript:alert(1)",
            "ftp://m.example.org/",
            "data:text/html,x",
            "https://",
        ] {
            assert_eq!(location(bad), None, "{bad}");
        }
        let split = location("https://m.example.org/\r\nSet-Cookie: a=b").unwrap();
        assert!(!split.contains(['\r', '\n']), "{split}");
    }

    #[test]
    fn a_wrong_checksum_leads_nowhere() {
        let elsewhere = [("errorRedirectUrl", "https://elsewhere.example.org/")];
        let xml = reply(Failure::Checksum, &join(&elsewhere), false);
        assert_eq!((xml.status, xml.location, xml.for_person), (200, None, None));
        let page = reply(Failure::Checksum, &browser(&elsewhere), false);
        assert_eq!((page.status, page.location, page.for_person), (200, None, Some(Failure::Checksum)));
    }

    #[test]
    fn redirect_false_means_xml_for_everybody() {
        let params = [("redirect", "False"), ("errorRedirectUrl", "https://m.example.org/")];
        for signed in [true, false] {
            let told = reply(Failure::NotFound, &browser(&params), signed);
            assert_eq!(told, Failure::NotFound.reply());
        }
    }

    #[test]
    fn a_person_gets_a_page_and_a_program_gets_xml() {
        let page = reply(Failure::ServerTrouble, &browser(&[]), true);
        assert_eq!(page.for_person, Some(Failure::ServerTrouble));
        assert_eq!(page.body, Failure::ServerTrouble.reply().body, "for servers without pages");
        assert_eq!(reply(Failure::ServerTrouble, &join(&[]), true), Failure::ServerTrouble.reply());
    }

    #[test]
    fn texts_are_escaped_as_json_wants_it() {
        assert_eq!(json("a \"b\" \\ 'c'"), r#""a \"b\" \\ 'c'""#);
    }
}
