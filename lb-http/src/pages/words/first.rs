words! {
    /// The first administrator.
    pub(crate) FirstWords {
        title: "The first administrator", "O primeiro administrador";
        nobody: "Nobody can log in to this load balancer yet. Whoever is made here may do everything.",
            "Ninguém pode entrar neste balanceador ainda. Quem for criado aqui poderá fazer tudo.";
        somebody: "There is somebody already who can log in. An administrator makes others.",
            "Já existe alguém que pode entrar. Um administrador cria os demais.";
        name: "Name", "Nome";
        name_hint: "To log in with.", "Para entrar.";
        display_name: "Display name", "Nome de exibição";
        password: "Password", "Senha";
        password_hint: "12 characters at least.", "Pelo menos 12 caracteres.";
        token: "Token", "Código";
        token_hint: "The balancer has shown it at its start.", "O balanceador o mostrou ao iniciar.";
        button: "Make the administrator", "Criar o administrador";
    }
}
