//! What happened: the stored events.

use axum::Json;
use axum::extract::{RawQuery, State};
use lb_core::account::Right;
use lb_core::event::Event;
use lb_core::network::Network;
use lb_core::store::{EventCursor, EventFilter, EventPage};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::QueryOf;
use super::moment::Moment;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use crate::server::Service;

/// How many kinds one question names at most: there are fewer.
const KINDS: usize = 64;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, list, __path_list);
}

/// Which events are asked for: those that fit all that is said.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsAsked {
    /// Of this integration.
    pub(crate) integration: Option<String>,
    /// Of meetings with this id of the website's.
    pub(crate) meeting_id: Option<String>,
    /// Of the meeting, or recording, with this id of BBB's.
    pub(crate) internal_id: Option<String>,
    /// On this server.
    pub(crate) server: Option<String>,
    /// From this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Moment>,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// When the balancer learnt it.
    at: Moment,
    /// What, such as `meeting-created`.
    event: &'static str,
    /// Whose.
    integration: Option<String>,
    /// The website's id of the meeting.
    meeting_id: Option<String>,
    /// BBB's id of the meeting, or of the recording.
    internal_id: Option<String>,
    /// Where.
    server: Option<String>,
    /// What else there is to say of it.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

impl From<Event> for EventView {
    fn from(Event { at, kind }: Event) -> Self {
        let mut data = match serde_json::to_value(&kind) {
            Ok(Value::Object(data)) => data,
            _ => Map::new(),
        };
        for told_already in ["event", "meeting", "integration", "internal_id", "server"] {
            data.remove(told_already);
        }
        // the one moment that an event has besides its own
        if let Some(until) = data.get_mut("until")
            && let Some(millis) = until.as_u64()
        {
            *until = serde_json::to_value(Moment(lb_core::Timestamp::from_millis(millis))).unwrap_or_default();
        }
        Self {
            at: at.into(),
            event: kind.word(),
            integration: kind.integration().map(ToString::to_string),
            meeting_id: kind.meeting().map(|meeting| meeting.meeting_id.to_string()),
            internal_id: kind.internal_id().map(str::to_owned),
            server: kind.server().map(ToString::to_string),
            data,
        }
    }
}

/// What happened, the newest first
///
/// What administrators did is at `/audit`. Who looks after one partner sees the events of the integrations that are the
/// partner's now. What happened in the last second may be missing.
#[utoipa::path(get, path = "/events", tag = "events",
    params(EventsAsked, ("kind" = Option<Vec<String>>, Query, description = "One of these, such as `meeting-created`; may stand several times"), Paging),
    responses((status = 200, body = Page<EventView>)))]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(asked): QueryOf<EventsAsked>,
    QueryOf(paging): QueryOf<Paging>,
    RawQuery(query): RawQuery,
) -> Result<Json<Page<EventView>>, Problem> {
    let balancer = &service.setup.load().balancer;
    let filter = filter(asked, kinds(query.as_deref().unwrap_or_default()), &caller, &balancer.network())?;
    let found = balancer.events(&filter, after(&paging)?, paging.limit()?).await?;
    Ok(Json(page(found, EventView::from)))
}

/// The values of `kind`, which may stand several times.
pub(crate) fn kinds(query: &str) -> Vec<String> {
    let given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "kind");
    given.map(|(_, kind)| kind.into_owned()).collect()
}

/// What `caller` is to be shown of what they ask for.
pub(crate) fn filter(
    asked: EventsAsked,
    kinds: Vec<String>,
    caller: &Caller,
    network: &Network,
) -> Result<EventFilter, Problem> {
    if kinds.iter().any(|kind| kind == "administered") {
        return Err(Problem::bad("what administrators did is at /audit"));
    }
    if kinds.len() > KINDS {
        return Err(Problem::bad(format!("kind may stand {KINDS} times at most")));
    }
    let within = caller.seen(network);
    if let (Some(integration), Some(_)) = (&asked.integration, &within) {
        caller.integration(network, integration)?;
    }
    Ok(EventFilter {
        integration: asked.integration.map(Into::into),
        within,
        meeting_id: asked.meeting_id.map(Into::into),
        internal_id: asked.internal_id.map(Into::into),
        server: asked.server.map(Into::into),
        kinds,
        without_administered: true,
        from: asked.from.map(|from| from.0),
        until: asked.until.map(|until| until.0),
        ..EventFilter::default()
    })
}

