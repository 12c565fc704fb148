//! Forms in parts: BBB takes them where it takes other forms.

use bytes::Bytes;
use futures_util::stream;
use lb_core::api::Params;
use multer::Multipart;

/// The content type of other forms.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The same form in one piece; `None` if it cannot be read. Files in it are left out: no call has any but those that are
/// uploaded.
pub(super) async fn in_one_piece(content_type: &str, body: Bytes) -> Option<Bytes> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let mut parts = Multipart::new(stream::iter([Ok::<_, std::convert::Infallible>(body)]), boundary);
    let mut fields = Vec::new();
    while let Some(field) = parts.next_field().await.ok()? {
        let Some(name) = field.name().map(str::to_owned).filter(|_| field.file_name().is_none()) else { continue };
        let value = field.bytes().await.ok()?;
        fields.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    Some(Params::from_iter(fields).encode().into())
}

/// Whether a content type is that of a form in parts.
pub(super) fn is_multipart(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("multipart/form-data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fields_are_those_of_any_form() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA & B\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.pdf\"\r\n\r\n%PDF\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"meetingID\"\r\n\r\nroom 1\r\n--x--\r\n";
        let read =
            |body: &'static str| in_one_piece("multipart/form-data; boundary=x", Bytes::from_static(body.as_bytes()));
        assert_eq!(read(body).await.as_deref(), Some(&b"name=A+%26+B&meetingID=room+1"[..]));
        assert_eq!(read("--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA").await, None);
        assert_eq!(in_one_piece("multipart/form-data", Bytes::new()).await, None);
        assert!(is_multipart("Multipart/Form-Data; boundary=x") && !is_multipart("text/plain"));
    }
}
