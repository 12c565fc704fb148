//! From a router's word to its policy: [`named`], and [`Policies`], which keeps one for each router.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::peers::{B3lb, B3scale, Bbblb, BigBlueSwarm, Mconf2012, Scalelite};
use super::refined::refined;
use super::{
    GeoPredictive, LeastCpu, LeastMeetings, LeastUsers, Nearest, NearestLeastCpu, PlacementPolicy, PowerOfTwo,
    Predictive, Random, RoundRobin, Weighted,
};
use crate::network::{Network, Router, RouterName};

/// The names of the policies that [`named`] makes.
pub const NAMES: [&str; 18] = [
    "nearest-least-cpu",
    "least-cpu",
    "least-users",
    "least-meetings",
    "round-robin",
    "nearest",
    "random",
    "weighted",
    "power-of-two",
    "predictive",
    "geo-predictive",
    "scalelite",
    "b3scale",
    "bbblb",
    "bbblb-as-built",
    "b3lb",
    "bigblueswarm",
    "mconf-2012",
];

/// A new policy as `router` says, with its [refinements](crate::network::Refinements) but for the canary, which is another
/// router; `None` if it names none of [`NAMES`].
pub fn named(router: &Router) -> Option<Arc<dyn PlacementPolicy>> {
    let plain = |name: &str| plain(name, router);
    Some(refined(plain(&router.policy)?, &router.refinements, plain))
}

/// The policy `name` with the parameters of `router`.
fn plain(name: &str, router: &Router) -> Option<Arc<dyn PlacementPolicy>> {
    Some(match name {
        "nearest-least-cpu" => Arc::new(NearestLeastCpu { radius_km: router.radius_km }),
        "least-cpu" => Arc::new(LeastCpu),
        "least-users" => Arc::new(LeastUsers),
        "least-meetings" => Arc::new(LeastMeetings),
        "round-robin" => Arc::new(RoundRobin::default()),
        "nearest" => Arc::new(Nearest),
        "random" => Arc::new(Random),
        "weighted" => Arc::new(Weighted { weights: router.weights.clone() }),
        "power-of-two" => Arc::new(PowerOfTwo),
        "predictive" => Arc::new(Predictive::default()),
        "geo-predictive" => Arc::new(GeoPredictive::default()),
        "scalelite" => Arc::new(Scalelite::default()),
        "b3scale" => Arc::new(B3scale),
        "bbblb" => Arc::new(Bbblb::as_designed()),
        "bbblb-as-built" => Arc::new(Bbblb::as_built()),
        "b3lb" => Arc::new(B3lb::default()),
        "bigblueswarm" => Arc::new(BigBlueSwarm::default()),
        "mconf-2012" => Arc::new(Mconf2012::default()),
        _ => return None,
    })
}

/// Makes a policy as a router says.
pub type PolicyMaker = Arc<dyn Fn(&Router) -> Arc<dyn PlacementPolicy> + Send + Sync>;

/// The policy of each router: kept while the router stays as it is, so that one that remembers goes on where it was.
#[derive(Clone, Default)]
pub struct Policies {
    fixed: HashMap<RouterName, Arc<dyn PlacementPolicy>>,
    makers: HashMap<String, PolicyMaker>,
    made: Arc<ArcSwap<Made>>,
}

type Made = HashMap<RouterName, (Arc<Router>, Arc<dyn PlacementPolicy>)>;

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies")
            .field("fixed", &self.fixed)
            .field("makers", &self.makers.keys())
            .finish_non_exhaustive()
    }
}

impl Policies {
    /// The router called `name` has `policy`, whatever is said of it.
    pub fn fix(&mut self, name: RouterName, policy: Arc<dyn PlacementPolicy>) {
        self.fixed.insert(name, policy);
    }

    /// Routers may name the policy `name`: `make` makes it.
    pub fn add(&mut self, name: String, make: PolicyMaker) {
        self.makers.insert(name, make);
    }

    /// The same with the policies that `earlier` has made.
    #[must_use]
    pub fn succeeding(self, earlier: Self) -> Self {
        Self { made: earlier.made, ..self }
    }

    /// Whether there is a policy for `router`, and one to break its ties.
    pub fn know(&self, router: &Router) -> bool {
        let known = |policy: &str| NAMES.contains(&policy) || self.makers.contains_key(policy);
        let ties = router.refinements.tie_break.as_deref().is_none_or(known);
        self.fixed.contains_key(&router.name) || (known(&router.policy) && ties)
    }

    fn make(&self, router: &Router) -> Option<Arc<dyn PlacementPolicy>> {
        let make = |name: &str| match self.makers.get(name) {
            Some(make) => Some(make(router)),
            None => plain(name, router),
        };
        Some(refined(make(&router.policy)?, &router.refinements, make))
    }

