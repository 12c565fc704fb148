//! getRecordings among 100,000 recordings of 10,000 integrations, one of which has 5,000.
#![allow(missing_docs, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt;
use lb_core::Timestamp;
use lb_core::api::get_recordings::reply;
use lb_core::recording::{
    MetadataFilter, Pattern, Recording, RecordingFields, RecordingQuery, RecordingState, States, Which,
};
use lb_core::store::{InMemoryStore, RecordingChange, RecordingStore};

const RECORDINGS: u64 = 100_000;
const INTEGRATIONS: u64 = 10_000;
const SERVERS: u64 = 50;
/// Recordings of `big`, the first ones.
const OF_BIG: u64 = 5_000;

/// A recording as BBB 2.7 lists it: two formats, three previews.
fn recording(number: u64) -> Recording {
    let start = 1_700_000_000_000 + number * 1000;
    let server = format!("bbb{}.example.org", number % SERVERS);
    let (id, meeting_id) = (format!("{number:040x}-{start}"), format!("room-{:032x}", number / 3));
    let image = |image: u32| {
        format!(
            "<image alt=\"\" height=\"136\" width=\"176\">https://{server}/presentation/{id}/presentation/{number:040x}-{start}/thumbnails/\
             thumb-{image}.png</image>"
        )
    };
    let images: String = (1..=3).map(image).collect();
    let head = format!(
        "<recordID>{id}</recordID><meetingID>{meeting_id}</meetingID><internalMeetingID>{id}</internalMeetingID>\
         <name>Lecture {number}</name><isBreakout>false</isBreakout>"
    );
    let middle = format!(
        "<startTime>{start}</startTime><endTime>{}</endTime><participants>12</participants><rawSize>{}</rawSize>",
        start + 5_400_000,
        73_400_320 + number
    );
    let metadata = format!(
        "<bbb-origin>Moodle</bbb-origin><bbb-context-name>Course {}</bbb-context-name><gl-listed>{}</gl-listed>\
         <meetingName>Lecture {number}</meetingName><meetingId>{meeting_id}</meetingId><isBreakout>false</isBreakout>",
        number % 100,
        number.is_multiple_of(2)
    );
    let tail = format!(
        "<size>21504000</size><playback><format><type>presentation</type><url>https://{server}/playback/presentation/2.3/{id}</url>\
         <processingTime>181200</processingTime><length>90</length><size>20480000</size><preview><images>{images}</images></preview>\
         </format><format><type>video</type><url>https://{server}/playback/video/{id}/</url><processingTime>900</processingTime>\
         <length>90</length><size>1024000</size></format></playback><data></data>"
    );
    let integration = if number < OF_BIG { "big".to_owned() } else { format!("site-{}", number % INTEGRATIONS) };
    Recording {
        id: id.into(),
        server: server.into(),
        meeting_id: meeting_id.into(),
        integration: Some(integration.into()),
        assigned: false,
        state: RecordingState::Published,
        protected: None,
        start: Timestamp::from_millis(start),
        end: Timestamp::from_millis(start + 5_400_000),
        participants: 12,
        changed_at: Timestamp::default(),
        xml: RecordingFields::new(&head, &middle, &metadata, &tail).pack(),
    }
}

fn filled() -> InMemoryStore {
    let store = InMemoryStore::new();
    let change = |number| RecordingChange { before: None, after: Some(recording(number).into()), events: Vec::new() };
    let made = store.change_recordings((0..RECORDINGS).map(change).collect()).now_or_never();
    assert!(made.is_some_and(|made| made.is_ok_and(|made| made.len() as u64 == RECORDINGS)));
    store
}

fn of(integration: &str, which: Which) -> RecordingQuery {
    RecordingQuery { which, states: States::LISTED, ..RecordingQuery::all_of(Some(integration.into())) }
}

fn recordings(criterion: &mut Criterion) {
    let store = filled();
    let select = |query: &RecordingQuery| store.select(query).now_or_never().and_then(Result::ok).unwrap_or_default();
    let ids = |numbers: std::ops::Range<u64>| numbers.map(|number| recording(number).id.to_string()).collect();
    let filter = MetadataFilter { key: "bbb-context-name".to_owned(), value: Pattern::read("Course 7") };
    let mut group = criterion.benchmark_group("getRecordings");
    for (name, query, found) in [
        ("one meeting of 100,000 recordings", of("big", Which::OfMeetings(vec![recording(300).meeting_id])), 3),
        ("one recording", of("big", Which::BeginningWith(ids(7..8))), 1),
        ("10,000 recordings, none of them one's own", of("site-1", Which::BeginningWith(ids(20_000..30_000))), 1),
        ("10,000 recordings, half of them one's own", of("big", Which::BeginningWith(ids(0..10_000))), 5_000),
        ("by metadata among 5,000", RecordingQuery { metadata: vec![filter], ..of("big", Which::All) }, 50),
    ] {
        assert_eq!(select(&query).total, found, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| black_box(select(&query))));
    }
    let all = of("big", Which::All);
    let bytes: usize = reply(select(&all), false).body.into_pieces().map(|piece| piece.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("all 5,000, written", |bencher| {
        bencher
            .iter(|| reply(select(&all), false).body.into_pieces().map(|piece| black_box(piece).len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, recordings);
criterion_main!(benches);
