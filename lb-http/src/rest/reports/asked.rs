//! [`Asked`]: which report is asked for, and what of it who asks may see.

use std::collections::BTreeSet;
use std::str::FromStr;

use lb_core::account::Reach;
use lb_core::network::{IntegrationName, Network, PartnerName, RouterName};
use lb_core::report::{Filter, ReportQuery, Step, Zone};
use lb_core::{ServerName, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::Caller;
use super::super::problem::Problem;

/// The most names in one filter.
const NAMES: usize = 1000;

/// Which report.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The begin of the period: a day, a time, or a time with its offset. Without an offset it is one of the zone.
    #[param(example = "2026-03-01")]
    pub(crate) from: Option<String>,
    /// The end of the period, which is no part of it. Without a period it is the last full month.
    #[param(example = "2026-04-01")]
    pub(crate) until: Option<String>,
    /// Where days begin: a name of the IANA list. UTC where nothing is said.
    #[param(example = "America/Sao_Paulo")]
    pub(crate) zone: Option<String>,
    /// What the period is cut into: hour, day, week, month, quarter, year, or whole, which is usual.
    pub(crate) step: Option<String>,
    /// What there is a group for each of: integration, which is usual, partner, server, router or nothing.
    pub(crate) by: Option<String>,
    /// Only these integrations, with commas.
    pub(crate) integration: Option<String>,
    /// Only what was these partners', with commas.
    pub(crate) partner: Option<String>,
    /// Only what was on these servers, with commas.
    pub(crate) server: Option<String>,
    /// Only what these routers placed, with commas.
    pub(crate) router: Option<String>,
    /// json or csv, whatever Accept says.
    pub(crate) format: Option<String>,
}

impl Asked {
    /// Whether CSV is wanted.
    pub(super) fn wants_csv(&self, accept: &str) -> Result<bool, Problem> {
        match self.format.as_deref() {
            Some("csv") => Ok(true),
            Some("json") => Ok(false),
            Some(_) => Err(Problem::bad("format is json or csv")),
            None => {
                let mut kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
                let first = kinds.find(|kind| ["text/csv", "application/json", "*/*"].contains(kind));
                Ok(first == Some("text/csv"))
            }
        }
    }

    /// What is to be counted, of that which `caller` sees.
    pub(crate) fn query(&self, caller: &Caller, network: &Network, now: Timestamp) -> Result<ReportQuery, Problem> {
        let zone = match &self.zone {
            Some(name) => Zone::named(name).map_err(|error| Problem::bad(format!("zone: {error}")))?,
            None => Zone::utc(),
        };
        let moment = |key: &str, text: &str| zone.moment(text).map_err(|error| Problem::bad(format!("{key}: {error}")));
        let (from, until) = match (&self.from, &self.until) {
            (Some(from), Some(until)) => (moment("from", from)?, moment("until", until)?),
            (None, None) => {
                zone.last(Step::Month, now).ok_or_else(|| Problem::bad("no month is over yet: give from and until"))?
            }
            _ => return Err(Problem::bad("from and until go together")),
        };
        let (step, by) = (word("step", self.step.as_deref())?, word("by", self.by.as_deref())?);
        let filter = self.filter(caller, network)?;
        Ok(ReportQuery { from, until, zone, step, by, filter })
    }

    fn filter(&self, caller: &Caller, network: &Network) -> Result<Filter, Problem> {
        let integrations: Option<BTreeSet<IntegrationName>> = match names(self.integration.as_deref())? {
            Some(asked) => {
                let seen = |name: &&str| caller.integration(network, name).map(|integration| integration.name.clone());
                Some(asked.iter().map(seen).collect::<Result<_, _>>()?)
            }
            None if caller.reach() == Reach::Network => None,
            None => {
                let reach = caller.reach();
                let seen = network.integrations().iter().filter(|integration| reach.has(integration));
                Some(seen.map(|integration| integration.name.clone()).collect())
            }
        };
        let partners = names(self.partner.as_deref())?;
        for name in partners.iter().flatten() {
            let seen = match caller.reach() {
                Reach::Network => network.partner(name).is_some(),
                Reach::Partner(own) => own.as_str() == *name,
            };
            if !seen {
                return Err(Problem::not_found(format!("partner {name}")));
            }
        }
        let servers = names(self.server.as_deref())?;
        let routers = names(self.router.as_deref())?;
        let routers = routers.map(|names| names.into_iter().map(RouterName::from).collect());
        let partners = partners.map(|names| names.into_iter().map(PartnerName::from).collect());
        let servers = servers.map(|names| names.into_iter().map(ServerName::from).collect());
        Ok(Filter { integrations, partners, servers, routers })
    }
}

fn word<T: FromStr<Err = String> + Default>(key: &str, given: Option<&str>) -> Result<T, Problem> {
    let Some(text) = given else { return Ok(T::default()) };
    text.parse().map_err(|wrong| Problem::bad(format!("{key} {wrong}")))
}

/// The names between commas.
fn names(given: Option<&str>) -> Result<Option<Vec<&str>>, Problem> {
    let Some(text) = given else { return Ok(None) };
    let names: Vec<_> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    match names.len() {
        1..=NAMES => Ok(Some(names)),
        _ => Err(Problem::bad(format!("a list of names has from 1 to {NAMES}"))),
    }
}

#[cfg(test)]
mod tests {
    use lb_core::account::{Principal, Role, TokenScope};
    use lb_core::network::{Entity, Integration, Partner};
    use lb_core::report::By;

