//! A fence around policies: what [`ranked`] yields can be relied on, whatever the policy does, and nothing that it does in
//! [`guarded`] ends the one who asked it.
//!
//! | what none may do | how it is noticed |
//! |---|---|
//! | panic | it is caught |
//! | rank a server twice, or without end | the first repetition |
//! | rank a server that it was not offered | each is looked up in the request |
//! | give a score that is not a number | it is looked at |
//!
//! What a policy ranked before it did any of that holds; its ranking ends there. One that neither yields nor returns cannot be
//! helped: a policy must not block.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use serde::{Deserialize, Serialize};

use super::{Candidate, PlacementPolicy, PlacementRequest};
use crate::server::ServerName;

/// As many characters are kept of what a policy panicked with.
const MESSAGE: usize = 200;

/// What a policy did that none may do. Its text goes on after the policy's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Misconduct {
    /// It panicked.
    #[error("panicked while it {doing}: {message}")]
    Panicked {
        /// What it was to do.
        doing: Doing,
        /// With which words, cut.
        message: String,
    },
    /// It ranked a server again.
    #[error("ranked {server} twice")]
    RankedTwice {
        /// Which.
        server: ServerName,
    },
    /// It ranked a server that may not have the meeting, or that is none.
    #[error("ranked {server}, which it was not offered")]
    NotOffered {
        /// Which.
        server: ServerName,
    },
    /// It gave a score that is not a number.
    #[error("gave {server} a score that is not a number")]
    NotANumber {
        /// Which server.
        server: ServerName,
    },
}

impl Misconduct {
    /// The word that it is counted under.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Panicked { .. } => "panicked",
            Self::RankedTwice { .. } => "ranked-twice",
            Self::NotOffered { .. } => "not-offered",
            Self::NotANumber { .. } => "not-a-number",
        }
    }
}

/// What a policy was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// Being made as its router says.
    Making,
    /// Ranking servers.
    Ranking,
    /// Taking note of a placement.
    Placed,
    /// [Observing](super::Learner::observe) the fleet.
    Observing,
    /// [Learning](super::Learner::ended) of a meeting that has ended.
    Learning,
    /// [Keeping](super::Learner::keep) what it has learnt.
    Keeping,
    /// [Recalling](super::Learner::recall) what was kept.
    Recalling,
}

impl Doing {
    /// Whether it is of placing meetings: the rest is of learning.
    pub(crate) fn is_placing(self) -> bool {
        matches!(self, Self::Making | Self::Ranking | Self::Placed)
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Making => "was made",
            Self::Ranking => "ranked servers",
            Self::Placed => "noted a placement",
            Self::Observing => "observed the servers",
            Self::Learning => "learnt of a meeting that had ended",
            Self::Keeping => "told what it had learnt",
            Self::Recalling => "recalled what it had learnt",
        })
    }
}

/// Lets a policy do something that it may panic in.
///
/// # Errors
/// [`Misconduct::Panicked`] where it did. It may be half-way through whatever it remembers. Where it stands in a combinator
/// that found out, whatever it did there.
pub fn guarded<T>(doing: Doing, act: impl FnOnce() -> T) -> Result<T, Misconduct> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| match payload.downcast::<Misconduct>() {
        Ok(exposed) => *exposed,
        Err(payload) => Misconduct::Panicked { doing, message: words(&*payload) },
    })
}

/// Tells whoever [guards](guarded) a combinator what the policy in it did: it unwinds, as if the policy had panicked, but
/// without a word to standard error.
pub(super) fn expose(misconduct: Misconduct) -> ! {
    resume_unwind(Box::new(misconduct))
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it says nothing of it");
    text.chars().take(MESSAGE).collect()
}

/// What `policy` ranks for `request`, lazily, best first: each candidate is eligible and comes once. A misconduct comes last.
pub fn ranked<'a>(policy: &'a dyn PlacementPolicy, request: &'a PlacementRequest<'a>) -> Checked<'a> {
    match guarded(Doing::Ranking, || policy.rank(request)) {
        Ok(ranking) => Checked { request, ranking: Some(ranking), misconduct: None, seen: HashSet::new() },
        Err(misconduct) => Checked { request, ranking: None, misconduct: Some(misconduct), seen: HashSet::new() },
    }
}

/// The candidates of a policy, each looked at before it is passed on. [`ranked`] makes it.
pub struct Checked<'a> {
    request: &'a PlacementRequest<'a>,
    // until it has ended, one way or another
    ranking: Option<Box<dyn Iterator<Item = Candidate<'a>> + 'a>>,
    // what is yet to be told
    misconduct: Option<Misconduct>,
    seen: HashSet<&'a ServerName>,
}

