//! From a router's word to its policy: [`named`], and [`Policies`], which keeps one for each router.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::fence::{Doing, guarded};
use super::peers::{B3lb, B3scale, Bbblb, BigBlueSwarm, Mconf2012, Scalelite};
use super::refined::refined;
use super::unmade::Unmade;
use super::{
    GeoPredictive, LeastCpu, LeastMeetings, LeastUsers, Nearest, NearestLeastCpu, PlacementPolicy, PowerOfTwo,
    Predictive, Random, RoundRobin, Weighted,
};
use crate::network::{BadNetwork, Network, Refinements, Router, RouterName};

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

/// Those of [`NAMES`] that [learn](super::Learner), or observe the servers as their originals poll them: they cannot break the
/// ties of another.
pub const LEARNING: [&str; 8] =
    ["predictive", "geo-predictive", "scalelite", "bbblb", "bbblb-as-built", "b3lb", "bigblueswarm", "mconf-2012"];

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

/// Makes a policy as a router says: anew whenever anything of it is changed but its canary and its fallback.
pub type PolicyMaker = Arc<dyn Fn(&Router) -> Arc<dyn PlacementPolicy> + Send + Sync>;

/// The policy of each router: kept while what it is made of stays as it is, so that one that remembers goes on where it was.
#[derive(Clone, Default)]
pub struct Policies {
    fixed: HashMap<RouterName, Arc<dyn PlacementPolicy>>,
    makers: HashMap<String, PolicyMaker>,
    made: Arc<ArcSwap<Made>>,
}

type Made = HashMap<RouterName, MadePolicy>;

/// The policy that was made for a router.
#[derive(Clone)]
struct MadePolicy {
    router: Arc<Router>,
    /// As the router's word means it.
    plain: Arc<dyn PlacementPolicy>,
    /// With the router's refinements.
    refined: Arc<dyn PlacementPolicy>,
}

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
        let policy = soundly_made("nameless", || policy);
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

    /// Whether there is a policy for `router`, and one that can break its ties.
    ///
    /// # Errors
    /// [`BadNetwork::NoSuchPolicy`], and [`BadNetwork::TieBreakLearns`].
    pub fn check(&self, router: &Router) -> Result<(), BadNetwork> {
        if self.fixed.contains_key(&router.name) {
            return Ok(());
        }
        let (name, by) = (|| router.name.clone(), router.refinements.tie_break.as_ref());
        let unknown = |policy: &&String| !NAMES.contains(&policy.as_str()) && !self.makers.contains_key(*policy);
        if let Some(policy) = std::iter::once(&router.policy).chain(by).find(unknown) {
            return Err(BadNetwork::NoSuchPolicy { router: name(), policy: policy.clone() });
        }
        let learns = |by: &&String| {
            let policy = self.plain(by, router);
            policy.is_some_and(|policy| guarded(Doing::Making, || policy.learner().is_some()).unwrap_or_default())
        };
        by.filter(learns).map_or(Ok(()), |by| Err(BadNetwork::TieBreakLearns { router: name(), policy: by.clone() }))
    }

    /// The policy `name` with the parameters of `router`; `None` if nothing is called so.
    fn plain(&self, name: &str, router: &Router) -> Option<Arc<dyn PlacementPolicy>> {
        match self.makers.get(name) {
            Some(make) => Some(soundly_made(name, || make(router))),
            None => plain(name, router),
        }
    }

    /// Makes the policy of `router`, of what there was `before` as far as that is the same.
    fn make(&self, router: &Arc<Router>, before: Option<&MadePolicy>) -> Option<MadePolicy> {
        let before = before.filter(|before| {
            // what an embedder makes may be made of anything
            !self.makers.contains_key(&router.policy) && plain_ingredients(&before.router) == plain_ingredients(router)
        });
        let plain = match before {
            Some(before) => Arc::clone(&before.plain),
            None => self.plain(&router.policy, router)?,
        };
        let refined = refined(Arc::clone(&plain), &router.refinements, |name| self.plain(name, router));
        Some(MadePolicy { router: Arc::clone(router), plain, refined })
    }

    /// The policy of `router`, one of `network`; `None` if it names one that does not exist. It takes no lock.
    pub fn of(&self, router: &Arc<Router>, network: &Network) -> Option<Arc<dyn PlacementPolicy>> {
        if let Some(fixed) = self.fixed.get(&router.name) {
            return Some(Arc::clone(fixed));
        }
        let kept = |made: &Made| {
            let before = made.get(&router.name)?;
            let same = Arc::ptr_eq(&before.router, router) || ingredients(&before.router) == ingredients(router);
            same.then(|| Arc::clone(&before.refined))
        };
        let before = self.made.load();
        if let Some(policy) = kept(&before) {
            return Some(policy);
        }
        let policy = self.make(router, before.get(&router.name))?;
        // Who comes first wins, so that all go by one. What is kept of routers that are gone goes with this.
        let before = self.made.rcu(|made| {
            let mut next: Made = Made::clone(made);
            if kept(made).is_none() {
                next.retain(|name, _| network.router(name.as_str()).is_some());
                next.insert(router.name.clone(), policy.clone());
            }
            next
        });
        Some(kept(&before).unwrap_or(policy.refined))
    }
}

/// What `make` makes, if it does and if that can say its name; else what tells why not.
fn soundly_made(name: &str, make: impl FnOnce() -> Arc<dyn PlacementPolicy>) -> Arc<dyn PlacementPolicy> {
    let made = guarded(Doing::Making, || {
        let policy = make();
        let _ = policy.name();
        policy
    });
    made.unwrap_or_else(|misconduct| Arc::new(Unmade { name: name.to_owned(), misconduct }))
}

