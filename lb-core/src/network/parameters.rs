//! [`ParameterRules`]: what becomes of the parameters of an integration's calls.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::{Params, stamp};

/// What becomes of the parameters of one kind of call before it goes to a server. Names are the API's, metadata included
/// (`meta_…`, in any case, as in BBB); each stands in one of the four at most. A rule for `meetingID`, the checksum, or what the
/// balancer itself writes into a create has no effect.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParameterRules {
    /// Sent where the website gives none, or an empty one.
    pub default: BTreeMap<String, String>,
    /// Sent whatever the website gives.
    pub forced: BTreeMap<String, String>,
    /// The largest number that the website may give. A larger one is sent as this one, and so are no number, none at all, and
    /// 0 (which means *no limit* to BBB).
    pub capped: BTreeMap<String, u64>,
    /// Not sent.
    pub blocked: BTreeSet<String>,
}

impl ParameterRules {
    /// Makes of a website's parameters those that are to go on.
    pub fn apply(&self, params: &mut Params) {
        for name in self.blocked.iter().filter(|name| may_be_ruled(name)) {
            params.retain(|given| !is_same(given, name));
        }
        for (name, value) in self.default.iter().filter(|(name, _)| may_be_ruled(name)) {
            if !params.iter().any(|(given, value)| is_same(given, name) && !value.is_empty()) {
                set(params, name, value);
            }
        }
        for (name, value) in self.forced.iter().filter(|(name, _)| may_be_ruled(name)) {
            set(params, name, value);
        }
        for (name, most) in self.capped.iter().filter(|(name, _)| may_be_ruled(name)) {
            params.cap(name, *most);
        }
    }

    /// A parameter that has two of the four rules, or one of them twice (metadata, in another case), if one has.
    pub fn contradiction(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        let (capped, blocked) = (self.capped.keys(), self.blocked.iter());
        let ruled = self.default.keys().chain(self.forced.keys()).chain(capped).chain(blocked);
        ruled.map(String::as_str).find(|name| {
            let one_case = if is_meta(name) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(*name) };
            !seen.insert(one_case)
        })
    }
}

impl fmt::Debug for ParameterRules {
    /// The names alone: a value may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterRules")
            .field("default", &self.default.keys())
            .field("forced", &self.forced.keys())
            .field("capped", &self.capped)
            .field("blocked", &self.blocked)
            .finish()
    }
}

fn may_be_ruled(name: &str) -> bool {
    const UNTOUCHED: [&str; 3] = ["meetingID", "checksum", "integrationName"];
    !UNTOUCHED.contains(&name) && !stamp::is_ours(name)
}

fn is_meta(name: &str) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("meta_"))
}

fn is_same(given: &str, name: &str) -> bool {
    given == name || (is_meta(name) && given.eq_ignore_ascii_case(name))
}

fn set(params: &mut Params, name: &str, value: &str) {
    params.retain(|given| given == name || !is_same(given, name));
    params.set(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruled(rules: &ParameterRules, given: &str) -> String {
        let mut params = Params::parse(given);
        rules.apply(&mut params);
        params.encode()
    }

    fn pairs(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_kind_of_rule_does_what_it_says() {
        let rules = ParameterRules {
            default: pairs(&[("logo", "l"), ("meta_course", "c")]),
            forced: pairs(&[("record", "false"), ("meta_origin", "o")]),
            capped: [("duration".to_owned(), 90)].into(),
            blocked: ["welcome".to_owned(), "meta_secret".to_owned()].into(),
        };
        for (given, sent) in [
            ("a=1", "a=1&logo=l&meta_course=c&meta_origin=o&record=false&duration=90"),
            ("logo=&duration=0&welcome=w", "logo=l&duration=90&meta_course=c&meta_origin=o&record=false"),
            (
                "record=true&logo=own&duration=60&record=true&META_Secret=s&meta_Course=own",
                "record=false&logo=own&duration=60&meta_Course=own&meta_origin=o",
            ),
            (
                "duration=91&meta_Origin=x&welcome=w&welcome=v&duration=5&logo=x&meta_course=x",
                "duration=90&logo=x&meta_course=x&meta_origin=o&record=false",
            ),
        ] {
            assert_eq!(ruled(&rules, given), sent, "{given}");
        }
    }

    #[test]
    fn what_is_no_number_or_means_no_limit_is_capped() {
        let rules = ParameterRules { capped: [("maxParticipants".to_owned(), 20)].into(), ..ParameterRules::default() };
        for (given, sent) in
            [("", "20"), ("-1", "20"), ("0", "20"), ("x", "20"), ("1e1", "20"), ("21", "20"), ("20", "20"), ("7", "7")]
        {
            assert_eq!(
                ruled(&rules, &format!("maxParticipants={given}")),
                format!("maxParticipants={sent}"),
                "{given}"
            );
        }
    }

    #[test]
    fn no_rule_touches_whose_meeting_it_is_and_which() {
        let names = ["meetingID", "checksum", "integrationName", "meta_mconflb-guid", "META_MConfLB-institution"];
        let rules = ParameterRules {
            forced: names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect(),
            blocked: names.iter().map(|name| (*name).to_owned()).collect(),
            ..ParameterRules::default()
        };
        let given = "meetingID=room&checksum=c&integrationName=i&meta_mconflb-guid=g";
        assert_eq!(ruled(&rules, given), given);
    }

    #[test]
    fn no_parameter_has_two_rules_and_metadata_none_in_another_case() {
        let rules = |forced: &str, blocked: &str| ParameterRules {
            forced: pairs(&[(forced, "x")]),
            blocked: [blocked.to_owned()].into(),
            ..ParameterRules::default()
        };
        for (forced, blocked, contradiction) in [
            ("logo", "logo", Some("logo")),
            ("logo", "Logo", None),
            ("meta_course", "META_Course", Some("META_Course")),
            ("meta_course", "meta_other", None),
        ] {
            assert_eq!(rules(forced, blocked).contradiction(), contradiction, "{forced}");
        }
        let twice = ParameterRules { forced: pairs(&[("meta_a", "1"), ("meta_A", "2")]), ..ParameterRules::default() };
        assert_eq!(twice.contradiction(), Some("meta_a"));
    }
}
