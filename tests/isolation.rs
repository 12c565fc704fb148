//! No website can see, change or exhaust what belongs to another: whatever it asks for by another's ids is answered as if there
//! were no such thing, and the other notices nothing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use bytes::Bytes;
use harness::{Answer, Lb, Website, copies, fetch, until};
use hyper::Method;
use lb_core::gateway::SimulatedRecording;
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};

const SLIDES: &str =
    "<modules><module name=\"presentation\"><document name=\"a.txt\">QQ==</document></module></modules>";

/// Alpha's things, or things that are nobody's.
#[derive(Clone, Debug)]
struct Things {
    meeting: String,
    incarnation: String,
    recording: String,
    hook: String,
    metadata: String,
}

impl Things {
    fn nobodys() -> Self {
        Self {
            meeting: "nobodys-room".into(),
            incarnation: format!("{}-1700000000000", "0".repeat(40)),
            recording: format!("{}-1700000000001", "0".repeat(40)),
            hook: "424242".into(),
            metadata: "nobodys".into(),
        }
    }

    /// What an answer says of these, with all their names replaced; answers name no hooks.
    fn anonymous(&self, answer: &Answer) -> (u16, String) {
        let names = [&self.meeting, &self.incarnation, &self.recording, &self.metadata];
        let text = names
            .into_iter()
            .enumerate()
            .fold(answer.text(), |text, (number, name)| text.replace(name.as_str(), &format!("[{number}]")));
        (answer.status, text)
    }
}

struct World {
    lb: Lb,
    servers: Vec<SimulatedServer>,
    alpha: Website,
    beta: Website,
}

/// Three servers: `bbb1` for everybody, `bbb2` for all but beta, `bbb3` for all.
async fn world() -> World {
    let mut servers = Vec::new();
    for number in 1..=3 {
        let settings = SimulatedServerSettings {
            secret: format!("s3cr3t-of-bbb{number}").as_str().into(),
            webhooks: true,
            config_xml: true,
            future_calls: vec!["raiseHand".into()],
            ..SimulatedServerSettings::default()
        };
        servers.push(SimulatedServer::start(settings).await.expect("a free port"));
    }
    let tags = ["", "tags = [\"alphas\"]\n", ""];
    let tables = servers.iter().zip(tags).enumerate().map(|(number, (server, tags))| {
        let (url, secret) = (server.url(), server.secret().expose());
        format!("[[servers]]\nname = \"bbb{}\"\nurl = \"{url}\"\nsecret = \"{secret}\"\n{tags}", number + 1)
    });
    let config = "[monitor]\ninterval = \"1s\"\n[meetings]\ngrace = \"1s\"\n[recordings]\ninterval = \"1s\"\n\
                  [callbacks]\nallow_private_addresses = true\n\
                  [[integrations]]\nname = \"alpha\"\nsecrets = [\"s3cr3t-of-alpha\"]\n\
                  [[integrations]]\nname = \"beta\"\nsecrets = [\"s3cr3t-of-beta\"]\nforbidden_tags = [\"alphas\"]\n"
        .to_owned();
    let lb = Lb::start(&(config + &tables.collect::<String>())).await;
    lb.ready().await;
    let (alpha, beta) = (lb.website("s3cr3t-of-alpha"), lb.website("s3cr3t-of-beta"));
    World { lb, servers, alpha, beta }
}

impl World {
    /// A running meeting of alpha's with somebody in it, a recording of an earlier one, a hook.
    async fn alphas(&self) -> Things {
        let create =
            |id| [("name", "Secret talks"), ("meetingID", id), ("record", "true"), ("meta_course", "alphas-course")];
        let (meeting, earlier) = ("alphas-room", "alphas-earlier-room");
        let earlier_id = self.alpha.call("create", &create(earlier)).await.success().value("internalMeetingID");
        self.alpha.call("end", &[("meetingID", earlier)]).await.success();
        let incarnation = self.alpha.call("create", &create(meeting)).await.success().value("internalMeetingID");
        let join = [("meetingID", meeting), ("fullName", "Ana"), ("role", "MODERATOR")];
        let location = self.alpha.call("join", &join).await.location.expect("a redirect");
        fetch(Method::GET, &location, None, &[]).await.expect("the server lets her in");
        let hook = [("callbackURL", "http://127.0.0.1:9/alphas-hook"), ("meetingID", meeting)];
        let hook = self.alpha.call("hooks/create", &hook).await.success().value("hookID");
        until(Duration::from_secs(30), "alpha's recording is seen", async || {
            let answer = self.alpha.call("getRecordings", &[("recordID", &earlier_id)]).await;
            answer.text().contains("<state>published</state>").then_some(())
        })
        .await;
        until(Duration::from_secs(30), "Ana is listed", async || {
            self.alpha.call("getMeetings", &[]).await.text().contains("Ana").then_some(())
        })
        .await;
        Things { meeting: meeting.into(), incarnation, recording: earlier_id, hook, metadata: "alphas-course".into() }
    }

