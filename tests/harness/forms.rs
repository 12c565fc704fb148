//! Somebody with a browser that has no scripts: pages are read, their forms are filled in and sent as a browser sends them.

use bytes::Bytes;
use hyper::Method;
use url::form_urlencoded;

use super::{Answer, Lb, fetch};

/// Somebody who has logged in.
pub struct Reader<'a> {
    lb: &'a Lb,
    cookie: String,
    language: &'static str,
}

/// A page as it came.
pub struct Opened {
    pub status: u16,
    pub location: Option<String>,
    pub text: String,
}

/// A form of a page, and what stands in it.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    /// Names and values, as a browser would send them without a button.
    pub fields: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    /// Logs in by the page for it.
    pub async fn log_in(lb: &'a Lb, name: &str, password: &str) -> Reader<'a> {
        let mut reader = Reader { lb, cookie: String::new(), language: "en" };
        let fields = [("name".to_owned(), name.to_owned()), ("password".to_owned(), password.to_owned())];
        let answer = reader.send("/login", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.cookie.expect("a cookie");
        reader.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        reader
    }

    /// The same person, who reads another language.
    pub fn reading(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Opened {
        let url = format!("http://{}{path}", self.lb.pages);
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", self.language)];
        fetch(Method::GET, &url, None, &headers).await.expect("an answer").into()
    }

    /// Sends a form, with these fields in the place of its own; `None` takes one out.
    pub async fn fill(&self, form: &Form, fields: &[(&str, &str)]) -> Opened {
        let mut all = form.fields.clone();
        all.retain(|(name, _)| fields.iter().all(|(other, _)| name != other));
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(&form.action, &all).await.into()
    }

    /// Posts these fields and no others.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Opened {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(path, &fields).await.into()
    }

    async fn send(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = format!("http://{}{path}", self.lb.pages);
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", self.language)];
        let kind = "application/x-www-form-urlencoded";
        fetch(Method::POST, &url, Some((kind, Bytes::from(body))), &headers).await.expect("an answer")
    }
}

impl From<Answer> for Opened {
    fn from(answer: Answer) -> Self {
        Self { status: answer.status, text: answer.text(), location: answer.location }
    }
}

impl Opened {
    /// The form that is sent to where `action` ends.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let all = self.text.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
        let found = all.map(form).find(|form| form.action.ends_with(action));
        found.unwrap_or_else(|| panic!("{}: no form for {action}: {}", self.status, self.text))
    }

    /// Fails unless it is a page with this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails unless it leads on to `path`.
    #[track_caller]
    pub fn leads_to(&self, path: &str) {
        let to = self.location.as_deref().map(|to| to.split('?').next().unwrap_or_default());
        assert_eq!((self.status, to), (303, Some(path)), "{}", self.text);
    }
}

/// What an attribute of a tag has; `None` where it is not there.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let begin = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(plain(tag[begin..].split('"').next()?))
}

fn plain(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

fn form(text: &str) -> Form {
    let opening = text.split('>').next().unwrap_or_default();
    let mut fields = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, inside) = part.split_once('>').unwrap_or((part, ""));
        let name = || attribute(tag, "name").unwrap_or_default();
        if tag.contains(" disabled") {
            continue;
        }
        if tag.starts_with("input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            if !matches!(kind.as_str(), "checkbox" | "radio") || tag.contains(" checked") {
                fields.push((name(), attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea") {
            fields.push((name(), plain(inside.strip_prefix('\n').unwrap_or(inside)).replace('\n', "\r\n")));
        } else if tag.starts_with("select") {
            fields.push((name(), String::new()));
        } else if tag.starts_with("option")
            && tag.contains(" selected")
            && let Some((_, value)) = fields.last_mut()
        {
            *value = attribute(tag, "value").unwrap_or_default();
        }
    }
    Form { action: attribute(opening, "action").unwrap_or_default(), fields }
}
