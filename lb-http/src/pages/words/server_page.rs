words! {
    /// The page of one server.
    pub(crate) ServerPageWords {
        now: "Now", "Agora";
        last_day: "The last 24 hours", "Últimas 24 horas";
        load: "CPU and memory, per cent", "CPU e memória, por cento";
        in_utc: "Times in UTC.", "Horários em UTC.";
        in_figures: "In figures", "Em números";
        when: "When", "Quando";
        no_history: "Its course begins with its first answer; a point is added every five minutes.", "O curso começa com a primeira resposta; a cada cinco minutos há um ponto novo.";
        calls: "Last calls", "Últimas chamadas";
        no_calls: "It has not been called yet.", "Ainda não foi chamado.";
        took: "Took", "Duração";
        outcome: "Outcome", "Resultado";
        answered: "answered", "respondida";
        under_way: "Under way", "Em andamento";
        median: "Median", "Mediana";
        not_answered: "Not answered", "Sem resposta";
        meetings: "Meetings on it", "Reuniões nele";
        no_meetings: "No meeting runs on it.", "Nenhuma reunião está nele.";
        all_meetings: "All its meetings", "Todas as suas reuniões";
        more_meetings: "There are more than are shown here.", "Há mais do que as mostradas aqui.";
        meeting: "Meeting", "Reunião";
        integration: "Integration", "Integração";
        since: "Since", "Desde";
        administer: "Administer this server", "Administrar este servidor";
        address: "Address", "Endereço";
    }
}
