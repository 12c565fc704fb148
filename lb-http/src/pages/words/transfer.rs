words! {
    /// The network as one document.
    pub(crate) TransferWords {
        title: "Export and apply", "Exportar e aplicar";
        lead: "The whole network as one file: plans, partners, routers, servers and integrations. What the configuration file declares is not in it.",
            "A rede inteira em um arquivo: planos, parceiros, roteadores, servidores e integrações. O que o arquivo de configuração declara não está nele.";
        export: "Export", "Exportar";
        export_lead: "To keep, to compare, or for another balancer.", "Para guardar, comparar ou usar em outro balanceador.";
        format: "Format", "Formato";
        toml_hint: "as the configuration file writes it", "como no arquivo de configuração";
        json_hint: "as the API writes it", "como na API";
        secrets: "With the secrets of servers and integrations", "Com os segredos de servidores e integrações";
        secrets_hint: "The audit log says that you asked. Keep the file like a password.",
            "A auditoria registra o pedido. Guarde o arquivo como uma senha.";
        download: "Download", "Baixar";
        apply: "Apply", "Aplicar";
        apply_lead: "Makes the network what a file says: all at once, or nothing. What would change is shown before.",
            "Torna a rede o que um arquivo diz: tudo de uma vez, ou nada. O que mudaria é mostrado antes.";
        file: "Choose a file", "Escolher um arquivo";
        document: "The file, in TOML or JSON", "O arquivo, em TOML ou JSON";
        document_hint: "What it does not name stays. A longer one than 400 kB is applied with the command line: lb apply.",
            "O que ele não cita permanece. Um maior que 400 kB é aplicado pela linha de comando: lb apply.";
        prune: "Remove what it does not name", "Remover o que ele não cita";
        prune_hint: "But what the configuration file declares, and the plan and the router called default.",
            "Menos o que o arquivo de configuração declara, e o plano e o roteador chamados default.";
        preview: "Show what would change", "Mostrar o que mudaria";
        would: "What will change", "O que vai mudar";
        nothing: "The network is so already: nothing would change.", "A rede já está assim: nada mudaria.";
        count: "{} things are added, changed or removed.", "{} itens são criados, alterados ou removidos.";
        count_one: "One thing is added, changed or removed.", "Um item é criado, alterado ou removido.";
        more: "{} more are not shown here.", "Mais {} não são mostrados aqui.";
        confirm: "Apply it", "Aplicar";
        stale: "the network has been changed since this was shown: nothing was applied; look at it again",
            "a rede foi alterada desde que isto foi mostrado: nada foi aplicado; veja de novo";
        applied: "Applied", "Aplicado";
        drawn: "New integrations got these secrets. They are shown this once.",
            "As novas integrações receberam estes segredos. Eles são mostrados só desta vez.";
        secret: "Secret", "Segredo";
        empty: "There is nothing to apply: paste a file.", "Não há o que aplicar: cole um arquivo.";
        go_on: "Go on", "Continuar";
    }
}
