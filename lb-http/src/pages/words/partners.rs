words! {
    /// Partners.
    pub(crate) PartnerWords {
        title: "Partners", "Parceiros";
        one: "Partner", "Parceiro";
        new: "New partner", "Novo parceiro";
        lead: "Institutions that own integrations and may lend servers. Usage is reported for each.",
            "Instituições que têm integrações e podem emprestar servidores. O uso é relatado para cada uma.";
        display_name: "Display name", "Nome de exibição";
        display_name_hint: "Empty: its name.", "Vazio: o próprio nome.";
        contact: "Contact", "Contato";
        contact_hint: "Whom to write to or to call.", "A quem escrever ou ligar.";
        servers: "Servers that it lends", "Servidores que empresta";
        servers_hint: "The name of one server on each line.", "O nome de um servidor em cada linha.";
        manager: "Partner manager", "Gestor do parceiro";
        servers_short: "Servers", "Servidores";
        meaning: "Integrations that it owns: {}.", "Integrações que tem: {}.";
        removal: "Its name goes from the lists; reports keep what happened under it.",
            "O nome sai das listas; os relatórios guardam o que aconteceu com ele.";
    }
}
