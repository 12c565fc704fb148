//! What a server says went on in a meeting, as its website may read it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{LONGEST_ANALYTICS, metadata_for_website};
use crate::network::Integration;

/// The analytics of a meeting, as its website may read them.
#[derive(Debug)]
pub(crate) struct Analytics {
    /// The website's id of the meeting.
    pub(crate) meeting_id: String,
    /// All of it, as JSON.
    pub(crate) body: Arc<str>,
}

/// Reads what a server posts, with the URLs of `integration` in place of the balancer's and without its stamps; `None` if it is
/// no JSON object that names its meeting, or too long.
pub(crate) fn analytics_for_website(integration: &Integration, body: &[u8]) -> Option<Analytics> {
    let mut all: Map<String, Value> =
        serde_json::from_slice(Some(body).filter(|body| body.len() <= LONGEST_ANALYTICS)?).ok()?;
    let meeting_id = all.get("meeting_id")?.as_str()?.to_owned();
    if let Some(metadata) = all.get_mut("data").and_then(|data| data.get_mut("metadata")).and_then(Value::as_object_mut)
    {
        *metadata = std::mem::take(metadata)
            .into_iter()
            .filter_map(|(key, value)| {
                let Value::String(text) = &value else { return Some((key, value)) };
                let text = metadata_for_website(integration, &key, text)?.into_owned();
                Some((key, Value::String(text)))
            })
            .collect();
    }
    // written anew it may have become longer
    let body = Value::Object(all).to_string();
    (body.len() <= LONGEST_ANALYTICS).then(|| Analytics { meeting_id, body: body.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Analytics> {
        analytics_for_website(&Integration::new("moodle", "s1"), body.as_bytes())
    }

    #[test]
    fn all_comes_through_but_what_is_the_balancers() {
        let body = r#"{"version":"1.0","meeting_id":"room-1","internal_meeting_id":"0e97-1","data":{"metadata":{"mconflb_guid":"g",
            "analytics_callback_url":"https://lms.example/a","n":7},"duration":5400,"attendees":[{"name":"Ada Q. é"}]}}"#;
        let read = read(body).unwrap();
        assert_eq!(read.meeting_id, "room-1");
        let (mut expected, found): (Value, Value) =
            (serde_json::from_str(body).unwrap(), serde_json::from_str(&read.body).unwrap());
        expected["data"]["metadata"].as_object_mut().unwrap().remove("mconflb_guid");
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_analytics_is_nothing() {
        let deep = format!("{{\"meeting_id\":\"r\",\"data\":{}", "[".repeat(100_000));
        let long = format!("{{\"meeting_id\":\"r\",\"data\":\"{}\"}}", "x".repeat(LONGEST_ANALYTICS));
        let grows = format!("{{\"meeting_id\":\"r\",\"data\":[{}1]}}", "1e15,".repeat(200_000));
        for bad in ["", "[]", "7", "{}", r#"{"meeting_id":7}"#, "{\"meeting_id\":\"r\"", &deep, &long, &grows] {
            assert!(read(bad).is_none(), "{} bytes", bad.len());
        }
        for fine in
            [r#"{"meeting_id":"r"}"#, r#"{"meeting_id":"r","data":7}"#, r#"{"meeting_id":"r","data":{"metadata":[]}}"#]
        {
            assert!(read(fine).is_some(), "{fine}");
        }
        assert!(analytics_for_website(&Integration::new("moodle", "s1"), b"{\"meeting_id\":\"\xff\"}").is_none());
    }
}
