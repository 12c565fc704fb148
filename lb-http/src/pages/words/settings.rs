words! {
    /// What the configuration says.
    pub(crate) SettingsWords {
        title: "Settings", "Configuração";
        lead: "What holds for every key, whether the configuration file, the environment or nobody says it. Only the file and the environment change it; secrets are not shown.",
            "O que vale para cada chave, quer o diga o arquivo de configuração, o ambiente ou ninguém. Só o arquivo e o ambiente a alteram; segredos não são mostrados.";
        find: "Find", "Procurar";
        key: "Key", "Chave";
        value: "Value", "Valor";
        from: "Said", "Definido";
        usual: "by default", "por padrão";
        set: "set", "definido";
        nothing: "nothing", "nada";
    }
}
