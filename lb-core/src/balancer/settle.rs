//! Claims whose creator is gone: a balancer that was killed, a call that was dropped. Their server is asked.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::Balancer;
use crate::api::create::Created;
use crate::api::{Failure, Params};
use crate::event::{EventKind, Found};
use crate::gateway::ServerCall;
use crate::meeting::{Claim, Meeting, Passwords};
use crate::store::Replaces;

/// Longer than claims live, also those of creates that began before the budget of a call was configured to be shorter.
const LONGEST_CLAIM: Duration = Duration::from_secs(600);

/// How many claims are settled at the same time.
const SETTLED_AT_ONCE: usize = 64;

impl Balancer {
    /// Settles every claim that has expired, and looks whether the store can be written to. To be called every few seconds.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn settle_expired(&self) -> Result<(), Failure> {
        // what it finds is told of, and what needs no write goes on
        let _ = self.check_store().await;
        let mut expired = self.stored(self.store.claims().await)?;
        expired.retain(|claim| self.has_expired(claim));
        // one hanging server must not hold up the claims on others
        let settled =
            stream::iter(expired).map(async |claim| self.settle(&claim).await).buffer_unordered(SETTLED_AT_ONCE);
        settled.collect::<Vec<_>>().await.into_iter().collect()
    }

    /// How long a claim is its creator's: longer than a create may take.
    pub(super) fn claim_life(&self) -> Duration {
        self.settings.budget * 2
    }

    /// Whether anybody may settle a claim. One that would live longer than any does was made by a clock that has been set back
    /// since.
    pub(super) fn has_expired(&self, claim: &Claim) -> bool {
        let now = self.clock.now();
        claim.expires <= now || claim.expires.since(now) > LONGEST_CLAIM.max(self.claim_life())
    }

    /// Settles an expired claim: the meeting is kept if its server has it, the claim released if not. If the server cannot
    /// be asked, the copy that may be there is noted as a stray.
    pub(super) async fn settle(&self, claim: &Claim) -> Result<(), Failure> {
        match self.ask_for(claim).await {
            Asked::There(meeting) => {
                let mut kinds = vec![Self::adopted(&meeting, Found::ExpiredClaim)];
                if let Some(lost) = &claim.supersedes {
                    kinds.extend(self.placed_afresh(lost, &meeting).await);
                }
                let replaces = Replaces::Claim(claim.token.clone());
                // the one before goes on in it: nobody learns of its end
                self.adopt(*meeting, replaces, None, kinds).await?;
                if let Some(lost) = &claim.supersedes {
                    self.presence.forget(&lost.internal_id);
                    if lost.records {
                        self.recording_to_come(&lost.server);
                    }
                }
                Ok(())
            }
            Asked::NotThere => self.stored(self.store.release(&claim.token).await),
            Asked::Silent => {
                self.note_stray(&claim.key, &claim.server, claim.callbacks.as_ref()).await;
                self.stored(self.store.release(&claim.token).await)
            }
        }
    }

    pub(super) fn adopted(meeting: &Meeting, how: Found) -> EventKind {
        EventKind::MeetingAdopted {
            meeting: meeting.key.clone(),
            internal_id: meeting.internal_id.clone(),
            server: meeting.server.clone(),
            how,
        }
    }

    /// Asks a claim's server for its meeting. One that does not carry this balancer's and the integration's stamp is another.
    pub(super) async fn ask_for(&self, claim: &Claim) -> Asked {
        let fleet = self.fleet();
        let Some(server) = fleet.server(&claim.server) else { return Asked::Silent };
        let query = Params::from_iter([("meetingID", claim.key.meeting_id.as_str())]).encode();
        let call = ServerCall::read(&server.server, "getMeetingInfo", &query, self.settings.attempt);
        let asked = self.ask(server, call, |answer| {
            let root = answer.root();
            let stamp = root.child("metadata").and_then(crate::api::stamp::read);
            let ours = stamp.is_some_and(|stamp| {
                stamp.guid == self.settings.guid && stamp.institution == claim.key.integration.as_str()
            });
            let created =
                Created::read(answer).filter(|_| answer.is_success() && ours && !root.flag("hasBeenForciblyEnded"));
            let callback = root.child("metadata").and_then(crate::api::stamp::read_callback);
            let name = root.value("meetingName").into_owned();
            created.map(|created| (created, callback, name, root.flag("recording")))
        });
        match asked.await {
            Ok(Some((created, callback, name, records))) => {
                let (attendee, moderator) = created.passwords;
                Asked::There(Box::new(Meeting {
                    key: claim.key.clone(),
                    internal_id: created.internal_id,
                    create_time: created.create_time,
                    server: claim.server.clone(),
                    name,
                    passwords: Passwords {
                        attendee: attendee.unwrap_or_else(|| claim.passwords.attendee.clone()),
                        moderator: moderator.unwrap_or_else(|| claim.passwords.moderator.clone()),
                    },
                    voice_bridge: created.voice_bridge.or(Some(claim.voice_bridge)),
                    records,
                    created_at: self.clock.now(),
                    parameters: Vec::new(),
                    superseded: Vec::new(),
                    callbacks: claim.callbacks.clone().map(|callbacks| callbacks.made_by(callback)),
                }))
            }
            Ok(None) => Asked::NotThere,
            Err(_) => Asked::Silent,
        }
    }
}

/// What the server of a claim says.
pub(super) enum Asked {
    There(Box<Meeting>),
    NotThere,
    Silent,
}
