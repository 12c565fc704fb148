//! Meetings and stays to figures.

use std::collections::HashMap;
use std::time::Duration;

use super::peaks::Changes;
use super::steps::Steps;
use super::table::Table;
use super::{By, Figures, Filter, Held, Limits, Owners, ReportQuery, TooMuch};
use crate::clock::Timestamp;
use crate::network::{IntegrationName, PartnerName, RouterName};
use crate::server::ServerName;

/// So many names are looked through for repeated ones no sooner than that.
const FEW: usize = 1 << 16;

/// Figures while they are made: of each group in each step, and of each in the whole period.
#[derive(Debug)]
pub(crate) struct Tally {
    query: ReportQuery,
    steps: Steps,
    owners: Owners,
    limits: Limits,
    groups: HashMap<Option<String>, u32>,
    // a group in a step, or in the whole period
    cells: HashMap<(u32, Option<u32>), Figures>,
    meetings: Changes,
    users: Changes,
    // a name, its group, its step
    names: Vec<(u64, u32, u32)>,
    compare_at: usize,
}

/// What a thing is of, that it is filtered and grouped by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home<'a> {
    pub(super) integration: &'a IntegrationName,
    pub(super) partner: Option<&'a PartnerName>,
    pub(super) router: Option<&'a RouterName>,
    pub(super) server: Option<&'a ServerName>,
}

impl Home<'_> {
    /// The group that it belongs to in a report, if it is to be counted.
    pub(super) fn group(self, query: &ReportQuery, owners: &Owners) -> Option<Option<String>> {
        let owner = owners.owner(self.integration);
        let partner = self.partner.or(owner.partner.as_ref());
        let router = self.router.or(owner.router.as_ref());
        let Filter { integrations, partners, servers, routers } = &query.filter;
        let fits = integrations.as_ref().is_none_or(|wanted| wanted.contains(self.integration))
            && partners.as_ref().is_none_or(|wanted| partner.is_some_and(|partner| wanted.contains(partner)))
            && servers.as_ref().is_none_or(|wanted| self.server.is_some_and(|server| wanted.contains(server)))
            && routers.as_ref().is_none_or(|wanted| router.is_some_and(|router| wanted.contains(router)));
        if !fits {
            return None;
        }
        let name = match query.by {
            By::Integration => Some(self.integration.as_str()),
            By::Partner => partner.map(|partner| partner.as_str()),
            By::Router => router.map(|router| router.as_str()),
            By::Server => self.server.map(|server| server.as_str()),
            By::Nothing => None,
        };
        Some(name.map(str::to_owned))
    }
}

impl Tally {
    pub(super) fn new(query: ReportQuery, steps: Steps, owners: Owners, limits: Limits) -> Self {
        let (groups, cells, names) = Default::default();
        let (meetings, users) = (Changes::new(&limits), Changes::new(&limits));
        Self { query, steps, owners, limits, groups, cells, meetings, users, names, compare_at: FEW }
    }

    pub(super) fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Whether anything of `integration` can count.
    pub(super) fn wants(&self, integration: &IntegrationName) -> bool {
        self.query.filter.integrations.as_ref().is_none_or(|wanted| wanted.contains(integration))
    }

    /// Counts a meeting and who was in it.
    pub(super) fn meeting(&mut self, held: &Held, now: Timestamp) -> Result<(), TooMuch> {
        let home = Home {
            integration: &held.integration,
            partner: held.partner.as_ref(),
            router: held.router.as_ref(),
            server: held.server.as_ref(),
        };
        let Some(group) = self.group(home) else { return Ok(()) };
        if let Some(lifetime) = held.lifetime {
            let (from, until) = (lifetime.from, lifetime.until.unwrap_or(now).max(lifetime.from));
            if let Some(step) = self.steps.at(from) {
                let ended = lifetime.until.map(|until| until.since(from));
                self.both(group, step, |figures| {
                    figures.meetings += 1;
                    if let Some(length) = ended {
                        figures.meetings_ended += 1;
                        figures.length += length;
                        figures.longest = figures.longest.max(length);
                    }
                })?;
            }
            let touched: Vec<_> = self.steps.touched(from, until).map(|(step, _)| step).collect();
            for step in &touched {
                self.cell(group, Some(*step))?.meetings_running += 1;
            }
            if !touched.is_empty() {
                self.cell(group, None)?.meetings_running += 1;
                self.meetings.add(group, from, until)?;
            }
        }
        // who, and in which step
        let mut people = Vec::new();
        for stay in &held.stays {
            let touched: Vec<_> = self.steps.touched(stay.from, stay.until).collect();
            for (step, millis) in &touched {
                let time = Duration::from_millis(*millis);
                self.both(group, *step, |figures| figures.time += time)?;
                self.name(of_integration(home.integration, stay.name), group, *step)?;
                people.push((*step, stay.person));
            }
            if !touched.is_empty() {
                self.users.add(group, stay.from, stay.until)?;
            }
        }
        let sent = held.sent.iter().filter_map(|sent| Some((self.steps.at(sent.at)?, sent.person)));
        let mut sent: Vec<_> = sent.collect();
        self.people(group, &mut people, |figures| figures.participants += 1)?;
        self.people(group, &mut sent, |figures| {
            figures.participants += 1;
            figures.participants_from_joins += 1;
        })
    }

