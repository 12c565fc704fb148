//! Writing a website its recordings, piece by piece.

use std::iter;
use std::sync::Arc;

use bytes::Bytes;

use crate::api::{Body, Reply};
use crate::recording::{Recording, RecordingState, Selected};
use crate::xml::Writer;

/// A piece is sent when it has got this long, bytes.
const PIECE: usize = 64 << 10;

/// The answer to a website, newest first. Where it asked for a page (`paged`), it is told how many there are in all.
///
/// It is written while it is sent.
pub fn reply(selected: Selected, paged: bool) -> Reply {
    let total = paged.then_some(selected.total);
    if selected.recordings.is_empty() {
        return Reply::success(|writer| {
            writer.raw("<recordings></recordings>");
            write_total(writer, total);
            writer.element("messageKey", "noRecordings");
            writer.element("message", "There are no recordings for the meeting(s).");
        });
    }
    // what the store keeps anyway counts too: it may be forgotten there meanwhile
    let held = selected.recordings.iter().map(|recording| recording.xml.packed() + size_of::<Recording>()).sum();
    let recordings: Arc<[Arc<Recording>]> = selected.recordings.into();
    let body = Body::pieces(held, move || Box::new(pieces(Arc::clone(&recordings), total)));
    // most are short, and their length is worth telling
    let mut first = body.clone().into_pieces();
    match (first.next(), first.next()) {
        (Some(whole), None) => Reply::xml(whole),
        _ => Reply::xml(body),
    }
}

fn pieces(recordings: Arc<[Arc<Recording>]>, total: Option<usize>) -> impl Iterator<Item = Bytes> + Send {
    let (mut next, mut has_begun, mut has_ended) = (0, false, false);
    iter::from_fn(move || {
        if has_ended {
            return None;
        }
        // the last recording of a piece makes it longer
        let mut writer = Writer::with_capacity(PIECE + (8 << 10));
        if !has_begun {
            writer.open("response").element("returncode", "SUCCESS").open("recordings");
            has_begun = true;
        }
        while writer.length() < PIECE {
            let Some(recording) = recordings.get(next) else {
                writer.close("recordings");
                write_total(&mut writer, total);
                writer.close("response");
                has_ended = true;
                break;
            };
            write(&mut writer, recording);
            next += 1;
        }
        Some(writer.into_string().into())
    })
}

fn write(writer: &mut Writer, recording: &Recording) {
    let flag = |flag: bool| if flag { "true" } else { "false" };
    let fields = recording.xml.unpack();
    let [head, middle, metadata, tail] = fields.parts();
    writer.open("recording").raw(head);
    writer.element("published", flag(recording.state == RecordingState::Published));
    if let Some(protected) = recording.protected {
        writer.element("protected", flag(protected));
    }
    writer.element("state", recording.state.as_str()).raw(middle);
    writer.open("metadata").raw(metadata).close("metadata").raw(tail).close("recording");
}

fn write_total(writer: &mut Writer, total: Option<usize>) {
    if let Some(total) = total {
        writer.element("totalElements", &total.to_string());
    }
}
