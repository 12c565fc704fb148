use lb_core::event::{Administered, Subject};

words! {
    /// The audit log.
    pub(crate) AuditWords {
        title: "Audit log", "Auditoria";
        lead: "What was administered, by whom and from where, the newest first. What happened in the last second may be missing.",
            "O que foi administrado, por quem e de onde, do mais recente ao mais antigo. O último segundo pode faltar.";
        at: "When", "Quando";
        by: "Who", "Quem";
        what: "Action", "Ação";
        subject: "On what", "Em quê";
        changes: "What changed", "O que mudou";
        empty: "Nothing that fits was administered.", "Nada que corresponda foi administrado.";
        kind: "Kind", "Tipo";
        name: "Name", "Nome";
        who_hint: "A user’s name", "Nome de um usuário";
        nothing: "nothing", "nada";
        more_changes: "{} fields", "{} campos";
        added: "added", "criado";
        changed: "changed", "alterado";
        removed: "removed", "removido";
        taken_over: "taken over by the configuration file", "assumido pelo arquivo de configuração";
        switched_on: "switched on", "ativado";
        switched_off: "switched off", "desativado";
        secret_added: "secret added", "segredo adicionado";
        secret_expires: "secret expires", "validade de segredo alterada";
        secret_removed: "secret removed", "segredo removido";
        revealed: "secret shown", "segredo exibido";
        force_enabled: "force-enabled", "ativado à força";
        force_disabled: "force-disabled", "desativado à força";
        automatic: "automatic", "automático";
        drained: "drained", "posto em drenagem";
        undrained: "drain ended", "retirado da drenagem";
        released: "meetings released", "reuniões liberadas";
        freeze_lifted: "silent servers may be taken for down", "servidores mudos podem ser dados como fora do ar";
        ended: "ended", "encerrado";
        published: "published", "publicado";
        unpublished: "taken back", "retirado";
        deleted: "deleted", "excluído";
        assigned: "assigned", "atribuído";
        password_set: "password changed", "senha alterada";
        logged_in: "logged in", "entrou";
        login_refused: "log-in refused", "entrada recusada";
        locked_out: "locked out for a while", "bloqueado por um tempo";
        logged_out: "logged out", "saiu";
        token_made: "token made", "token criado";
        token_revoked: "token revoked", "token revogado";
        exported: "handed out", "entregue";
        erased: "erased", "apagado";
        applied: "applied", "aplicado";
        rebuilt: "made anew", "refeito";
        called: "API call made", "chamada da API feita";
        signed: "API call signed", "chamada da API assinada";
        integration: "integration", "integração";
        plan: "plan", "plano";
        partner: "partner", "parceiro";
        router: "router", "roteador";
        server: "server", "servidor";
        user: "user", "usuário";
        token: "token", "token";
        meeting: "meeting", "reunião";
        recording: "recording", "gravação";
        person: "person", "pessoa";
        network: "network", "rede";
        freeze: "silent servers", "servidores mudos";
        reports: "usage reports", "relatórios de uso";
    }
}

/// The kinds of things that can be administered, as the log has them.
pub(crate) const SUBJECTS: [&str; 13] = [
    "integration",
    "plan",
    "partner",
    "router",
    "server",
    "user",
    "token",
    "meeting",
    "recording",
    "person",
    "network",
    "freeze",
    "reports",
];

impl AuditWords {
    /// What was done.
    pub(crate) fn how(&self, how: Administered) -> &'static str {
        match how {
            Administered::Added => self.added,
            Administered::Changed => self.changed,
            Administered::Removed => self.removed,
            Administered::TakenOver => self.taken_over,
            Administered::SwitchedOn => self.switched_on,
            Administered::SwitchedOff => self.switched_off,
            Administered::SecretAdded => self.secret_added,
            Administered::SecretExpires => self.secret_expires,
            Administered::SecretRemoved => self.secret_removed,
            Administered::Revealed => self.revealed,
            Administered::ForceEnabled => self.force_enabled,
            Administered::ForceDisabled => self.force_disabled,
            Administered::Automatic => self.automatic,
            Administered::Drained => self.drained,
            Administered::Undrained => self.undrained,
            Administered::Released => self.released,
            Administered::FreezeLifted => self.freeze_lifted,
            Administered::Ended => self.ended,
            Administered::Published => self.published,
            Administered::Unpublished => self.unpublished,
            Administered::Deleted => self.deleted,
            Administered::Assigned => self.assigned,
            Administered::PasswordSet => self.password_set,
            Administered::LoggedIn => self.logged_in,
            Administered::LoginRefused => self.login_refused,
            Administered::LockedOut => self.locked_out,
            Administered::LoggedOut => self.logged_out,
            Administered::TokenMade => self.token_made,
            Administered::TokenRevoked => self.token_revoked,
            Administered::Exported => self.exported,
            Administered::Erased => self.erased,
            Administered::Applied => self.applied,
            Administered::Rebuilt => self.rebuilt,
            Administered::Called => self.called,
            Administered::Signed => self.signed,
            other => other.as_str(),
        }
    }

    /// What was administered: its kind and its name.
    pub(crate) fn thing(&self, subject: &Subject) -> String {
        let kind = self.subject(&subject.kind);
        if subject.name.is_empty() { kind.to_owned() } else { format!("{kind} {}", subject.name) }
    }

    /// A kind of thing; one that has no word here is called as it is kept.
    pub(crate) fn subject<'a>(&self, kind: &'a str) -> &'a str {
        match kind {
            "integration" => self.integration,
            "plan" => self.plan,
            "partner" => self.partner,
            "router" => self.router,
            "server" => self.server,
            "user" => self.user,
            "token" => self.token,
            "meeting" => self.meeting,
            "recording" => self.recording,
            "person" => self.person,
            "network" => self.network,
            "freeze" => self.freeze,
            "reports" => self.reports,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_administered_has_a_word_of_its_own() {
        let mut words: Vec<_> = Administered::ALL.iter().map(|how| AuditWords::PT.how(*how)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Administered::ALL.len());
    }
}