    use super::*;

    fn caller(role: Role) -> Caller {
        let principal = Principal { user: "ana".into(), role, scope: TokenScope::Full };
        Caller { principal, token: None, address: None }
    }

    fn network() -> Network {
        let of = |name: &str, partner: Option<&str>| {
            let partner = partner.map(PartnerName::from);
            Entity::from(Integration { partner, ..Integration::new(name, format!("secret of {name}").as_str()) })
        };
        let partners = ["ufrgs", "puc"].map(|name| Entity::from(Partner::new(name)));
        let integrations = [of("moodle", Some("ufrgs")), of("wiki", Some("ufrgs")), of("portal", Some("puc"))];
        Network::new(partners.into_iter().chain(integrations).chain([of("school", None)])).unwrap()
    }

    fn now() -> Timestamp {
        Zone::utc().moment("2026-04-15").unwrap()
    }

    fn seen(asked: &Asked, role: Role) -> Result<Option<Vec<String>>, u16> {
        let query = asked.query(&caller(role), &network(), now());
        let integrations = query.map_err(|problem| problem.status())?.filter.integrations;
        Ok(integrations.map(|names| names.iter().map(ToString::to_string).collect()))
    }

    fn of(integration: &str) -> Asked {
        Asked { integration: Some(integration.to_owned()), ..Asked::default() }
    }

    #[test]
    fn a_partner_manager_gets_what_is_the_partners_whatever_is_asked_for() {
        let manager = || Role::PartnerManager("ufrgs".into());
        let own = Ok(Some(vec!["moodle".to_owned(), "wiki".to_owned()]));
        assert_eq!(seen(&Asked::default(), manager()), own);
        for by in By::ALL {
            let asked = Asked { by: Some(by.as_str().to_owned()), ..Asked::default() };
            assert_eq!(seen(&asked, manager()), own, "{by:?}");
        }
        let on_one = Asked { server: Some("bbb1".to_owned()), ..Asked::default() };
        assert_eq!(seen(&on_one, manager()), own);
        assert_eq!(seen(&of("wiki"), manager()), Ok(Some(vec!["wiki".to_owned()])));
        assert_eq!(seen(&of("wiki,portal"), manager()), Err(404));
        assert_eq!(seen(&of("school"), manager()), Err(404));
        let partner = |name: &str| Asked { partner: Some(name.to_owned()), ..Asked::default() };
        assert_eq!(seen(&partner("puc"), manager()), Err(404));
        assert_eq!(seen(&partner("ufrgs"), manager()), own);
        // one whose partner has no integration sees nothing, and not all
        assert_eq!(seen(&Asked::default(), Role::PartnerManager("new".into())), Ok(Some(vec![])));
    }

    #[test]
    fn who_sees_the_network_gets_all_of_it_or_what_is_named() {
        for role in [Role::Viewer, Role::Administrator] {
            assert_eq!(seen(&Asked::default(), role.clone()), Ok(None));
            assert_eq!(seen(&of("portal, school"), role.clone()), Ok(Some(vec!["portal".into(), "school".into()])));
            assert_eq!(seen(&of("nobody"), role), Err(404));
        }
    }

    #[test]
    fn nothing_said_is_the_last_full_month_of_the_zone() {
        let asked = Asked { zone: Some("America/Sao_Paulo".to_owned()), ..Asked::default() };
        let query = asked.query(&caller(Role::Viewer), &network(), now()).unwrap();
        let moment = |text| Zone::utc().moment(text).unwrap();
        assert_eq!((query.from, query.until), (moment("2026-03-01T03:00:00Z"), moment("2026-04-01T03:00:00Z")));
        assert_eq!((query.by, query.step), (By::Integration, Step::Whole));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        let said = |asked: Asked| {
            let problem = asked.query(&caller(Role::Viewer), &network(), now()).unwrap_err();
            assert_eq!(problem.status(), 400);
            serde_json::to_value(&problem).unwrap()["detail"].as_str().unwrap().to_owned()
        };
        let text = |text: &str| Some(text.to_owned());
        let period = || Asked { from: text("2026-03-01"), until: text("2026-04-01"), ..Asked::default() };
        for (asked, words) in [
            (Asked { zone: text("Berlin"), ..period() }, "zone: there is no such time zone"),
            (Asked { from: text("soon"), ..period() }, "from: this is no moment"),
            (Asked { until: None, ..period() }, "from and until go together"),
            (Asked { step: text("minute"), ..period() }, "step must be one of: hour, day"),
            (Asked { by: text("user"), ..period() }, "by must be one of: integration"),
            (Asked { integration: text(" , "), ..period() }, "a list of names has from 1"),
        ] {
            let said = said(asked);
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn csv_is_for_who_asks_for_it() {
        let format = |format: Option<&str>| Asked { format: format.map(str::to_owned), ..Asked::default() };
        for (given, accept, csv) in [
            (None, "", Some(false)),
            (None, "text/csv", Some(true)),
            (None, "text/csv;q=0.9, application/json;q=0.1", Some(true)),
            (None, "application/json, text/csv", Some(false)),
            (None, "text/html, */*", Some(false)),
            (Some("csv"), "application/json", Some(true)),
            (Some("json"), "text/csv", Some(false)),
            (Some("xml"), "", None),
        ] {
            assert_eq!(format(given).wants_csv(accept).ok(), csv, "{given:?} {accept}");
        }
    }
}