    /// Everything that alpha can see, and what its servers hold.
    async fn alphas_view(&self) -> Vec<String> {
        let mut view = Vec::new();
        for call in ["getMeetings", "getRecordings", "hooks/list"] {
            view.push(self.alpha.call(call, &[]).await.success().text());
        }
        for server in &self.servers {
            view.extend(server.with(|bbb| {
                let meetings = bbb.meetings().map(|meeting| format!("{} {}", meeting.internal_id, meeting.documents));
                let recordings = bbb.recordings().map(|recording| {
                    let SimulatedRecording { record_id, state, metadata, text_tracks, .. } = recording;
                    format!("{record_id} {state:?} {metadata:?} {}", text_tracks.len())
                });
                meetings.chain(recordings).collect::<Vec<_>>()
            }));
        }
        view
    }

    /// What beta is answered to everything that can be asked by the ids of `things`.
    async fn asked_by_beta(&self, things: &Things) -> Vec<(String, (u16, String))> {
        let Things { meeting, incarnation, recording, hook, metadata } = things;
        let prefix = &recording[..40];
        let mut told = Vec::new();
        let mut calls: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
        for id in [meeting.as_str(), incarnation] {
            calls.extend([
                ("join", vec![("meetingID", id), ("fullName", "Eve"), ("role", "MODERATOR")]),
                ("join", vec![("meetingID", id), ("fullName", "Eve"), ("role", "VIEWER"), ("redirect", "false")]),
                ("isMeetingRunning", vec![("meetingID", id)]),
                ("getMeetingInfo", vec![("meetingID", id)]),
                ("end", vec![("meetingID", id)]),
                ("sendChatMessage", vec![("meetingID", id), ("message", "Hello"), ("userName", "Eve")]),
                ("raiseHand", vec![("meetingID", id)]),
                ("getRecordings", vec![("meetingID", id)]),
                ("hooks/list", vec![("meetingID", id)]),
                (
                    "create",
                    vec![
                        ("name", "Room"),
                        ("meetingID", "betas-breakout"),
                        ("isBreakout", "true"),
                        ("parentMeetingID", id),
                        ("sequence", "1"),
                    ],
                ),
            ]);
        }
        calls.extend([
            ("getMeetings", vec![]),
            ("getSessions", vec![]),
            ("getMeetingEvents", vec![("users", "0")]),
            ("getRecordings", vec![]),
            ("getRecordings", vec![("recordID", recording.as_str())]),
            ("getRecordings", vec![("recordID", prefix), ("state", "any")]),
            ("getRecordings", vec![("meta_course", metadata.as_str())]),
            ("getRecordings", vec![("meta_course", "%"), ("state", "any"), ("limit", "10")]),
            ("publishRecordings", vec![("recordID", recording), ("publish", "false")]),
            ("updateRecordings", vec![("recordID", recording), ("meta_course", "stolen")]),
            ("deleteRecordings", vec![("recordID", recording)]),
            ("getRecordingTextTracks", vec![("recordID", recording)]),
            ("hooks/list", vec![]),
            ("hooks/destroy", vec![("hookID", hook)]),
        ]);
        for (call, params) in calls {
            let answer = self.beta.call(call, &params).await;
            told.push((format!("{} {call}", told.len()), things.anonymous(&answer)));
        }
        let track = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.vtt\"\r\n\
                     Content-Type: text/vtt\r\n\r\nWEBVTT\n\r\n--b--\r\n";
        let track_of = [("recordID", recording.as_str()), ("kind", "captions"), ("lang", "en"), ("label", "English")];
        for (call, params, content_type, body) in [
            ("insertDocument", &[("meetingID", meeting.as_str())][..], "application/xml", SLIDES),
            ("putRecordingTextTrack", &track_of[..], "multipart/form-data; boundary=b", track),
            (
                "setConfigXML",
                &[("meetingID", meeting.as_str()), ("configXML", "<config/>")][..],
                "application/x-www-form-urlencoded",
                "",
            ),
        ] {
            let body = Some((content_type, Bytes::from_static(body.as_bytes())));
            let answer = fetch(Method::POST, &self.beta.url(call, params), body, &[]).await.expect("an answer");
            told.push((call.to_owned(), things.anonymous(&answer)));
        }
        told
    }
}

