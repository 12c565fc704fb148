//! The captions of recordings: getRecordingTextTracks and putRecordingTextTrack go to the server that holds the recording. They
//! answer JSON.

use std::sync::Arc;

use super::pass_through::is_missing;
use super::{Answered, Balancer};
use crate::api::json::{self, JsonAnswer};
use crate::api::{Failure, Params, Reply, Upload};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall, ServerReply};
use crate::network::Integration;
use crate::recording::RecordingState;
use crate::server::ServerState;

impl Balancer {
    pub(super) async fn get_text_tracks(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let Some(record_id) = params.given("recordID").map(str::to_owned) else { return Ok(missing("recordID")) };
        let Some(server) = self.holder(integration, &record_id).await? else {
            return Ok(failed("noRecordings", &format!("No recording found for {record_id}")));
        };
        let query = for_server(params);
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
        let Some(server) = self.holder(integration, &record_id).await? else {
            return Ok(failed("noRecordings", &format!("No recording was found for {record_id}")));
        };
        let query = for_server(params);
        let left = deadline.since(self.clock.now());
        self.tracks(
            &server,
            ServerCall::upload(&server.server, "putRecordingTextTrack", &query, upload, left)
                .on_behalf_of(&integration.name),
        )
        .await
    }

    /// The server that holds the recording, if that is one of the integration; not known and another's are the same.
    async fn holder(&self, integration: &Integration, record_id: &str) -> Result<Option<Arc<FleetServer>>, Failure> {
        let found = self.stored(self.stores.recordings.find(&record_id.into()).await)?;
        let own = found.filter(|recording| {
            recording.integration.as_ref() == Some(&integration.name) && recording.state != RecordingState::Deleted
        });
        let Some(recording) = own else { return Ok(None) };
        let server = self.fleet().server(&recording.server).cloned();
        let server = server.filter(|server| server.state() != ServerState::Suspended);
        server.map(Some).ok_or(Failure::RecordingTrouble)
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

fn for_server(mut params: Params) -> String {
    params.retain(|name| !matches!(name, "checksum" | "integrationName"));
    params.encode()
}

/// BBB's word on a parameter that is not there.
fn missing(name: &str) -> Answered {
    failed("paramError", &format!("Missing param {name}."))
}

fn failed(key: &'static str, message: &str) -> Answered {
    Answered { reply: json::failed(key, message), key: key.into(), success: false, server: None }
}
