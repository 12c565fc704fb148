//! What an error of the HTTP client says of the call: surely not sent, or nobody knows.

use std::error::Error as StdError;

use http_body_util::LengthLimitError;
use hyper_util::client::legacy;
use lb_core::api::UploadError;
use lb_core::gateway::GatewayError;

use super::Failed;

/// An error before the head of an answer came.
pub(super) fn of_request(error: &legacy::Error) -> Failed {
    let cause = root_cause(error);
    if let Some(interrupted) = sources(error).find_map(|source| source.downcast_ref::<UploadError>()) {
        // the server is not to blame for what the website did not send
        return GatewayError::Interrupted(*interrupted).into();
    }
    if error.is_connect() {
        let text = format!("cannot connect: {cause}");
        return if is_unreachable(error) { GatewayError::Unreachable(text) } else { GatewayError::NotSent(text) }
            .into();
    }
    let hyper = sources(error).find_map(|source| source.downcast_ref::<hyper::Error>());
    if hyper.is_some_and(hyper::Error::is_canceled) {
        // the connection was found closed before anything was written to it
        return Failed { error: GatewayError::NotSent(cause), connection_broke: true };
    }
    if hyper.is_some_and(hyper::Error::is_parse) {
        return GatewayError::BadAnswer("not HTTP".to_owned()).into();
    }
    Failed { error: GatewayError::Unknown(cause), connection_broke: true }
}

/// Whether nobody took the connection. A name that is not found, or a certificate that is not trusted, says nothing of the
/// machine.
fn is_unreachable(error: &legacy::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
    let kind = |source: &(dyn StdError + 'static)| source.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    sources(error)
        .filter_map(kind)
        .any(|kind| matches!(kind, ConnectionRefused | HostUnreachable | NetworkUnreachable | TimedOut))
}

/// An error while the body of an answer came.
pub(super) fn of_body(error: &(dyn StdError + Send + Sync + 'static), limit: usize) -> Failed {
    if error.is::<LengthLimitError>() {
        return GatewayError::BadAnswer(format!("longer than {limit} bytes")).into();
    }
    GatewayError::Unknown(root_cause(error)).into()
}

fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The innermost error says what happened; those around it only where. None of them prints the URL.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    sources(error).last().map(ToString::to_string).unwrap_or_default()
}
