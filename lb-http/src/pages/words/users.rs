words! {
    /// Users: who may log in, and what they may do.
    pub(crate) UserWords {
        title: "Users", "Usuários";
        lead: "Who may log in, and what they may do.", "Quem pode entrar e o que pode fazer.";
        new: "New user", "Novo usuário";
        new_lead: "They can log in at once. They change their password themselves under “My account”.",
            "A pessoa pode entrar imediatamente e altera a própria senha em “Minha conta”.";
        edit: "User {}", "Usuário {}";
        find: "Name", "Nome";
        name: "Name", "Nome";
        name_hint: "To log in with, and how the audit log calls them. It cannot be changed later.",
            "Para entrar, e como aparece na auditoria. Não pode ser alterado depois.";
        display_name: "Display name", "Nome de exibição";
        role: "Role", "Papel";
        administrator: "Administrator", "Administrador";
        administrator_hint: "Does everything.", "Faz tudo.";
        partner_manager: "Partner manager", "Gestor de parceiro";
        partner_manager_hint: "Looks after the integrations, meetings and recordings of one partner, and sees nothing else.",
            "Cuida das integrações, reuniões e gravações de um parceiro e não vê mais nada.";
        viewer: "Viewer", "Observador";
        viewer_hint: "Sees everything but secrets, and changes nothing.",
            "Vê tudo menos segredos e não altera nada.";
        partner: "Partner", "Parceiro";
        partner_hint: "For partner managers alone.", "Somente para gestores de parceiro.";
        no_partner: "– none –", "– nenhum –";
        active: "May log in", "Pode entrar";
        active_hint: "Who may not has no sessions, and their tokens do not work.",
            "Quem não pode fica sem sessões, e seus tokens não funcionam.";
        password: "Password", "Senha";
        password_hint: "12 to 128 characters. Without one they cannot log in; tokens work all the same.",
            "De 12 a 128 caracteres. Sem senha a pessoa não entra; tokens funcionam mesmo assim.";
        state: "State", "Estado";
        is_active: "active", "ativo";
        is_off: "switched off", "desativado";
        has_password: "Can log in", "Consegue entrar";
        tokens: "API tokens", "Tokens da API";
        created_at: "Since", "Desde";
        you: "you", "você";
        empty: "No user fits.", "Nenhum usuário corresponde.";
        facts: "Name and role", "Nome e papel";
        new_password: "New password", "Nova senha";
        new_password_lead: "It ends their sessions. Tell them in a way that nobody else reads.",
            "Encerra as sessões da pessoa. Informe-a por um meio que ninguém mais leia.";
        set_password: "Change the password", "Alterar a senha";
        remove: "Remove the user", "Remover o usuário";
        remove_lead: "Their tokens and sessions go with them. What they did stays in the audit log under their name.",
            "Os tokens e sessões vão junto. O que a pessoa fez permanece na auditoria com o seu nome.";
        remove_title: "Remove user {}?", "Remover o usuário {}?";
        remove_tokens: "API tokens that stop working at once: {}.",
            "Tokens da API que param de funcionar imediatamente: {}.";
        remove_sessions: "Sessions that end at once: {}.", "Sessões que terminam imediatamente: {}.";
        remove_self: "This is you: you are logged out.", "Este é você: sua sessão termina.";
        confirm: "Confirm the changes", "Confirme as alterações";
        at_once: "It holds at once, for their sessions and tokens too.",
            "Vale imediatamente, também para sessões e tokens.";
        switched_off: "Their sessions end, and their tokens stop working.",
            "As sessões terminam e os tokens param de funcionar.";
        bad_name: "1 to 64 bytes, none of / \\ ? # % ( ), no space at its ends, and not a word that the balancer uses itself.",
            "De 1 a 64 bytes, sem / \\ ? # % ( ), sem espaço nas pontas, e nenhuma palavra que o próprio balanceador usa.";
        taken: "There is a user of that name already.", "Já existe um usuário com esse nome.";
        too_long: "255 bytes at the most.", "No máximo 255 bytes.";
        last_administrator: "This is the last active administrator: make another one first.",
            "Este é o último administrador ativo: crie outro antes.";
        too_many: "There are as many users as there may be.", "Já existem tantos usuários quanto é permitido.";
        no_such_partner: "There is no such partner.", "Não há tal parceiro.";
        needs_partner: "A partner manager needs a partner.", "Um gestor de parceiro precisa de um parceiro.";
        bad_password: "A password has 12 to 128 characters.", "Uma senha tem de 12 a 128 caracteres.";
        password_is_name: "A password must not be the name of its user.",
            "A senha não pode ser o nome do usuário.";
    }
}
