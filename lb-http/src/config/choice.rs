//! The keys that choose one of a few words.

use std::fmt;

use lb_core::checksum::Algorithm;

use super::value::{Given, Written};
use crate::store::StoreUrl;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident: $must_be:literal { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
        }

        impl $name {
            /// The word that stands for it in the configuration.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Written for $name {
            const MUST_BE: &'static str = $must_be;
            fn read(given: Given<'_>) -> Option<Self> {
                match given.text()? {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        })*
    };
}

choices! {
    /// `[monitor] kind`: who knows the servers.
    MonitorKind: "\"static\" or \"nagios\"" {
        /// The configuration itself.
        Static = "static",
        /// Nagios.
        Nagios = "nagios",
    }

    /// `[monitor] format`: how the monitor answers.
    MonitorFormat: "\"core4\" or \"mconf\"" {
        /// The JSON of Nagios Core 4.
        Core4 = "core4",
        /// Mconf's `status-json.cgi` with `style=mconf`.
        Mconf = "mconf",
    }

    /// `[voice] unique`: where no two meetings may have the same voice bridge.
    VoiceUnique: "\"server\" or \"fleet\"" {
        /// On one server.
        Server = "server",
        /// On all servers: they share a dial-in.
        Fleet = "fleet",
    }

    /// `[dashboard] access`: who may see the dashboard.
    DashboardAccess: "\"users\" or \"public\"" {
        /// Who has logged in and may see the network.
        Users = "users",
        /// Everybody: without the names of integrations, meetings and people.
        Public = "public",
    }

    /// `[reports] formats`: what a monthly report is written as.
    ReportFormat: "\"csv\", \"json\" or \"html\"" {
        /// For spreadsheets.
        Csv = "csv",
        /// For programs.
        Json = "json",
        /// For people: a page that is whole in itself.
        Html = "html",
    }

    /// `[log] format`: how the log is written.
    LogFormat: "\"text\" or \"json\"" {
        /// Lines for people.
        Text = "text",
        /// One JSON object on each line.
        Json = "json",
    }
}

impl Written for StoreUrl {
    const MUST_BE: &'static str =
        "\"memory:\" or \"sqlite:PATH\"; other stores, postgres among them, are not built yet";
    fn read(given: Given<'_>) -> Option<Self> {
        given.text()?.trim().parse().ok()
    }
}

impl Written for Algorithm {
    const MUST_BE: &'static str = "one of \"sha1\", \"sha256\", \"sha384\", \"sha512\"";
    fn read(given: Given<'_>) -> Option<Self> {
        match given.text()? {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }
}
