words! {
    /// What the lists and pages of administration have in common.
    pub(crate) AdminWords {
        search: "Name", "Nome";
        search_button: "Search", "Buscar";
        show_all: "Show all", "Mostrar tudo";
        found: "{} of {}", "{} de {}";
        none: "Nothing here yet.", "Ainda não há nada aqui.";
        none_fits: "None fits.", "Nenhum corresponde.";
        state: "State", "Estado";
        managed: "file", "arquivo";
        managed_title: "The configuration file declares it.", "O arquivo de configuração o declara.";
        used_by: "Used by", "Usado por";
        nothing_uses: "Nothing uses it.", "Nada o usa.";
        and_more: "and {} more", "e mais {}";
        settings: "Settings", "Configurações";
        removing_button: "Remove it", "Remover";
        held: "It cannot be removed while something uses it. Change that first.",
            "Não pode ser removido enquanto algo o usa. Altere isso antes.";
        locked: "What is greyed out only administrators change.", "O que está em cinza só administradores alteram.";
        cannot_undo: "This cannot be undone.", "Isto não pode ser desfeito.";
        back: "Back", "Voltar";
        frozen: "Many servers have fallen silent at once ({}). None of them is taken for down until they answer, or until you say so.",
            "Muitos servidores silenciaram de uma vez ({}). Nenhum é dado como fora do ar até que respondam ou até que você o diga.";
        lift: "They are down: place their meetings afresh", "Estão fora do ar: realocar as reuniões";
    }
}
