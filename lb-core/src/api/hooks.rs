//! `hooks/create`, `hooks/destroy`, `hooks/list` and `hooks/ping` in the form and the words of bbb-webhooks.

use super::{Answer, Failure, Params, Reply};
use crate::callback::CallbackUrl;
use crate::hook::{Hook, HookId, HookWish};
use crate::network::IntegrationName;
use crate::xml::Node;

/// The longest filter of events, bytes; one with all that bbb-webhooks tells of has about 700.
const LONGEST_FILTER: usize = 1024;

/// How many events a filter may name; bbb-webhooks know about 30.
const MOST_EVENTS: usize = 64;

/// The longest meetingID, characters.
const LONGEST_MEETING_ID: usize = 256;

/// What a website asks for with hooks/create.
///
/// # Errors
/// [`Failure::MissingCallbackUrl`]; [`Failure::HookNotCreated`] where nobody can be told at the URL, a filter is too long, or raw
/// events are asked for, which are of whole servers.
pub fn read_create(params: &Params, integration: &IntegrationName) -> Result<HookWish, Failure> {
    let url = params.given("callbackURL").ok_or(Failure::MissingCallbackUrl)?;
    let meeting = params.given("meetingID").filter(|id| id.chars().count() <= LONGEST_MEETING_ID);
    let filter = params.given("eventID").unwrap_or_default();
    let raw = params.given("getRaw").is_some_and(|raw| !raw.eq_ignore_ascii_case("false"));
    let usable = CallbackUrl::parse(url).is_some() && meeting.is_some() == params.given("meetingID").is_some();
    if !usable || raw || filter.len() > LONGEST_FILTER {
        return Err(Failure::HookNotCreated);
    }
    let events = filter.to_ascii_lowercase();
    let events = events.split(',').map(str::trim).filter(|event| !event.is_empty());
    if events.clone().count() > MOST_EVENTS {
        return Err(Failure::HookNotCreated);
    }
    Ok(HookWish {
        integration: integration.clone(),
        url: CallbackUrl::kept(url.to_owned()),
        meeting: meeting.map(Into::into),
        events: events.map(str::to_owned).collect(),
    })
}

/// The hook meant by hooks/destroy.
///
/// # Errors
/// [`Failure::MissingHookId`]; [`Failure::HookNotFound`] for what can be no hook's.
pub fn read_destroy(params: &Params) -> Result<HookId, Failure> {
    let id = params.given("hookID").ok_or(Failure::MissingHookId)?;
    id.trim().parse().map_err(|_| Failure::HookNotFound)
}

/// A hook was made.
pub fn created(id: HookId) -> Reply {
    Reply::success(|writer| {
        writer.element("hookID", &id.to_string()).element("permanentHook", "false").element("rawData", "false");
    })
}

/// The messageKey where there was one already.
pub const DUPLICATE: &str = "duplicateWarning";

/// There was one for that URL already.
pub fn duplicate(id: HookId) -> Reply {
    Reply::success(|writer| {
        writer.element("hookID", &id.to_string()).element("messageKey", DUPLICATE);
        writer.element("message", "There is already a hook for this callback URL.");
    })
}

/// A hook is gone.
pub fn destroyed() -> Reply {
    Reply::success(|writer| {
        writer.element("removed", "true");
    })
}

/// The hooks of a website.
pub fn list<'a>(hooks: impl Iterator<Item = &'a Hook>) -> Reply {
    Reply::success(|writer| {
        writer.open("hooks");
        for Hook { id, wish } in hooks {
            writer.open("hook").element("hookID", &id.to_string()).verbatim("callbackURL", wish.url.expose());
            if let Some(meeting) = &wish.meeting {
                writer.verbatim("meetingID", meeting.as_str());
            }
            if !wish.events.is_empty() {
                writer.element("eventID", &wish.events.join(","));
            }
            writer.element("permanentHook", "false").element("rawData", "false").close("hook");
        }
        writer.close("hooks");
    })
}

/// That hooks are served. No checksum is needed.
pub fn ping() -> Reply {
    Reply::plain(200, "bbb-webhooks API up!")
}

/// A hook as a server lists it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ListedHook {
    pub(crate) id: String,
    pub(crate) url: String,
}

/// What a server answers to hooks/list; `None` if it is no list.
pub(crate) fn read_list(answer: &Answer<'_>) -> Option<Vec<ListedHook>> {
    let hooks = answer.root().child("hooks").filter(|_| answer.is_success())?;
    let listed = |hook: Node<'_>| ListedHook {
        id: hook.value("hookID").trim().to_owned(),
        url: hook.value("callbackURL").trim().to_owned(),
    };
    Some(hooks.children().filter(|node| node.is("hook")).map(listed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<HookWish, Failure> {
        read_create(&Params::parse(query), &"moodle".into())
    }

    #[test]
    fn a_wish_is_read_as_bbb_webhooks_does() {
        let wish =
            read("callbackURL=https://lms.example?a=1%26b&meetingID=room&eventID=User-Left,user-joined,&getRaw=False");
        let wish = wish.unwrap();
        assert_eq!(wish.url.expose(), "https://lms.example?a=1&b", "as it was given: it is signed");
        assert_eq!(wish.meeting, Some("room".into()));
        assert_eq!(wish.events, ["user-left", "user-joined"]);
        let plain = read("callbackURL=http://lms.example/&meetingID=&eventID=").unwrap();
        assert_eq!((plain.meeting, plain.events), (None, vec![]));
    }

    #[test]
    fn what_cannot_be_served_is_refused() {
        assert_eq!(read("meetingID=a").unwrap_err(), Failure::MissingCallbackUrl);
        let long = "x".repeat(5000);
        for bad in [
            "callbackURL=ftp://a.example/",
            "callbackURL=/path",
            "callbackURL=http://a.example/&getRaw=true",
            &format!("callbackURL=http://a.example/{long}"),
            &format!("callbackURL=http://a.example/&eventID={long}"),
            &format!("callbackURL=http://a.example/&meetingID={long}"),
        ] {
            assert_eq!(read(bad).unwrap_err(), Failure::HookNotCreated, "{bad}");
        }
    }

    #[test]
    fn a_list_carries_any_url_and_is_read_back() {
        let url = "https://lms.example/h?x=1&y=<2>]]>";
        let wish = HookWish {
            url: CallbackUrl::kept(url.into()),
            meeting: Some("room & 1".into()),
            ..read("callbackURL=http://a.example").unwrap()
        };
        let reply = list([Hook { id: HookId(3), wish }].iter());
        let text = String::from_utf8(reply.body.to_bytes().to_vec()).unwrap();
        assert!(text.contains("<hookID>3</hookID><callbackURL><![CDATA["), "{text}");
        assert!(
            text.contains("<meetingID><![CDATA[room & 1]]></meetingID><permanentHook>false</permanentHook>"),
            "{text}"
        );
        let said = crate::gateway::ServerReply { status: 200, content_type: None, body: reply.body.to_bytes() };
        let listed = read_list(&Answer::read(&said).unwrap()).unwrap();
        assert!(listed == [ListedHook { id: "3".into(), url: url.into() }]);
    }
}
