//! The refused calls of an integration, each with its reason.

use std::net::IpAddr;
use std::sync::Arc;

use super::Finding;
use crate::account::Reach;
use crate::api::Failure;
use crate::balancer::Balancer;
use crate::balancer::refusals::{Refused, Signed, SignedWrongly};
use crate::checksum::diagnosis::{MOST_SECRETS, Mistake, Suspect, Whose, WrongCall, diagnose};
use crate::checksum::{Algorithm, let_others_go_on};
use crate::clock::Timestamp;
use crate::network::{Integration, Network};

/// A call that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExaminedCall {
    /// When, the last time.
    pub at: Timestamp,
    /// How often in a row within a second of each other.
    pub times: u32,
    /// Where it came from.
    pub address: Option<IpAddr>,
    /// Which call; `unknown` where it is none that the balancer has.
    pub call: &'static str,
    /// BBB's messageKey.
    pub key: &'static str,
    /// What tells refusals of one key apart.
    pub reason: &'static str,
    /// Whether the call itself told whose it is. Where it did not, it is this integration's because one of its secrets made the
    /// checksum, with a mistake.
    pub named: bool,
    /// What is wrong with its checksum, if that is the reason.
    pub mistakes: Vec<Mistake>,
    /// What is wrong, for people.
    pub says: String,
    /// What to do about it.
    pub advice: String,
}

impl Balancer {
    /// The calls of `integration` that were refused of late, the newest first.
    pub(super) async fn refused_calls(
        &self,
        network: &Network,
        integration: &Integration,
        reach: &Reach,
    ) -> Vec<ExaminedCall> {
        let (refusals, name) = (&self.support.refusals, &integration.name);
        let own = self.own_suspects(integration);
        let own_count = own.len();
        let suspects = self.with_others(own, network, integration, reach);
        let allowed = self.secrets.as_ref().map_or(&Algorithm::ALL[..], |secrets| secrets.algorithms());
        let mut examined = Vec::new();
        for refused in refusals.of(name) {
            let mistakes = match refused.signed() {
                Signed::Well => Vec::new(),
                Signed::NotKept => vec![Mistake::NotKept],
                Signed::Over(signed) => diagnose(&signed.as_wrong(), &suspects, allowed, true),
            };
            examined.push(ExaminedCall::new(&refused, true, mistakes));
            let_others_go_on().await;
        }
        for refused in refusals.of_nobody() {
            if let Signed::Over(signed) = refused.signed() {
                let mistakes = diagnose(&signed.as_wrong(), &suspects[..own_count], allowed, false);
                if !mistakes.iter().any(Mistake::leaves_open_whose) {
                    examined.push(ExaminedCall::new(&refused, false, mistakes));
                }
                let_others_go_on().await;
            }
        }
        examined.sort_by_key(|call| std::cmp::Reverse(call.at));
        examined
    }

    /// The integration's own secrets: the valid ones first.
    fn own_suspects(&self, integration: &Integration) -> Vec<Suspect> {
        let now = self.clock.now();
        let whose = |valid| if valid { Whose::Own } else { Whose::Expired };
        let known = integration.secrets.iter();
        let known = known.map(|known| Suspect { secret: known.secret.clone(), whose: whose(known.is_valid(now)) });
        let mut own: Vec<_> = known.collect();
        own.sort_by_key(|suspect| suspect.whose != Whose::Own);
        let removed = self.support.refusals.removed_of(&integration.name);
        let gone = removed.into_iter().filter(|gone| !integration.secrets.iter().any(|known| known.secret == *gone));
        let gone: Vec<_> = gone.map(|secret| Suspect { secret, whose: Whose::Removed }).collect();
        own.extend(gone);
        own
    }

    /// The same, with those of the servers and of other integrations behind them.
    fn with_others(
        &self,
        mut own: Vec<Suspect>,
        network: &Network,
        integration: &Integration,
        reach: &Reach,
    ) -> Vec<Suspect> {
        let servers = self.fleet();
        let of_servers = servers.servers().iter().map(|server| server.server.secret.clone());
        own.extend(of_servers.map(|secret| Suspect { secret, whose: Whose::Server }).take(MOST_SECRETS / 2));
        let others = network.integrations().iter().filter(|other| other.name != integration.name);
        let of_others = others.flat_map(|other: &Arc<Integration>| {
            let name = reach.has(other).then(|| other.name.clone());
            other
                .secrets
                .iter()
                .map(move |known| Suspect { secret: known.secret.clone(), whose: Whose::Another(name.clone()) })
        });
        let room = MOST_SECRETS.saturating_sub(own.len());
        own.extend(of_others.take(room));
        own
    }
}

