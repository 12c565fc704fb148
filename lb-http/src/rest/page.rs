//! [`Page`]: long lists, one piece after the other.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// Things in one page where nothing is said.
const USUAL: u16 = 100;

/// The most things in one page.
const MOST: u16 = 1000;

/// Which piece of a list is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The most things to answer; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u16>,
    /// Where the page before ended: its `next`.
    pub(crate) after: Option<String>,
}

impl Paging {
    /// How many things one page is to have.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(limit.into()),
            _ => Err(Problem::bad(format!("limit must be from 1 to {MOST}"))),
        }
    }
}

/// One piece of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The things.
    pub(crate) items: Vec<T>,
    /// What to give as `after` for the next page; null where this is the last.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The piece of `all` that is asked for. They are in the order of their names, which no two share, and `view` makes of
    /// one what is answered.
    pub(crate) fn by_name<E>(
        all: impl Iterator<Item = E>,
        paging: &Paging,
        name: impl Fn(&E) -> &str,
        view: impl FnMut(E) -> T,
    ) -> Result<Self, Problem> {
        let limit = paging.limit()?;
        let mut rest = all.filter(|one| paging.after.as_deref().is_none_or(|after| name(one) > after));
        let mut next = None;
        let mut here = Vec::new();
        for one in rest.by_ref().take(limit) {
            next = Some(name(&one).to_owned());
            here.push(one);
        }
        let next = rest.next().and(next);
        Ok(Self { items: here.into_iter().map(view).collect(), next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_until_the_last() {
        let all = ["a", "b", "c", "d", "e"];
        let page = |after: Option<String>| {
            let paging = Paging { limit: Some(2), after };
            Page::by_name(all.into_iter(), &paging, |name| name, str::to_owned).unwrap()
        };
        let (mut after, mut seen) = (None, Vec::new());
        for _ in 0..3 {
            let page = page(after);
            seen.extend(page.items);
            after = page.next;
        }
        assert_eq!((seen.as_slice(), after), (all.map(str::to_owned).as_slice(), None));
    }

    #[test]
    fn a_page_has_a_bound() {
        for limit in [0, 1001] {
            assert!(Paging { limit: Some(limit), after: None }.limit().is_err());
        }
    }
}
