words! {
    /// What the configuration says.
    pub(crate) SettingsWords {
        title: "Settings", "Configuração";
        lead: "The value that each key has now. Only the configuration file and the environment change it; secrets are not shown.",
            "O valor que cada chave tem agora. Só o arquivo de configuração e o ambiente o alteram; segredos não são mostrados.";
        find: "Find", "Procurar";
        key: "Key", "Chave";
        value: "Value", "Valor";
        from: "Origin", "Origem";
        usual: "default", "padrão";
        set: "set", "definido";
        nothing: "none", "nenhum";
    }
}
