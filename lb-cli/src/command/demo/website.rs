//! [`Website`]: creates meetings, sends people into them, and ends them, by BBB's API alone.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use lb_core::{Clock, Secret};
use lb_http::clock::SystemClock;
use lb_http::sim::SimulatedServer;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::browser::{Browser, signed_url};
use super::cast::{SUBJECTS, WebsiteRole, person};
use super::network::Simulation;

/// Meetings that begin right after the start, so that there is something to see.
const EARLY_MEETINGS: u32 = 6;
/// How far these are apart.
const EARLY_PAUSE: Duration = Duration::from_millis(450);
/// People in the largest meeting.
const MOST_PEOPLE: u32 = 40;

/// One simulated website and its people.
pub(super) struct Website {
    role: &'static WebsiteRole,
    secret: Secret,
    api: String,
    browser: Browser,
    simulation: Arc<Simulation>,
}

/// One meeting as it will go if nothing comes between. All of it follows from the seed.
#[derive(Debug, PartialEq)]
struct Plan {
    id: String,
    name: String,
    /// What stands for the city of who asks for it.
    address: &'static str,
    people: u32,
    /// Who comes first; the others are the next ones.
    first_person: usize,
    /// From the create to the last join.
    arriving: Duration,
    /// From then until the first leaves.
    staying: Duration,
    /// From then until the end.
    leaving: Duration,
    /// The website ends it; otherwise it ends on its own when the last one has left.
    ended_by_website: bool,
}

impl Plan {
    fn draw(role: &WebsiteRole, number: u32, rng: &mut Rng) -> Self {
        let (city, address) = role.audience.get(rng.usize(..role.audience.len())).copied().unwrap_or_default();
        let subject = SUBJECTS[rng.usize(..SUBJECTS.len())];
        let people = if rng.u32(..6) == 0 { rng.u32(24..=MOST_PEOPLE) } else { rng.u32(4..=16) };
        let first_person = rng.usize(..208);
        let mut within =
            |seconds: std::ops::Range<u64>| Duration::from_millis(rng.u64(seconds.start * 1000..seconds.end * 1000));
        Self {
            id: format!("{}-{number}", role.name),
            name: format!("{city}, {subject}"),
            address,
            people,
            first_person,
            arriving: within(6..14),
            staying: within(5..30),
            leaving: within(3..9),
            ended_by_website: rng.u32(..4) > 0,
        }
    }
}

impl Website {
    /// A website that calls the API at `api`, which ends in `/`.
    pub(super) fn new(role: &'static WebsiteRole, api: &str, simulation: Arc<Simulation>) -> Self {
        let (secret, browser) = (role.secret.into(), Browser::new());
        Self { role, secret, api: api.to_owned(), browser, simulation }
    }

    /// Goes on until it is dropped.
    pub(super) async fn live(self, mut rng: Rng) {
        let website = Arc::new(self);
        let mut meetings = JoinSet::new();
        for number in 1.. {
            let plan = Plan::draw(website.role, number, &mut rng);
            let pause = Duration::from_millis(rng.u64(website.role.pause / 2..website.role.pause * 3 / 2));
            if meetings.len() < website.role.most_meetings {
                let website = Arc::clone(&website);
                meetings.spawn(async move { website.hold(&plan).await });
            }
            sleep(if number < EARLY_MEETINGS { EARLY_PAUSE } else { pause }).await;
            while meetings.try_join_next().is_some() {}
        }
    }

    async fn hold(&self, plan: &Plan) {
        let create = [("name", plan.name.as_str()), ("meetingID", plan.id.as_str())];
        if !self.succeeds("create", &create, Some(plan.address)).await {
            // its people see the website's error and give up
            return;
        }
        let mut held_on = None;
        for number in 0..plan.people {
            sleep(plan.arriving / plan.people).await;
            held_on = self.join(plan, number).await.or(held_on);
            if let Some(server) = held_on {
                // most speak, some are seen
                let present = number as usize + 1;
                server.with(|bbb| bbb.set_media(&plan.id, (present * 7).div_ceil(10), present / 3));
            }
        }
        sleep(plan.staying).await;
        // half of them leave one by one, the end takes the others
        for _ in 0..plan.people / 2 {
            sleep(plan.leaving / plan.people.max(2) * 2).await;
            if let Some(server) = held_on {
                server.with(|bbb| bbb.leave(&plan.id, 1));
            }
        }
        let ended = plan.ended_by_website && self.succeeds("end", &[("meetingID", &plan.id)], None).await;
        if let (false, Some(server)) = (ended, held_on) {
            server.with(|bbb| bbb.end(SystemClock::new().now(), &plan.id));
        }
    }

    /// Somebody clicks on "join": the browser follows the website's redirect to the server, and the server's to its client.
    /// Where it landed; `None` if it did not.
    async fn join(&self, plan: &Plan, number: u32) -> Option<&SimulatedServer> {
        let name = person(plan.first_person + number as usize);
        let role = if number == 0 { "MODERATOR" } else { "VIEWER" };
        let join = [("fullName", name.as_str()), ("meetingID", &plan.id), ("role", role)];
        let answer = self.browser.get(&signed_url(&self.api, &self.secret, "join", &join), Some(plan.address)).await?;
        let server_url = answer.redirect()?;
        let server = self.simulation.server_at(server_url)?;
        let answer = self.browser.get(server_url, None).await?;
        self.browser.get(answer.redirect()?, None).await?;
        Some(server)
    }

    async fn succeeds(&self, call: &str, parameters: &[(&str, &str)], forwarded_for: Option<&str>) -> bool {
        let url = signed_url(&self.api, &self.secret, call, parameters);
        self.browser.get(&url, forwarded_for).await.is_some_and(|answer| answer.is_success())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cast::WEBSITES;
    use super::*;

    #[test]
    fn the_same_seed_plans_the_same_meetings() {
        let plans = |seed| {
            let mut rng = Rng::with_seed(seed);
            (1..50).map(|number| Plan::draw(&WEBSITES[0], number, &mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(plans(7), plans(7));
        assert_ne!(plans(7), plans(8));
        assert!(plans(7).iter().all(|plan| (4..=MOST_PEOPLE).contains(&plan.people) && !plan.address.is_empty()));
    }
}
