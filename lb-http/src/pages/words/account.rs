words! {
    /// One's own account.
    pub(crate) AccountWords {
        title: "My account", "Minha conta";
        display_name: "Display name", "Nome de exibição";
        role: "Role", "Papel";
        partner: "Partner", "Parceiro";
        sessions: "Sessions", "Sessões";
        sessions_text: "{} open, this one among them", "{} abertas, inclusive esta";
        who_changes: "An administrator changes your display name and what you may do.",
            "Um administrador altera seu nome de exibição e o que você pode fazer.";
        change: "Change", "Alterar";
        password: "Change my password", "Alterar minha senha";
        password_lead: "It ends all your other sessions.", "Encerra todas as suas outras sessões.";
        old: "Old password", "Senha atual";
        new: "New password", "Nova senha";
        new_hint: "12 to 128 characters.", "De 12 a 128 caracteres.";
        again: "New password again", "Nova senha novamente";
        not_same: "The two are not the same.", "As duas não são iguais.";
        wrong: "The old password is wrong.", "A senha atual está incorreta.";
        locked: "Too many wrong passwords were given. Try again in {} minutes.",
            "Foram informadas senhas incorretas demais. Tente novamente em {} minutos.";
        busy: "Too many passwords are being checked at the moment. Try again soon.",
            "Há senhas demais sendo verificadas neste momento. Tente novamente em breve.";
        button: "Change my password", "Alterar minha senha";
    }
}
