//! `create`: what it demands, what is sent on, what may be kept.
//!
//! (BigBlueButton API, "create". Unknown parameters are sent on: a newer BBB knows them.)

use super::{Answer, Failure, Params, stamp};
use crate::callback::{CallbackUrls, Unusable};
use crate::meeting::{InternalMeetingId, MeetingId, Passwords};
use crate::placement::MeetingHints;
use crate::secret::Secret;

/// The voice bridges that a website may choose; 99999 is BBB's own test bridge, where nobody can join.
pub const VOICE_BRIDGES: std::ops::RangeInclusive<u32> = 10_000..=99_998;

/// The voice bridges that the balancer draws from.
pub const DRAWN_VOICE_BRIDGES: std::ops::Range<u32> = 70_000..80_000;

/// A create that may be sent to a server.
#[derive(Clone, Debug)]
pub struct Create {
    /// The website's id of the meeting.
    pub meeting_id: MeetingId,
    /// Its name.
    pub name: String,
    /// The voice bridge asked for, if it is one that may be given.
    pub voice_bridge: Option<u32>,
    /// Whether the meeting may be recorded.
    pub records: bool,
    /// The parent of a breakout room that a website asks for itself.
    pub parent: Option<MeetingId>,
    /// The server that the website prefers, by name or address.
    pub preferred_server: Option<String>,
    /// What the website wants to be told.
    pub callbacks: CallbackUrls,
    /// Those of its callbacks that nobody can be told by.
    pub unusable_callbacks: Vec<Unusable>,
    params: Params,
}

impl Create {
    /// Names a server that the meeting is to go to; for the balancer alone (API document of the Mconf balancer, 2017).
    pub(crate) const PREFERRED_SERVER: &str = "preferredServer";

