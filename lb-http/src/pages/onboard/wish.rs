//! What was chosen so far.

use lb_core::network::{Integration, Network, NetworkChange};
use serde::Deserialize;
use url::form_urlencoded;

use super::PATH;
use crate::pages::words::Words;
use crate::rest::network_entity;

/// A new integration as it is wanted. It travels in the address of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) step: String,
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) plan: String,
    pub(super) partner: String,
    pub(super) router: String,
    /// Whether the first steps led here: not empty.
    pub(super) start: String,
}

/// The steps before anything is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name,
    Plan,
    Confirm,
}

impl Step {
    /// The word for it in the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Plan => "plan",
            Self::Confirm => "confirm",
        }
    }
}

/// What is wrong with a wish, and which step is to set it right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) step: Step,
    pub(super) says: &'static str,
}

impl Wish {
    /// Without what nobody meant to write.
    pub(super) fn trimmed(self) -> Self {
        let trim = |text: String| text.trim().to_owned();
        Self { name: trim(self.name), display_name: trim(self.display_name), ..self }
    }

    /// The step that is asked for.
    pub(super) fn step(&self) -> Step {
        let all = [Step::Plan, Step::Confirm];
        all.into_iter().find(|step| step.word() == self.step).unwrap_or(Step::Name)
    }

    /// The same, in the words of the network: what is not chosen is the usual.
    pub(super) fn integration(&self) -> Integration {
        // a secret is drawn later; this one stands for it
        let new = Integration::new(self.name.as_str(), "a-secret-that-is-drawn-later");
        let or = |text: &str, usual: String| if text.is_empty() { usual } else { text.to_owned() };
        Integration {
            display_name: or(&self.display_name, new.display_name.clone()),
            plan: or(&self.plan, new.plan.to_string()).into(),
            router: or(&self.router, new.router.to_string()).into(),
            partner: Some(self.partner.as_str()).filter(|name| !name.is_empty()).map(Into::into),
            ..new
        }
    }

    /// What is wrong with it.
    pub(super) fn flaw(&self, network: &Network, words: &'static Words) -> Option<Flaw> {
        let w = &words.onboard;
        let of_name = |says| Some(Flaw { step: Step::Name, says });
        if self.name.is_empty() {
            return of_name(w.name_missing);
        }
        if network.integration(&self.name).is_some() {
            return of_name(w.name_taken);
        }
        if network_entity::check(&self.name).is_err() {
            return of_name(w.name_wrong);
        }
        // beside the usual plan and router only the name can be wrong
        let named = Self { name: self.name.clone(), ..Self::default() };
        if network.changed(&[NetworkChange::Put(named.integration().into())]).is_err() {
            return of_name(w.name_wrong);
        }
        let wrong = network.changed(&[NetworkChange::Put(self.integration().into())]).is_err();
        wrong.then_some(Flaw { step: Step::Plan, says: w.plan_gone })
    }

    /// Where the page of a step is.
    pub(super) fn path(&self, step: Step) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let step = step.word();
        for (name, value) in [("step", step)].into_iter().chain(self.fields()).filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        format!("{PATH}?{}", query.finish())
    }

    /// What is not asked for in the first step.
    pub(super) fn later_fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields().into_iter().skip(2)
    }

    /// All but the step.
    pub(super) fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("name", &self.name),
            ("display_name", &self.display_name),
            ("plan", &self.plan),
            ("partner", &self.partner),
            ("router", &self.router),
            ("start", &self.start),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::language::Language;

    #[test]
    fn what_is_wrong_leads_back_to_its_step() {
        let network = Network::new([Integration::new("moodle", "s3cr3t-of-moodle").into()]).unwrap();
        let words = Words::of(Language::English);
        let flaw = |name: &str, plan: &str| {
            let wish = Wish { name: name.to_owned(), plan: plan.to_owned(), ..Wish::default() };
            wish.flaw(&network, words).map(|flaw| (flaw.step, flaw.says))
        };
        let w = &words.onboard;
        assert_eq!(flaw("", ""), Some((Step::Name, w.name_missing)));
        assert_eq!(flaw("moodle", ""), Some((Step::Name, w.name_taken)));
        for wrong in ["a/b", "..", "a\nb", &"x".repeat(300)] {
            assert_eq!(flaw(wrong, ""), Some((Step::Name, w.name_wrong)), "{wrong:?}");
        }
        assert_eq!(flaw("portal", "gone"), Some((Step::Plan, w.plan_gone)));
        assert_eq!(flaw("<b>Portal", "default"), None);
    }

    #[test]
    fn a_wish_is_found_again_in_its_address() {
        let wish =
            Wish { name: "a&b=c é".to_owned(), plan: "large".to_owned(), start: "true".to_owned(), ..Wish::default() };
        let path = wish.path(Step::Confirm);
        let query = path.strip_prefix("/admin/integrations/new?").unwrap();
        let read: Wish = serde_html_form::from_str(query).unwrap();
        assert_eq!(read.step(), Step::Confirm);
        assert_eq!(Wish { step: String::new(), ..read }, wish);
    }
}
