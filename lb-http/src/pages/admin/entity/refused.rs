//! [`Refused`]: why what was filled in cannot be done, and which field is to blame.

use lb_core::balancer::AdministrationError;
use lb_core::network::BadNetwork;

use crate::pages::words::{FormWords, fill};
use crate::rest::Problem;

/// Why what was filled in cannot be done.
pub(in crate::pages::admin) enum Refused {
    /// Because of a field; what is wrong with it.
    Field(&'static str, String),
    /// Because of several, or of what is elsewhere.
    Whole(String),
    /// Not because of what was filled in.
    Problem(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        if problem.status() == 400 { Self::Whole(problem.detail().to_owned()) } else { Self::Problem(problem) }
    }
}

impl Refused {
    /// What the balancer says against what is called `name`, in the words of the page.
    pub(super) fn of(error: AdministrationError, name: &str, w: &FormWords) -> Self {
        let AdministrationError::Bad(bad) = error else { return Problem::from(error).into() };
        match bad {
            BadNetwork::Name => Self::Field("name", w.bad_name.to_owned()),
            BadNetwork::ServerUrl { .. } => Self::Field("url", w.bad_url.to_owned()),
            BadNetwork::SameUrl { first, second } => {
                let other = if first.as_str() == name { second } else { first };
                Self::Field("url", fill(w.same_url, &[&other]))
            }
            BadNetwork::ShortSecret { .. } | BadNetwork::EmptyServerSecret { .. } => {
                Self::Field("secret", w.secret.to_owned())
            }
            BadNetwork::Circle { .. } => Self::Field("fallback", w.circle.to_owned()),
            BadNetwork::NoSuchFallback { .. } => Self::Field("fallback", w.choice.to_owned()),
            BadNetwork::NoSuchPolicy { .. } => Self::Field("policy", w.choice.to_owned()),
            BadNetwork::TieBreakLearns { .. } => Self::Field("tie_break", w.choice.to_owned()),
            BadNetwork::NoSuchPlan { .. } => Self::Field("plan", w.choice.to_owned()),
            BadNetwork::NoSuchRouter { .. } => Self::Field("router", w.choice.to_owned()),
            BadNetwork::NoSuchPartner { .. } => Self::Field("partner", w.choice.to_owned()),
            BadNetwork::TwoRules { parameter, .. } => Self::Whole(fill(w.two_rules, &[&parameter])),
            other => Problem::from(AdministrationError::Bad(other)).into(),
        }
    }
}
