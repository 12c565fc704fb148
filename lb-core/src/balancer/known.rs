//! [`Known`]: what is found out of a call while it is answered.

use crate::api::Params;
use crate::meeting::MeetingKey;
use crate::network::IntegrationName;

/// What is known of a call, whether or not it is refused in the end.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Whose it is.
    pub(super) integration: Option<IntegrationName>,
    /// Where its checksum was wrong: whose it would have been by what it says of itself.
    pub(super) hint: Option<IntegrationName>,
    /// The meeting that it names.
    pub(super) meeting: Option<MeetingKey>,
}

impl Known {
    /// It is `integration`'s, with these parameters. Calls about recordings may name several meetings: then it is about none.
    pub(super) fn found(&mut self, integration: &IntegrationName, params: &Params) {
        let named = params.given("meetingID").filter(|id| !id.contains(','));
        self.meeting = named.map(|id| MeetingKey::new(integration.clone(), id));
        self.integration = Some(integration.clone());
    }
}
