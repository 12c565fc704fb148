//! Which call a path names.

use std::fmt;

use super::upload::{is_xml, media_type};

/// A call that the balancer knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// The version, at the root of the API.
    Root,
    /// Creates a meeting.
    Create,
    /// Sends somebody to a meeting.
    Join,
    /// Whether somebody is in a meeting.
    IsMeetingRunning,
    /// Ends a meeting.
    End,
    /// All about one meeting.
    GetMeetingInfo,
    /// All meetings.
    GetMeetings,
    /// Who joined which meetings in a period.
    GetMeetingEvents,
    /// Gives a meeting more slides.
    InsertDocument,
    /// Makes a hook: the website wants to hear of what happens.
    HooksCreate,
    /// Takes a hook away.
    HooksDestroy,
    /// All hooks of the website.
    HooksList,
    /// Whether hooks are served; not signed.
    HooksPing,
    /// Says something in a meeting's chat.
    SendChatMessage,
    /// Who is in the meetings.
    GetSessions,
    /// The servers, as the Mconf balancer tells of them.
    GetServers,
    /// What old clients are configured by.
    GetDefaultConfigXml,
    /// Configures old clients for one meeting.
    SetConfigXml,
    /// The captions of a recording.
    GetRecordingTextTracks,
    /// Gives a recording captions.
    PutRecordingTextTrack,
    /// Recordings.
    GetRecordings,
    /// Makes recordings public, or takes them back.
    PublishRecordings,
    /// Deletes recordings.
    DeleteRecordings,
    /// Changes the metadata of recordings.
    UpdateRecordings,
}

impl Call {
    /// The call's name as it stands in the path and is signed; empty for the root. Case counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Create => "create",
            Self::Join => "join",
            Self::IsMeetingRunning => "isMeetingRunning",
            Self::End => "end",
            Self::GetMeetingInfo => "getMeetingInfo",
            Self::GetMeetings => "getMeetings",
            Self::GetMeetingEvents => "getMeetingEvents",
            Self::InsertDocument => "insertDocument",
            Self::HooksCreate => "hooks/create",
            Self::HooksDestroy => "hooks/destroy",
            Self::HooksList => "hooks/list",
            Self::HooksPing => "hooks/ping",
            Self::SendChatMessage => "sendChatMessage",
            Self::GetSessions => "getSessions",
            Self::GetServers => "getServers",
            Self::GetDefaultConfigXml => "getDefaultConfigXML",
            Self::SetConfigXml => "setConfigXML",
            Self::GetRecordingTextTracks => "getRecordingTextTracks",
            Self::PutRecordingTextTrack => "putRecordingTextTrack",
            Self::GetRecordings => "getRecordings",
            Self::PublishRecordings => "publishRecordings",
            Self::DeleteRecordings => "deleteRecordings",
            Self::UpdateRecordings => "updateRecordings",
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Root,
            Self::Create,
            Self::Join,
            Self::IsMeetingRunning,
            Self::End,
            Self::GetMeetingInfo,
            Self::GetMeetings,
            Self::GetMeetingEvents,
            Self::InsertDocument,
            Self::HooksCreate,
            Self::HooksDestroy,
            Self::HooksList,
            Self::HooksPing,
            Self::SendChatMessage,
            Self::GetSessions,
            Self::GetServers,
            Self::GetDefaultConfigXml,
            Self::SetConfigXml,
            Self::GetRecordingTextTracks,
            Self::PutRecordingTextTrack,
            Self::GetRecordings,
            Self::PublishRecordings,
            Self::DeleteRecordings,
            Self::UpdateRecordings,
        ]
        .into_iter()
    }

    /// The call of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|call| call.name() == name)
    }

    /// Whether it changes something on a server or in the store: then it is run to its end even if the website hangs up.
    pub fn changes_state(self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::End
                | Self::Join
                | Self::InsertDocument
                | Self::SendChatMessage
                | Self::SetConfigXml
                | Self::PutRecordingTextTrack
                | Self::PublishRecordings
                | Self::DeleteRecordings
                | Self::UpdateRecordings
                | Self::HooksCreate
                | Self::HooksDestroy
        )
    }

    /// Whether BBB answers it in JSON, refusals too.
    pub fn answers_json(self) -> bool {
        matches!(self, Self::GetRecordingTextTracks | Self::PutRecordingTextTrack)
    }

    /// Whether a body of that `Content-Type` may come as an [`Upload`](super::Upload): it goes on to a server that is known,
    /// piece by piece.
    pub fn takes_upload(self, content_type: Option<&str>) -> bool {
        match self {
            Self::PutRecordingTextTrack => true,
            // anything else is refused as ever
            Self::InsertDocument => content_type.is_some_and(|text| is_xml(&media_type(text).to_ascii_lowercase())),
            _ => false,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if *self == Self::Root { "root" } else { self.name() })
    }
}

/// Where a path of the API leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// What stands before `/bigbluebutton/api`. Websites that came from other balancers have their key or slug in it.
    pub prefix: &'a str,
    /// The call's name, as it is signed.
    pub call: &'a str,
}

/// Reads the raw path of a request; `None` if it is no path of the API.
///
/// The API is at `/bigbluebutton/api`, behind any prefix, and at `/bbb/api` behind one (`/b3lb/t/<slug>/bbb/api/…`).
/// Doubled slashes and one at the end are passed over: careless clients send them.
///
/// ```
/// use lb_core::api::{Route, route};
/// assert_eq!(route("/bigbluebutton/api/create"), Some(Route { prefix: "", call: "create" }));
/// assert_eq!(route("/bbb/key/bigbluebutton/api//end/"), Some(Route { prefix: "/bbb/key", call: "end" }));
/// assert_eq!(route("/api/v1/servers"), None);
/// ```
pub fn route(path: &str) -> Option<Route<'_>> {
    // what nearly every website sends
    if let Some(call) = path.strip_prefix("/bigbluebutton/api/") {
        return Some(Route { prefix: "", call: call.trim_matches('/') });
    }
    for api in ["/bigbluebutton/api", "/bbb/api"] {
        if let Some((prefix, rest)) = path.split_once(api)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return Some(Route { prefix, call: rest.trim_matches('/') });
        }
    }
    let prefix = path.trim_end_matches('/').strip_suffix("/bigbluebutton")?;
    Some(Route { prefix, call: "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_many_spellings() {
        for path in
            ["/bigbluebutton/api", "/bigbluebutton/api/", "/bigbluebutton/", "/bigbluebutton", "/bigbluebutton/api//"]
        {
            assert_eq!(route(path), Some(Route { prefix: "", call: "" }), "{path}");
        }
    }

    #[test]
    fn prefixes_of_other_balancers_are_kept_and_other_paths_are_not_of_the_api() {
        assert_eq!(route("/b3lb/t/slug/bbb/api/join"), Some(Route { prefix: "/b3lb/t/slug", call: "join" }));
        assert_eq!(route("/bigbluebutton/api/hooks/create"), Some(Route { prefix: "", call: "hooks/create" }));
        for path in ["/", "", "/ping", "/api/create", "/bigbluebutton/apix", "/bigbluebutton/x"] {
            assert_eq!(route(path), None, "{path}");
        }
    }

    #[test]
    fn the_case_of_a_name_counts() {
        assert_eq!(Call::named("isMeetingRunning"), Some(Call::IsMeetingRunning));
        assert_eq!(Call::named("ismeetingrunning"), None);
    }
}
