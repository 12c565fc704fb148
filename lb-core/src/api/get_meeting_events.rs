//! `getMeetingEvents`: what may be [asked](Asked), and what a website is [told](reply) of its meetings in a period.
//!
//! (A call of the Mconf balancer's API, which BBB does not have.)

use jiff::civil::Date;

use super::{Failure, Params, Reply, create};
use crate::clock::Timestamp;
use crate::event::Role;
use crate::fleet::Fleet;
use crate::network::IntegrationName;
use crate::store::{HISTORIES, MeetingHistory, MeetingQuery};
use crate::xml::{Writer, is_name};

/// How many meetings are told of where no limit is given.
const LIMIT: usize = 50;

/// Milliseconds of a day in UTC.
const DAY: u64 = 24 * 3600 * 1000;

/// What a website asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    created_from: Option<Timestamp>,
    ended_before: Option<Timestamp>,
    users: u32,
    limit: usize,
}

impl Asked {
    /// Reads the parameters. Days are days in UTC. A limit above [`HISTORIES`] is taken as that.
    ///
    /// # Errors
    /// [`Failure::MalformedParameters`] where one is no day, or no whole number.
    pub fn read(params: &Params) -> Result<Self, Failure> {
        let day = |name| params.given(name).map(|text| day(text).ok_or(Failure::MalformedParameters)).transpose();
        let number = |name| params.given(name).map(|text| number(text).ok_or(Failure::MalformedParameters)).transpose();
        let ended_on = day("endedAt")?;
        Ok(Self {
            created_from: day("createdAt")?.map(Timestamp::from_millis),
            ended_before: ended_on.map(|ended_on| Timestamp::from_millis(ended_on + DAY)),
            users: number("users")?.unwrap_or(1),
            limit: number("limit")?.map_or(LIMIT, |limit| (limit as usize).min(HISTORIES)),
        })
    }

    /// The question to the store.
    pub fn of(self, integration: &IntegrationName) -> MeetingQuery {
        let Self { created_from, ended_before, users, limit } = self;
        MeetingQuery { integration: integration.clone(), created_from, ended_before, users, limit }
    }
}

/// The first moment of a day written `YYYY-MM-DD`; days before 1970 begin in 1970.
fn day(text: &str) -> Option<u64> {
    let plain = text.len() == "YYYY-MM-DD".len() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date: Date = text.parse().ok().filter(|_| plain)?;
    let since_1970 = date.duration_since(jiff::civil::date(1970, 1, 1));
    Some(since_1970.as_millis().try_into().unwrap_or(0))
}

/// A whole number; one beyond all meetings is as good as the greatest.
fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u32::MAX))
}

/// Tells a website of its meetings, in their order. The URL of a server that `fleet` does not have is empty.
pub fn reply(meetings: &[MeetingHistory], fleet: &Fleet) -> Reply {
    Reply::success(|writer| {
        if meetings.is_empty() {
            writer.raw("<events/>");
            return;
        }
        writer.open("events");
        for meeting in meetings {
            write(writer, meeting, fleet);
        }
        writer.close("events");
    })
}

