words! {
    /// What is around every page.
    pub(crate) FrameWords {
        product: "Conference network", "Rede de conferências";
        skip: "Skip to the content", "Ir para o conteúdo";
        navigation: "Main", "Principal";
        administration: "Administration", "Administração";
        dashboard: "Dashboard", "Painel";
        reports: "Reports", "Relatórios";
        servers: "Servers", "Servidores";
        integrations: "Integrations", "Integrações";
        plans: "Plans", "Planos";
        partners: "Partners", "Parceiros";
        routers: "Routers", "Roteadores";
        meetings: "Meetings", "Reuniões";
        recordings: "Recordings", "Gravações";
        events: "Events", "Eventos";
        explain: "Explain a placement", "Explicar uma alocação";
        console: "API console", "Console da API";
        tokens: "API tokens", "Tokens de API";
        of_network: "Network", "Rede";
        of_websites: "Websites", "Sites";
        of_people: "People and records", "Pessoas e registros";
        administrator: "Administrator", "Administrador";
        partner_manager: "Partner manager", "Gestor de parceiro";
        viewer: "Viewer", "Observador";
        reference: "REST reference", "Referência REST";
        as_of: "as of", "em";
        users: "Users", "Usuários";
        audit: "Audit log", "Auditoria";
        persons: "Personal data", "Dados pessoais";
        network: "Export and apply", "Exportar e aplicar";
        settings: "Settings", "Configuração";
        account: "My account", "Minha conta";
        saved: "Saved.", "Salvo.";
        made: "Created.", "Criado.";
        removed: "Removed.", "Removido.";
        done: "Done.", "Feito.";
        log_in: "Log in", "Entrar";
        log_out: "Log out", "Sair";
    }
}