impl SignedWrongly {
    fn as_wrong(&self) -> WrongCall<'_> {
        WrongCall { name: &self.call, query: &self.query, form: self.form.as_deref() }
    }
}

impl ExaminedCall {
    fn new(refused: &Refused, named: bool, mistakes: Vec<Mistake>) -> Self {
        let failure = refused.failure;
        let (says, advice) = if mistakes.is_empty() {
            (sentence(failure).to_owned(), advice(failure).to_owned())
        } else {
            let says = mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>().join(" ");
            let advice = mistakes.iter().map(Mistake::advice).collect::<Vec<_>>().join(" ");
            (says, advice)
        };
        Self {
            at: refused.at,
            times: refused.times,
            address: refused.address,
            call: refused.call,
            key: failure.key(),
            reason: failure.reason(),
            named,
            mistakes,
            says,
            advice,
        }
    }
}

/// What is to be said of the refused calls together.
pub(super) fn findings(refused: &[ExaminedCall]) -> Vec<Finding> {
    let mut reasons: Vec<(&str, &ExaminedCall, u64)> = Vec::new();
    for call in refused {
        let reason = call.mistakes.first().map_or(call.reason, Mistake::word);
        match reasons.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, _, count)) => *count += u64::from(call.times),
            None => reasons.push((reason, call, u64::from(call.times))),
        }
    }
    let told = reasons.into_iter().map(|(_, newest, count)| {
        let (word, what) = match newest.mistakes.is_empty() {
            true => ("refused-calls", "refused"),
            false => ("checksum-errors", "refused for their checksum"),
        };
        let calls = if count == 1 { "1 call was".to_owned() } else { format!("{count} calls were") };
        let says = format!("{calls} {what} of late, the last one {}. {}", newest.call, newest.says);
        Finding::trouble(word, says, newest.advice.clone())
    });
    told.collect()
}

/// Why a call was refused whose checksum is right.
fn sentence(failure: Failure) -> &'static str {
    match failure {
        Failure::UnsupportedRequest => "The balancer has no such call, or no meeting of that id to send it on to.",
        Failure::NotAllowed => "The integration or its plan is not active.",
        Failure::CallNotAllowed => "Its plan does not have this call.",
        Failure::MayNotRecord => "Its plan has no recordings, and the meeting was to be recorded.",
        Failure::TooManyMeetings => "It had as many meetings at the same time as its plan has.",
        Failure::TooManyUsers => "It had as many users at the same time as its plan has.",
        Failure::MeetingFull => "There were as many users in the meeting as its plan has for one.",
        Failure::TooManyCalls => "It made more calls in a second than its plan has.",
        Failure::ReservedParameters => "The create carries metadata that only the balancer may write.",
        Failure::IdNotUnique => "Another integration has a meeting of that id on the only server that could take it.",
        Failure::NoServer => "No server could take the meeting.",
        Failure::HookNotCreated => "The hook cannot be served: its URL leads where it may not, or there are too many.",
        other => other.message(),
    }
}

fn advice(failure: Failure) -> &'static str {
    match failure {
        Failure::UnsupportedRequest => "See whether the website's software expects a newer BigBlueButton.",
        Failure::NotAllowed => "Activate the integration, or its plan.",
        Failure::CallNotAllowed
        | Failure::MayNotRecord
        | Failure::TooManyMeetings
        | Failure::TooManyUsers
        | Failure::MeetingFull
        | Failure::TooManyCalls => "Change its plan, or give it another one.",
        Failure::ReservedParameters => "Let the website leave out parameters that begin with meta_mconflb-.",
        Failure::IdNotUnique | Failure::NoServer => {
            "See the states of the servers, and the tags that the integration asks for."
        }
        Failure::HookNotCreated => "See the callback hosts of the integration.",
        _ => "See the log of the balancer.",
    }
}
