//! What is to be called, as the form has it.

use std::sync::Arc;

use bytes::Bytes;
use lb_core::api::{Call, Params};
use lb_core::checksum::Algorithm;
use lb_core::network::Integration;
use serde::Deserialize;

use super::calls::{self, Posted};
use crate::pages::website::{WebsiteCall, algorithms, usual_algorithm, valid_secrets};
use crate::rest::{Caller, Problem};
use crate::server::Service;

/// The most parameters of one call.
const MOST: usize = 200;

/// Between the parts of what is posted as captions. It stands in no text.
const BOUNDARY: &str = "lb-7d1f0c52e9a84b36-captions";

/// Which call is to be made in whose name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) integration: String,
    pub(super) call: String,
    pub(super) algorithm: String,
    /// Which of the valid secrets, from 0.
    pub(super) secret: usize,
}

/// The same with what it says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    pub(super) integration: String,
    pub(super) call: String,
    pub(super) algorithm: String,
    pub(super) secret: usize,
    /// Names of parameters that the page has a row for, and their values.
    pub(super) known: Vec<String>,
    pub(super) given: Vec<String>,
    /// Of those that it has not.
    pub(super) other: Vec<String>,
    pub(super) value: Vec<String>,
    pub(super) body: String,
    /// What lets a call that changes something be sent.
    pub(super) once: String,
    /// `build`, `checksum`, `send`, `confirm` or `row`.
    #[serde(rename = "do")]
    pub(super) wish: String,
}

/// What was chosen, as far as there is such a thing.
pub(super) struct Chosen {
    pub(super) integration: Arc<Integration>,
    pub(super) call: Call,
    pub(super) algorithm: Algorithm,
    pub(super) secret: usize,
}

impl Asked {
    /// What is meant; what is not said is the usual. `None` where there is no integration at all.
    pub(super) fn chosen(&self, service: &Service, caller: &Caller) -> Result<Option<Chosen>, Problem> {
        let network = service.setup.load().balancer.network();
        let integration = if self.integration.is_empty() {
            let reach = caller.reach();
            let mut seen: Vec<_> = network.integrations().iter().filter(|one| reach.has(one)).collect();
            seen.sort_unstable_by(|one, other| (!one.active, &one.name).cmp(&(!other.active, &other.name)));
            let Some(first) = seen.first() else { return Ok(None) };
            Arc::clone(first)
        } else {
            Arc::clone(caller.integration(&network, &self.integration)?)
        };
        let call = if self.call.is_empty() { Some(Call::GetMeetings) } else { calls::titled(&self.call) };
        let call = call.ok_or_else(|| Problem::bad("there is no such call"))?;
        let algorithm = algorithms(service).into_iter().find(|known| known.as_str() == self.algorithm);
        let algorithm = match algorithm {
            Some(algorithm) => algorithm,
            None if self.algorithm.is_empty() => usual_algorithm(service),
            None => return Err(Problem::bad("calls are not signed by this algorithm here")),
        };
        Ok(Some(Chosen { integration, call, algorithm, secret: self.secret }))
    }
}

impl Filled {
    /// Which call it is.
    pub(super) fn asked(&self) -> Asked {
        let Self { integration, call, algorithm, secret, .. } = self;
        Asked { integration: integration.clone(), call: call.clone(), algorithm: algorithm.clone(), secret: *secret }
    }

    /// The parameters: those with rows that are filled in, and then the others.
    pub(super) fn params(&self) -> Result<Params, Problem> {
        let known = self.known.iter().zip(&self.given).filter(|(_, value)| !value.is_empty());
        let other = self.other.iter().zip(&self.value).filter(|(name, _)| !name.is_empty());
        let all: Vec<_> = known.chain(other).map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if all.len() > MOST {
            return Err(Problem::bad(format!("a call has at most {MOST} parameters here")));
        }
        if all.iter().any(|(name, _)| *name == "checksum") {
            return Err(Problem::bad("the checksum is made here: leave it out"));
        }
        Ok(all.into_iter().collect())
    }

    /// What was filled in for the parameter `name`.
    pub(super) fn value_of(&self, name: &str) -> &str {
        let found = self.known.iter().position(|known| known == name);
        found.and_then(|place| self.given.get(place)).map(String::as_str).unwrap_or_default()
    }

    /// The call that is to be made.
    pub(super) fn made(&self, chosen: &Chosen) -> Result<WebsiteCall, Problem> {
        let integration = &chosen.integration;
        let secret = valid_secrets(integration).nth(chosen.secret).map(|(_, secret)| secret.clone());
        let secret = secret.ok_or_else(|| {
            Problem::conflict(format!("integration {} has no such secret, or it has expired", integration.name))
        })?;
        let (params, body) = (self.params()?, self.posted(chosen.call));
        let (integration, call, algorithm) = (integration.name.clone(), chosen.call, chosen.algorithm);
        Ok(WebsiteCall { integration, call, params, body, secret, algorithm })
    }

    fn posted(&self, call: Call) -> Option<(String, Bytes)> {
        let body = self.body.trim();
        match calls::posted(call) {
            Posted::Nothing => None,
            _ if body.is_empty() => None,
            Posted::Slides => Some(("application/xml".to_owned(), Bytes::from(body.to_owned()))),
            Posted::Captions => {
                let head = "Content-Disposition: form-data; name=\"file\"; filename=\"captions.vtt\"\r\n\
                            Content-Type: text/vtt;charset=utf-8";
                let parts = format!("--{BOUNDARY}\r\n{head}\r\n\r\n{body}\r\n--{BOUNDARY}--\r\n");
                Some((format!("multipart/form-data; boundary={BOUNDARY}"), parts.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pairs: &str) -> Filled {
        serde_html_form::from_str(pairs).unwrap()
    }

    #[test]
    fn what_is_filled_in_is_sent_in_its_order_and_only_other_names_may_be_empty() {
        let filled = filled(
            "integration=moodle&call=create&known=name&given=Algebra&known=record&given=&known=meetingID&given=a%26b\
             &other=meta_x&value=&other=&value=lost&do=send&secret=1",
        );
        assert_eq!(filled.params().unwrap().encode(), "name=Algebra&meetingID=a%26b&meta_x=");
        assert_eq!((filled.secret, filled.wish.as_str()), (1, "send"));
        assert_eq!((filled.value_of("meetingID"), filled.value_of("duration")), ("a&b", ""));
    }

    #[test]
    fn a_checksum_is_not_taken_and_there_are_not_too_many() {
        assert!(filled("other=checksum&value=1").params().is_err());
        let many = (0..=MOST).map(|n| format!("other=n{n}&value=1")).collect::<Vec<_>>().join("&");
        assert!(filled(&many).params().is_err());
    }
}
