words! {
    /// API tokens.
    pub(crate) TokenWords {
        title: "API tokens", "Tokens da API";
        lead: "What programs show instead of a password. Nobody can read one again after it was made.",
            "O que programas apresentam no lugar de uma senha. Depois de criado, ninguém pode lê-lo de novo.";
        own: "My API tokens", "Meus tokens da API";
        id: "Public part", "Parte pública";
        label: "What it is for", "Para que serve";
        user: "Owner", "Dono";
        scope: "What it may do", "O que pode fazer";
        read: "Read", "Ler";
        read_hint: "It looks, and changes nothing.", "Vê e não altera nada.";
        operate: "Operate", "Operar";
        operate_hint: "All that its owner may do, but for accounts and for reading secrets.",
            "Tudo que o dono pode, menos contas e leitura de segredos.";
        full: "Full", "Completo";
        full_hint: "All that its owner may do.", "Tudo que o dono pode.";
        created_at: "Made", "Criado";
        expires_at: "Valid until (UTC)", "Válido até (UTC)";
        expires_hint: "Empty: until it is revoked.", "Vazio: até ser revogado.";
        for_ever: "until it is revoked", "até ser revogado";
        last_used: "Last used", "Último uso";
        never: "never", "nunca";
        revoke: "Revoke", "Revogar";
        revoke_title: "Revoke the token {}?", "Revogar o token {}?";
        revoke_lead: "Whatever uses it is refused at once. It cannot be made valid again.",
            "O que o usa é recusado imediatamente. Não pode ser revalidado.";
        make: "Make a token", "Criar um token";
        made_title: "The new token", "O novo token";
        made_lead: "Copy it now: it is shown this once, and only its digest is kept.",
            "Copie-o agora: ele é mostrado só desta vez, e apenas seu resumo é guardado.";
        made_use: "Programs send it like this:", "Programas o enviam assim:";
        back: "I have copied it", "Já copiei";
        empty: "There are no tokens.", "Não há tokens.";
        past: "This moment has passed.", "Este momento já passou.";
        bad_moment: "A moment is written like 2027-01-31T19:00.", "Um momento se escreve como 2027-01-31T19:00.";
        label_long: "255 bytes at the most.", "No máximo 255 bytes.";
        no_user: "There is no such user.", "Não há tal usuário.";
        too_many: "There are 100 tokens already: revoke those that nothing uses any more.",
            "Já existem 100 tokens: revogue os que ninguém usa mais.";
        used: "a token was made or revoked since this form was opened: open it anew, and nothing is made twice",
            "um token foi criado ou revogado desde que este formulário foi aberto: abra-o de novo, e nada é criado duas vezes";
    }
}