    /// Checks what a website sent, in the order in which BBB reports what is wrong.
    ///
    /// # Errors
    /// The [`Failure`] that BBB answers, or [`Failure::ReservedParameters`].
    pub fn read(mut params: Params) -> Result<Self, Failure> {
        params.retain(|name| !matches!(name, "checksum" | "integrationName" | "html5InstanceId"));
        if stamp::is_forged(&params) {
            return Err(Failure::ReservedParameters);
        }
        let preferred_server = params.given(Self::PREFERRED_SERVER).map(str::to_owned);
        params.retain(|name| name != Self::PREFERRED_SERVER);
        let meeting_id = params.given("meetingID").ok_or(Failure::MissingMeetingId)?;
        let name = params.get("name").unwrap_or_default();
        let length = |text: &str| text.chars().count();
        let bad_password = |name| params.given(name).is_some_and(|password| !(2..=64).contains(&length(password)));
        let voice_bridge = params.given("voiceBridge").map(str::trim);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_boolean = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "0" | "1");
        let failures = [
            (params.get("name") == Some(""), Failure::EmptyName),
            (bad_password("attendeePW") || bad_password("moderatorPW"), Failure::PasswordSize),
            (!name.is_empty() && !(2..=256).contains(&length(name)), Failure::NameSize),
            (!(2..=256).contains(&length(meeting_id)), Failure::MeetingIdSize),
            (params.get("name").is_none(), Failure::MissingName),
            (meeting_id.contains(','), Failure::MeetingIdComma),
            (meeting_id.trim() != meeting_id || meeting_id.contains(char::is_control), Failure::MeetingIdInvalid),
            (voice_bridge.is_some_and(|text| !is_number(text)), Failure::VoiceBridge),
            (params.given("record").is_some_and(|record| !is_boolean(record)), Failure::Record),
        ];
        if let Some((_, failure)) = failures.into_iter().find(|(wrong, _)| *wrong) {
            return Err(failure);
        }
        let is_true =
            |name| params.get(name).is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "1"));
        let parent = match (is_true("isBreakout"), params.given("parentMeetingID")) {
            (true, None) => return Err(Failure::ParentMissing),
            (true, Some(parent)) => Some(parent.into()),
            (false, _) => None,
        };
        let (callbacks, unusable_callbacks) = CallbackUrls::read(&params);
        Ok(Self {
            meeting_id: meeting_id.into(),
            name: name.to_owned(),
            voice_bridge: voice_bridge
                .and_then(|text| text.parse().ok())
                .filter(|number| VOICE_BRIDGES.contains(number)),
            records: is_true("record"),
            parent,
            preferred_server,
            callbacks,
            unusable_callbacks,
            params,
        })
    }

    /// What it says of the size and the length of the meeting, held to what it is [held to](Self::hold_to).
    pub fn hints(&self) -> MeetingHints {
        MeetingHints::read(&self.params)
    }

    /// Lets callbacks lead to `hosts` alone, unless there are none.
    pub fn keep_callbacks_at(&mut self, hosts: &[String]) {
        self.unusable_callbacks.extend(self.callbacks.keep_at(hosts));
    }

    /// Holds the meeting to its plan: `most_users` and `most_minutes`, where there are such limits. What the website gives is
    /// kept as far as it is within them.
    pub fn hold_to(&mut self, most_users: Option<u32>, most_minutes: Option<u64>) {
        if let Some(most) = most_users {
            self.params.cap("maxParticipants", most.into());
        }
        if let Some(most) = most_minutes {
            self.params.cap("duration", most);
        }
    }

    /// The passwords that the website sent; what it left out comes from `missing`.
    pub fn passwords(&self, missing: impl FnOnce() -> Passwords) -> Passwords {
        let given = |name| self.params.given(name).map(Secret::from);
        match (given("attendeePW"), given("moderatorPW")) {
            (Some(attendee), Some(moderator)) => Passwords { attendee, moderator },
            (attendee, moderator) => {
                let missing = missing();
                Passwords {
                    attendee: attendee.unwrap_or(missing.attendee),
                    moderator: moderator.unwrap_or(missing.moderator),
                }
            }
        }
    }

    /// The query for the server: the website's parameters in their order, both passwords filled in where they are missing
    /// (BBB up to 2.5 otherwise takes a repeated create for another meeting's), the voice bridge, and what `own` changes: the
    /// balancer's stamps and callback.
    pub fn query(&self, passwords: &Passwords, voice_bridge: Option<u32>, own: impl FnOnce(&mut Params)) -> String {
        let mut params = self.params.clone();
        for (name, password) in [("attendeePW", &passwords.attendee), ("moderatorPW", &passwords.moderator)] {
            if params.given(name).is_none() {
                params.set(name, password.expose());
            }
        }
        match voice_bridge {
            Some(number) => params.set("voiceBridge", number.to_string()),
            None => params.retain(|name| name != "voiceBridge"),
        }
        own(&mut params);
        params.encode()
    }

    /// The parameters that [may be kept](may_be_kept) and shown.
    pub fn kept_parameters(&self) -> Vec<(String, String)> {
        let kept = self.params.iter().filter(|(name, _)| may_be_kept(name));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Whether a create's parameter may be kept and shown: no password, no callback URL, no URL of slides (it may be signed), no
/// payload for a learning record store, nothing that calls itself secret. The page where users land after a meeting is no
/// secret.
pub fn may_be_kept(name: &str) -> bool {
    const LEFT_OUT: [&str; 3] = ["preuploadedpresentation", "pluginmanifests", "clientsettingsoverride"];
    const ENDS: [&str; 4] = ["url", "uri", "pw", "webhook"];
    const PARTS: [&str; 8] =
        ["password", "callback", "secret", "token", "lrs-payload", "signature", "credential", "apikey"];
    let name = name.to_ascii_lowercase();
    let is_secret = ENDS.iter().any(|end| name.ends_with(end)) || PARTS.iter().any(|part| name.contains(part));
    name == "logouturl" || !(is_secret || LEFT_OUT.contains(&&*name))
}

/// What a server says of the meeting that a create made or found.
#[derive(Clone, Debug)]
pub struct Created {
    /// BBB's id of the incarnation.
    pub internal_id: InternalMeetingId,
    /// The server's `createTime`.
    pub create_time: u64,
    /// The passwords that are in force; absent where the server leaves an empty one out.
    pub passwords: (Option<Secret>, Option<Secret>),
    /// The voice bridge that is in force.
    pub voice_bridge: Option<u32>,
}

impl Created {
    /// Reads a successful answer to create or getMeetingInfo; `None` if it lacks what names the meeting.
    pub fn read(answer: &Answer<'_>) -> Option<Self> {
        let root = answer.root();
        let internal_id = root.value("internalMeetingID");
        let password = |name| Some(root.value(name)).filter(|text| !text.is_empty()).map(|text| Secret::from(&*text));
        Some(Self {
            internal_id: Some(&*internal_id).filter(|id| !id.is_empty())?.into(),
            create_time: root.number("createTime")?,
            passwords: (password("attendeePW"), password("moderatorPW")),
            voice_bridge: root.number("voiceBridge").and_then(|number| u32::try_from(number).ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Create, Failure> {
        Create::read(Params::parse(query))
    }

    #[test]
    fn what_is_wrong_is_said_as_bbb_says_it() {
        let long = "x".repeat(257);
        for (query, failure) in [
            ("name=Demo", Failure::MissingMeetingId),
            ("name=Demo&meetingID=", Failure::MissingMeetingId),
            ("meetingID=room", Failure::MissingName),
            ("meetingID=room&name=", Failure::EmptyName),
            ("meetingID=room&name=x", Failure::NameSize),
            (&format!("meetingID=room&name={long}"), Failure::NameSize),
            ("name=Demo&meetingID=x", Failure::MeetingIdSize),
            (&format!("name=Demo&meetingID={long}"), Failure::MeetingIdSize),
            ("name=Demo&meetingID=a,b", Failure::MeetingIdComma),
            ("name=Demo&meetingID=+a+", Failure::MeetingIdInvalid),
            ("name=Demo&meetingID=a%00b", Failure::MeetingIdInvalid),
            ("name=Demo&meetingID=room&attendeePW=x", Failure::PasswordSize),
            ("name=Demo&meetingID=room&voiceBridge=abc", Failure::VoiceBridge),
            ("name=Demo&meetingID=room&record=maybe", Failure::Record),
            ("name=Demo&meetingID=room&isBreakout=true", Failure::ParentMissing),
            ("name=Demo&meetingID=room&meta_MCONFLB-guid=x", Failure::ReservedParameters),
        ] {
            assert_eq!(read(query).unwrap_err(), failure, "{query}");
        }
    }

    #[test]
    fn parameters_go_on_in_their_order_with_what_the_balancer_adds() {
        let create = read("name=A+b&meetingID=room&new_thing=1&checksum=x&voiceBridge=12345&attendeePW=").unwrap();
        assert_eq!(create.voice_bridge, Some(12345));
        let passwords = create.passwords(|| Passwords { attendee: "drawn".into(), moderator: "drawn".into() });
        let query = create.query(&passwords, Some(70001), |params| params.set("meta_x", "y"));
        assert_eq!(
            query,
            "name=A+b&meetingID=room&new_thing=1&voiceBridge=70001&attendeePW=drawn&moderatorPW=drawn&meta_x=y"
        );
    }

    #[test]
    fn the_test_bridge_and_odd_numbers_are_not_kept() {
        for (given, kept) in [
            ("10000", Some(10_000)),
            ("99998", Some(99_998)),
            ("99999", None),
            ("123", None),
            ("5551234567", None),
            ("", None),
        ] {
            assert_eq!(read(&format!("name=Demo&meetingID=room&voiceBridge={given}")).unwrap().voice_bridge, kept);
        }
    }

    #[test]
    fn nothing_secret_is_kept() {
        let create = read(
            "name=Demo&meetingID=room&attendeePW=ap&moderatorPW=mp&meetingEndedURL=u&meta_endCallbackUrl=u&logoutURL=l\
             &preUploadedPresentation=u&meta_bbb-recording-ready-url=u&meta_secret-lrs-payload=p&welcome=hi",
        );
        let kept: Vec<_> = create.unwrap().kept_parameters().into_iter().map(|(name, _)| name).collect();
        assert_eq!(kept, ["name", "meetingID", "logoutURL", "welcome"]);
        for secret in [
            "password",
            "viewerPassword",
            "moderatorpw",
            "MeetingEndedUrl",
            "meta_endCallbackUrl",
            "meta_bbb-recording-ready-url",
            "meta_bn-recording-ready-url",
            "meta_canvas-recording-ready-url",
            "meta_analytics-callback-url",
            "meta_my-callback",
            "meta_callbackAddress",
            "meta_return-uri",
            "meta_api-token",
            "META_secret-lrs-payload",
            "meta_lrs-payload-2",
            "preUploadedPresentation",
            "presentationUploadExternalUrl",
            "pluginManifestsFetchUrl",
            "clientSettingsOverride",
        ] {
            assert!(!may_be_kept(secret), "{secret}");
        }
        for open in ["meta_bbb-origin", "meta_bbb-origin-server-name", "record", "preUploadedPresentationName", "logo"]
        {
            assert!(may_be_kept(open), "{open}");
        }
    }
}
