//! What each call costs in reading and writing: queries, checksums, XML.
#![allow(missing_docs, reason = "a benchmark")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lb_core::api::{Answer, ApiRequest, Params, get_meetings};
use lb_core::checksum::{Algorithm, sign};
use lb_core::gateway::{ServerCall, ServerReply, SimulatedBbb};
use lb_core::{Server, Timestamp};

const SECRET: &str = "server-secret";
const CREATE: &str = "name=Introduction+to+linear+algebra&meetingID=f2b1c6d0-3a54-4f0e-9d3c-7b8f0c3a1e55&attendeePW=ap\
                      &moderatorPW=mp&record=true&welcome=Welcome+to+%3Cb%3E%25%25CONFNAME%25%25%3C%2Fb%3E%21&duration=120\
                      &logoutURL=https%3A%2F%2Fmoodle.example.org%2Fmod%2Fview.php%3Fid%3D42&meta_bbb-origin=Moodle";

/// A server with so many meetings of five attendees each, all stamped.
fn server(meetings: usize) -> SimulatedBbb {
    let mut bbb = SimulatedBbb::new("http://bbb1.example.org", SECRET);
    for number in 0..meetings {
        let id = format!("room-{number}");
        let create = format!(
            "name=Introduction+to+linear+algebra&meetingID={id}&record=true&meta_bbb-origin=Moodle\
             &meta_mconflb-guid=lb.example.org&meta_mconflb-institution=moodle&meta_mconflb-institution-name=Moodle"
        );
        say(&mut bbb, "create", &create);
        for user in 0..5 {
            say(&mut bbb, "join", &format!("meetingID={id}&fullName=Attendee+Number+{user}&userID={user}&role=VIEWER"));
        }
    }
    bbb
}

fn say(bbb: &mut SimulatedBbb, call: &str, query: &str) -> ServerReply {
    let digest = sign(Algorithm::Sha256, call, query, &SECRET.into());
    let separator = if query.is_empty() { "" } else { "&" };
    let reply = bbb.handle(Timestamp::from_millis(1), call, &format!("{query}{separator}checksum={digest}"), None);
    ServerReply { status: reply.status, content_type: None, body: reply.body.into() }
}

fn queries(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("query");
    for (name, call, query) in
        [("get-meeting-info", "getMeetingInfo", "meetingID=room-1"), ("create", "create", CREATE)]
    {
        let digest = sign(Algorithm::Sha256, call, query, &SECRET.into());
        let request = ApiRequest::get(&format!("/bigbluebutton/api/{call}?{query}&checksum={digest}"));
        group.bench_function(format!("read/{name}"), |bencher| {
            bencher.iter(|| black_box(&request).read().map(|read| read.params));
        });
        let params = Params::parse(query);
        group.bench_function(format!("encode/{name}"), |bencher| bencher.iter(|| black_box(&params).encode()));
        let server = Server::new("bbb1", "https://bbb1.example.org", SECRET).expect("a URL");
        group.bench_function(format!("sign/{name}"), |bencher| {
            bencher.iter(|| ServerCall::signed_url(black_box(&server), call, query));
        });
    }
    group.finish();
}

fn answers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("answer");
    let info = say(&mut server(1), "getMeetingInfo", "meetingID=room-0");
    group.throughput(Throughput::Bytes(info.body.len() as u64));
    group.bench_function("get-meeting-info-of-5-attendees", |bencher| {
        bencher.iter(|| Answer::read(black_box(&info)).map(|answer| answer.for_website()));
    });
    let list = say(&mut server(100), "getMeetings", "");
    let read =
        |reply: &ServerReply| Answer::read(reply).map(|answer| get_meetings::read(&answer, Timestamp::default()));
    assert_eq!(read(&list).map(|list| list.meetings().len()), Ok(100));
    group.throughput(Throughput::Bytes(list.body.len() as u64));
    group.bench_function("get-meetings-of-100-with-5-attendees", |bencher| bencher.iter(|| read(black_box(&list))));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(30);
    targets = queries, answers
}
criterion_main!(benches);
