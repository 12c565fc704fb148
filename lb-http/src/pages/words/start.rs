words! {
    /// The first steps: from an empty balancer to a meeting.
    pub(crate) StartWords {
        title: "First steps", "Primeiros passos";
        lead: "From an empty balancer to a meeting. Each step looks at the network itself: leave at any time, skip what you like, and come back here.",
            "De um balanceador vazio até uma reunião. Cada passo olha a própria rede: saia quando quiser, pule o que quiser e volte aqui.";
        steps: "Steps", "Passos";
        step_server: "A server", "Um servidor";
        step_integration: "An integration", "Uma integração";
        step_meeting: "A test meeting", "Uma reunião de teste";
        step_next: "What comes next", "O que vem depois";
        done: "done", "feito";
        skip: "Skip this step", "Pular este passo";
        go_on: "Go on", "Continuar";
        server_lead: "A BigBlueButton server that meetings are placed on.", "Um servidor BigBlueButton que recebe reuniões.";
        server_hint: "On that machine, this command shows its URL and its secret:", "Nessa máquina, este comando mostra a URL e o segredo:";
        server_monitored: "The monitor brings the servers: whatever it watches that has a URL and a secret becomes one. There is nothing to fill in here.",
            "O monitor traz os servidores: tudo que ele observa e que tem URL e segredo vira um servidor. Não há nada a preencher aqui.";
        server_waiting: "It has brought none so far. It is asked every {} s.", "Ainda não trouxe nenhum. Ele é consultado a cada {} s.";
        server_trouble: "It cannot be used at the moment: {}", "Não pode ser usado neste momento: {}";
        server_guide: "How the monitor is told is in docs/operating.md of the balancer, under “Monitor”.",
            "Como configurar o monitor está em docs/operating.md do balanceador, em “Monitor”.";
        servers_there: "There are {} servers, and {} of them take meetings now.", "Há {} servidores, e {} deles aceitam reuniões agora.";
        server_there: "There is one server, and it takes meetings now.", "Há um servidor, e ele aceita reuniões agora.";
        server_idle: "There is one server, and it takes no meetings now. Its page says why.",
            "Há um servidor, e ele não aceita reuniões agora. A página dele diz o motivo.";
        all_servers: "All servers", "Todos os servidores";
        another_server: "Another server", "Outro servidor";
        url: "URL", "URL";
        url_hint: "Such as https://bbb1.example.org/bigbluebutton/", "Por exemplo, https://bbb1.example.org/bigbluebutton/";
        url_wrong: "This is no absolute http or https URL.", "Isto não é uma URL http ou https absoluta.";
        secret: "Secret", "Segredo";
        secret_hint: "It is kept, and never shown again without an entry in the audit log.",
            "É guardado e nunca mais mostrado sem registro na auditoria.";
        secret_wrong: "A secret has 8 to 255 characters of ASCII, without blanks.", "Um segredo tem de 8 a 255 caracteres ASCII, sem espaços.";
        name: "Name", "Nome";
        name_hint: "Empty: the host in the URL.", "Se vazio, a máquina que está na URL.";
        optional: "optional", "opcional";
        check: "Check and save it", "Verificar e salvar";
        check_hint: "A getMeetings is sent to it. It is saved only if it answers.",
            "Um getMeetings é enviado. Só é salvo se responder.";
        not_kept: "It was not saved.", "Não foi salvo.";
        integration_lead: "A website that may make calls: a Moodle, a portal. It gets a secret of its own.",
            "Um site que pode fazer chamadas: um Moodle, um portal. Ele recebe um segredo próprio.";
        integrations_there: "There are {} integrations.", "Há {} integrações.";
        integration_there: "There is one integration.", "Há uma integração.";
        make_integration: "Make an integration", "Criar uma integração";
        another_integration: "Another integration", "Outra integração";
        all_integrations: "All integrations", "Todas as integrações";
        meeting_lead: "Made as a website makes it: signed with the secret of an integration, and placed by its router.",
            "Criada como um site a cria: assinada com o segredo de uma integração e alocada pelo roteador dela.";
        meeting_needs: "It needs a server that takes meetings, and an integration.", "É preciso um servidor que aceite reuniões e uma integração.";
        meeting_had: "There was a meeting already. Another one does no harm.", "Já houve uma reunião. Outra não faz mal.";
        integration: "Integration", "Integração";
        meeting_start: "Start a test meeting", "Iniciar uma reunião de teste";
        meeting_name: "Test meeting", "Reunião de teste";
        meeting_runs: "The test meeting of {} runs on {}.", "A reunião de teste de {} está em {}.";
        meeting_join: "Join it as moderator", "Entrar como moderador";
        meeting_join_hint: "Opens in a new tab. The link leads to the meeting’s server.", "Abre em outra aba. O link leva ao servidor da reunião.";
        meeting_end: "End it", "Encerrar";
        meeting_failed: "There was no meeting made.", "Nenhuma reunião foi criada.";
        meeting_explain: "Where would it go, and what stands against it?", "Para onde iria, e o que impede?";
        next_lead: "The balancer is at work. From here on:", "O balanceador está trabalhando. Daqui em diante:";
        next_ready: "The whole way works: a website’s call makes a meeting on a server of yours.",
            "O caminho todo funciona: a chamada de um site cria uma reunião em um servidor seu.";
        next_dashboard: "how the network is at this moment", "como a rede está neste momento";
        next_integrations: "connect real websites: each has its page with ready-made settings",
            "conecte sites de verdade: cada um tem uma página com a configuração pronta";
        next_plans: "what websites may do, and how much of it", "o que os sites podem fazer, e quanto";
        next_users: "colleagues who look after the network, and what each may do", "colegas que cuidam da rede e o que cada um pode fazer";
        next_routers: "how meetings find their server", "como as reuniões encontram o servidor";
        next_reports: "who used how much", "quem usou quanto";
        next_back: "This page stays at /admin/start.", "Esta página continua em /admin/start.";
    }
}
