//! The page for people who cannot join.
//!
//! It is whole in itself: no script, no image, nothing from elsewhere, and the policy in its head forbids the browser all of
//! that. It shows nothing of the request.

mod words;

use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::Response;
use hyper::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use lb_core::api::Failure;
use sha2::{Digest, Sha256};

use self::words::{Words, may_pass, words};
use super::accept::Language;
use super::reply_body::ReplyBody;

/// What stands in the page's style element, byte for byte: the policy carries its digest.
const STYLE: &str = include_str!("../../../templates/refusal.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

#[derive(Template)]
#[template(path = "refusal.html")]
struct Page {
    language: Language,
    words: Words,
    key: &'static str,
    again: bool,
    style: &'static str,
}

/// The page that tells of `failure`; `None` if it cannot be written. Its status is 200, like that of every refusal of BBB:
/// proxies put pages of their own in the place of others.
pub(super) fn page(failure: Failure, language: Language, repeatable: bool) -> Option<Response<ReplyBody>> {
    let page = Page {
        language,
        words: words(failure, language),
        key: failure.key(),
        again: repeatable && may_pass(failure),
        style: STYLE,
    };
    let text = page.render().ok()?;
    let mut response = Response::new(ReplyBody::from(Bytes::from(text)));
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 5] = [
        (CONTENT_TYPE, "text/html;charset=utf-8"),
        (CONTENT_LANGUAGE, language.tag()),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    Some(response)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn text(failure: Failure, language: Language, repeatable: bool) -> String {
        let body = page(failure, language, repeatable).unwrap().into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_policy_lets_in_the_style_of_the_page_and_nothing_else() {
        let text = text(Failure::NotFound, Language::English, true).await;
        let style = text.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let response = page(Failure::NotFound, Language::English, true).unwrap();
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        let digest = STANDARD.encode(Sha256::digest(style));
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains(&format!("'sha256-{digest}'")),
            "{policy}"
        );
        assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("://"), "{text}");
    }

    #[tokio::test]
    async fn each_language_has_words_of_its_own() {
        let (english, portuguese) = (Language::English, Language::Portuguese);
        for failure in [
            Failure::Checksum,
            Failure::NotFound,
            Failure::ServerTrouble,
            Failure::MissingFullName,
            Failure::NotAllowed,
            Failure::StoreTrouble,
        ] {
            assert_ne!(words(failure, english), words(failure, portuguese));
            assert!(text(failure, english, true).await.contains(&format!("<code>{}</code>", failure.key())));
        }
        assert!(text(Failure::ServerTrouble, portuguese, true).await.contains("<html lang=\"pt-BR\">"));
        assert!(text(Failure::ServerTrouble, english, true).await.contains("try again in a minute"));
    }

    #[tokio::test]
    async fn a_link_to_try_again_stands_where_that_may_help() {
        for (failure, repeatable, offered) in [
            (Failure::ServerTrouble, true, true),
            (Failure::NotFound, true, true),
            (Failure::NotFound, false, false),
            (Failure::Checksum, true, false),
            (Failure::MissingFullName, true, false),
        ] {
            let text = text(failure, Language::English, repeatable).await;
            assert_eq!(text.contains("Try again</a>"), offered, "{failure:?}");
        }
    }
}
