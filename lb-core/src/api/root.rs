//! The root of the API: its version, and the `custom` block in which the balancer says what it is.

use super::Reply;

/// What the root tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The version of BBB's API.
    pub api_version: String,
    /// The program's name.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// A number that the operator raises with each deployment.
    pub deploy: u64,
    /// The git revision of the build; empty if it was not built from one.
    pub revision: String,
}

impl Default for About {
    fn default() -> Self {
        Self {
            api_version: "2.0".to_owned(),
            name: "lb".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            deploy: 0,
            revision: String::new(),
        }
    }
}

/// The answer. `apiVersion` and an empty `bbbVersion` follow `version` as in BBB ≥ 2.4.
pub fn reply(about: &About) -> Reply {
    Reply::success(|writer| {
        writer
            .element("version", &about.api_version)
            .element("apiVersion", &about.api_version)
            .element("bbbVersion", "");
        writer.open("custom").element("name", &about.name).element("version", &about.version);
        writer.element("deploy", &about.deploy.to_string()).element("revision", &about.revision).close("custom");
    })
}
