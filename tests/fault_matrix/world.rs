//! Two servers, a balancer before them, and the trouble of the first one.

use std::time::{Duration, Instant};

use bytes::Bytes;
use lb_http::sim::SimulatedServer;

use super::harness::{Answer, Lb, Website, fetch, simulated_with_calls, until};
use super::rules::{Cell, times, when};
use super::stored::Stored;
use super::trouble::{BUDGET, CONNECT, Call, FUTURE_CALL, Limit, Trouble};

const PATIENCE: Duration = Duration::from_secs(30);

/// The most memory that the balancer may ever have had, whatever its servers answer, in KiB. A whole answer has up to 16 MiB
/// and is held twice for a moment.
const MEMORY: u64 = 96 << 10;

/// `moodle` is beside bbb1, which gets its new meetings and is in trouble; `portal` is beside bbb2.
pub struct World {
    trouble: Trouble,
    servers: Vec<SimulatedServer>,
    lb: Lb,
    moodle: Website,
    portal: Website,
    stored: Stored,
}

impl World {
    /// A balancer whose first server holds a meeting for each call, and is then in trouble.
    pub async fn start(trouble: Trouble) -> Self {
        let servers = simulated_with_calls(2, &[FUTURE_CALL]).await;
        let places = ["latitude = -30.03\nlongitude = -51.20\n", "latitude = 50.11\nlongitude = 8.68\n"];
        let mut config = String::new();
        for (number, (server, place)) in servers.iter().zip(places).enumerate() {
            let (url, secret, name) = (server.url(), server.secret().expose(), number + 1);
            config += &format!("[[servers]]\nname = \"bbb{name}\"\nurl = \"{url}\"\nsecret = \"{secret}\"\n{place}");
        }
        for (website, place) in ["moodle", "portal"].iter().zip(places) {
            config += &format!("[[integrations]]\nname = \"{website}\"\nsecrets = [\"{website}-s3cr3t\"]\n{place}");
        }
        let (budget, connect) = (BUDGET.as_millis(), CONNECT.as_millis());
        let failures = if trouble == Trouble::Suspended { 2 } else { 100_000 };
        config += &format!("[upstream]\ntimeout = \"{budget}ms\"\nconnect_timeout = \"{connect}ms\"\n");
        config += &format!("[health]\nfailures = {failures}\n[monitor]\ninterval = \"500ms\"\n");
        config += "[meetings]\ngrace = \"1ms\"\n[log]\nlevel = \"info,lb_http=debug\"\n";
        let lb = Lb::start(&config).await;
        lb.ready().await;
        let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
        for call in Call::ALL.into_iter().filter(|call| *call != Call::Create) {
            moodle.create(&call.room()).await.success();
        }
        portal.create("room-of-portal").await.success();
        let held = |server: &SimulatedServer| server.with(|bbb| bbb.meetings().count());
        assert_eq!(servers.iter().map(held).collect::<Vec<_>>(), [10, 1], "the first server has moodle's meetings");
        trouble.befall(&servers[0]).await;
        if trouble == Trouble::Suspended {
            lb.metric_is("lb_servers{name=\"suspended\"}", 1.0).await;
        }
        let stored = Stored::of(lb.folder.path());
        Self { trouble, servers, lb, moodle, portal, stored }
    }

    /// Makes every call, one after the other, while the polls go on; then the trouble passes.
    pub async fn run(self) -> (Trouble, Vec<(Call, Cell)>) {
        let calls = async {
            let mut cells = Vec::new();
            for call in Call::ALL.into_iter().filter(|call| *call != Call::Poll) {
                cells.push((call, self.cell(call).await));
            }
            cells
        };
        let (mut cells, polled) = tokio::join!(calls, self.polls());
        cells.push((Call::Poll, self.list(polled).await));
        assert_eq!(self.stored.claims(), 0, "{:?}: nothing stays claimed", self.trouble);
        self.assert_memory();
        self.assert_all_is_well_afterwards().await;
        (self.trouble, cells)
    }

    async fn cell(&self, call: Call) -> Cell {
        let count = |server: &SimulatedServer| server.calls().get(call.name()).copied().unwrap_or(0);
        let before: Vec<_> = self.servers.iter().map(count).collect();
        let begun = Instant::now();
        let answer = async { (self.send(call).await, begun.elapsed()) };
        let elsewhere = self.portal.call("getMeetingInfo", &[("meetingID", "room-of-portal")]);
        let ((answer, took), elsewhere) = tokio::join!(answer, elsewhere);
        elsewhere.success();
        let answer = answer.expect("every call is answered");
        if call == Call::End && answer.status == 200 && answer.value("returncode") == "SUCCESS" {
            let gone = async || (self.stored.servers(&call.room()).0.is_empty()).then_some(());
            until(PATIENCE, "the meeting is forgotten", gone).await;
        }
        if call == Call::Create {
            assert!(count(&self.servers[1]) <= before[1] + 1, "{:?}: at most once on the second server", self.trouble);
        }
        Cell {
            reads: self.word_of(&answer),
            when: when(took),
            got: times(count(&self.servers[0]) - before[0]),
            stored: self.stored.words(&call.room()),
        }
    }

