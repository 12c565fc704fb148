//! Every call of the API: what it does, and what it takes.

use lb_core::api::Call;

use super::create::CREATE;
use super::parameter::Kind::{Address, Choice, Flag, List, Number, Text};
use super::parameter::{Parameter, rare, required, usual};
use crate::pages::language::Language;

/// What can be posted with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    Nothing,
    /// XML with slides.
    Slides,
    /// A file of captions.
    Captions,
}

const MEETING: Parameter =
    required("meetingID", "The website’s id of the meeting.", "Identificador da reunião no site.");
const RECORDINGS: Parameter =
    required("recordID", "The recordings, with commas between them.", "As gravações, separadas por vírgulas.");

const JOIN: &[Parameter] = &[
    MEETING,
    required("fullName", "What the user is called.", "Nome do usuário."),
    usual("role", Choice(&["MODERATOR", "VIEWER"]), "As what they come.", "Em que papel entra."),
    usual(
        "redirect",
        Flag,
        "false: the answer is XML, and the server is called. Otherwise the browser is led on.",
        "false: a resposta é XML e o servidor é chamado. Senão, o navegador é redirecionado.",
    ),
    usual("userID", Text, "The website’s id of the user.", "Identificador do usuário no site."),
    rare(
        "password",
        Text,
        "One of the meeting’s passwords, where there is no role.",
        "Uma das senhas da reunião, se não houver papel.",
    ),
    rare("createTime", Number, "Of which incarnation; another one refuses.", "De qual encarnação; outra recusa."),
    rare("guest", Flag, "Whether the user is a guest.", "Se é um convidado."),
    rare("auth", Flag, "Whether the user is known to the website.", "Se é conhecido do site."),
    rare("avatarURL", Address, "A picture of the user.", "Imagem do usuário."),
    rare("webcamBackgroundURL", Address, "What is behind them.", "Fundo da câmera."),
    rare("errorRedirectUrl", Address, "Where the browser is led if it cannot be.", "Para onde ir em caso de erro."),
    rare("logoutURL", Address, "Where this user goes afterwards.", "Para onde este usuário vai ao sair."),
    rare("excludeFromDashboard", Flag, "Not in the learning dashboard.", "Fora do painel de aprendizagem."),
    rare("bot", Flag, "It is a program.", "É um programa."),
    rare("enforceLayout", Text, "The layout for this user.", "Disposição para este usuário."),
];

const GET_RECORDINGS: &[Parameter] = &[
    usual("meetingID", List, "Of these meetings.", "Destas reuniões."),
    usual("recordID", List, "These, or those that begin so.", "Estas, ou as que começam assim."),
    usual(
        "state",
        List,
        "processing, processed, published, unpublished, deleted or any.",
        "processing, processed, published, unpublished, deleted ou any.",
    ),
    usual("limit", Number, "The most in one answer, 1 to 100.", "Máximo por resposta, de 1 a 100."),
    usual("offset", Number, "How many are passed over.", "Quantas são puladas."),
    rare(
        "meta_bbb-recording-name",
        Text,
        "With this metadata; any other name works alike.",
        "Com este metadado; outros nomes também valem.",
    ),
];

const EVENTS: &[Parameter] = &[
    usual(
        "createdAt",
        Text,
        "Created on that day (UTC) or later, as 2026-01-31.",
        "Criadas nesse dia (UTC) ou depois, como 2026-01-31.",
    ),
    usual("endedAt", Text, "Ended on that day or before.", "Encerradas nesse dia ou antes."),
    usual(
        "users",
        Number,
        "With so many joins or more; 1 where nothing is said.",
        "Com tantas entradas ou mais; 1 se nada for dito.",
    ),
    usual("limit", Number, "The most in one answer, up to 100.", "Máximo por resposta, até 100."),
];

const TRACK: &[Parameter] = &[
    required("recordID", "The recording.", "A gravação."),
    required("kind", "captions or subtitles.", "captions ou subtitles."),
    required("lang", "The language, such as pt-BR.", "O idioma, como pt-BR."),
    required("label", "What people read in the menu.", "O que se lê no menu."),
];

/// What `call` takes.
pub(super) fn parameters(call: Call) -> &'static [Parameter] {
    match call {
        Call::Create => CREATE,
        Call::Join => JOIN,
        Call::IsMeetingRunning | Call::GetMeetingInfo | Call::InsertDocument => const { &[MEETING] },
        Call::End => {
            const {
                &[
                    MEETING,
                    rare(
                        "password",
                        Text,
                        "Old websites send the moderators’.",
                        "Sites antigos enviam a dos moderadores.",
                    ),
                ]
            }
        }
        Call::GetMeetingEvents => EVENTS,
        Call::SendChatMessage => {
            const {
                &[
                    MEETING,
                    required("message", "What is said, 1 to 500 characters.", "O que é dito, de 1 a 500 caracteres."),
                    usual("userName", Text, "Who says it.", "Quem diz."),
                ]
            }
        }
        Call::GetRecordings => GET_RECORDINGS,
        Call::PublishRecordings => const { &[RECORDINGS, required("publish", "true or false.", "true ou false.")] },
        Call::DeleteRecordings => const { &[RECORDINGS] },
        Call::UpdateRecordings => {
            const {
                &[
                    RECORDINGS,
                    usual(
                        "meta_bbb-recording-name",
                        Text,
                        "This metadata; any other name works alike, and an empty value removes it.",
                        "Este metadado; outros nomes também valem, e um valor vazio o remove.",
                    ),
                    usual(
                        "protect",
                        Flag,
                        "Whether only who comes from the website sees it.",
                        "Se só quem vem do site a vê.",
                    ),
                ]
            }
        }
        Call::GetRecordingTextTracks => const { &[required("recordID", "The recording.", "A gravação.")] },
        Call::PutRecordingTextTrack => TRACK,
        Call::HooksCreate => {
            const {
                &[
                    required("callbackURL", "What is called.", "O endereço chamado."),
                    usual("meetingID", Text, "Of this meeting alone.", "Só desta reunião."),
                    usual("eventID", List, "Of these events alone.", "Só destes eventos."),
                ]
            }
        }
        Call::HooksDestroy => {
            const { &[required("hookID", "Which, as hooks/list has it.", "Qual, como em hooks/list.")] }
        }
        Call::HooksList => const { &[usual("meetingID", Text, "Those for this meeting.", "Os desta reunião.")] },
        Call::SetConfigXml => const { &[MEETING, required("configXML", "The configuration.", "A configuração.")] },
        _ => &[],
    }
}

