//! The pages of the steps.

use askama::Template;
use lb_core::network::Network;

use super::progress::{Progress, Step};
use crate::pages::console::Meaning;
use crate::pages::frame::{Frame, Section};
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::server::Service;

/// How many integrations can be chosen from.
const MOST: usize = 200;

/// What was filled in, and what came of it.
#[derive(Default)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) name_error: &'static str,
    pub(super) url_error: &'static str,
    pub(super) secret_error: &'static str,
    /// Why a server was not kept, and the same in the balancer's own words.
    pub(super) trouble: Option<(&'static str, String)>,
    /// Whose test meeting.
    pub(super) integration: String,
    /// Why there was none made.
    pub(super) refused: Option<Meaning>,
}

/// The page.
#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct StartPage {
    frame: Frame,
    step: Step,
    progress: Progress,
    given: Given,
    steps: Vec<StepLink>,
    servers_say: String,
    monitored: bool,
    monitor_says: String,
    integrations_say: String,
    integrations: Vec<(String, String)>,
    runs: Option<Runs>,
    after: &'static str,
}

/// A step, in the line of all.
struct StepLink {
    word: &'static str,
    text: &'static str,
    present: bool,
    done: bool,
}

/// The test meeting.
struct Runs {
    integration: String,
    says: Sentence,
}

impl StartPage {
    pub(super) fn new(service: &Service, visitor: &Visitor, step: Step, progress: Progress, given: Given) -> Self {
        let frame = visitor.frame(visitor.words().start.title, Section::None);
        let w = &frame.w.start;
        let setup = service.setup.load();
        let network = setup.balancer.network();
        let name = |step| match step {
            Step::Server => w.step_server,
            Step::Integration => w.step_integration,
            Step::Meeting => w.step_meeting,
            Step::Next => w.step_next,
        };
        let link = |one: Step| StepLink {
            word: one.word(),
            text: name(one),
            present: one == step,
            done: progress.is_done(one),
        };
        let fleet = setup.balancer.fleet();
        let runs = progress.meeting.as_ref().map(|running| {
            let integration = running.meeting.key.integration.to_string();
            let names = [Part::Name(&integration), Part::Name(running.meeting.server.as_str())];
            let says = sentence(w.meeting_runs, &names);
            Runs { integration, says }
        });
        Self {
            steps: Step::ALL.map(link).into(),
            servers_say: servers_say(&frame, &progress),
            monitored: setup.monitored,
            monitor_says: match &fleet.monitor().trouble {
                Some((_, problem)) => fill(w.server_trouble, &[problem]),
                None => fill(w.server_waiting, &[&setup.interval.as_secs().max(1)]),
            },
            integrations_say: match progress.integrations {
                1 => w.integration_there.to_owned(),
                many => fill(w.integrations_there, &[&frame.number(many)]),
            },
            integrations: choices(&network),
            runs,
            after: step.following().word(),
            frame,
            step,
            progress,
            given,
        }
    }
}

fn servers_say(frame: &Frame, progress: &Progress) -> String {
    let w = &frame.w.start;
    match (progress.servers, progress.serving) {
        (1, 0) => w.server_idle.to_owned(),
        (1, _) => w.server_there.to_owned(),
        (all, serving) => fill(w.servers_there, &[&frame.number(all), &frame.number(serving)]),
    }
}

/// The integrations that may make calls.
fn choices(network: &Network) -> Vec<(String, String)> {
    let active = network.integrations().iter().filter(|one| one.active && network.plan_of(one).active);
    let mut all: Vec<_> = active.take(MOST).map(|one| (one.name.to_string(), one.display_name.clone())).collect();
    all.sort_unstable();
    all
}
