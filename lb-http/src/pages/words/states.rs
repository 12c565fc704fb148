words! {
    /// What a server may be used for.
    pub(crate) StateWords {
        enabled: "enabled", "ativo";
        force_enabled: "force-enabled", "ativado à força";
        warning: "warning", "em alerta";
        critical: "critical", "crítico";
        suspended: "suspended", "suspenso";
        force_disabled: "force-disabled", "desativado à força";
        draining: "draining", "em drenagem";
        gone: "gone", "ausente";
        recording: "recordings only", "só gravações";
    }
}

impl StateWords {
    /// The word for `state`.
    pub(crate) fn of(&self, state: lb_core::server::ServerState) -> &'static str {
        match state.as_str() {
            "enabled" => self.enabled,
            "force-enabled" => self.force_enabled,
            "warning" => self.warning,
            "critical" => self.critical,
            "suspended" => self.suspended,
            "force-disabled" => self.force_disabled,
            "draining" => self.draining,
            "gone" => self.gone,
            "recording" => self.recording,
            other => other,
        }
    }
}
