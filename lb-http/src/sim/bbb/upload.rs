//! The file in a form that a browser uploads: `multipart/form-data`.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use multer::Multipart;

/// The field that BBB takes the file from.
const FIELD: &str = "file";

/// The file in `body`, if it is such a form and has one.
pub(super) async fn file(content_type: &str, body: Bytes) -> Option<Bytes> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let mut form = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some(FIELD) {
            return field.bytes().await.ok();
        }
    }
    None
}