    async fn send(&self, call: Call) -> Result<Answer, String> {
        let room = call.room();
        let meeting = ("meetingID", room.as_str());
        match call {
            Call::Create | Call::CreateAgain => self.moodle.try_call("create", &[("name", "Algebra"), meeting]).await,
            Call::Join => self.moodle.try_call("join", &[("fullName", "Ana"), meeting, ("role", "VIEWER")]).await,
            Call::JoinWithoutRedirect => {
                let join = [("fullName", "Ana"), meeting, ("role", "VIEWER"), ("redirect", "false")];
                self.moodle.try_call("join", &join).await
            }
            Call::InsertDocument => {
                let slides = "<modules><module name=\"presentation\"><document url=\"https://f.example/a.pdf\"/>\
                              </module></modules>";
                let url = self.moodle.url("insertDocument", &[meeting]);
                let body = ("application/xml", Bytes::from_static(slides.as_bytes()));
                fetch(hyper::Method::POST, &url, Some(body), &[]).await
            }
            Call::SendChatMessage => self.moodle.try_call(call.name(), &[meeting, ("message", "Hello")]).await,
            _ => self.moodle.try_call(call.name(), &[meeting]).await,
        }
    }

    fn word_of(&self, answer: &Answer) -> String {
        match (answer.status, &answer.location) {
            (302, Some(location)) if location.starts_with(self.servers[0].url()) => {
                "a redirect to its server".to_owned()
            }
            (302, _) => "a redirect elsewhere".to_owned(),
            (200, _) if answer.value("returncode") == "SUCCESS" => "SUCCESS".to_owned(),
            (200, _) => answer.value("messageKey"),
            (status, _) => format!("HTTP status {status}"),
        }
    }

    /// Waits until several polls of the troubled server have ended; those of the other one have not waited for them. Answers
    /// how often the server got them.
    async fn polls(&self) -> &'static str {
        let polled = |index: usize| self.servers[index].calls().get("getMeetings").copied().unwrap_or(0);
        let failed = |log: &str| {
            let of_the_poll = |line: &&str| line.contains("server-failed") && line.contains("getMeetings");
            log.lines().filter(of_the_poll).filter(|line| line.contains("bbb1")).count()
        };
        let (here, elsewhere, failed_before) = (polled(0), polled(1), failed(&self.lb.log()));
        until(PATIENCE, "two polls", async || {
            let of_the_one = match self.trouble.answers() {
                true => polled(0) >= here + 3,
                false => failed(&self.lb.log()) >= failed_before + 2,
            };
            (of_the_one && polled(1) >= elsewhere + 2).then_some(())
        })
        .await;
        if self.trouble.ends_by() == Limit::Call {
            assert!(polled(1) >= elsewhere + 4, "{:?}: the polls of the other server do not wait", self.trouble);
        }
        if polled(0) > here { "every round" } else { "never" }
    }

    /// What the website sees of its meetings after the polls.
    async fn list(&self, polled: &str) -> Cell {
        let begun = Instant::now();
        let list = self.moodle.call("getMeetings", &[]).await.success();
        let took = begun.elapsed();
        let kept = Call::ALL.into_iter().filter(|call| !(*call == Call::End && self.trouble.answers()));
        let lost: Vec<_> = kept.filter(|call| self.stored.servers(&call.room()).0.is_empty()).collect();
        let unlisted: Vec<_> = Call::ALL
            .into_iter()
            .filter(|call| *call != Call::End)
            .filter(|call| !list.text().contains(&format!("<meetingID>{}</meetingID>", call.room())))
            .collect();
        Cell {
            reads: if unlisted.is_empty() {
                "SUCCESS, every meeting".to_owned()
            } else {
                format!("without {unlisted:?}")
            },
            when: when(took),
            got: polled.to_owned(),
            stored: if lost.is_empty() { "all as it was".to_owned() } else { format!("without {lost:?}") },
        }
    }

    fn assert_memory(&self) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.lb.id().expect("it runs")));
        let status = status.expect("Linux tells of its processes");
        let kib = |name: &str| -> u64 {
            let told =
                status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse().ok());
            told.expect("a figure of memory")
        };
        // without the pages of its own file, which a build with debug symbols has many of
        let peak = kib("VmHWM:") - kib("RssFile:");
        assert!(peak < MEMORY, "{:?}: {peak} KiB", self.trouble);
    }

    /// When the server is well again, its meetings are reached, and the copy that nobody was sent to is ended.
    async fn assert_all_is_well_afterwards(&self) {
        self.trouble.pass(&self.servers[0]).await;
        let room = Call::GetMeetingInfo.room();
        until(PATIENCE, "the meeting is reached again", async || {
            let info = self.moodle.call("getMeetingInfo", &[("meetingID", &room)]).await;
            (info.value("returncode") == "SUCCESS").then_some(())
        })
        .await;
        until(PATIENCE, "no stray is left", async || (self.stored.strays() == 0).then_some(())).await;
        let room = Call::Create.room();
        let alive = |server: &SimulatedServer| {
            server.with(|bbb| bbb.meeting(&room).is_some_and(|meeting| !meeting.has_ended()))
        };
        assert_eq!(self.servers.iter().filter(|server| alive(server)).count(), 1, "{:?}: one copy", self.trouble);
    }
}