fn write(writer: &mut Writer, meeting: &MeetingHistory, fleet: &Fleet) {
    let millis = |at: Timestamp| at.as_millis().to_string();
    writer.open("event").element("meetingID", meeting.meeting_id.as_str()).element("name", &meeting.name);
    writer.element("createdAt", &millis(meeting.created_at));
    if let Some(ended_at) = meeting.ended_at {
        writer.element("endedAt", &millis(ended_at));
    }
    let url = fleet.server(&meeting.server).map(|server| server.server.origin()).unwrap_or_default();
    writer.open("server").element("name", meeting.server.as_str()).element("url", &url).close("server");
    writer.open("users");
    for user in &meeting.users {
        let role = match user.role {
            Role::Moderator => "moderator",
            Role::Attendee => "attendee",
        };
        writer.open("user").element("name", &user.name).element("role", role);
        writer.element("createdAt", &millis(user.at)).close("user");
    }
    writer.close("users").open("query");
    // what an earlier version kept may be more than may be shown
    let shown = meeting.parameters.iter().filter(|(name, _)| create::may_be_kept(name) && is_name(name));
    for (name, value) in shown {
        writer.element(name, value);
    }
    writer.close("query").close("event");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Server;
    use crate::source::{MonitorReport, ReportedServer};
    use crate::store::SentUser;

    fn read(query: &str) -> Result<Asked, Failure> {
        Asked::read(&Params::parse(query))
    }

    #[test]
    fn days_are_whole_days_in_utc_and_numbers_have_their_defaults() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        let nothing = Asked { created_from: None, ended_before: None, users: 1, limit: 50 };
        for (query, asked) in [
            ("", nothing),
            ("createdAt=&endedAt=&users=&limit=", nothing),
            ("createdAt=2014-01-30", Asked { created_from: at(1_391_040_000_000), ..nothing }),
            ("endedAt=2014-01-30", Asked { ended_before: at(1_391_126_400_000), ..nothing }),
            ("createdAt=1901-01-01", Asked { created_from: at(0), ..nothing }),
            ("endedAt=9999-12-31", Asked { ended_before: at(253_402_300_800_000), ..nothing }),
            ("users=0&limit=0", Asked { users: 0, limit: 0, ..nothing }),
            ("users=99999999999&limit=101", Asked { users: u32::MAX, limit: 100, ..nothing }),
        ] {
            assert_eq!(read(query), Ok(asked), "{query}");
        }
    }

    #[test]
    fn what_is_no_day_and_no_number_is_refused() {
        for query in [
            "createdAt=yesterday",
            "createdAt=2014-02-30",
            "createdAt=2014-1-30",
            "createdAt=20140130",
            "createdAt=1391035535000",
            "endedAt=2014-01-30T10:00",
            "endedAt=+2014-01-30",
            "users=-1",
            "users=1.5",
            "users=many",
            "limit=%2B5",
            "limit=+5",
        ] {
            assert_eq!(read(query), Err(Failure::MalformedParameters), "{query}");
        }
    }

    #[test]
    fn a_website_reads_its_meetings_as_the_document_shows_them() {
        let server = Server::new("poa1", "https://poa1.example.org", "secret").unwrap();
        let report = MonitorReport::of(vec![ReportedServer::unwatched(server)]);
        let fleet =
            Fleet::default().with_report(report, &Default::default(), &Default::default(), Timestamp::default());
        let at = Timestamp::from_millis;
        let parameter = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let over = MeetingHistory {
            meeting_id: "room-789".into(),
            internal_id: "x-1".into(),
            name: "English & co".to_owned(),
            created_at: at(1_391_035_535_000),
            ended_at: Some(at(1_391_035_779_000)),
            server: "poa1".into(),
            users: vec![SentUser { name: "<Ana>".to_owned(), role: Role::Moderator, at: at(1_391_035_540_000) }],
            parameters: vec![
                parameter("meetingID", "room-789"),
                parameter("meta_origin", "<b>Moodle</b>"),
                parameter("a b", "x"),
                parameter("1st", "x"),
                parameter("", "x"),
                parameter("moderatorPW", "s3cr3t"),
            ],
        };
        let running = MeetingHistory {
            ended_at: None,
            server: "gone".into(),
            users: vec![],
            parameters: vec![],
            name: String::new(),
            ..over.clone()
        };
        let reply = reply(&[over, running], &fleet.unwrap());
        let expected = "<response><returncode>SUCCESS</returncode><events>\
            <event><meetingID>room-789</meetingID><name>English &amp; co</name><createdAt>1391035535000</createdAt>\
            <endedAt>1391035779000</endedAt><server><name>poa1</name><url>https://poa1.example.org</url></server>\
            <users><user><name>&lt;Ana&gt;</name><role>moderator</role><createdAt>1391035540000</createdAt></user></users>\
            <query><meetingID>room-789</meetingID><meta_origin>&lt;b&gt;Moodle&lt;/b&gt;</meta_origin></query></event>\
            <event><meetingID>room-789</meetingID><name></name><createdAt>1391035535000</createdAt>\
            <server><name>gone</name><url></url></server><users></users><query></query></event>\
            </events></response>";
        assert_eq!(String::from_utf8_lossy(&reply.body.to_bytes()), expected);
    }
}
