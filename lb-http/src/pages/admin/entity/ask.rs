//! A page that says what something means before it is done, and may ask for more.

use askama::Template;

use crate::pages::fields::Shown;
use crate::pages::frame::Frame;

#[derive(Template)]
#[template(path = "admin/ask.html")]
pub(in crate::pages::admin) struct AskPage<'p> {
    /// Its title is what is asked.
    pub(in crate::pages::admin) frame: Frame,
    pub(in crate::pages::admin) base: &'static str,
    /// What `base` is called.
    pub(in crate::pages::admin) all: &'static str,
    /// The thing that it is about, and its page.
    pub(in crate::pages::admin) name: &'p str,
    pub(in crate::pages::admin) href: String,
    /// What it means, one paragraph after the other.
    pub(in crate::pages::admin) meaning: Vec<String>,
    pub(in crate::pages::admin) fields: Vec<Shown<'p>>,
    /// What is wrong with them.
    pub(in crate::pages::admin) problem: Option<String>,
    pub(in crate::pages::admin) action: String,
    /// What goes with it, unseen.
    pub(in crate::pages::admin) hidden: Vec<(&'static str, String)>,
    pub(in crate::pages::admin) button: &'static str,
    /// Whether it cannot be undone.
    pub(in crate::pages::admin) danger: bool,
}
