//! The captions of recordings: getRecordingTextTracks and putRecordingTextTrack go to the server that holds the recording. They
//! answer JSON.

use std::sync::Arc;

use super::pass_through::is_missing;
use super::recording_rounds::can_be_asked;
use super::{Answered, Balancer};
use crate::api::json::{self, JsonAnswer};
use crate::api::{Failure, Params, Reply, Upload};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall, ServerReply};
use crate::network::Integration;
use crate::recording::{Recording, RecordingState};

impl Balancer {
    pub(super) async fn get_text_tracks(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let Some(record_id) = params.given("recordID").map(str::to_owned) else { return Ok(missing("recordID")) };
        let Some(server) = self.holder(integration, record_id.as_str()).await? else {
            return Ok(failed("noRecordings", &format!("No recording found for {record_id}")));
        };
        let query = for_server(params, record_id);
        let left = deadline.since(self.clock.now());
        self.tracks(
            &server,
            ServerCall::read(&server.server, "getRecordingTextTracks", &query, left).on_behalf_of(&integration.name),
        )
        .await
    }

    /// The file goes on while it comes, once, whatever becomes of it.
    pub(super) async fn put_text_track(
        &self,
        integration: &Integration,
        params: Params,
        upload: Option<Upload>,
    ) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        for name in ["recordID", "kind", "lang"] {
            if params.given(name).is_none() {
                return Ok(missing(name));
            }
        }
        let upload = upload.ok_or(Failure::UnsupportedContentType)?;
        if !upload.has_boundary()? {
            return Ok(missing("boundary"));
        }
        let record_id = params.given("recordID").unwrap_or_default().to_owned();
        let Some(server) = self.holder(integration, record_id.as_str()).await? else {
            return Ok(failed("noRecordings", &format!("No recording was found for {record_id}")));
        };
        let query = for_server(params, record_id);
        let left = deadline.since(self.clock.now());
        self.tracks(
            &server,
            ServerCall::upload(&server.server, "putRecordingTextTrack", &query, upload, left)
                .on_behalf_of(&integration.name),
        )
        .await
    }

    /// The server that holds the recording, if that is one of the integration; not known and another's are the same. Of several
    /// copies it is the one that has come furthest, of those on servers that can be asked.
    async fn holder(&self, integration: &Integration, record_id: &str) -> Result<Option<Arc<FleetServer>>, Failure> {
        let copies = self.stored(self.stores.recordings.copies(&record_id.into()).await)?;
        let is_own = |copy: &&Arc<Recording>| {
            copy.integration.as_ref() == Some(&integration.name) && copy.state != RecordingState::Deleted
        };
        let own: Vec<_> = copies.iter().filter(is_own).collect();
        if own.is_empty() {
            return Ok(None);
        }
        let fleet = self.fleet();
        let there = own.into_iter().filter_map(|copy| Some((copy.state, fleet.server(&copy.server)?)));
        let best = there.filter(|(_, server)| can_be_asked(server)).min_by_key(|(state, _)| *state);
        best.map(|(_, server)| Some(Arc::clone(server))).ok_or(Failure::RecordingTrouble)
    }

    /// Asks the server and passes its JSON on as it came.
    async fn tracks(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, Failure> {
        // whatever it answers
        let answered = self.ask_raw(server, call, |_| true, tracks).await.map_err(Failure::of_recordings)?;
        let answered = answered.ok_or(Failure::UnsupportedRequest)?;
        Ok(Answered { server: Some(server.server.name.clone()), ..answered })
    }
}

/// What a server says of tracks; `None` if it has no such call.
fn tracks(reply: &ServerReply) -> Result<Option<Answered>, GatewayError> {
    if is_missing(reply) {
        return Ok(None);
    }
    let answer = JsonAnswer::read(reply)?;
    if answer.key == "checksumError" {
        return Err(super::ask::unsound());
    }
    let reply = Reply { content_type: json::JSON.into(), ..Reply::xml(reply.body.clone()) };
    Ok(Some(Answered { reply, key: answer.key.into(), success: answer.success, server: None }))
}

/// It names the recording that was looked up and no other.
pub(super) fn for_server(mut params: Params, record_id: String) -> String {
    params.retain(|name| !matches!(name, "checksum" | "integrationName"));
    params.set("recordID", record_id);
    params.encode()
}

/// BBB's word on a parameter that is not there.
fn missing(name: &str) -> Answered {
    failed("paramError", &format!("Missing param {name}."))
}

fn failed(key: &'static str, message: &str) -> Answered {
    Answered { reply: json::failed(key, message), key: key.into(), success: false, server: None }
}