/// Where the page before ended.
pub(super) fn after(paging: &Paging) -> Result<Option<EventCursor>, Problem> {
    let wrong = |_| Problem::bad("after must be the next of the page before");
    paging.after.as_deref().map(|after| after.parse().map_err(wrong)).transpose()
}

/// The page as it is answered.
pub(super) fn page<T>(found: EventPage, view: impl Fn(Event) -> T) -> Page<T> {
    let next = found.next.map(|next| next.to_string());
    Page { items: found.events.into_iter().map(view).collect(), next }
}

#[cfg(test)]
mod tests {
    use lb_core::MeetingKey;
    use lb_core::account::{Principal, Role, TokenScope};
    use lb_core::event::{Ended, EventKind};
    use lb_core::network::{Integration, NetworkChange, Partner};
    use lb_core::{Integrations, Timestamp};

    use super::*;

    fn network() -> Network {
        let of =
            |name: &str, partner: &str| Integration { partner: Some(partner.into()), ..Integration::new(name, name) };
        let all = [
            NetworkChange::Put(Partner::new("ufrgs").into()),
            NetworkChange::Put(Partner::new("puc").into()),
            NetworkChange::Put(of("moodle", "ufrgs").into()),
            NetworkChange::Put(of("portal", "puc").into()),
            NetworkChange::Put(Integration::new("nobodys", "s").into()),
        ];
        Network::of(Integrations::default()).changed(&all).unwrap()
    }

    fn caller(role: Role) -> Caller {
        Caller {
            principal: Principal { user: "ana".into(), role, scope: TokenScope::Full },
            token: None,
            address: None,
        }
    }

    fn of(integration: &str) -> EventsAsked {
        EventsAsked { integration: Some(integration.to_owned()), ..EventsAsked::default() }
    }

    #[test]
    fn who_looks_after_a_partner_sees_the_events_of_its_integrations_alone() {
        let (network, manager) = (network(), caller(Role::PartnerManager("ufrgs".into())));
        let seen = filter(EventsAsked::default(), Vec::new(), &manager, &network).unwrap();
        assert_eq!(seen.within, Some(["moodle".into()].into()));
        assert!(filter(of("moodle"), Vec::new(), &manager, &network).is_ok());
        for out_of_reach in ["portal", "nobodys", "none"] {
            let refused = filter(of(out_of_reach), Vec::new(), &manager, &network).unwrap_err();
            let told = serde_json::to_value(&refused).unwrap();
            assert_eq!(told["status"], 404, "{out_of_reach}");
        }
        for role in [Role::Administrator, Role::Viewer] {
            let all = filter(of("one that was removed"), Vec::new(), &caller(role), &network).unwrap();
            assert_eq!(all.within, None);
            assert!(all.without_administered, "that is for administrators, at another place");
        }
    }

    #[test]
    fn kinds_may_stand_several_times_and_not_without_end() {
        let given = kinds("kind=user-joined&integration=moodle&kind=meeting%2Dended&unkind=x");
        assert_eq!(given, ["user-joined", "meeting-ended"]);
        let asked = |kinds| filter(EventsAsked::default(), kinds, &caller(Role::Administrator), &network());
        assert_eq!(asked(given.clone()).unwrap().kinds, given);
        assert!(asked(vec!["administered".to_owned()]).is_err());
        assert!(asked(vec!["user-joined".to_owned(); KINDS + 1]).is_err());
    }

    #[test]
    fn an_event_is_shown_with_its_moments_as_text() {
        let kind = EventKind::MeetingEnded {
            meeting: MeetingKey::new("moodle", "room"),
            internal_id: "room-1".into(),
            server: "bbb1".into(),
            how: Ended::Unlisted,
            until: Some(Timestamp::from_millis(1_767_225_600_123)),
            most_users: 3,
        };
        let view = EventView::from(Event { at: Timestamp::from_millis(1_767_225_610_000), kind });
        let shown = serde_json::json!({
            "at": "2026-01-01T00:00:10.000Z", "event": "meeting-ended", "integration": "moodle", "meeting_id": "room",
            "internal_id": "room-1", "server": "bbb1",
            "data": {"how": "unlisted", "until": "2026-01-01T00:00:00.123Z", "most_users": 3},
        });
        assert_eq!(serde_json::to_value(view).unwrap(), shown);
    }
}
