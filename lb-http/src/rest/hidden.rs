//! Values of parameters that may be secret: a rule may send a password.

use lb_core::api::create::may_be_kept;
use lb_core::event::HIDDEN;
use lb_core::network::{Integration, ParameterRules};

use super::problem::Problem;

/// `rules` without the values that may be secret.
pub(super) fn hidden(mut rules: ParameterRules) -> ParameterRules {
    for values in [&mut rules.default, &mut rules.forced] {
        let secret = values.iter_mut().filter(|(name, _)| !may_be_kept(name));
        secret.for_each(|(_, value)| *value = HIDDEN.to_owned());
    }
    rules
}

/// `next` with the values of `present` where they were hidden: what was answered may be given back.
pub(super) fn unhidden(mut next: Integration, present: Option<&Integration>) -> Result<Integration, Problem> {
    for (call, of) in [("create", of_create as fn(&mut Integration) -> &mut ParameterRules), ("join", of_join)] {
        let mut known = present.cloned();
        let known = known.as_mut().map(of);
        let rules = of(&mut next);
        let kinds = [("default", &mut rules.default), ("forced", &mut rules.forced)];
        for (kind, values) in kinds {
            let known = known.as_deref().map(|known| if kind == "default" { &known.default } else { &known.forced });
            for (name, value) in values.iter_mut().filter(|(_, value)| *value == HIDDEN) {
                let kept = known.and_then(|known| known.get(name));
                let wrong = || Problem::bad(format!("{call}.{kind}.{name} is {HIDDEN}, and there is no value to keep"));
                *value = kept.ok_or_else(wrong)?.clone();
            }
        }
    }
    Ok(next)
}

fn of_create(integration: &mut Integration) -> &mut ParameterRules {
    &mut integration.create
}

fn of_join(integration: &mut Integration) -> &mut ParameterRules {
    &mut integration.join
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_and_given_back_is_what_it_was() {
        let mut moodle = Integration::new("moodle", "the-secret-of-moodle");
        moodle.create.forced.insert("moderatorPW".into(), "hush".into());
        moodle.create.forced.insert("logo".into(), "https://a/".into());
        moodle.join.default.insert("password".into(), "hush".into());
        let shown =
            Integration { create: hidden(moodle.create.clone()), join: hidden(moodle.join.clone()), ..moodle.clone() };
        assert_eq!(shown.create.forced["moderatorPW"], HIDDEN);
        assert_eq!(shown.create.forced["logo"], "https://a/");
        assert_eq!(shown.join.default["password"], HIDDEN);
        assert_eq!(unhidden(shown.clone(), Some(&moodle)).unwrap(), moodle);
        assert!(unhidden(shown, None).is_err());
    }
}
