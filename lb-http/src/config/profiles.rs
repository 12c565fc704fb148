//! Profiles: which balancers somebody administers from afar, and their tokens there.
//!
//! ```toml
//! [production]
//! url = "https://lb.example.org"
//! token = "…"
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lb_core::Secret;
use serde::Deserialize;
use toml::de::DeTable;
use url::Url;

use super::ConfigErrors;
use super::load::Places;
use super::scalar::HttpUrl;
use super::value::{At, Table, said};

/// No file of profiles is longer, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// One balancer, and who one is there.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Where it is.
    pub at: ProfileAt,
    /// What is shown to it; its own socket asks for none.
    pub token: Option<Secret>,
}

/// Where a balancer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileAt {
    /// At this URL.
    Url(Url),
    /// Behind this socket of this machine.
    Socket(PathBuf),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    url: Option<At<HttpUrl>>,
    socket: Option<At<PathBuf>>,
    token: Option<At<Secret>>,
}

/// Reads the profiles of the file at `path`, by name.
///
/// # Errors
/// [`ConfigErrors`] if the file cannot be read, others than its owner may read it, a key is unknown or a value is bad.
pub fn read(path: &Path) -> Result<BTreeMap<String, Profile>, ConfigErrors> {
    let name = path.display().to_string();
    let one = |text: String| ConfigErrors(vec![text]);
    let unreadable = |error| one(format!("{name}: cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(one(format!("{name}: others than its owner may read it, and it holds tokens: chmod 600 {name}")));
    }
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text).map_err(unreadable)?;
    from_text(&name, &text)
}

fn from_text(name: &str, text: &str) -> Result<BTreeMap<String, Profile>, ConfigErrors> {
    let places = Places { name, text, variables: &[] };
    let document = DeTable::parse(text).map_err(|error| {
        let place = places.of(error.span().map_or(0, |span| span.start));
        ConfigErrors(vec![format!("{place}: {}", error.message())])
    })?;
    let keys = document.get_ref().clone();
    let tables = BTreeMap::<String, Table<Keys>>::deserialize(toml::de::Deserializer::from(document));
    let tables = tables.map_err(|error| ConfigErrors(vec![places.sentence(&keys, &error)]))?;
    let (mut profiles, mut wrong) = (BTreeMap::new(), Vec::new());
    for (profile, Table { at, keys: Keys { url, socket, token } }) in tables {
        let place = match (said(url), said(socket)) {
            (Some(HttpUrl(url)), None) => ProfileAt::Url(url),
            (None, Some(path)) => ProfileAt::Socket(path),
            _ => {
                wrong.push(format!("{}: {profile} needs url or socket, one of them", places.of(at)));
                continue;
            }
        };
        profiles.insert(profile, Profile { at: place, token: said(token) });
    }
    if wrong.is_empty() { Ok(profiles) } else { Err(ConfigErrors(wrong)) }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_profile_says_where_a_balancer_is_and_who_one_is_there() {
        let text =
            "[production]\nurl = 'https://lb.example.org'\ntoken = 'hush'\n[local]\nsocket = '/run/lb/lb.sock'\n";
        let profiles = from_text("profiles.toml", text).unwrap();
        let production = &profiles["production"];
        assert_eq!(production.at, ProfileAt::Url("https://lb.example.org".parse().unwrap()));
        assert_eq!(production.token.as_ref().map(Secret::expose), Some("hush"));
        assert_eq!(profiles["local"].at, ProfileAt::Socket("/run/lb/lb.sock".into()));
        assert!(!format!("{profiles:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_never_with_a_token() {
        for (text, told) in [
            (
                "[a]\nurl = 'https://a'\ntokn = 'hush'\n",
                "p:3: a.tokn is not a known key; known here: url, socket, token",
            ),
            ("[a]\ntoken = 'hush'\n", "p:1: a needs url or socket, one of them"),
            ("[a]\nurl = 'hush'\n", "p:2: a.url must be an absolute http"),
            ("[a]\nsocket = 's'\nurl = 'http://a'\n", "p:1: a needs url or socket, one of them"),
            ("[a\n", "p:1: "),
        ] {
            let errors = from_text("p", text).unwrap_err().to_string();
            assert!(errors.starts_with(told) && !errors.contains("hush"), "{errors}");
        }
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("profiles.toml");
        fs::write(&path, "[a]\nsocket = 'lb.sock'\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
    }
}
