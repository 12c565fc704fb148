//! The calls about text tracks answer JSON: BBB's envelope of it, written and read.

use serde_json::{Value, json};

use super::{Failure, Reply};
use crate::gateway::{GatewayError, ServerReply};

/// BBB's content type for JSON.
pub const JSON: &str = "application/json;charset=utf-8";

/// A refusal as BBB writes it in JSON, with HTTP status 200.
pub fn failed(key: &str, message: &str) -> Reply {
    let text = json!({ "response": { "returncode": "FAILED", "messageKey": key, "message": message } }).to_string();
    Reply { content_type: JSON.into(), ..Reply::xml(text) }
}

/// The balancer's own refusal in JSON.
pub fn refused(failure: Failure) -> Reply {
    failed(failure.key(), failure.message())
}

/// What a server's answer in JSON says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonAnswer {
    /// Whether the call succeeded.
    pub success: bool,
    /// The messageKey; empty if there is none.
    pub key: String,
}

impl JsonAnswer {
    /// Reads what a server replied; `None` if it is JSON without a returncode, or no JSON.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let whole: Value = serde_json::from_slice(body).ok()?;
        // stuns and enter have no wrapper; nor may what comes later
        let response = whole.get("response").unwrap_or(&whole);
        let text = |name: &str| response.get(name).and_then(Value::as_str);
        let success = match text("returncode")? {
            word if word.eq_ignore_ascii_case("SUCCESS") => true,
            word if word.eq_ignore_ascii_case("FAILED") => false,
            _ => return None,
        };
        Some(Self { success, key: text("messageKey").unwrap_or_default().to_owned() })
    }

    /// The same for calls that BBB answers in JSON and nothing else.
    ///
    /// # Errors
    /// [`GatewayError::BadAnswer`] for anything but status 200 with a returncode.
    pub fn read(reply: &ServerReply) -> Result<Self, GatewayError> {
        if reply.status != 200 {
            return Err(GatewayError::BadAnswer(format!("HTTP status {}", reply.status)));
        }
        Self::parse(&reply.body)
            .ok_or_else(|| GatewayError::BadAnswer("JSON that is no answer of BigBlueButton, or none".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_as_they_are_written() {
        let reply = failed("noRecordings", "No recording found for \"<x>\"");
        assert_eq!((reply.status, &*reply.content_type), (200, JSON));
        let answer = JsonAnswer { success: false, key: "noRecordings".to_owned() };
        assert_eq!(JsonAnswer::parse(&reply.body.to_bytes()), Some(answer));
        let value: Value = serde_json::from_slice(&reply.body.to_bytes()).unwrap();
        assert_eq!(value["response"]["message"], "No recording found for \"<x>\"");
    }

    #[test]
    fn what_is_no_answer_is_the_servers_trouble() {
        for bad in ["", "<html/>", "[]", "{\"response\":{}}", "{\"returncode\":\"MAYBE\"}", "{\"returncode\":1}"] {
            assert_eq!(JsonAnswer::parse(bad.as_bytes()), None, "{bad}");
        }
        let body = b"{\"returncode\":\"success\"}";
        assert_eq!(JsonAnswer::parse(body), Some(JsonAnswer { success: true, key: String::new() }));
    }
}