/// All that one of [`NAMES`] is made of.
fn plain_ingredients(router: &Router) -> impl PartialEq {
    (&router.policy, router.radius_km, &router.weights)
}

/// All that a policy is made of with its refinements: not whom the router asks in its stead.
fn ingredients(router: &Router) -> impl PartialEq {
    let Refinements { only_tags, prefer_tags, max_users, max_cpu, tie_break, tie_within, canary: _, canary_share: _ } =
        &router.refinements;
    let refinements = (only_tags, prefer_tags, max_users, max_cpu, tie_break, tie_within);
    (plain_ingredients(router), refinements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::NetworkChange;

    fn network(routers: impl IntoIterator<Item = Router>) -> Network {
        Network::new(routers.into_iter().map(Into::into)).unwrap()
    }

    fn router(name: &str, policy: &str) -> Router {
        Router { policy: policy.to_owned(), ..Router::new(name) }
    }

    #[test]
    fn every_name_makes_the_policy_of_that_name_and_no_other_does() {
        for name in NAMES {
            let policy = named(&router("r", name)).unwrap();
            assert_eq!((policy.name(), policy.learner().is_some()), (name, LEARNING.contains(&name)));
        }
        assert!(named(&router("r", "best")).is_none());
    }

    #[test]
    fn a_router_refines_its_policy_and_an_unknown_tie_break_is_not_known() {
        let refined = |refinements| Router { refinements, ..router("r", "least-cpu") };
        let by = |name: &str| refined(Refinements { tie_break: Some(name.to_owned()), ..Refinements::default() });
        let policies = Policies::default();
        let told = |name: &str| policies.check(&by(name)).map_err(|bad| bad.to_string());
        assert_eq!(told("nearest"), Ok(()));
        assert_eq!(told("best").unwrap_err(), "router r has a policy that does not exist: best");
        let learns =
            "router r breaks ties by predictive, which learns or observes the servers: only a router's own policy can";
        assert_eq!(told("predictive").unwrap_err(), learns);
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
        let put = |network: &Network, router: Router| network.changed(&[NetworkChange::Put(router.into())]).unwrap();
        let refinements = |share, cap| Refinements {
            canary: Some("near".into()),
            canary_share: share,
            max_users: cap,
            ..Refinements::default()
        };
        let third = |share, cap| {
            put(
                &second,
                Router {
                    refinements: refinements(share, cap),
                    fallback: Some("near".into()),
                    ..router("even", "round-robin")
                },
            )
        };
        assert!(Arc::ptr_eq(&even, &policy(&third(0.5, None), "even")), "whom it asks in its stead is no part of it");
        let plain = || Arc::clone(&policies.made.load()["even"].plain);
        let (before, capped) = (plain(), policy(&third(0.5, Some(100.0)), "even"));
        assert!(!Arc::ptr_eq(&even, &capped) && Arc::ptr_eq(&before, &plain()), "it goes on, within its caps");
        let even = policy(&second, "even");
        let later = Policies::default().succeeding(policies.clone());
        assert!(Arc::ptr_eq(&even, &later.of(second.router("even").unwrap(), &second).unwrap()));
        let without =
            second.changed(&[NetworkChange::Remove(crate::network::RouterName::from("near").into())]).unwrap();
        let default = policies.of(without.router("default").unwrap(), &without);
        assert!(default.is_some() && !policies.made.load().contains_key("near"), "nothing is kept of what is gone");
    }

    #[test]
    fn who_makes_a_policy_or_says_its_name_may_panic() {
        use crate::meeting::MeetingKey;
        use crate::placement::fixture::{Facts, NOW, fleet};
        use crate::placement::{Candidate, MeetingHints, PlacementRequest, fence};
        #[derive(Debug)]
        struct Nameless;
        impl PlacementPolicy for Nameless {
            fn name(&self) -> &str {
                panic!("it has none")
            }
            fn rank<'a>(&'a self, _: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
                Box::new(std::iter::empty())
            }
        }
        let mut policies = Policies::default();
        policies.add("unmade".to_owned(), Arc::new(|_| panic!("no idea how")));
        policies.fix("nameless".into(), Arc::new(Nameless));
        let network = network([router("own", "unmade"), router("nameless", "nearest")]);
        let fleet = fleet(&[Facts::named("a")]);
        let meeting = MeetingKey::new("moodle", "room");
        for (name, called, told) in [("own", "unmade", "no idea how"), ("nameless", "nameless", "it has none")] {
            assert!(policies.check(network.router(name).unwrap()).is_ok());
            let policy = policies.of(network.router(name).unwrap(), &network).unwrap();
            let hints = MeetingHints::default();
            let request = PlacementRequest {
                fleet: &fleet,
                eligible: &|_| true,
                position: None,
                meeting: &meeting,
                hints,
                now: NOW,
            };
            let misconduct = fence::ranked(&*policy, &request).next().unwrap().unwrap_err().to_string();
            assert_eq!((policy.name(), misconduct), (called, format!("panicked while it was made: {told}")));
        }
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
        let known = |policies: &Policies, name: &str| policies.check(network.router(name).unwrap()).is_ok();
        assert!(known(&policies, "own") && known(&policies, "default") && !known(&policies, "bad"));
        policies.fix("bad".into(), Arc::new(LeastCpu));
        assert_eq!(of(&policies, "bad").as_deref(), Some("least-cpu"));
    }
}