    /// Counts each of `people` of one meeting once in each step, and once in the period.
    fn people(
        &mut self,
        group: u32,
        people: &mut Vec<(u32, u64)>,
        count: impl Fn(&mut Figures),
    ) -> Result<(), TooMuch> {
        people.sort_unstable();
        people.dedup();
        for (step, _) in people.iter() {
            count(self.cell(group, Some(*step))?);
        }
        people.sort_unstable_by_key(|(_, person)| *person);
        people.dedup_by_key(|(_, person)| *person);
        for _ in people.iter() {
            count(self.cell(group, None)?);
        }
        Ok(())
    }

    /// Counts a recording that was seen at `at` for the first time.
    pub(super) fn recording(&mut self, home: Home<'_>, at: Timestamp, lasted: Duration) -> Result<(), TooMuch> {
        self.happened(home, at, |figures| {
            figures.recordings += 1;
            figures.recorded += lasted;
        })
    }

    /// Counts a refused call.
    pub(super) fn refused(
        &mut self,
        integration: &IntegrationName,
        at: Timestamp,
        call: &str,
        key: &str,
    ) -> Result<(), TooMuch> {
        let home = Home { integration, partner: None, router: None, server: None };
        self.happened(home, at, |figures| {
            *figures.refused.entry((call.to_owned(), key.to_owned())).or_default() += 1;
        })
    }

    fn happened(&mut self, home: Home<'_>, at: Timestamp, count: impl Fn(&mut Figures)) -> Result<(), TooMuch> {
        let Some(step) = self.steps.at(at) else { return Ok(()) };
        match self.group(home) {
            Some(group) => self.both(group, step, count),
            None => Ok(()),
        }
    }

    /// The group that a thing belongs to, if it is to be counted.
    fn group(&mut self, home: Home<'_>) -> Option<u32> {
        let name = home.group(&self.query, &self.owners)?;
        let next = self.groups.len() as u32;
        Some(*self.groups.entry(name).or_insert(next))
    }

    fn cell(&mut self, group: u32, step: Option<u32>) -> Result<&mut Figures, TooMuch> {
        let known = self.cells.len();
        let cell = self.cells.entry((group, step)).or_default();
        TooMuch::unless(known, self.limits.rows, "lines").map(|()| cell)
    }

    fn both(&mut self, group: u32, step: u32, count: impl Fn(&mut Figures)) -> Result<(), TooMuch> {
        count(self.cell(group, Some(step))?);
        count(self.cell(group, None)?);
        Ok(())
    }

    fn name(&mut self, name: u64, group: u32, step: u32) -> Result<(), TooMuch> {
        self.names.push((name, group, step));
        if self.names.len() > self.compare_at {
            self.names.sort_unstable();
            self.names.dedup();
            TooMuch::unless(self.names.len(), self.limits.names, "names")?;
            self.compare_at = (self.names.len() * 2).min(self.limits.names) + FEW;
        }
        Ok(())
    }

    /// The table, of all that was counted.
    pub(super) fn finish(mut self, now: Timestamp) -> Table {
        let mut in_steps: Vec<Figures> = vec![Figures::default(); self.steps.spans().len()];
        let mut total = Figures::default();
        for ((_, step), figures) in &self.cells {
            match step.and_then(|step| in_steps.get_mut(step as usize)) {
                Some(of_step) => of_step.add_group(figures),
                None => total.add_group(figures),
            }
        }
        self.count_names(&mut in_steps, &mut total);
        let groups = self.groups.len();
        let Self { meetings, users, steps, mut cells, .. } = self;
        let (meetings, users) = (meetings.peaks(&steps, groups), users.peaks(&steps, groups));
        for (peaks, of) in [(meetings, peak_meetings as fn(&mut Figures) -> &mut u64), (users, peak_users)] {
            for (group, step, most) in peaks.cells {
                for place in [Some(step), None] {
                    raise(of(cells.entry((group, place)).or_default()), most);
                }
            }
            for (figures, most) in in_steps.iter_mut().zip(peaks.steps) {
                raise(of(figures), most);
                raise(of(&mut total), most);
            }
        }
        let names: HashMap<u32, Option<String>> = self.groups.into_iter().map(|(name, group)| (group, name)).collect();
        let named = |((group, step), figures)| ((names.get(&group).cloned().flatten(), step), figures);
        Table::of((self.query, steps), cells.into_iter().map(named), (in_steps, total), now)
    }

    /// How many different names there are in each group and step, in each group, in each step, and in all.
    fn count_names(&mut self, in_steps: &mut [Figures], total: &mut Figures) {
        let mut names = std::mem::take(&mut self.names);
        names.sort_unstable();
        names.dedup();
        for of_one in names.chunk_by(|a, b| a.0 == b.0) {
            total.unique_names += 1;
            let mut steps: Vec<u32> = of_one.iter().map(|(_, _, step)| *step).collect();
            steps.sort_unstable();
            steps.dedup();
            for step in steps {
                if let Some(figures) = in_steps.get_mut(step as usize) {
                    figures.unique_names += 1;
                }
            }
            for in_group in of_one.chunk_by(|a, b| a.1 == b.1) {
                for (_, group, step) in in_group {
                    self.cells.entry((*group, Some(*step))).or_default().unique_names += 1;
                }
                if let Some((_, group, _)) = in_group.first() {
                    self.cells.entry((*group, None)).or_default().unique_names += 1;
                }
            }
        }
    }
}

fn peak_meetings(figures: &mut Figures) -> &mut u64 {
    &mut figures.peak_meetings
}

fn peak_users(figures: &mut Figures) -> &mut u64 {
    &mut figures.peak_users
}

fn raise(figure: &mut u64, to: u64) {
    *figure = (*figure).max(to);
}

/// A name is another one with another integration.
fn of_integration(integration: &IntegrationName, name: u64) -> u64 {
    super::incarnation::hash(&(integration, name))
}
