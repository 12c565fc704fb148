//! Secrets that are shown on purpose.

use askama::Template;

use crate::pages::frame::Frame;

#[derive(Template)]
#[template(path = "admin/secret.html")]
pub(in crate::pages::admin) struct SecretPage<'p> {
    pub(in crate::pages::admin) frame: Frame,
    pub(in crate::pages::admin) base: &'static str,
    /// What `base` is called.
    pub(in crate::pages::admin) all: &'static str,
    /// Whose they are, and its page.
    pub(in crate::pages::admin) name: &'p str,
    pub(in crate::pages::admin) href: String,
    pub(in crate::pages::admin) lead: &'static str,
    /// What each is called, and the secret.
    pub(in crate::pages::admin) secrets: Vec<(String, String)>,
}
