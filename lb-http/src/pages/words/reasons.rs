use lb_core::server::{Reason, ServiceState};

use crate::pages::sentence::{Part, Sentence, sentence};

words! {
    /// Why servers are in their states, why meetings are where they are, and why calls were refused.
    pub(crate) ReasonWords {
        recordings: "holds recordings only", "só guarda gravações";
        silent: "does not answer the balancer", "não responde ao balanceador";
        disabled: "an administrator disabled it", "um administrador o desativou";
        drained: "an administrator is draining it", "um administrador o está drenando";
        enabled: "an administrator enabled it", "um administrador o ativou";
        not_monitored: "the monitor no longer has it", "o monitor não o conhece mais";
        host_down: "its host is down", "a máquina está fora do ar";
        service_warning: "{} is WARNING", "{} está em WARNING";
        service_critical: "{} is CRITICAL", "{} está em CRITICAL";

        least_cpu: "least CPU: {} %", "menor CPU: {} %";
        least_users: "fewest users, those expected among them: {}", "menos usuários, contando os esperados: {}";
        least_meetings: "fewest meetings: {}", "menos reuniões: {}";
        nearest: "the nearest: {} km away", "o mais próximo: a {} km";
        near_least_cpu: "near its users, and least CPU there: {} %", "perto dos usuários, e menor CPU ali: {} %";
        position_not_known: "position not known; least CPU: {} %", "posição desconhecida; menor CPU: {} %";
        two_drawn: "the better of two that were drawn", "o melhor de dois sorteados";
        drawn: "drawn", "sorteado";
        its_turn: "its turn", "era sua vez";
        by_weight: "drawn by weight", "sorteado por peso";
        other_policy: "{}: {}", "{}: {}";
        as_before: "where it was before", "onde estava antes";
        nothing_known: "nothing known of its load", "carga desconhecida";
        candidates: "{} servers could have had it", "{} servidores poderiam recebê-la";
        one_candidate: "no other could have it", "nenhum outro poderia recebê-la";
        next: "next: {}", "depois: {}";
        attempt: "attempt {}: those before gave no usable answer", "tentativa {}: os anteriores não deram resposta útil";

        checksum: "wrong checksum", "checksum errado";
        inactive: "the integration is switched off", "a integração está desligada";
        call_not_allowed: "its plan does not have this call", "o plano não permite esta chamada";
        may_not_record: "its plan does not allow recordings", "o plano não permite gravações";
        concurrent_meetings: "as many meetings as its plan allows", "já tem tantas reuniões quanto o plano permite";
        concurrent_users: "as many users as its plan allows", "já tem tantos usuários quanto o plano permite";
        users_per_meeting: "the meeting is full", "a reunião está cheia";
        calls_per_second: "more calls than its plan allows", "mais chamadas do que o plano permite";
        no_server: "no server can take it", "nenhum servidor pode recebê-la";
    }
}

impl ReasonWords {
    /// Why a server is in its state: `reason` is a sentence of the core.
    pub(crate) fn of(&self, reason: &str) -> Sentence {
        let fixed = match Reason::from(reason) {
            Reason::Recordings => self.recordings,
            Reason::Silent => self.silent,
            Reason::Disabled => self.disabled,
            Reason::Drained => self.drained,
            Reason::Enabled => self.enabled,
            Reason::NotMonitored => self.not_monitored,
            Reason::HostDown => self.host_down,
            Reason::Service { name, state } => {
                let text = if state == ServiceState::Critical { self.service_critical } else { self.service_warning };
                return sentence(text, &[Part::Name(&name)]);
            }
            _ => return sentence("{}", &[Part::Name(reason)]),
        };
        Sentence::of(fixed)
    }

    /// Why a call was refused, where that has a word of its own.
    pub(crate) fn refused<'a>(&'a self, reason: &'a str) -> &'a str {
        match reason {
            "checksumError" => self.checksum,
            "inactive" => self.inactive,
            "call-not-allowed" => self.call_not_allowed,
            "recording" => self.may_not_record,
            "concurrent-meetings" => self.concurrent_meetings,
            "concurrent-users" => self.concurrent_users,
            "users-per-meeting" => self.users_per_meeting,
            "calls-per-second" => self.calls_per_second,
            "noServersAvailable" => self.no_server,
            other => other,
        }
    }
}