#[tokio::test]
async fn whatever_a_website_asks_by_anothers_ids_is_answered_as_if_they_were_nobodys() {
    let world = world().await;
    let alphas = world.alphas().await;
    let before = world.alphas_view().await;
    let of_alpha = world.asked_by_beta(&alphas).await;
    let of_nobody = world.asked_by_beta(&Things::nobodys()).await;
    for ((call, alphas), (same_call, nobodys)) in of_alpha.iter().zip(&of_nobody) {
        assert_eq!(call, same_call);
        assert_eq!(alphas, nobodys, "{call}");
    }
    assert!(of_alpha.len() > 30 && of_alpha.iter().all(|(_, (status, _))| *status == 200), "{of_alpha:#?}");
    assert_eq!(world.alphas_view().await, before, "alpha notices nothing");
}

#[tokio::test]
async fn a_forbidden_server_is_not_seen_and_not_had_by_asking_for_it() {
    let world = world().await;
    let servers = world.beta.call("getServers", &[]).await.success().text();
    assert!(servers.contains("<name>bbb1</name>") && !servers.contains("bbb2"), "{servers}");
    let alphas = world.alpha.call("getServers", &[]).await.success().text();
    assert!(alphas.contains("<name>bbb2</name>"), "{alphas}");
    for number in 0..6 {
        let id = format!("betas-{number}");
        let create = [("name", "Algebra"), ("meetingID", id.as_str()), ("preferredServer", "bbb2")];
        world.beta.call("create", &create).await.success();
        let create = [("name", "Algebra"), ("meetingID", id.as_str()), ("preferredServer", "bbb2")];
        world.beta.call("create", &create).await.success();
        assert_eq!(copies(&world.servers, &id)[1], 0, "not where beta may not be");
    }
    world
        .alpha
        .call("create", &[("name", "Algebra"), ("meetingID", "alphas"), ("preferredServer", "bbb2")])
        .await
        .success();
    assert_eq!(copies(&world.servers, "alphas"), [0, 1, 0]);
}

#[tokio::test]
async fn two_websites_hold_meetings_of_the_same_id_at_the_same_time_on_different_servers() {
    let world = world().await;
    let create = |name| {
        [("name", name), ("meetingID", "room-1"), ("record", "true"), ("attendeePW", "ap"), ("moderatorPW", "mp")]
    };
    let first = world.alpha.call("create", &create("Of alpha")).await.success().value("internalMeetingID");
    let second = world.beta.call("create", &create("Of beta")).await.success().value("internalMeetingID");
    let held = copies(&world.servers, "room-1");
    assert_eq!((held.iter().sum::<usize>(), held.iter().max()), (2, Some(&1)), "{held:?}");
    for (website, name, other) in [(&world.alpha, "Of alpha", &second), (&world.beta, "Of beta", &first)] {
        let info = website.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
        assert_eq!(info.value("meetingName"), name);
        let list = website.call("getMeetings", &[]).await.success().text();
        assert!(list.contains(name) && list.matches("<meeting>").count() == 1, "{list}");
        website.call("getMeetingInfo", &[("meetingID", other)]).await.failed("notFound");
    }
    world.beta.call("end", &[("meetingID", "room-1")]).await.success();
    let info = world.alpha.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!(info.value("meetingName"), "Of alpha");
    until(Duration::from_secs(30), "beta's recording is seen", async || {
        let list = world.beta.call("getRecordings", &[("meetingID", "room-1")]).await.success().text();
        list.contains("Of beta").then_some(())
    })
    .await;
    let list = world.alpha.call("getRecordings", &[("meetingID", "room-1"), ("state", "any")]).await.success();
    assert_eq!(list.value("messageKey"), "noRecordings");
}

#[tokio::test]
async fn where_one_server_is_left_the_second_of_two_is_told_that_the_id_is_taken() {
    let world = world().await;
    for server in &world.servers[1..] {
        server.stop().await;
    }
    until(Duration::from_secs(60), "two servers are suspended", async || {
        let servers = world.alpha.call("getServers", &[]).await.text();
        (servers.matches("<isDisabled>true</isDisabled>").count() == 2).then_some(())
    })
    .await;
    world.alpha.create("room-1").await.success();
    world.beta.create("room-1").await.failed("idNotUnique");
    world.beta.create("room-2").await.success();
    assert_eq!(world.alpha.call("getMeetings", &[]).await.success().text().matches("<meeting>").count(), 1);
    drop(world.lb);
}
