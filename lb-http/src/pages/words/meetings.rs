words! {
    /// Meetings that run, and what is known of one.
    pub(crate) MeetingWords {
        title: "Meetings", "Reuniões";
        lead: "All that run now. How many people are in them is as of the last list of their servers.",
            "Todas em andamento. O número de pessoas é o da última lista dos servidores.";
        find: "Name or ID", "Nome ou ID";
        name: "Meeting", "Reunião";
        users: "People", "Pessoas";
        audio: "Audio", "Áudio";
        video: "Video", "Vídeo";
        since: "Since", "Desde";
        records: "May be recorded", "Pode ser gravada";
        unseen: "not listed yet", "ainda não listada";
        empty: "No meeting that fits is running now.", "Nenhuma reunião que corresponda está em andamento.";
        ended: "has ended", "terminou";
        running: "running", "em andamento";
        id: "Meeting ID", "ID da reunião";
        internal_id: "BBB’s ID", "ID do BBB";
        placement: "Why it is there", "Por que está lá";
        policy: "Rule", "Regra";
        router: "Router", "Roteador";
        reason: "Reason", "Motivo";
        score: "Score (lower is better)", "Pontuação (menor é melhor)";
        attempt: "Attempt", "Tentativa";
        candidates: "Servers that could have taken it", "Servidores que poderiam recebê-la";
        next: "Next in line", "Os que viriam a seguir";
        left_out: "Left out", "Excluídos";
        position: "How the user’s place was found", "Como se soube onde o usuário está";
        callbacks: "Its website is told at its end", "O site é avisado ao terminar";
        history: "What happened", "O que aconteceu";
        history_lead: "Stored events, and what this process remembers since {}. Who came and went is counted, and not named.",
            "Eventos guardados e o que este processo lembra desde {}. Quem entrou e saiu é contado, sem nomes.";
        older: "Older events are left out.", "Eventos mais antigos foram omitidos.";
        forgotten: "{} older calls and lists were forgotten to make room.",
            "{} chamadas e listas mais antigas foram esquecidas para dar espaço.";
        lives: "Meetings of this ID", "Reuniões com este ID";
        one_life: "Only this one", "Só esta";
        all_lives: "All of them", "Todas";
        memory: "remembered until the next restart", "lembrado até o próximo reinício";
        sent: "The website sent {} people to it on {}.", "O site enviou {} pessoas para ela em {}.";
        entered: "{} people came in on {}.", "{} pessoas entraram em {}.";
        left: "{} people left on {}.", "{} pessoas saíram em {}.";
        sent_one: "The website sent a person to it on {}.", "O site enviou uma pessoa para ela em {}.";
        entered_one: "A person came in on {}.", "Uma pessoa entrou em {}.";
        left_one: "A person left on {}.", "Uma pessoa saiu em {}.";
        called: "The website called {}: done in {} ms.", "O site chamou {}: feito em {} ms.";
        called_often: "The website called {} {} times: done, in {} ms at most.",
            "O site chamou {} {} vezes: feito, em no máximo {} ms.";
        refused: "The website called {}: refused, {}.", "O site chamou {}: recusado, {}.";
        refused_often: "The website called {} {} times: refused, {}.", "O site chamou {} {} vezes: recusado, {}.";
        seen: "Seen {}× in the list of {}; people: {}.", "Vista {}× na lista de {}; pessoas: {}.";
        seen_range: "Seen {}× in the list of {}; people: {} to {}.", "Vista {}× na lista de {}; pessoas: {} a {}.";
        missed: "Missing {}× in the list of {}.", "Ausente {}× na lista de {}.";
        end: "End the meeting", "Encerrar a reunião";
        end_title: "End meeting {}?", "Encerrar a reunião {}?";
        end_lead: "Everybody in it is sent out at once, and its website is told as at every end.",
            "Todos são removidos imediatamente, e o site é avisado como em todo término.";
        end_people: "People in it now: {}.", "Pessoas nela agora: {}.";
        another: "the meeting that this page was about has ended, and another of the same ID runs now: look at that one",
            "a reunião desta página já terminou, e outra com o mesmo ID está em andamento: veja essa";
        asked_to_end: "Its server has been asked to end it; it leaves the list within seconds.",
            "O servidor foi solicitado a encerrá-la; ela sai da lista em segundos.";
        may_not: "Your role may look at meetings, and not end them.",
            "Seu papel pode ver reuniões, mas não encerrá-las.";
    }
}
