words! {
    /// The list of events.
    pub(crate) EventWords {
        title: "Events", "Eventos";
        lead: "What happened, the newest first. What happened in the last second may be missing.",
            "O que aconteceu, do mais recente ao mais antigo. O último segundo pode faltar.";
        own: "You see the events of your partner’s integrations.",
            "Você vê os eventos das integrações do seu parceiro.";
        kind: "Kind", "Tipo";
        kinds: "Kinds", "Tipos";
        at: "When", "Quando";
        what: "What", "O quê";
        meeting_id: "Meeting ID", "ID da reunião";
        internal_id: "BBB’s ID", "ID do BBB";
        empty: "Nothing that fits happened.", "Nada que corresponda aconteceu.";
        empty_so_far: "Nothing on this part of the list; go on to the next page.",
            "Nada nesta parte da lista; siga para a próxima página.";
        of_person: "Data of one person", "Dados de uma pessoa";
    }
}
