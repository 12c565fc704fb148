//! What becomes of a recording that is ready: its server says so, and the website is told in its own terms.
//!
//! ```text
//!   server ──POST──▶ open the token ──▶ signed by that server? ──▶ which formats? ──▶ outbox
//!                                       (its secret of today)      (getRecordings)
//! ```
//!
//! BBB calls once for each format that it publishes, and repeats itself. The id of the delivery has a digest of the formats
//! that the server has now: the same once more is known, and a new format is told anew. Where the server cannot say, every call
//! may be of a new format, and each is told.

use hex::encode;
use sha2::{Digest, Sha256};

use super::{Balancer, Heard};
use crate::api::{Answer, Params, get_recordings};
use crate::callback::{CallbackId, CallbackKind, CallbackPlace, Delivery, DeliveryId, Message};
use crate::event::EventKind;
use crate::fleet::FleetServer;
use crate::gateway::ServerCall;
use crate::jwt::{self, JwtAlgorithm};
use crate::meeting::MeetingKey;
use crate::server::ServerName;

/// The longest id of a recording that is taken, bytes; BBB's have 54.
const LONGEST_RECORD_ID: usize = 256;

impl Balancer {
    /// A server says that a recording of a meeting of `integration` is ready; `signed_parameters` is what it posts: a token
    /// (HS256) with `meeting_id` and `record_id`. The website's own callback is in the outbox when this returns
    /// [`Heard::Taken`].
    ///
    /// # Cancel safety
    /// May be dropped at any time; a server that is not answered calls again.
    pub async fn recording_ready(&self, integration: &str, token: &str, signed_parameters: &str) -> Heard {
        let (key, token) = match self.opened(CallbackPlace::RecordingReady, integration, token) {
            Ok(opened) => opened,
            Err(heard) => return heard,
        };
        let kind = CallbackKind::RecordingReady;
        let Some(server) = self.fleet().server(&token.server).cloned() else { return Heard::Later };
        let Some(claims) = jwt::verify(signed_parameters, JwtAlgorithm::Hs256, &server.server.secret) else {
            return self.forged(key, kind, token.server, "it is not signed by its server");
        };
        let claim = |name: &str| claims.get(name).and_then(|value| value.as_str());
        if claim("meeting_id") != Some(token.meeting_id.as_str()) {
            return self.forged(key, kind, token.server, "it is about another meeting");
        }
        let record_id = claim("record_id").filter(|id| (1..=LONGEST_RECORD_ID).contains(&id.len()));
        let Some(record_id) = record_id else { return Heard::Malformed };
        let Some(url) = token.callbacks.urls.recording_ready else { return Heard::Taken };
        let formats = self.formats_of(&server, record_id).await;
        // a change that came between kept its answer out, or it could not be asked
        self.recordings_due(&server.server.name);
        // no format has a number for its name
        let formats = formats.unwrap_or_else(|| vec![self.clock.now().as_millis().to_string()]);
        let callback = told_by(&token.callbacks.id, record_id, &formats);
        let message = Message::RecordingReady { record_id: record_id.into() };
        let delivery = Delivery { id: DeliveryId { callback, kind }, meeting: key, url, message, failures: 0 };
        self.taken_in(delivery).await
    }

    /// Puts a delivery into the outbox, durably; where there is no place, the server is to call again.
    pub(super) async fn taken_in(&self, delivery: Delivery) -> Heard {
        match self.stored(self.store.enqueue(vec![delivery]).await) {
            Ok(0) => Heard::Taken,
            Ok(_) | Err(_) => Heard::Later,
        }
    }

    /// Tells of a call that its server did not make, once a minute for each server.
    pub(super) fn forged(&self, meeting: MeetingKey, kind: CallbackKind, server: ServerName, problem: &str) -> Heard {
        if self.refused.is_told(&server, self.clock.now()) {
            self.emit(EventKind::CallbackRefused { meeting, kind, server, problem: problem.to_owned() });
        }
        Heard::Forged
    }

    /// The types of the formats that a server has of a recording; `None` where it cannot be asked, which says nothing of its
    /// health: looking recordings up may be slow. What it says is in the list of recordings before its website is told.
    async fn formats_of(&self, server: &FleetServer, record_id: &str) -> Option<Vec<String>> {
        let query = Params::from_iter([("recordID", record_id)]).encode();
        let (call, asked_at) =
            (ServerCall::read(&server.server, "getRecordings", &query, self.settings.attempt), self.clock.now());
        // before it is asked: a change that is made meanwhile is newer than its answer
        let copies = self.stored(self.stores.recordings.copies(&record_id.into()).await);
        let reply = self.send_simply(&server.server, call).await.ok();
        let mut listing = reply.as_ref().and_then(|reply| {
            let answer = Answer::read(reply).ok()?;
            get_recordings::read(&answer, &server.server.name)
        })?;
        // it is the beginning of an id that servers look for
        listing.recordings.retain(|listed| listed.recording.id.as_str() == record_id);
        let recordings = listing.recordings.iter().map(|listed| &listed.recording);
        let mut types: Vec<_> = recordings.flat_map(|recording| recording.xml.unpack().formats()).collect();
        types.sort_unstable();
        types.dedup();
        if let Ok(copies) = copies {
            let name = &server.server.name;
            let known = copies.into_iter().find(|copy| copy.server == *name);
            // what cannot be kept now, its next list brings
            let _ = self.take_recording(name, listing, known, asked_at).await;
        }
        Some(types)
    }
}

/// Names what is told: that the recording of this create has these formats.
fn told_by(callback: &CallbackId, record_id: &str, formats: &[String]) -> CallbackId {
    let hash = formats
        .iter()
        .fold(Sha256::new_with_prefix(record_id), |hash, format| hash.chain_update(b"\0").chain_update(format));
    let digest = encode(hash.finalize());
    format!("{callback}-{}", digest.get(..24).unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_has_a_name_of_its_own() {
        let named = |callback: &str, record_id: &str, formats: &[&str]| {
            let formats: Vec<_> = formats.iter().map(|&format| format.to_owned()).collect();
            told_by(&callback.into(), record_id, &formats).to_string()
        };
        let all = [
            named("c1", "r-1", &[]),
            named("c1", "r-1", &["podcast"]),
            named("c1", "r-1", &["podcast", "presentation"]),
            named("c1", "r-2", &["podcast"]),
            named("c2", "r-1", &["podcast"]),
            named("c1", "r-1", &["pod", "cast"]),
        ];
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(named("c1", "r-1", &["podcast"]), all[1]);
    }
}
