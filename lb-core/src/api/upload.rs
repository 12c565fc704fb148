//! A body that is not held: it goes on to a server while it comes from a website.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::Failure;
use super::prolog::{self, Prolog};
use crate::network::IntegrationName;

/// The pieces of a body as they come.
pub type UploadPieces = Pin<Box<dyn Stream<Item = Result<Bytes, UploadError>> + Send>>;

/// Why a body did not come whole. Whoever makes an [`Upload`] bounds its length and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The website hung up.
    #[error("the body broke off")]
    BrokeOff,
    /// It is longer than bodies may be.
    #[error("the body is too long")]
    TooLong,
    /// It came too slowly.
    #[error("the body came too slowly")]
    TooSlow,
}

/// Whether an integration may send a body now.
type Gate = Box<dyn FnOnce(&IntegrationName) -> bool + Send>;

/// The media type of a `Content-Type`, without its parameters.
pub(super) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// Whether BBB takes a media type, in lower case, for XML.
pub(super) fn is_xml(media_type: &str) -> bool {
    matches!(media_type, "application/xml" | "text/xml")
}

/// A body on its way. It can be sent on once: there is no second copy.
pub struct Upload {
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its length in bytes, where that was announced.
    pub length: Option<u64>,
    // Nobody ever waits for it: the lock only lets references to an upload go from thread to thread.
    pieces: Mutex<UploadPieces>,
    // the same
    gate: Mutex<Option<Gate>>,
}

impl Upload {
    /// A body that comes in `pieces`.
    pub fn new(
        content_type: impl Into<String>,
        length: Option<u64>,
        pieces: impl Stream<Item = Result<Bytes, UploadError>> + Send + 'static,
    ) -> Self {
        Self { content_type: content_type.into(), length, pieces: Mutex::new(Box::pin(pieces)), gate: Mutex::default() }
    }

    /// The same, for which `gate` says whether it may be sent, once it is known whose it is.
    #[must_use]
    pub fn asking(self, gate: impl FnOnce(&IntegrationName) -> bool + Send + 'static) -> Self {
        Self { gate: Mutex::new(Some(Box::new(gate))), ..self }
    }

    /// Whether `integration` may send it now. To be asked once, before its pieces are; one that asks nobody may be sent.
    ///
    /// # Errors
    /// [`Failure::Interrupted`] if it may not be sent.
    pub fn admit(&mut self, integration: &IntegrationName) -> Result<(), Failure> {
        let gate = self.gate.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if gate.is_none_or(|gate| gate(integration)) { Ok(()) } else { Err(Failure::Interrupted) }
    }

    /// A body that is there already.
    pub fn whole(content_type: impl Into<String>, body: Bytes) -> Self {
        let length = body.len() as u64;
        Self::new(content_type, Some(length), stream::iter([Ok(body)]))
    }

    /// The same if it is XML, under its bare media type.
    pub(crate) fn of_xml(self) -> Option<Self> {
        let media_type = media_type(&self.content_type).to_ascii_lowercase();
        is_xml(&media_type).then_some(Self { content_type: media_type, ..self })
    }

    /// Whether it is a form in parts that names what stands between them.
    ///
    /// # Errors
    /// [`Failure::UnsupportedContentType`] if it is none.
    pub(crate) fn has_boundary(&self) -> Result<bool, Failure> {
        if !media_type(&self.content_type).eq_ignore_ascii_case("multipart/form-data") {
            return Err(Failure::UnsupportedContentType);
        }
        let parameters = self.content_type.split(';').skip(1).filter_map(|part| part.split_once('='));
        let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
        Ok(boundaries.any(|(_, value)| !value.trim().trim_matches('"').is_empty()))
    }

    /// The same once its beginning has come, if that declares no document type.
    ///
    /// # Errors
    /// [`Failure::UnsupportedContentType`] if it does, or if no root element begins for 64 KiB; [`Failure::Interrupted`] where so
    /// much of it does not come.
    pub(crate) async fn without_document_type(self) -> Result<Self, Failure> {
        let Self { content_type, length, pieces, gate } = self;
        let mut pieces = pieces.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut beginning = Vec::new();
        loop {
            match prolog::look(&beginning) {
                Prolog::Fine => break,
                Prolog::Open if beginning.len() < prolog::LONGEST => {}
                Prolog::Open | Prolog::DocumentType => return Err(Failure::UnsupportedContentType),
            }
            match pieces.next().await {
                Some(piece) => beginning.extend_from_slice(&piece.map_err(|_| Failure::Interrupted)?),
                // what has no root element is for the server to refuse
                None => break,
            }
        }
        Ok(Self { gate, ..Self::new(content_type, length, stream::iter([Ok(beginning.into())]).chain(pieces)) })
    }

    /// What is to be sent. After an error nothing more comes.
    pub fn into_pieces(self) -> UploadPieces {
        self.pieces.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for all of it, for gateways that send bodies in one piece. No more is held than whoever made it lets through.
    ///
    /// # Errors
    /// [`UploadError`] where it does not come whole.
    ///
    /// # Cancel safety
    /// What has come is lost.
    pub async fn collect(self) -> Result<Bytes, UploadError> {
        let mut pieces = self.into_pieces();
        let mut whole = Vec::new();
        while let Some(piece) = pieces.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.into())
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;

    #[test]
    fn what_came_in_pieces_is_collected_unless_it_breaks_off() {
        let pieces = || stream::iter([Ok(Bytes::from_static(b"a b")), Ok(Bytes::from_static(b"c"))]);
        assert_eq!(block_on(Upload::new("text/plain", None, pieces()).collect()), Ok(Bytes::from_static(b"a bc")));
        let broken = pieces().chain(stream::iter([Err(UploadError::BrokeOff)]));
        assert_eq!(block_on(Upload::new("text/plain", Some(9), broken).collect()), Err(UploadError::BrokeOff));
        let boundary = |content_type: &str| Upload::whole(content_type, Bytes::new()).has_boundary();
        assert_eq!(boundary("Multipart/Form-Data; charset=x; boundary=\"--x\""), Ok(true));
        assert_eq!(boundary("multipart/form-data; boundary=\"\""), Ok(false));
        assert_eq!(boundary("multipart/form-data"), Ok(false));
        assert_eq!(boundary("text/vtt; boundary=x"), Err(Failure::UnsupportedContentType));
        assert_eq!(Upload::whole("text/plain", Bytes::from_static(b"abc")).length, Some(3));
    }
}
