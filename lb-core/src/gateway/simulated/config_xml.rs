//! getDefaultConfigXML and setConfigXML: the configuration of the Flash client, as BBB 0.81 to 2.3 had it.

use std::collections::BTreeMap;

use url::form_urlencoded::byte_serialize;

use super::parameters::Parameters;
use super::reply::{Failure, SimulatedReply, element};
use super::{CHECKSUM_FAILED, SimulatedBbb};
use crate::checksum::{Algorithm, Checksum, sign};

/// Modules of the client whose addresses are on the server itself.
const MODULES: [&str; 4] = ["ChatModule", "UsersModule", "PresentModule", "VideoconfModule"];

const NO_XML: Failure = Failure::new("configXMLError", "You did not pass a config XML");
const NO_MEETING_ID: Failure = Failure::new("missingParamMeetingID", "You must specify a meeting ID for the meeting.");
const NOT_FOUND: Failure =
    Failure::new("invalidMeetingIdentifier", "The meeting ID that you supplied did not match any existing meetings");

impl SimulatedBbb {
    /// The same server, as old as BBB 0.81 to 2.3 in this: it knows getDefaultConfigXML and setConfigXML, or not.
    #[must_use]
    pub fn with_config_xml(mut self, knows: bool) -> Self {
        self.has_config_xml = knows;
        self
    }

    /// The configuration itself, in no envelope.
    pub(super) fn get_default_config_xml(&self) -> SimulatedReply {
        let origin = &self.origin;
        let rtmp = origin.replacen("https", "rtmp", 1).replacen("http", "rtmp", 1);
        let mut xml = format!(
            "<?xml version=\"1.0\" ?>\n<config>\n  <localeversion suppressWarning=\"false\">0.9.0</localeversion>\n  \
             <version>VERSION</version>\n  <help url=\"{origin}/help.html\"/>\n  \
             <application uri=\"{rtmp}/bigbluebutton\" host=\"{origin}/bigbluebutton/api/enter\" />\n  \
             <language userSelectionEnabled=\"true\" />\n  <skinning enabled=\"true\" \
             url=\"{origin}/client/branding/css/BBBDefault.css.swf\" />\n  <modules>\n"
        );
        for name in MODULES {
            xml.push_str(&format!(
                "    <module name=\"{name}\" url=\"{origin}/client/{name}.swf?v=VERSION\" uri=\"{rtmp}/bigbluebutton\" />\n"
            ));
        }
        xml.push_str("  </modules>\n</config>\n");
        SimulatedReply { body: xml, ..SimulatedReply::success("") }
    }

    /// Signed over all parameters sorted by name and encoded anew, wherever they stood, and with SHA-1 alone.
    pub(super) fn set_config_xml(&mut self, parameters: &Parameters) -> SimulatedReply {
        let Some(xml) = parameters.given("configXML").map(str::to_owned) else {
            return SimulatedReply::failed(NO_XML);
        };
        let Some(id) = parameters.given("meetingID") else {
            return SimulatedReply::failed(NO_MEETING_ID);
        };
        if !self.is_signed_sorted("setConfigXML", parameters) {
            return SimulatedReply::failed(CHECKSUM_FAILED);
        }
        let (found, token) = (self.find_live(id), self.draw(12));
        let Some(meeting) = found.and_then(|key| self.meetings.get_mut(&key)) else {
            return SimulatedReply::failed(NOT_FOUND);
        };
        meeting.config_xml = Some(xml);
        let mut inner = String::new();
        element(&mut inner, "token", &token);
        SimulatedReply::success(&inner)
    }

    fn is_signed_sorted(&self, name: &str, parameters: &Parameters) -> bool {
        if self.secret.is_empty() {
            return true;
        }
        let Some(checksum) = parameters.given("checksum").and_then(Checksum::parse) else { return false };
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let mut sorted = BTreeMap::new();
        for (name, value) in parameters.iter().filter(|(name, _)| *name != "checksum") {
            sorted.entry(name).or_insert(value);
        }
        let pairs: Vec<_> = sorted.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let digest = sign(Algorithm::Sha1, name, &pairs.join("&"), &self.secret);
        checksum.algorithm() == Algorithm::Sha1 && checksum.matches(&hex::decode(digest).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
