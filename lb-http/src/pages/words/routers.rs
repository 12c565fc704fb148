words! {
    /// Routers.
    pub(crate) RouterWords {
        title: "Routers", "Roteadores";
        one: "Router", "Roteador";
        new: "New router", "Novo roteador";
        lead: "How new meetings are placed: the rule that picks the server. Each integration has one router.",
            "Como novas reuniões são alocadas: a regra que escolhe o servidor. Cada integração tem um roteador.";
        policy: "Rule", "Regra";
        policy_hint: "It ranks the servers; the first that can take the meeting gets it.",
            "Ela ordena os servidores; o primeiro que pode receber a reunião fica com ela.";
        nearest_least_cpu: "The least CPU among the servers near the user: the usual one.",
            "A menor CPU entre os servidores perto do usuário: a mais comum.";
        least_cpu: "The least CPU, wherever.", "A menor CPU, onde quer que seja.";
        least_users: "The fewest users, wherever: for fleets without CPU figures.",
            "Menos usuários, onde quer que seja: para frotas sem dados de CPU.";
        least_meetings: "The fewest meetings: where meetings are of equal size.",
            "Menos reuniões: onde elas têm tamanhos parecidos.";
        nearest: "The nearest, whatever its load.", "O mais próximo, seja qual for a carga.";
        weighted: "In proportion to weights: servers of different sizes.",
            "Em proporção aos pesos: servidores de tamanhos diferentes.";
        power_of_two: "The better of two drawn: several balancers, or old figures.",
            "O melhor de dois sorteados: vários balanceadores, ou dados antigos.";
        random: "Any: a baseline to compare with.", "Qualquer um: uma base de comparação.";
        round_robin: "One after the other: for tests.", "Um após o outro: para testes.";
        predictive: "What meetings like this one will cost over their life, learnt from those before.",
            "O que reuniões como esta vão custar enquanto durarem, aprendido com as anteriores.";
        geo_predictive: "The same, with the way to the user traded against load.",
            "O mesmo, pesando a distância até o usuário contra a carga.";
        scalelite: "The rule of Scalelite, to compare with: the fewest attendees, by old lists.",
            "A regra do Scalelite, para comparar: menos participantes, por listas antigas.";
        b3scale: "The rule of b3scale, to compare with: the fewest attendees or meetings.",
            "A regra do b3scale, para comparar: menos participantes ou reuniões.";
        bbblb: "The rule of BBBLB, to compare with: users, media, and a reserve that declines.",
            "A regra do BBBLB, para comparar: usuários, mídia e uma reserva que diminui.";
        bbblb_as_built: "The rule of BBBLB as its program has it: the reserve never declines.",
            "A regra do BBBLB como no programa: a reserva nunca diminui.";
        b3lb: "The rule of B3LB, to compare with: attendees, meetings and CPU.",
            "A regra do B3LB, para comparar: participantes, reuniões e CPU.";
        bigblueswarm: "The rule of BigBlueSwarm, to compare with: CPU and memory, means of 5 minutes.",
            "A regra do BigBlueSwarm, para comparar: CPU e memória, médias de 5 minutos.";
        mconf_2012: "The first rule of Mconf, to compare with: the fewest meetings.",
            "A primeira regra do Mconf, para comparar: menos reuniões.";
        radius: "Radius", "Raio";
        radius_hint: "How far around the nearest server others compete with it. For rules that know distances.",
            "A que distância do servidor mais próximo outros competem com ele. Para regras que conhecem distâncias.";
        weights: "Weights of servers", "Pesos dos servidores";
        weights_hint: "One on each line, such as bbb1 = 2.5; in place of the servers’ own. For the rule weighted.",
            "Um em cada linha, como bbb1 = 2.5; no lugar dos pesos dos próprios servidores. Para a regra weighted.";
        fallback: "Router that is asked next", "Roteador consultado depois";
        fallback_hint: "Where this one finds no server.", "Quando este não encontra servidor.";
        no_fallback: "none: the meeting is refused", "nenhum: a reunião é recusada";
        only_tags: "Only servers with these tags", "Somente servidores com estas etiquetas";
        only_tags_hint: "One on each line; a server must carry all of them. Empty: any server.",
            "Uma em cada linha; o servidor precisa ter todas. Vazio: qualquer servidor.";
        prefer_tags: "Servers with these tags first", "Primeiro servidores com estas etiquetas";
        prefer_tags_hint: "One on each line. The others follow.", "Uma em cada linha. Os outros vêm depois.";
        max_users: "Most users of a server", "Máximo de usuários de um servidor";
        max_users_hint: "A server that has or expects so many is left out. Empty: none is.",
            "Um servidor que tem ou espera tantos fica de fora. Vazio: nenhum fica.";
        max_cpu: "Most CPU of a server", "Máximo de CPU de um servidor";
        max_cpu_hint: "A server of which so much is in use or expected is left out. Empty: none is.",
            "Um servidor com tanto em uso ou esperado fica de fora. Vazio: nenhum fica.";
        tie_break: "Among servers that are alike", "Entre servidores parecidos";
        tie_break_hint: "Another rule chooses among the best where their scores are close.",
            "Outra regra escolhe entre os melhores quando suas pontuações são próximas.";
        tie_within: "Alike within", "Parecidos até";
        tie_within_hint: "How far from the best score, in its unit: 5 with least-cpu is 5 % of CPU.",
            "A que distância da melhor pontuação, na unidade dela: 5 com least-cpu são 5 % de CPU.";
        canary: "Router tried on a share", "Roteador testado em uma parte";
        canary_hint: "It places a share of the meetings in place of this one; compare both in the metrics.",
            "Ele aloca uma parte das reuniões no lugar deste; compare os dois nas métricas.";
        canary_share: "Share", "Parte";
        canary_share_hint: "0.1 is a tenth of the meetings.", "0,1 é um décimo das reuniões.";
        no_policy: "none", "nenhuma";
        no_canary: "none", "nenhum";
        fallback_short: "Then", "Depois";
        meaning: "It places the new meetings of its integrations ({}). Meetings that run stay where they are.",
            "Aloca as novas reuniões das suas integrações ({}). As reuniões em andamento ficam onde estão.";
        removal: "Nothing has this router then. It can be made again under the same name.",
            "Nada mais terá este roteador. Ele pode ser criado de novo com o mesmo nome.";
        always: "The router default cannot be removed: it holds wherever nothing else is said.",
            "O roteador default não pode ser removido: ele vale onde nada mais foi dito.";
    }
}