/// What can be posted with `call`.
pub(super) fn posted(call: Call) -> Posted {
    match call {
        Call::Create | Call::InsertDocument => Posted::Slides,
        Call::PutRecordingTextTrack => Posted::Captions,
        _ => Posted::Nothing,
    }
}

/// What `call` is called in lists.
pub(super) fn title(call: Call) -> &'static str {
    if call == Call::Root { "/" } else { call.name() }
}

/// The call of that title.
pub(super) fn titled(text: &str) -> Option<Call> {
    Call::all().find(|call| title(*call) == text)
}

/// What `call` does.
pub(super) fn does(call: Call, language: Language) -> &'static str {
    let (english, portuguese) = match call {
        Call::Root => {
            ("Says which version of the API this is. It is not signed.", "Diz a versão da API. Não é assinada.")
        }
        Call::Create => (
            "Makes a meeting on the server that the router chooses. Where it runs already, it stays where it is.",
            "Cria uma reunião no servidor que o roteador escolhe. Se já existe, fica onde está.",
        ),
        Call::Join => ("Sends somebody to a meeting’s server.", "Leva alguém ao servidor da reunião."),
        Call::IsMeetingRunning => ("Says whether somebody is in a meeting.", "Diz se há alguém em uma reunião."),
        Call::End => ("Ends a meeting: everybody is sent out.", "Encerra uma reunião: todos saem."),
        Call::GetMeetingInfo => ("Tells all about one meeting.", "Conta tudo sobre uma reunião."),
        Call::GetMeetings => ("Lists the website’s meetings.", "Lista as reuniões do site."),
        Call::GetMeetingEvents => {
            ("Tells who joined which meetings in a period.", "Conta quem entrou em quais reuniões em um período.")
        }
        Call::InsertDocument => ("Gives a running meeting slides.", "Envia slides a uma reunião em andamento."),
        Call::HooksCreate => {
            ("Asks to be told of what happens in meetings.", "Pede para ser avisado do que acontece nas reuniões.")
        }
        Call::HooksDestroy => ("Takes such a hook away.", "Remove um desses ganchos."),
        Call::HooksList => ("Lists the website’s hooks.", "Lista os ganchos do site."),
        Call::HooksPing => ("Says whether hooks are served. It is not signed.", "Diz se há ganchos. Não é assinada."),
        Call::SendChatMessage => ("Writes into a meeting’s chat.", "Escreve no bate-papo de uma reunião."),
        Call::GetSessions => ("Lists who is in the website’s meetings.", "Lista quem está nas reuniões do site."),
        Call::GetServers => {
            ("Lists the servers that the website may use.", "Lista os servidores que o site pode usar.")
        }
        Call::GetDefaultConfigXml => {
            ("Asks for the settings of BBB up to 2.3.", "Pede a configuração do BBB até a versão 2.3.")
        }
        Call::SetConfigXml => {
            ("Gives a meeting settings, with BBB up to 2.3.", "Configura uma reunião, no BBB até a versão 2.3.")
        }
        Call::GetRecordingTextTracks => ("Lists the captions of a recording.", "Lista as legendas de uma gravação."),
        Call::PutRecordingTextTrack => ("Gives a recording captions.", "Envia legendas a uma gravação."),
        Call::GetRecordings => ("Lists the website’s recordings.", "Lista as gravações do site."),
        Call::PublishRecordings => ("Shows recordings, or takes them back.", "Publica gravações ou as recolhe."),
        Call::DeleteRecordings => ("Deletes recordings.", "Apaga gravações."),
        Call::UpdateRecordings => ("Changes what is said of recordings.", "Altera os metadados de gravações."),
        _ => ("", ""),
    };
    if language == Language::Portuguese { portuguese } else { english }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::console::parameter::Need;

    #[test]
    fn every_call_is_described_in_both_languages_and_found_by_its_title() {
        for call in Call::all() {
            assert_eq!(titled(title(call)), Some(call));
            for language in [Language::English, Language::Portuguese] {
                assert!(!does(call, language).is_empty(), "{call}");
                assert!(parameters(call).iter().all(|parameter| !parameter.means(language).is_empty()), "{call}");
            }
        }
    }

    #[test]
    fn no_parameter_is_there_twice_and_what_is_required_comes_first() {
        for call in Call::all() {
            let mut names: Vec<_> = parameters(call).iter().map(|parameter| parameter.name).collect();
            let needs: Vec<_> = parameters(call).iter().map(|parameter| parameter.need as u8).collect();
            assert!(needs.is_sorted(), "{call}");
            assert_eq!(parameters(call).first().is_some_and(|first| first.need == Need::Required), needs.contains(&0));
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), needs.len(), "{call}");
        }
    }
}
