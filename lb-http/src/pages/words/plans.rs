words! {
    /// Plans.
    pub(crate) PlanWords {
        title: "Plans", "Planos";
        one: "Plan", "Plano";
        new: "New plan", "Novo plano";
        lead: "What integrations may do, and how much of it at the same time. Each integration has the limits of its plan for itself.",
            "O que as integrações podem fazer e quanto ao mesmo tempo. Cada integração tem os limites do seu plano só para si.";
        active: "Active", "Ativo";
        active_hint: "If not, all calls of its integrations are refused; meetings that run go on.",
            "Se não, todas as chamadas das suas integrações são recusadas; as reuniões em andamento continuam.";
        is_active: "active", "ativo";
        inactive: "not active", "inativo";
        may_record: "Meetings may be recorded", "Reuniões podem ser gravadas";
        may_record_hint: "If not, a create with record=true is refused.",
            "Se não, um create com record=true é recusado.";
        limits: "Limits", "Limites";
        no_limit: "no limit", "sem limite";
        meetings: "Meetings at the same time", "Reuniões ao mesmo tempo";
        meetings_hint: "Of one integration; a further create is refused. Empty: no limit, here and below.",
            "De uma integração; um novo create é recusado. Vazio: sem limite, aqui e abaixo.";
        users: "Users at the same time", "Usuários ao mesmo tempo";
        users_hint: "In all meetings of one integration together.", "Em todas as reuniões de uma integração juntas.";
        per_meeting: "Users of one meeting", "Usuários de uma reunião";
        per_meeting_hint: "It is sent to the server, which lets no more of them in.",
            "É enviado ao servidor, que não deixa entrar mais que isso.";
        duration: "How long a meeting may last", "Quanto uma reunião pode durar";
        duration_hint: "Such as 4h, 90m or 1h 30m. BBB counts in whole minutes, then ends the meeting.",
            "Como 4h, 90m ou 1h 30m. O BBB conta em minutos inteiros e então encerra a reunião.";
        calls_per_second: "Calls a second", "Chamadas por segundo";
        calls_per_second_hint: "Of one integration; joins are never refused for it.",
            "De uma integração; joins nunca são recusados por isso.";
        calls: "Calls that may be made", "Chamadas permitidas";
        calls_hint: "If not all: the ticked ones alone.", "Se não todas: apenas as marcadas.";
        all_calls: "all calls", "todas as chamadas";
        meetings_short: "Meetings", "Reuniões";
        users_short: "Users", "Usuários";
        per_meeting_short: "In a meeting", "Por reunião";
        duration_short: "Lasting", "Duração";
        calls_short: "Calls/s", "Chamadas/s";
        record_short: "Recording", "Gravação";
        meaning: "It holds for its integrations ({}) from their next call on. Meetings that run go on.",
            "Vale para as suas integrações ({}) a partir da próxima chamada. As reuniões em andamento continuam.";
        removal: "Nothing has this plan then. It can be made again under the same name.",
            "Nada mais terá este plano. Ele pode ser criado de novo com o mesmo nome.";
        always: "The plan default cannot be removed: it holds wherever nothing else is said.",
            "O plano default não pode ser removido: ele vale onde nada mais foi dito.";
    }
}
