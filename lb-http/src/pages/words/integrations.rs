words! {
    /// Integrations.
    pub(crate) IntegrationWords {
        title: "Integrations", "Integrações";
        one: "Integration", "Integração";
        new: "New integration", "Nova integração";
        lead: "The websites that may use the balancer, each with secrets of its own.",
            "Os sites que podem usar o balanceador, cada um com seus próprios segredos.";
        display_name: "Display name", "Nome de exibição";
        display_name_hint: "Empty: its name.", "Vazio: o próprio nome.";
        active: "Active", "Ativa";
        active_hint: "If not, all its calls are refused; meetings that run go on.",
            "Se não, todas as suas chamadas são recusadas; as reuniões em andamento continuam.";
        is_active: "active", "ativa";
        inactive: "not active", "inativa";
        plan_inactive: "plan not active", "plano inativo";
        plan: "Plan", "Plano";
        plan_hint: "What it may do and how much of it.", "O que pode fazer e quanto.";
        router: "Router", "Roteador";
        router_hint: "It places its meetings.", "Aloca as suas reuniões.";
        partner: "Partner", "Parceiro";
        partner_hint: "The institution whose it is.", "A instituição a que pertence.";
        no_partner: "none", "nenhum";
        placement: "Where its meetings go", "Para onde vão as reuniões";
        position: "Where the website is", "Onde o site fica";
        position_hint: "For users whose own position is not known. In degrees, south and west negative.",
            "Para usuários cuja posição não é conhecida. Em graus, sul e oeste negativos.";
        required_tags: "Only servers with all of these tags", "Só servidores com todas estas etiquetas";
        preferred_tags: "Servers with all of these tags first", "Primeiro servidores com todas estas etiquetas";
        forbidden_tags: "No server with one of these tags", "Nenhum servidor com uma destas etiquetas";
        tags_hint: "With commas in between.", "Separadas por vírgulas.";
        callbacks: "Callbacks", "Callbacks";
        callback_hosts: "Hosts of callbacks and hooks", "Hosts de callbacks e hooks";
        callback_hosts_hint: "Where its callback and hook URLs may lead to, one on each line. Empty: anywhere.",
            "Para onde as URLs de callbacks e hooks podem levar, um em cada linha. Vazio: qualquer lugar.";
        anywhere: "any", "qualquer um";
        create_rules: "Parameters of its creates", "Parâmetros dos seus creates";
        join_rules: "Parameters of its joins", "Parâmetros dos seus joins";
        create_default: "create: where the website gives none", "create: quando o site não informa";
        create_forced: "create: whatever the website gives", "create: informe o site o que informar";
        create_capped: "create: the largest number", "create: o maior número";
        create_blocked: "create: not sent", "create: não enviados";
        join_default: "join: where the website gives none", "join: quando o site não informa";
        join_forced: "join: whatever the website gives", "join: informe o site o que informar";
        join_capped: "join: the largest number", "join: o maior número";
        join_blocked: "join: not sent", "join: não enviados";
        texts_hint: "One on each line, such as logo = https://example.org/logo.png",
            "Um em cada linha, como logo = https://example.org/logo.png";
        capped_hint: "One on each line, such as maxParticipants = 200", "Um em cada linha, como maxParticipants = 200";
        blocked_hint: "One name on each line.", "Um nome em cada linha.";
        meaning: "Its next call goes by this. Meetings that run go on as they are.",
            "A próxima chamada segue isto. As reuniões em andamento continuam como estão.";
        removal: "The website can do nothing any more. Its meetings go on, but nobody can join them any more. Its reports stay.",
            "O site não pode fazer mais nada. As reuniões continuam, mas ninguém mais pode entrar nelas. Os relatórios ficam.";
        activate: "Activate", "Ativar";
        deactivate: "Deactivate", "Desativar";
        deactivating: "Deactivate {}?", "Desativar {}?";
        deactivate_lead: "All its calls are refused from the next one on: nobody can begin or join a meeting of it. Meetings that run go on.",
            "Todas as suas chamadas são recusadas a partir da próxima: ninguém pode iniciar nem entrar em reuniões dela. As em andamento continuam.";
        now: "Meetings running now", "Reuniões em andamento";
        limits_used: "Used of its plan", "Usado do seu plano";
        meetings: "Meetings", "Reuniões";
        users: "People", "Pessoas";
        calls: "Calls in the busiest second of the last minute", "Chamadas no segundo mais cheio do último minuto";
        of: "{} of {}", "{} de {}";
        of_any: "{}, no limit", "{}, sem limite";
        all_meetings: "All its meetings", "Todas as suas reuniões";
        no_meetings: "None at the moment.", "Nenhuma no momento.";
        events: "Its events", "Seus eventos";
        doctor: "Health", "Saúde";
        well: "Nothing is wrong with it.", "Não há nada de errado.";
        last_success: "Its last call that succeeded:", "Última chamada com sucesso:";
        refused: "Calls that were refused of late", "Chamadas recusadas há pouco";
        refused_at: "When", "Quando";
        refused_call: "Call", "Chamada";
        refused_why: "Why, and what to do", "Por quê e o que fazer";
        refused_from: "from", "de";
        times: "{} times", "{} vezes";
        unreached: "Hosts that its callbacks and hooks do not reach", "Hosts que seus callbacks e hooks não alcançam";
        secrets: "Secrets", "Segredos";
        secrets_lead: "Calls may be signed with any of them. To change a secret: add one, give it to the website, then let the old one expire.",
            "As chamadas podem ser assinadas com qualquer um deles. Para trocar um segredo: adicione um, entregue ao site e deixe o antigo expirar.";
        label: "Label", "Rótulo";
        label_hint: "Such as 2027. No two have the same.", "Como 2027. Não há dois iguais.";
        no_label: "the first", "o primeiro";
        created: "Made", "Criado";
        expires: "Valid until", "Válido até";
        for_ever: "for ever", "sempre";
        expired: "expired", "expirado";
        expires_soon: "expires soon", "expira em breve";
        add_secret: "Add a secret", "Adicionar um segredo";
        add_secret_lead: "It is drawn, and shown once. It stands beside the others.",
            "É sorteado e mostrado uma vez. Fica ao lado dos outros.";
        added_lead: "Give it to the website now: it is not shown again without the audit log saying so.",
            "Entregue-o ao site agora: não é mostrado de novo sem que a auditoria registre.";
        expire: "Let it expire", "Deixar expirar";
        expire_secret: "Secret: {}", "Segredo: {}";
        expire_hint: "In UTC. A moment that has passed ends it at once. Empty: for ever.",
            "Em UTC. Um momento que já passou o encerra na hora. Vazio: sempre.";
        remove_secret: "Forget the secret: {}", "Esquecer o segredo: {}";
        remove_secret_lead: "What is signed with it is refused from the next call on. Servers that end meetings or recordings begun under it can no longer be understood: one that expires goes on understanding them.",
            "O que for assinado com ele é recusado a partir da próxima chamada. Avisos de servidores sobre reuniões e gravações iniciadas com ele deixam de ser entendidos: um que expira continua a entendê-los.";
        forget: "Forget it", "Esquecer";
        reveal: "Show its secrets", "Mostrar os segredos";
        reveal_hint: "The audit log will say that you have seen them.", "A auditoria dirá que você os viu.";
        secrets_of: "Secrets of {}", "Segredos de {}";
        secret_called: "The secret {}", "O segredo {}";
    }
}
