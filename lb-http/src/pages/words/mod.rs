//! The one catalogue of every sentence on a page, in English and Brazilian Portuguese.
//!
//! A section is a file: `words! { pub(crate) LoginWords { title: "Log in", "Entrar"; } }` makes a struct of texts, and both
//! languages of it: what is missing in one does not compile. What stands in a sentence is `{}` in it, for [`fill`].

macro_rules! words {
    ($(#[$doc:meta])* $visibility:vis $name:ident { $($field:ident: $english:expr, $portuguese:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name { $(pub(crate) $field: &'static str,)* }

        impl $name {
            pub(super) const EN: Self = Self { $($field: $english,)* };
            pub(super) const PT: Self = Self { $($field: $portuguese,)* };

            #[cfg(test)]
            pub(super) fn pairs() -> Vec<(&'static str, &'static str, &'static str)> {
                vec![$((stringify!($field), $english, $portuguese),)*]
            }
        }
    };
}

macro_rules! sections {
    ($($section:ident: $file:ident::$name:ident),* $(,)?) => {
        /// Every sentence, in one language.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Words { $(pub(crate) $section: $file::$name,)* }

        impl Words {
            const EN: Self = Self { $($section: $file::$name::EN,)* };
            const PT: Self = Self { $($section: $file::$name::PT,)* };

            #[cfg(test)]
            fn pairs() -> Vec<(&'static str, &'static str, &'static str)> {
                [$($file::$name::pairs(),)*].concat()
            }
        }
    };
}

mod account;
mod admin;
mod alarms;
mod audit;
mod console;
mod dashboard;
mod events;
mod explain;
mod first;
mod form;
mod frame;
mod happenings;
mod integrations;
mod kinds;
mod listing;
mod login;
mod meetings;
mod onboard;
mod partners;
mod persons;
mod plans;
mod reasons;
mod recordings;
mod reports;
mod routers;
mod server_page;
mod servers;
mod settings;
mod start;
mod states;
mod tokens;
mod transfer;
mod trouble;
mod users;

use std::fmt::Display;

pub(crate) use self::audit::SUBJECTS;
pub(crate) use self::form::FormWords;
pub(crate) use self::happenings::HappeningWords;
pub(crate) use self::kinds::KindWords;
pub(crate) use self::meetings::MeetingWords;
pub(crate) use self::onboard::OnboardWords;
pub(crate) use self::users::UserWords;
use super::language::Language;

sections! {
    account: account::AccountWords,
    admin: admin::AdminWords,
    alarms: alarms::AlarmWords,
    audit: audit::AuditWords,
    console: console::ConsoleWords,
    dashboard: dashboard::DashboardWords,
    events: events::EventWords,
    explain: explain::ExplainWords,
    first: first::FirstWords,
    form: form::FormWords,
    frame: frame::FrameWords,
    happenings: happenings::HappeningWords,
    integrations: integrations::IntegrationWords,
    kinds: kinds::KindWords,
    listing: listing::ListingWords,
    login: login::LoginWords,
    meetings: meetings::MeetingWords,
    onboard: onboard::OnboardWords,
    partners: partners::PartnerWords,
    persons: persons::PersonWords,
    plans: plans::PlanWords,
    reasons: reasons::ReasonWords,
    recordings: recordings::RecordingWords,
    reports: reports::ReportWords,
    routers: routers::RouterWords,
    server_page: server_page::ServerPageWords,
    servers: servers::ServerWords,
    settings: settings::SettingsWords,
    start: start::StartWords,
    states: states::StateWords,
    tokens: tokens::TokenWords,
    transfer: transfer::TransferWords,
    trouble: trouble::TroubleWords,
    users: users::UserWords,
}

impl Words {
    /// Every sentence in this language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &Self::EN,
            Language::Portuguese => &Self::PT,
        }
    }
}

/// A sentence with `values` in the place of each `{}`, in their order.
pub(crate) fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        if let Some(value) = values.next() {
            filled.push_str(&value.to_string());
        }
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_gaps_and_no_sentence_is_empty() {
        for (field, english, portuguese) in Words::pairs() {
            assert!(!english.is_empty() && !portuguese.is_empty(), "{field}");
            assert_eq!(english.matches("{}").count(), portuguese.matches("{}").count(), "{field}");
        }
    }

    #[test]
    fn gaps_are_filled_in_their_order() {
        assert_eq!(fill("{} of {} servers", &[&3, &"many"]), "3 of many servers");
        assert_eq!(fill("none", &[&3]), "none");
        assert_eq!(fill("{} and {}", &[&1]), "1 and ");
    }
}
