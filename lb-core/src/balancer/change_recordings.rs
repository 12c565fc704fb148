//! publishRecordings, deleteRecordings, updateRecordings: each recording's server does it, and the balancer's own list follows
//! at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};

use super::follow_recordings::meeting_of;
use super::recording_rounds::can_be_asked;
use super::{Answered, Balancer};
use crate::api::{Answer, Failure, Params, Reply, get_recordings, stamp};
use crate::callback::is_callback;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::fleet::FleetServer;
use crate::gateway::ServerCall;
use crate::network::{Integration, IntegrationName};
use crate::recording::{Recording, RecordingId, RecordingState, is_key};
use crate::server::ServerName;

/// The longest URL that is sent to a server, bytes: web servers refuse longer ones as they come installed.
const LONGEST_URL: usize = 8000;

/// How many servers are called at the same time for one call of a website.
const SERVERS_AT_ONCE: usize = 16;

/// What somebody wants of some recordings.
pub(super) struct Wanted {
    /// Whose they are; absent: nobody's.
    owner: Option<IntegrationName>,
    call: &'static str,
    /// What goes to the servers beside the ids.
    params: Params,
    what: What,
}

enum What {
    Publish(bool),
    Delete,
    Update { metadata: Vec<(String, String)>, protect: Option<bool> },
}

impl Wanted {
    /// To let people play the recordings of `owner`, or to take them back.
    pub(super) fn publish(owner: Option<IntegrationName>, publish: bool) -> Self {
        let params = Params::from_iter([("publish", if publish { "true" } else { "false" })]);
        Self { owner, call: "publishRecordings", params, what: What::Publish(publish) }
    }

    /// To delete recordings of `owner`.
    pub(super) fn delete(owner: Option<IntegrationName>) -> Self {
        Self { owner, call: "deleteRecordings", params: Params::default(), what: What::Delete }
    }
}

/// What became of a recording, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done,
    Trouble,
    NotFound,
}

impl Balancer {
    pub(super) async fn publish_recordings(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let ids = ids(&params)?;
        let publish = params.given("publish").ok_or(Failure::MissingPublish)?;
        let published = match publish {
            _ if publish.eq_ignore_ascii_case("true") => true,
            _ if publish.eq_ignore_ascii_case("false") => false,
            _ => return Err(Failure::MissingPublish),
        };
        let echo = publish.to_owned();
        let wanted = Wanted {
            // as the website has written it
            params: Params::from_iter([("publish", publish)]),
            ..Wanted::publish(Some(integration.name.clone()), published)
        };
        self.change_recordings(ids, wanted).await?;
        Ok(Answered::locally(Reply::success(|writer| {
            writer.element("published", &echo);
        })))
    }

    pub(super) async fn delete_recordings(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let wanted = Wanted::delete(Some(integration.name.clone()));
        self.change_recordings(ids(&params)?, wanted).await?;
        Ok(Answered::locally(Reply::success(|writer| {
            writer.element("deleted", "true");
        })))
    }

    pub(super) async fn update_recordings(
        &self,
        integration: &Integration,
        mut params: Params,
    ) -> Result<Answered, Failure> {
        let ids = ids(&params)?;
        if stamp::is_reserved(&params) {
            return Err(Failure::ReservedParameters);
        }
        // servers call nobody but the balancer: what they were given with the create stays
        params.retain(|name| !matches!(name, "recordID" | "checksum" | "integrationName") && !is_callback(name));
        let pair = |(name, value): (&str, &str)| {
            let key = name.strip_prefix("meta_").filter(|key| is_key(key))?;
            Some((key.to_owned(), value.to_owned()))
        };
        let metadata = params.iter().filter_map(pair).collect();
        let protect = params.given("protect").map(|protect| protect.eq_ignore_ascii_case("true"));
        let wanted = Wanted {
            owner: Some(integration.name.clone()),
            call: "updateRecordings",
            params,
            what: What::Update { metadata, protect },
        };
        self.change_recordings(ids, wanted).await?;
        Ok(Answered::locally(Reply::success(|writer| {
            writer.element("updated", "true");
        })))
    }

