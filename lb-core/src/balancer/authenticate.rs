//! Whose call it is.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::Balancer;
use crate::api::{ApiRequest, Failure, Route, SignedRequest, get_recordings};
use crate::checksum::{Hints, Search, SignedCall};
use crate::event::{EventKind, SearchOutcome};
use crate::network::{Integration, IntegrationName};

/// How many names are looked at before all secrets are searched.
const MOST_HINTS: usize = 16;

/// The names in what stands before the API: the segments of the path, from the last one, then the host and its first label.
fn places<'a>(prefix: &'a str, host: Option<&'a str>) -> Vec<Cow<'a, str>> {
    let segments = prefix.rsplit('/').filter(|segment| !segment.is_empty()).take(MOST_HINTS / 2);
    let segments = segments.filter_map(|segment| percent_decode_str(segment).decode_utf8().ok());
    let label = host.and_then(|host| host.split('.').next());
    segments.chain([host, label].into_iter().flatten().map(Cow::Borrowed)).collect()
}

impl Balancer {
    /// Finds the integration that signed the call, looking first at those that it names or that own its meeting. Where none
    /// did, `hint` tells who it may have meant to be.
    pub(super) async fn authenticate(
        &self,
        call: &str,
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
        let by_place = places(route.prefix, request.host.as_deref());
        let by_place = by_place.iter().map(|name| &**name);
        let names: Vec<&str> = named.chain(by_owner).chain(by_place).take(MOST_HINTS).collect();
        let texts: Vec<&str> = signed.texts.iter().map(String::as_str).collect();
        let signed_call = SignedCall { name: call, texts: &texts, checksum };
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
