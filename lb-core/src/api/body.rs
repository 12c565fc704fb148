//! [`Body`]: what an answer says, whole or written while it is sent.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

/// The pieces of an answer, in their order. None is empty.
pub type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// The body of an answer. A long one is written piece by piece while it is sent, from what it was made of, so that no copy of
/// the whole is ever in memory.
#[derive(Clone)]
pub struct Body(Form);

#[derive(Clone)]
enum Form {
    Whole(Bytes),
    Pieces { held: usize, write: Arc<dyn Fn() -> Pieces + Send + Sync> },
}

impl Body {
    /// One that is written while it is sent, by the iterator that `write` gives. `held`: about how many bytes are kept in
    /// memory as long as it is not sent.
    pub fn pieces(held: usize, write: impl Fn() -> Pieces + Send + Sync + 'static) -> Self {
        Self(Form::Pieces { held, write: Arc::new(write) })
    }

    /// The body, if it is there as a whole.
    pub fn whole(&self) -> Option<&Bytes> {
        match &self.0 {
            Form::Whole(bytes) => Some(bytes),
            Form::Pieces { .. } => None,
        }
    }

    /// About how many bytes it keeps in memory until it is sent.
    pub fn held(&self) -> usize {
        match &self.0 {
            Form::Whole(bytes) => bytes.len(),
            Form::Pieces { held, .. } => *held,
        }
    }

    /// Its pieces. One that is there as a whole is one piece, or none if it is empty.
    pub fn into_pieces(self) -> Pieces {
        match self.0 {
            Form::Whole(bytes) => Box::new(Some(bytes).filter(|bytes| !bytes.is_empty()).into_iter()),
            Form::Pieces { write, .. } => write(),
        }
    }

    /// All of it, however long.
    pub fn to_bytes(&self) -> Bytes {
        match &self.0 {
            Form::Whole(bytes) => bytes.clone(),
            Form::Pieces { write, .. } => {
                let mut all = Vec::new();
                write().for_each(|piece| all.extend_from_slice(&piece));
                all.into()
            }
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(whole: T) -> Self {
        Self(Form::Whole(whole.into()))
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl fmt::Debug for Body {
    /// Without its text, which carries passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.whole().is_some() { "bytes" } else { "held" };
        f.debug_struct("Body").field(name, &self.held()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_the_same_however_it_was_made() {
        let pieces = Body::pieces(7, || Box::new(["a", "b", "c"].into_iter().map(Bytes::from)));
        assert_eq!(pieces, Body::from("abc"));
        assert_eq!((pieces.whole(), pieces.held(), pieces.clone().into_pieces().count()), (None, 7, 3));
        assert_eq!((Body::from("").into_pieces().count(), Body::from("abc").held()), (0, 3));
    }
}
