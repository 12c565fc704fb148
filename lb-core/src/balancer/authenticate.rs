//! Whose call it is.

use std::sync::Arc;
use std::time::Duration;

use super::Balancer;
use crate::api::{ApiRequest, Call, Failure, Route, SignedRequest, get_recordings};
use crate::checksum::{Hints, Search, SignedCall};
use crate::event::{EventKind, SearchOutcome};
use crate::network::{Integration, IntegrationName};

impl Balancer {
    /// Finds the integration that signed the call, looking first at those that it names or that own its meeting. Where none
    /// did, `hint` tells who it may have meant to be.
    pub(super) async fn authenticate(
        &self,
        call: Call,
        request: &ApiRequest,
        route: Route<'_>,
        signed: &SignedRequest,
        hint: &mut Option<IntegrationName>,
    ) -> Result<Arc<Integration>, Failure> {
        let checksum = signed.checksum.ok_or(Failure::Checksum)?;
        let mut owners = match signed.params.given("meetingID") {
            // a store in trouble must not keep anybody out
            Some(meeting_id) => self.store.owners(&meeting_id.into()).await.unwrap_or_default(),
            None => Vec::new(),
        };
        if let Some(id) = signed.params.given("recordID").and_then(|ids| get_recordings::list(ids).next()) {
            let recording = self.stores.recordings.find(&id.into()).await.ok().flatten();
            owners.extend(recording.and_then(|recording| recording.integration.clone()));
        }
        let named = signed.params.given("integrationName").into_iter();
        let by_owner = owners.iter().map(|owner| owner.as_str());
        let by_path = route.prefix.rsplit('/').filter(|segment| !segment.is_empty());
        let by_host = request.host.as_deref().into_iter();
        let names: Vec<&str> = named.chain(by_owner).chain(by_path).chain(by_host).take(16).collect();
        let texts: Vec<&str> = signed.texts.iter().map(String::as_str).collect();
        let signed_call = SignedCall { name: call.name(), texts: &texts, checksum };
        let hints = Hints { names: &names, caller: request.address };
        let verification = self.verifier.verify(&signed_call, &hints).await;
        self.tell_search(request, verification.search, verification.integration.is_some());
        verification.integration.ok_or_else(|| {
            // only a name that there is: what a call says may be anything, a secret in the wrong place too
            let network = self.network();
            *hint = names.iter().find_map(|name| network.integration(name)).map(|one| one.name.clone());
            Failure::Checksum
        })
    }

    fn tell_search(&self, request: &ApiRequest, search: Search, found: bool) {
        let (outcome, waited) = match search {
            Search::Spared => return,
            Search::Made { waited } if found => (SearchOutcome::Found, waited),
            Search::Made { waited } => (SearchOutcome::NotFound, waited),
            Search::Refused => (SearchOutcome::Refused, Duration::ZERO),
        };
        self.emit(EventKind::SecretsSearched { address: request.address, outcome, waited });
    }
}
