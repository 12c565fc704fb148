use lb_core::server::{Reason, ServerState, ServiceState};

use crate::pages::sentence::{Part, Sentence, sentence};

words! {
    /// What a server may be used for, and why.
    pub(crate) StateWords {
        enabled: "enabled", "ativo";
        force_enabled: "force-enabled", "ativado à força";
        warning: "warning", "atenção";
        critical: "critical", "crítico";
        force_disabled: "force-disabled", "desativado";
        draining: "draining", "esvaziando";
        gone: "gone", "ausente";
        suspended: "suspended", "suspenso";
        recording: "recordings", "gravações";
        recordings_only: "holds recordings only", "só guarda gravações";
        silent: "does not answer the balancer", "não responde ao balanceador";
        silent_since: "has not answered since {}", "não responde desde {}";
        disabled_by: "an administrator disabled it", "um administrador o desativou";
        drained_by: "an administrator is draining it", "um administrador o está esvaziando";
        enabled_by: "an administrator enabled it", "um administrador o ativou";
        not_monitored: "the monitor no longer has it", "o monitor não o conhece mais";
        host_down: "its host is down", "a máquina está fora do ar";
        service_warning: "{} is WARNING", "{} está em WARNING";
        service_critical: "{} is CRITICAL", "{} está em CRITICAL";
    }
}

impl StateWords {
    /// A state in one word.
    pub(crate) fn of(&self, state: ServerState) -> &'static str {
        match state {
            ServerState::Enabled => self.enabled,
            ServerState::ForceEnabled => self.force_enabled,
            ServerState::Warning => self.warning,
            ServerState::Critical => self.critical,
            ServerState::ForceDisabled => self.force_disabled,
            ServerState::Draining => self.draining,
            ServerState::Gone => self.gone,
            ServerState::Suspended => self.suspended,
            ServerState::Recording => self.recording,
        }
    }

    /// Why a server is in its state.
    pub(crate) fn why(&self, reason: &Reason) -> Sentence {
        let fixed = match reason {
            Reason::Recordings => self.recordings_only,
            Reason::Silent => self.silent,
            Reason::Disabled => self.disabled_by,
            Reason::Drained => self.drained_by,
            Reason::Enabled => self.enabled_by,
            Reason::NotMonitored => self.not_monitored,
            Reason::HostDown => self.host_down,
            Reason::Service { name, state } => {
                let text = if *state == ServiceState::Critical { self.service_critical } else { self.service_warning };
                return sentence(text, &[Part::Name(name)]);
            }
            other => return sentence("{}", &[Part::Name(&other.to_string())]),
        };
        Sentence::of(fixed)
    }
}
