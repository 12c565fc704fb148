words! {
    /// One person's data.
    pub(crate) PersonWords {
        title: "Personal data", "Dados pessoais";
        lead: "What is kept of one person, for who asks about their own data: shown, handed out, and erased.",
            "O que é guardado de uma pessoa, para quem pergunta sobre os próprios dados: mostrado, entregue e apagado.";
        integration_hint: "Empty: at every website.", "Vazio: em todos os sites.";
        user_id: "The website’s ID of the person", "ID da pessoa no site";
        user_id_hint: "It tells them for sure.", "Identifica com certeza.";
        name: "Name", "Nome";
        name_hint: "Just as it was given. It may be that of several people, and finds meetings called so too.",
            "Exatamente como foi informado. Pode ser de várias pessoas, e também encontra reuniões com esse nome.";
        both: "Fill in the ID, the name, or both: then both must fit.",
            "Informe o ID, o nome ou ambos: então ambos devem corresponder.";
        find: "Search", "Procurar";
        nobody: "Fill in who is meant: the ID, the name, or both.", "Diga quem é: o ID, o nome ou ambos.";
        found: "{} events name this person.", "{} eventos citam esta pessoa.";
        found_one: "One event names this person.", "Um evento cita esta pessoa.";
        none: "No event names this person.", "Nenhum evento cita esta pessoa.";
        export: "Hand over", "Entregar";
        export_lead: "A file with all that the events say of them: when and where they were sent, came and went. The audit log says that it was handed out, and not whose.",
            "Um arquivo com tudo que os eventos dizem da pessoa: quando e para onde foi enviada, entrou e saiu. A auditoria registra a entrega, mas não de quem.";
        export_button: "Download as JSON", "Baixar em JSON";
        erase: "Erase", "Apagar";
        erase_lead: "Pseudonyms take the place of their name and ID in all these events, another one on each day. Nobody can undo that.",
            "Pseudônimos tomam o lugar do nome e do ID em todos estes eventos, um diferente a cada dia. Ninguém pode desfazer.";
        kept: "What is kept", "O que permanece";
        kept_events: "The events themselves, without the name: figures of reports stay as they are.",
            "Os próprios eventos, sem o nome: os números dos relatórios não mudam.";
        kept_recordings: "Recordings, what the websites know, and what BBB’s servers have logged: those are asked for there.",
            "Gravações, o que os sites sabem e os registros dos servidores BBB: isso se pede a eles.";
        kept_audit: "That somebody was erased, in the audit log: not who.",
            "Que alguém foi apagado, na auditoria: não quem.";
        kept_now: "Who is in a meeting now is named again when they enter anew.",
            "Quem está em uma reunião agora volta a ser citado quando entrar de novo.";
        kept_backups: "Backups that were made before.", "Cópias de segurança feitas antes.";
        sure: "Yes, erase this person for good", "Sim, apagar esta pessoa definitivamente";
        erase_button: "Erase {} events", "Apagar {} eventos";
        not_sure: "Tick this to erase the person.", "Marque aqui para apagar a pessoa.";
        changed: "what is kept of this person is other than it was when the page was opened: look again",
            "o que é guardado desta pessoa mudou desde que a página foi aberta: procure de novo";
        erased: "{} events do not name this person any more.", "{} eventos não citam mais esta pessoa.";
    }
}
