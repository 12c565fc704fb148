//! What a server said: [`Answer`], tolerant of every version's spelling.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::stamp;
use crate::callback::Callbacks;
use crate::gateway::{GatewayError, ServerReply};
use crate::xml::{Document, Node, escape};

/// A well-formed answer of a server, SUCCESS or FAILED: its word.
pub struct Answer<'b> {
    body: &'b Bytes,
    document: Document<'b>,
}

impl<'b> Answer<'b> {
    /// Reads what a server replied.
    ///
    /// # Errors
    /// [`GatewayError::BadAnswer`] for anything but status 200 with a `<response>` that has a returncode: error pages of
    /// the web server in front, empty bodies, garbage. That is trouble of the server, not its word on the meeting.
    pub fn read(reply: &'b ServerReply) -> Result<Self, GatewayError> {
        if reply.status != 200 {
            return Err(GatewayError::BadAnswer(format!("HTTP status {}", reply.status)));
        }
        let document = Document::parse(&reply.body).map_err(|error| GatewayError::BadAnswer(error.to_string()))?;
        let returncode = document.root().value("returncode").to_ascii_uppercase();
        if !document.root().is("response") || !matches!(returncode.as_str(), "SUCCESS" | "FAILED") {
            return Err(GatewayError::BadAnswer("XML that is no answer of BigBlueButton".to_owned()));
        }
        Ok(Self { body: &reply.body, document })
    }

    /// Whether the call succeeded.
    pub fn is_success(&self) -> bool {
        self.root().value("returncode").eq_ignore_ascii_case("SUCCESS")
    }

    /// The messageKey, in either of the two places where BBB puts it; empty if there is none.
    pub fn key(&self) -> Cow<'_, str> {
        let root = self.root();
        let in_errors =
            || root.child("errors").and_then(|errors| errors.child("error")).map(|error| error.value("key"));
        match root.value("messageKey") {
            Cow::Borrowed("") => in_errors().unwrap_or_default(),
            key => key,
        }
    }

    /// Whether it says that there is no such meeting, in any version's words.
    pub fn is_not_found(&self) -> bool {
        !self.is_success() && matches!(&*self.key(), "notFound" | "invalidMeetingIdentifier" | "meetingNotFound")
    }

    /// The `response` element.
    pub fn root(&self) -> Node<'_> {
        self.document.root()
    }

    /// The same as [`for_website`](Self::for_website), with the callbacks that the website gave as metadata: the server was
    /// not told of them.
    pub fn for_website_with(&self, callbacks: Option<&Callbacks>) -> Bytes {
        let own = callbacks.into_iter().flat_map(Callbacks::metadata);
        let own: String = own.map(|(key, url)| format!("<{key}>{}</{key}>", escape(url.expose()))).collect();
        match self.root().child("metadata").filter(|_| !own.is_empty()) {
            Some(metadata) => self.document.without_and_with(stamp::nodes_below(self.root()), metadata, &own).into(),
            None => self.for_website(),
        }
    }

    /// The answer as a website may see it: as it came, without the balancer's stamps.
    pub fn for_website(&self) -> Bytes {
        let mut stamps = stamp::nodes_below(self.root()).peekable();
        if stamps.peek().is_none() {
            return self.body.clone();
        }
        self.document.without(stamps).into()
    }
}

impl fmt::Debug for Answer<'_> {
    /// Without its body, which carries passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("success", &self.is_success()).field("key", &self.key()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{CallbackUrl, CallbackUrls};

    fn reply(status: u16, body: &'static str) -> ServerReply {
        ServerReply { status, content_type: None, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn both_places_of_the_message_key_are_read() {
        let plain =
            reply(200, "\n<response><returncode>FAILED</returncode><messageKey>notFound</messageKey></response>");
        assert_eq!(Answer::read(&plain).unwrap().key(), "notFound");
        let nested = reply(
            200,
            "<response><returncode>failed</returncode><errors><error><key>nonUniqueVoiceBridge</key></error></errors></response>",
        );
        let answer = Answer::read(&nested).unwrap();
        assert_eq!(answer.key(), "nonUniqueVoiceBridge");
        assert!(!answer.is_success());
    }

    #[test]
    fn what_is_no_answer_is_the_servers_trouble() {
        for bad in [
            reply(502, "<response><returncode>SUCCESS</returncode></response>"),
            reply(200, "<html><body>502 Bad Gateway</body></html>"),
            reply(200, ""),
            reply(200, "<response><returncode>SUCCESS</returncode>"),
            reply(200, "<response/>"),
        ] {
            assert!(matches!(Answer::read(&bad), Err(GatewayError::BadAnswer(_))), "{bad:?}");
        }
    }

    #[test]
    fn stamps_are_taken_out_and_all_else_stays() {
        let stamped = reply(
            200,
            "<response><returncode>SUCCESS</returncode><metadata><mconflb-guid>g</mconflb-guid><a>1</a>\
             <mconflb-institution>i</mconflb-institution></metadata><new/></response>",
        );
        let answer = Answer::read(&stamped).unwrap();
        let expected = "<response><returncode>SUCCESS</returncode><metadata><a>1</a></metadata><new/></response>";
        assert_eq!(answer.for_website(), expected);
        let deep = reply(
            200,
            "<response><returncode>SUCCESS</returncode><a><metadata><MCONFLB-guid><b>g</b></MCONFLB-guid>\
             <analytics-callback-url>https://lms.example/a</analytics-callback-url></metadata></a></response>",
        );
        let expected = "<response><returncode>SUCCESS</returncode><a><metadata>\
                        <analytics-callback-url>https://lms.example/a</analytics-callback-url></metadata></a></response>";
        assert_eq!(Answer::read(&deep).unwrap().for_website(), expected, "wherever they stand");
    }

    #[test]
    fn a_website_sees_its_own_callback_among_its_metadata() {
        let stamped = reply(
            200,
            "<response><returncode>SUCCESS</returncode><metadata><a>1</a><mconflb-callback>c</mconflb-callback>\n</metadata>\
             <new/></response>",
        );
        let answer = Answer::read(&stamped).unwrap();
        let url = |text| CallbackUrl::parse(text);
        let urls = CallbackUrls {
            meta: url("https://lms.example/?a=1&b=2"),
            analytics: url("https://lms.example/a"),
            ..CallbackUrls::default()
        };
        let callback = Callbacks { id: "c1".into(), urls };
        let expected = "<response><returncode>SUCCESS</returncode><metadata><a>1</a>\n\
                        <endcallbackurl>https://lms.example/?a=1&amp;b=2</endcallbackurl>\
                        <analytics-callback-url>https://lms.example/a</analytics-callback-url></metadata><new/></response>";
        assert_eq!(answer.for_website_with(Some(&callback)), expected);
        assert!(!answer.for_website_with(None).windows(8).any(|part| part == b"callback"));
        let bare = reply(200, "<response><returncode>SUCCESS</returncode><metadata/></response>");
        assert_eq!(Answer::read(&bare).unwrap().for_website_with(Some(&callback)), bare.body, "no room for it");
    }
}