    /// Has every server that holds some of the recordings do it, each once. One recording with which it is done is enough for a
    /// success, as in BBB; done it is where no copy may be as it was.
    pub(super) async fn change_recordings(&self, ids: BTreeSet<RecordingId>, wanted: Wanted) -> Result<(), Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let mut by_server: BTreeMap<ServerName, Vec<Arc<Recording>>> = BTreeMap::new();
        for id in &ids {
            for copy in self.stored(self.stores.recordings.copies(id).await)? {
                if copy.integration == wanted.owner && copy.state != RecordingState::Deleted {
                    by_server.entry(copy.server.clone()).or_default().push(copy);
                }
            }
        }
        let wanted = &wanted;
        let calls = by_server.into_iter().map(|(server, copies)| self.change_on(server, copies, wanted, deadline));
        let outcomes = stream::iter(calls).buffer_unordered(SERVERS_AT_ONCE);
        let outcomes: Vec<Result<Outcomes, Failure>> = outcomes.collect().await;
        let mut of_recordings = Outcomes::new();
        for (id, outcome) in outcomes.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            let of_copies = of_recordings.entry(id).or_insert(outcome);
            *of_copies = of_copies.with_copy(outcome);
        }
        match of_recordings.into_values().min() {
            Some(Outcome::Done) => Ok(()),
            Some(Outcome::Trouble) => Err(Failure::RecordingTrouble),
            Some(Outcome::NotFound) | None => Err(Failure::RecordingNotFound),
        }
    }

    /// Has one server do it, in as many calls as their URLs need.
    async fn change_on(
        &self,
        name: ServerName,
        copies: Vec<Arc<Recording>>,
        wanted: &Wanted,
        deadline: Timestamp,
    ) -> Result<Outcomes, Failure> {
        let server = self.fleet().server(&name).filter(|server| can_be_asked(server)).cloned();
        let Some(server) = server else {
            self.recordings_due(&name);
            return Ok(copies.iter().map(|copy| (copy.id.clone(), Outcome::Trouble)).collect());
        };
        let mut outcomes = Outcomes::new();
        for some in in_urls(&server, &copies, wanted)? {
            let left = deadline.since(self.clock.now());
            let outcome =
                if left.is_zero() { Outcome::Trouble } else { self.change_some(&server, some, wanted, deadline).await };
            if outcome == Outcome::Done {
                for copy in some {
                    let told = |before: &Recording, after: &Recording| self.told_of_change(before, after, &wanted.what);
                    // the server has done it: what cannot be kept now, its next list brings
                    let _ = self
                        .change_recording(copy, |present| wanted.what.applied(present, self.clock.now()), told)
                        .await;
                }
            }
            if outcome == Outcome::Trouble {
                // it may have done it
                self.recordings_due(&name);
            }
            outcomes.extend(some.iter().map(|copy| (copy.id.clone(), outcome)));
        }
        Ok(outcomes)
    }

    async fn change_some(
        &self,
        server: &FleetServer,
        some: &[Arc<Recording>],
        wanted: &Wanted,
        deadline: Timestamp,
    ) -> Outcome {
        let mut params = wanted.params.clone();
        let ids: Vec<&str> = some.iter().map(|recording| recording.id.as_str()).collect();
        params.set("recordID", ids.join(","));
        let left = deadline.since(self.clock.now());
        let mut call = ServerCall::change(&server.server, wanted.call, &params.encode(), None, left);
        if let Some(owner) = &wanted.owner {
            call = call.on_behalf_of(owner);
        }
        let read = |answer: &Answer<'_>| match () {
            () if answer.is_success() => Outcome::Done,
            () if answer.is_not_found() => Outcome::NotFound,
            () => Outcome::Trouble,
        };
        self.ask(server, call, read).await.unwrap_or(Outcome::Trouble)
    }

    fn told_of_change(&self, before: &Recording, after: &Recording, what: &What) -> Vec<Event> {
        match what {
            What::Publish(_) | What::Delete => self.told_of(Some(before), after),
            What::Update { .. } => {
                let (meeting, recording, server) = (meeting_of(after), after.id.clone(), after.server.clone());
                vec![self.event(EventKind::RecordingUpdated { meeting, recording, server })]
            }
        }
    }
}

type Outcomes = BTreeMap<RecordingId, Outcome>;

impl Outcome {
    /// That of a recording of which another copy came to `other`.
    fn with_copy(self, other: Self) -> Self {
        match (self, other) {
            (Self::Trouble, _) | (_, Self::Trouble) => Self::Trouble,
            (Self::Done, _) | (_, Self::Done) => Self::Done,
            (Self::NotFound, Self::NotFound) => Self::NotFound,
        }
    }
}

impl What {
    /// The recording after it. BBB does nothing to those that are not ready.
    fn applied(&self, recording: &Recording, now: Timestamp) -> Option<Recording> {
        if !matches!(recording.state, RecordingState::Published | RecordingState::Unpublished) {
            return None;
        }
        let mut after = Recording { changed_at: now, ..recording.clone() };
        match self {
            Self::Publish(true) => after.state = RecordingState::Published,
            Self::Publish(false) => after.state = RecordingState::Unpublished,
            Self::Delete => after.state = RecordingState::Deleted,
            Self::Update { metadata, protect } => {
                after.protected = protect.or(after.protected);
                let pairs = metadata.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                after.xml = after.xml.unpack().with_metadata(pairs).pack();
            }
        }
        Some(after)
    }
}

/// The ids that a call names.
fn ids(params: &Params) -> Result<BTreeSet<RecordingId>, Failure> {
    let ids: BTreeSet<RecordingId> =
        get_recordings::list(params.given("recordID").unwrap_or_default()).map(RecordingId::from).collect();
    if ids.is_empty() { Err(Failure::MissingRecordId) } else { Ok(ids) }
}

/// Cuts the recordings into lists that fit into one URL each.
fn in_urls<'c>(
    server: &FleetServer,
    copies: &'c [Arc<Recording>],
    wanted: &Wanted,
) -> Result<Vec<&'c [Arc<Recording>]>, Failure> {
    let empty = ServerCall::signed_url(&server.server, wanted.call, &{
        let mut params = wanted.params.clone();
        params.set("recordID", "");
        params.encode()
    });
    let room = LONGEST_URL.saturating_sub(empty.as_str().len());
    let length = |recording: &Recording| {
        let encoded: usize = url::form_urlencoded::byte_serialize(recording.id.as_str().as_bytes()).map(str::len).sum();
        encoded + "%2C".len()
    };
    let (mut lists, mut rest) = (Vec::new(), copies);
    while !rest.is_empty() {
        let mut taken = 0;
        let fit = rest.iter().take_while(|recording| {
            taken += length(recording);
            taken <= room
        });
        let (list, others) = rest.split_at_checked(fit.count()).unwrap_or((rest, &[]));
        if list.is_empty() {
            return Err(Failure::TooLong);
        }
        lists.push(list);
        rest = others;
    }
    Ok(lists)
}
