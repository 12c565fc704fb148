//! join: counts a user in and sends the browser on to the client.

use url::form_urlencoded;

use super::hook_event::UserEvent;
use super::meeting::{SimulatedMeeting, SimulatedUser};
use super::parameters::Parameters;
use super::reply::{Failure, SimulatedReply, element};
use super::{SimulatedBbb, calls};

/// Users that one simulated meeting holds, whatever its `maxParticipants`.
const MOST_USERS: usize = 20_000;

const ENDED: Failure =
    Failure::new("meetingForciblyEnded", "You can not join a meeting that has already been forcibly ended");
const MISMATCH: Failure =
    Failure::new("mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting.");
const FULL: Failure =
    Failure::new("maxParticipantsReached", "The number of participants allowed for this meeting has been reached.");

impl SimulatedBbb {
    /// Errors found while validating always redirect; those found later redirect unless `redirect=false`; a missing or
    /// wrong password is always told in XML. So does BBB 3.0.
    pub(super) fn join(&mut self, parameters: &Parameters, unsigned: Option<Failure>) -> SimulatedReply {
        let id = parameters.get("meetingID").unwrap_or_default();
        let living = self.find_live(id);
        if let Some(failure) = unsigned.or_else(|| check(parameters, living.is_some())) {
            return self.turn_away(parameters, failure);
        }
        let Some(meeting) = living.as_ref().and_then(|key| self.meetings.get(key)) else {
            return self.turn_away(parameters, ENDED);
        };
        let redirects = !parameters.get("redirect").is_some_and(|value| value.eq_ignore_ascii_case("false"));
        let moderator = match role(parameters, meeting) {
            Ok(moderator) => moderator,
            Err(message) => return SimulatedReply::failed(Failure::new("Params required", message)),
        };
        if let Some(failure) = refusal(parameters, meeting) {
            return if redirects { self.turn_away(parameters, failure) } else { SimulatedReply::failed(failure) };
        }

        let mut user = self.draw_user(parameters.get("fullName").unwrap_or_default(), moderator);
        user.custom_data = custom_data(parameters);
        if let Some(user_id) = parameters.given("userID") {
            user.user_id = user_id.to_owned();
        }
        let (auth_token, session_token) = (self.draw(12), self.draw(16));
        let url = format!("{}/html5client/join?sessionToken={session_token}", self.origin);
        let Some(meeting) = living.and_then(|key| self.meetings.get_mut(&key)) else {
            return self.turn_away(parameters, ENDED);
        };
        user.presenter = moderator && !meeting.users.iter().any(|other| other.presenter);
        let mut inner = String::new();
        element(&mut inner, "messageKey", "successfullyJoined");
        element(&mut inner, "message", "You have joined successfully.");
        element(&mut inner, "meeting_id", &meeting.internal_id);
        element(&mut inner, "user_id", &user.internal_id);
        element(&mut inner, "auth_token", &auth_token);
        element(&mut inner, "session_token", &session_token);
        element(&mut inner, "guestStatus", "ALLOW");
        element(&mut inner, "url", &url);
        let records_now = meeting.starts_recording() && !meeting.has_user_joined;
        meeting.has_user_joined = true;
        meeting.joins += 1;
        let (key, joined) = (meeting.internal_id.clone(), user.clone());
        meeting.users.push(user);
        self.tell_of_user(&key, UserEvent::Joined, &joined);
        if records_now {
            self.tell_of_meeting(&key, "meeting-recording-started");
        }
        if redirects { SimulatedReply::redirect(url) } else { SimulatedReply::success(&inner) }
    }

    /// A user of this name with an id just drawn.
    pub(super) fn draw_user(&mut self, full_name: &str, moderator: bool) -> SimulatedUser {
        let internal_id = format!("w_{}", self.draw(12));
        SimulatedUser {
            user_id: internal_id.clone(),
            internal_id,
            full_name: full_name.to_owned(),
            moderator,
            presenter: false,
            voice: false,
            video: false,
            custom_data: Vec::new(),
            joined_at: self.now,
            left_at: None,
        }
    }

    fn turn_away(&self, parameters: &Parameters, failure: Failure) -> SimulatedReply {
        let asked = ["errorRedirectUrl", "logoutURL"].into_iter().filter_map(|name| parameters.given(name));
        let to = asked.into_iter().find(|url| url::Url::parse(url).is_ok()).unwrap_or(&self.origin);
        let errors = format!(r#"[{{"key":"{}","message":"{}"}}]"#, failure.key, failure.message);
        let encoded: String = form_urlencoded::byte_serialize(errors.as_bytes()).collect();
        let separator = if to.contains('?') { '&' } else { '?' };
        SimulatedReply::redirect(format!("{to}{separator}errors={encoded}"))
    }
}

/// The one violated rule that BBB tells, in its precedence. A meeting that never was counts as one that has ended.
fn check(parameters: &Parameters, lives: bool) -> Option<Failure> {
    let number = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit());
    let id = parameters.get("meetingID").unwrap_or_default();
    if parameters.given("fullName").is_none() {
        Some(Failure::new("missingParamFullName", "You must provide your name"))
    } else if !lives {
        Some(ENDED)
    } else if parameters.given("password").is_some_and(|password| !(2..=64).contains(&password.chars().count())) {
        Some(Failure::new("invalidPassword", "Invalid password"))
    } else if let Some(bad) = calls::bad_meeting_id(id) {
        Some(bad)
    } else if !parameters.is_boolean("guest") {
        Some(Failure::new("validationError", "Guest must be a boolean value (true or false)"))
    } else if !parameters.is_boolean("auth") {
        Some(Failure::new("validationError", "Auth must be a boolean value (true or false)"))
    } else if !parameters.get("createTime").is_none_or(number) {
        Some(Failure::new("validationError", "Value must be an integral number"))
    } else {
        None
    }
}

/// Whether the user is a moderator: the role says it, else the password.
fn role(parameters: &Parameters, meeting: &SimulatedMeeting) -> Result<bool, &'static str> {
    let role = parameters.get("role").unwrap_or_default();
    if role.eq_ignore_ascii_case("MODERATOR") || role.eq_ignore_ascii_case("VIEWER") {
        return Ok(role.eq_ignore_ascii_case("MODERATOR"));
    }
    match parameters.given("password") {
        Some(password) if password == meeting.moderator_password.expose() => Ok(true),
        Some(password) if password == meeting.attendee_password.expose() => Ok(false),
        Some(_) => Err("You must enter a valid password"),
        // BBB's own spelling
        None => Err("You must either send the valid role of the user, or the password, sould the meeting has one."),
    }
}

fn refusal(parameters: &Parameters, meeting: &SimulatedMeeting) -> Option<Failure> {
    let users = meeting.users.len();
    let full = meeting.max_users > 0 && users as u64 >= meeting.max_users;
    if parameters.get("createTime").is_some_and(|time| time.parse() != Ok(meeting.create_time)) {
        Some(MISMATCH)
    } else if full || users >= MOST_USERS {
        Some(FULL)
    } else {
        None
    }
}

fn custom_data(parameters: &Parameters) -> Vec<(String, String)> {
    let pairs = parameters.iter().filter_map(|(name, value)| Some((name.strip_prefix("userdata-")?, value)));
    // a key with another '-' is dropped, as BBB does; one that is no name would make the answer ill-formed
    let named = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    pairs.filter(|(key, _)| named(key)).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
