//! [`Reason`]: why a server is in its state.

use std::fmt;

use super::ServiceState;

/// Why a server is in its state. Written as a sentence for people, as events and answers have it, and read from that again, so that
/// pages can say it in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It only holds recordings.
    Recordings,
    /// It does not answer the balancer.
    Silent,
    /// An administrator disabled it.
    Disabled,
    /// An administrator is draining it.
    Drained,
    /// An administrator enabled it.
    Enabled,
    /// The monitor no longer has it.
    NotMonitored,
    /// The monitor finds its host down.
    HostDown,
    /// A service is past its limit.
    Service {
        /// As the monitor calls it.
        name: String,
        /// Warning or critical.
        state: ServiceState,
    },
    /// What nobody here has said.
    Other(String),
}

/// The sentences that name nothing.
const FIXED: [(Reason, &str); 7] = [
    (Reason::Recordings, "it is a recording server"),
    (Reason::Silent, "it does not answer the balancer"),
    (Reason::Disabled, "an administrator disabled it"),
    (Reason::Drained, "an administrator is draining it"),
    (Reason::Enabled, "an administrator enabled it"),
    (Reason::NotMonitored, "the monitor no longer has it"),
    (Reason::HostDown, "its host is down"),
];

/// What stands behind the name of a service.
const SERVICE: [(ServiceState, &str); 2] =
    [(ServiceState::Warning, " is WARNING"), (ServiceState::Critical, " is CRITICAL")];

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        if let Some((reason, _)) = FIXED.iter().find(|(_, sentence)| *sentence == text) {
            return reason.clone();
        }
        let service = |(state, end): &(ServiceState, &str)| {
            text.strip_suffix(end).map(|name| Self::Service { name: name.to_owned(), state: *state })
        };
        SERVICE.iter().find_map(service).unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { name, state } => {
                let end = SERVICE.iter().find(|(known, _)| known == state).map_or("", |(_, end)| end);
                write!(f, "{name}{end}")
            }
            Self::Other(text) => f.write_str(text),
            fixed => f.write_str(FIXED.iter().find(|(reason, _)| reason == fixed).map_or("", |(_, text)| text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_read_from_its_own_sentence() {
        let service = |state| Reason::Service { name: "Disk is CRITICAL on /var".to_owned(), state };
        let named = [service(ServiceState::Warning), service(ServiceState::Critical), Reason::Other("moon".to_owned())];
        for reason in FIXED.into_iter().map(|(reason, _)| reason).chain(named) {
            assert!(!reason.to_string().is_empty());
            assert_eq!(Reason::from(reason.to_string().as_str()), reason);
        }
    }
}
