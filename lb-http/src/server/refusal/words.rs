//! What people are told who cannot join, in each language.

use lb_core::api::Failure;

use super::super::accept::Language;

/// A refusal in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What is wrong.
    pub(super) title: &'static str,
    /// What to do about it.
    pub(super) then: &'static str,
}

/// What a person can make of a refusal.
enum Kind {
    BadLink,
    NotRunning,
    ServerAway,
    NameMissing,
    NotAllowed,
    Full,
    Trouble,
}

fn kind(failure: Failure) -> Kind {
    match failure {
        Failure::Checksum | Failure::MissingMeetingId | Failure::TooLong | Failure::UnsupportedContentType => {
            Kind::BadLink
        }
        Failure::NotFound | Failure::InvalidMeetingIdentifier => Kind::NotRunning,
        Failure::ServerTrouble => Kind::ServerAway,
        Failure::MissingFullName => Kind::NameMissing,
        Failure::NotAllowed | Failure::CallNotAllowed => Kind::NotAllowed,
        Failure::MeetingFull | Failure::TooManyUsers => Kind::Full,
        _ => Kind::Trouble,
    }
}

/// Whether the same link may work a little later.
pub(super) fn may_pass(failure: Failure) -> bool {
    matches!(kind(failure), Kind::NotRunning | Kind::ServerAway | Kind::Full | Kind::Trouble)
}

pub(super) fn words(failure: Failure, language: Language) -> Words {
    let (title, then) = match language {
        Language::English => english(kind(failure)),
        Language::Portuguese => portuguese(kind(failure)),
    };
    Words { title, then }
}

fn english(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BadLink => (
            "This link does not work",
            "It may be incomplete, changed or too old. Go back to the website where you found the room, and join from there \
             again.",
        ),
        Kind::NotRunning => (
            "The meeting has not started, or it is over",
            "Wait until the organiser has started it, then try again. If you think it is running, join from the website again.",
        ),
        Kind::ServerAway => (
            "The room’s server does not answer at the moment",
            "Please try again in a minute. If it goes on, tell the organiser of the meeting.",
        ),
        Kind::NameMissing => {
            ("Your name is missing", "Go back to the website where you found the room, and join with your name.")
        }
        Kind::NotAllowed => (
            "This website cannot use the conference service at the moment",
            "Please tell the people who run the website.",
        ),
        Kind::Full => (
            "There is no room for one more person",
            "As many people are here as this website may have. Try again when somebody has left, or tell the organiser of the \
             meeting.",
        ),
        Kind::Trouble => (
            "You cannot be let into the meeting at the moment",
            "Please try again in a minute. If it goes on, ask the organiser of the meeting.",
        ),
    }
}

fn portuguese(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BadLink => (
            "Este link não funciona",
            "Ele pode estar incompleto, alterado ou vencido. Volte ao site onde você encontrou a sala e entre de novo por lá.",
        ),
        Kind::NotRunning => (
            "A reunião ainda não começou ou já terminou",
            "Espere até que o organizador a inicie e tente de novo. Se você acha que ela está acontecendo, entre de novo pelo \
             site.",
        ),
        Kind::ServerAway => (
            "O servidor da sala não responde no momento",
            "Tente de novo em um minuto. Se continuar assim, avise o organizador da reunião.",
        ),
        Kind::NameMissing => {
            ("Falta o seu nome", "Volte ao site onde você encontrou a sala e entre informando o seu nome.")
        }
        Kind::NotAllowed => {
            ("Este site não pode usar o serviço de conferência no momento", "Avise os responsáveis pelo site.")
        }
        Kind::Full => (
            "Não há lugar para mais uma pessoa",
            "Já há tantas pessoas quantas este site pode ter. Tente de novo quando alguém tiver saído, ou avise o organizador da \
             reunião.",
        ),
        Kind::Trouble => (
            "Não é possível entrar na reunião no momento",
            "Tente de novo em um minuto. Se continuar assim, fale com o organizador da reunião.",
        ),
    }
}

impl Language {
    /// The words on the link that asks once more.
    pub(super) fn try_again(self) -> &'static str {
        match self {
            Self::English => "Try again",
            Self::Portuguese => "Tentar de novo",
        }
    }

    /// What stands before the messageKey.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "For the website’s support:",
            Self::Portuguese => "Para o suporte do site:",
        }
    }
}