impl<'a> Checked<'a> {
    fn check(&mut self, candidate: Candidate<'a>) -> Result<Candidate<'a>, Misconduct> {
        let name = &candidate.server.server.name;
        let offered = self.request.fleet.server(name).filter(|server| (self.request.eligible)(server));
        let Some(server) = offered else { return Err(Misconduct::NotOffered { server: name.clone() }) };
        let server: &'a _ = server;
        if !self.seen.insert(&server.server.name) {
            return Err(Misconduct::RankedTwice { server: name.clone() });
        }
        if candidate.score.is_nan() {
            return Err(Misconduct::NotANumber { server: name.clone() });
        }
        Ok(Candidate { server, ..candidate })
    }

    /// The ranking is over. What it still holds may panic too, and has nothing more to say.
    fn end(&mut self) {
        let ranking = self.ranking.take();
        let _ = guarded(Doing::Ranking, || drop(ranking));
    }
}

impl<'a> Iterator for Checked<'a> {
    type Item = Result<Candidate<'a>, Misconduct>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(misconduct) = self.misconduct.take() {
            return Some(Err(misconduct));
        }
        let ranking = self.ranking.as_mut()?;
        let checked = match guarded(Doing::Ranking, || ranking.next()) {
            Ok(Some(candidate)) => Some(self.check(candidate)),
            Ok(None) => None,
            Err(misconduct) => Some(Err(misconduct)),
        };
        if !matches!(checked, Some(Ok(_))) {
            self.end();
        }
        checked
    }
}

impl Drop for Checked<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Checked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("seen", &self.seen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::MeetingKey;
    use crate::placement::fixture::{Facts, NOW, fleet};
    use crate::placement::{LeastUsers, MeetingHints};

    /// Ranks by what it was given: the places of servers in the fleet, and where it panics.
    #[derive(Debug)]
    struct Odd(&'static [Option<(usize, f64)>]);

    impl PlacementPolicy for Odd {
        fn name(&self) -> &str {
            "odd"
        }

        fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
            let candidate = |step: &Option<(usize, f64)>| {
                let (place, score) = step.expect("this policy is at its wit's end");
                Candidate { server: &request.fleet.servers()[place], score, reason: String::new() }
            };
            Box::new(self.0.iter().cycle().map(candidate))
        }
    }

    fn checked(policy: &dyn PlacementPolicy, forbidden: &str) -> (Vec<String>, Option<Misconduct>) {
        let fleet = fleet(&["a", "b", "c"].map(Facts::named));
        let eligible = |server: &crate::fleet::FleetServer| server.server.name.as_str() != forbidden;
        let meeting = MeetingKey::new("moodle", "room");
        let (eligible, hints) = (&eligible, MeetingHints::default());
        let request = PlacementRequest { fleet: &fleet, eligible, position: None, meeting: &meeting, hints, now: NOW };
        let mut checked = ranked(policy, &request);
        let (mut names, mut misconduct) = (Vec::new(), None);
        for one in &mut checked {
            assert!(misconduct.is_none(), "a misconduct comes last");
            match one {
                Ok(candidate) => names.push(candidate.server.server.name.to_string()),
                Err(what) => misconduct = Some(what),
            }
        }
        assert!(checked.next().is_none());
        (names, misconduct)
    }

    #[test]
    fn a_sound_policy_is_passed_on_as_it_is() {
        assert_eq!(checked(&LeastUsers, "b"), (vec!["a".to_owned(), "c".to_owned()], None));
    }

    #[test]
    fn a_misconduct_ends_a_ranking_and_what_came_before_holds() {
        let server = || "b".into();
        for (steps, names, what) in [
            (&[Some((0, 1.0)), Some((1, f64::NAN))][..], "a", Misconduct::NotANumber { server: server() }),
            (
                &[Some((2, 1.0)), Some((1, f64::INFINITY)), Some((1, 1.0))],
                "cb",
                Misconduct::RankedTwice { server: server() },
            ),
            // without end
            (&[Some((1, 1.0)), Some((0, 2.0))], "ba", Misconduct::RankedTwice { server: server() }),
        ] {
            let (ranked, misconduct) = checked(&Odd(steps), "");
            assert_eq!((ranked.concat().as_str(), misconduct), (names, Some(what)));
        }
        let (ranked, misconduct) = checked(&Odd(&[Some((0, 1.0)), Some((1, 1.0))]), "b");
        assert_eq!((ranked.concat().as_str(), misconduct), ("a", Some(Misconduct::NotOffered { server: server() })));
        let (ranked, misconduct) = checked(&Odd(&[Some((0, 1.0)), None]), "");
        let told = misconduct.unwrap().to_string();
        assert_eq!(
            (ranked.concat().as_str(), &*told),
            ("a", "panicked while it ranked servers: this policy is at its wit's end")
        );
    }

    #[test]
    fn what_a_policy_panics_with_is_cut() {
        let long = guarded(Doing::Keeping, || panic!("{}", "x".repeat(10_000))).unwrap_err();
        assert!(long.to_string().len() < 300);
        let odd = guarded(Doing::Keeping, || std::panic::panic_any(7)).unwrap_err();
        assert_eq!(odd.to_string(), "panicked while it told what it had learnt: it says nothing of it");
    }
}