    /// The policy of `router`, one of `network`; `None` if it names one that does not exist. It takes no lock.
    pub fn of(&self, router: &Arc<Router>, network: &Network) -> Option<Arc<dyn PlacementPolicy>> {
        if let Some(fixed) = self.fixed.get(&router.name) {
            return Some(Arc::clone(fixed));
        }
        let kept = |made: &Made| {
            let (of, policy) = made.get(&router.name)?;
            (Arc::ptr_eq(of, router) || of == router).then(|| Arc::clone(policy))
        };
        if let Some(policy) = kept(&self.made.load()) {
            return Some(policy);
        }
        let policy = self.make(router)?;
        // Who comes first wins, so that all go by one. What is kept of routers that are gone goes with this.
        let before = self.made.rcu(|made| {
            let mut next: Made = Made::clone(made);
            if kept(made).is_none() {
                next.retain(|name, _| network.router(name.as_str()).is_some());
                next.insert(router.name.clone(), (Arc::clone(router), Arc::clone(&policy)));
            }
            next
        });
        Some(kept(&before).unwrap_or(policy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{NetworkChange, Refinements};

    fn network(routers: impl IntoIterator<Item = Router>) -> Network {
        Network::new(routers.into_iter().map(Into::into)).unwrap()
    }

    fn router(name: &str, policy: &str) -> Router {
        Router { policy: policy.to_owned(), ..Router::new(name) }
    }

    #[test]
    fn every_name_makes_the_policy_of_that_name_and_no_other_does() {
        for name in NAMES {
            assert_eq!(named(&router("r", name)).unwrap().name(), name);
        }
        assert!(named(&router("r", "best")).is_none());
    }

    #[test]
    fn a_router_refines_its_policy_and_an_unknown_tie_break_is_not_known() {
        let refined = |refinements| Router { refinements, ..router("r", "least-cpu") };
        let by = |name: &str| refined(Refinements { tie_break: Some(name.to_owned()), ..Refinements::default() });
        let policies = Policies::default();
        assert!(policies.know(&by("nearest")) && !policies.know(&by("best")));
        let all = Refinements {
            only_tags: vec!["a".to_owned()],
            prefer_tags: vec!["b".to_owned()],
            max_users: Some(1.0),
            tie_break: Some("least-users".to_owned()),
            ..Refinements::default()
        };
        let policy = named(&refined(all)).unwrap();
        let debug = format!("{policy:?}");
        let places = ["Cap", "Only", "Prefer", "TieBreak", "LeastCpu"].map(|name| debug.find(name).unwrap());
        assert!(places.is_sorted() && policy.name() == "least-cpu", "{debug}");
    }

    #[test]
    fn a_policy_is_kept_while_its_router_stays_as_it_is() {
        let first = network([router("even", "round-robin"), router("near", "nearest-least-cpu")]);
        let nearer = Router { radius_km: 100.0, ..router("near", "nearest-least-cpu") };
        // a router put again as it was is another object
        let same = router("even", "round-robin");
        let second = first.changed(&[NetworkChange::Put(nearer.into()), NetworkChange::Put(same.into())]).unwrap();
        let policies = Policies::default();
        let policy = |network: &Network, name: &str| policies.of(network.router(name).unwrap(), network).unwrap();
        let (even, near) = (policy(&first, "even"), policy(&first, "near"));
        assert!(Arc::ptr_eq(&even, &policy(&second, "even")) && Arc::ptr_eq(&near, &policy(&first, "near")));
        assert!(!Arc::ptr_eq(&near, &policy(&second, "near")));
        let later = Policies::default().succeeding(policies.clone());
        assert!(Arc::ptr_eq(&even, &later.of(second.router("even").unwrap(), &second).unwrap()));
        let without =
            second.changed(&[NetworkChange::Remove(crate::network::RouterName::from("near").into())]).unwrap();
        let default = policies.of(without.router("default").unwrap(), &without);
        assert!(default.is_some() && !policies.made.load().contains_key("near"), "nothing is kept of what is gone");
    }

    #[test]
    fn an_embedders_policy_is_made_by_its_name_and_a_fixed_one_comes_first() {
        let mut policies = Policies::default();
        policies.add("nearby".to_owned(), Arc::new(|router| Arc::new(NearestLeastCpu { radius_km: router.radius_km })));
        let network = network([router("own", "nearby"), router("bad", "none")]);
        let of = |policies: &Policies, name: &str| {
            policies.of(network.router(name).unwrap(), &network).map(|policy| policy.name().to_owned())
        };
        assert_eq!(of(&policies, "own").as_deref(), Some("nearest-least-cpu"));
        assert_eq!(of(&policies, "bad"), None);
        let known = |policies: &Policies, name: &str| policies.know(network.router(name).unwrap());
        assert!(known(&policies, "own") && known(&policies, "default") && !known(&policies, "bad"));
        policies.fix("bad".into(), Arc::new(LeastCpu));
        assert_eq!(of(&policies, "bad").as_deref(), Some("least-cpu"));
    }
}
