words! {
    /// Servers.
    pub(crate) ServerWords {
        title: "Servers", "Servidores";
        one: "Server", "Servidor";
        new: "New server", "Novo servidor";
        lead: "The BigBlueButton servers that meetings are placed on. A server tells its URL and secret with: bbb-conf --secret",
            "Os servidores BigBlueButton em que as reuniões são alocadas. Um servidor mostra sua URL e segredo com: bbb-conf --secret";
        lead_monitored: "The BigBlueButton servers that the monitor knows. What is set here overrides the monitor.",
            "Os servidores BigBlueButton que o monitor conhece. O que se define aqui prevalece sobre o monitor.";
        there: "The monitor knows this server. What you fill in here overrides the monitor; what stays empty is as the monitor says.",
            "O monitor conhece este servidor. O que for preenchido aqui prevalece; o que ficar vazio vale como o monitor diz.";
        url: "URL", "URL";
        url_hint: "Where its API is, such as https://bbb1.example.org/bigbluebutton/",
            "Onde está a sua API, como https://bbb1.example.org/bigbluebutton/";
        secret: "Secret", "Segredo";
        secret_hint: "As bbb-conf --secret shows it.", "Como bbb-conf --secret mostra.";
        secret_kept_hint: "Empty: it stays as it is.", "Vazio: fica como está.";
        position: "Location", "Localização";
        position_hint: "In degrees, south and west negative. Empty: its address tells.",
            "Em graus, sul e oeste negativos. Vazio: o endereço diz.";
        capacity: "Capacity", "Capacidade";
        capacity_hint: "The most users that it is to be given.", "O máximo de usuários que deve receber.";
        unit_users: "users", "usuários";
        weight: "Weight", "Peso";
        weight_hint: "How much of the meetings it is to be given beside others, 0.01 to 1000. For the rule weighted.",
            "Quanto das reuniões deve receber ao lado dos outros, de 0.01 a 1000. Para a regra weighted.";
        tags: "Tags", "Etiquetas";
        tags_hint: "What integrations choose servers by, with commas in between. A dash: none, whatever the monitor says.",
            "Por elas as integrações escolhem servidores, separadas por vírgulas. Um traço: nenhuma, diga o monitor o que disser.";
        checksum: "Checksums", "Checksums";
        checksum_hint: "How calls to it are signed.", "Como as chamadas a ele são assinadas.";
        not_said: "not set", "não definido";
        said_by_file: "by the configuration file", "pelo arquivo de configuração";
        said_by_administrator: "by an administrator", "por um administrador";
        said_by_monitor: "by the monitor", "pelo monitor";
        said_by_default: "by nobody", "por ninguém";
        word: "Use of this server", "Uso deste servidor";
        word_short: "Use", "Uso";
        word_lead: "Your choice overrides the monitor until you change it.",
            "Sua escolha prevalece sobre o monitor até você mudá-la.";
        word_first_hint: "It holds from its first moment on.", "Vale desde o primeiro momento.";
        automatic: "Automatic", "Automático";
        automatic_hint: "The services that the monitor checks decide.", "Decidem os serviços que o monitor verifica.";
        force_enabled: "Always use it", "Usar sempre";
        force_enabled_hint: "Whatever its services say.", "Digam o que disserem os seus serviços.";
        force_disabled: "Do not use it", "Não usar";
        force_disabled_hint: "No new meetings. Those that run on it go on.",
            "Nenhuma reunião nova. As que estão nele continuam.";
        draining: "Drain it", "Drenar";
        draining_hint: "No new meetings; when the last one has ended, it is not used. Before maintenance.",
            "Nenhuma reunião nova; quando a última terminar, não é mais usado. Antes de uma manutenção.";
        say: "Apply", "Aplicar";
        left: "Meetings on it now: {}. People in them: {}.", "Reuniões nele agora: {}. Pessoas nelas: {}.";
        drained: "It is drained: it has no meeting left.", "Está drenado: não tem mais reunião.";
        status: "Status", "Situação";
        why: "Why", "Por quê";
        not_there: "not in use", "fora de uso";
        not_there_why: "It is no server of the network now: the monitor does not have it, or its URL or its secret is missing.",
            "Não é um servidor da rede agora: o monitor não o tem, ou falta a URL ou o segredo.";
        host: "Machine", "Máquina";
        meetings: "Meetings", "Reuniões";
        users: "People", "Pessoas";
        to_come: "expected soon – meetings: {}, people: {}", "esperadas em breve – reuniões: {}, pessoas: {}";
        cpu: "CPU", "CPU";
        memory: "Memory", "Memória";
        memory_share: "Memory %", "Memória %";
        disk: "Disk", "Disco";
        answered: "Last answer", "Última resposta";
        suspended_since: "Silent since", "Sem resposta desde";
        foreign: "Meetings of others", "Reuniões de outros";
        foreign_hint: "made on it past the balancer", "criadas nele sem passar pelo balanceador";
        services: "What the monitor checks", "O que o monitor verifica";
        no_services: "The monitor says nothing of it.", "O monitor não diz nada dele.";
        service: "Service", "Serviço";
        result: "Result", "Resultado";
        checked: "Checked", "Verificado";
        said: "Settings made here", "Definido aqui";
        said_nothing: "Nothing is set here: it is as the monitor says.",
            "Nada é definido aqui: vale o que o monitor diz.";
        say_something: "Change its settings", "Alterar configurações";
        dashboard: "See it on the dashboard", "Ver no painel";
        its_meetings: "Its meetings", "Suas reuniões";
        release: "Release its meetings", "Liberar suas reuniões";
        release_hint: "It does not answer. Created again, its meetings are placed on other servers at once. That holds until it answers.",
            "Ele não responde. Criadas de novo, suas reuniões vão logo para outros servidores. Vale até que ele responda.";
        released: "Its meetings are released.", "Suas reuniões estão liberadas.";
        reveal: "Show its secret", "Mostrar o segredo";
        reveal_hint: "The audit log will say that you have seen it.", "A auditoria dirá que você o viu.";
        secret_of: "Secret of {}", "Segredo de {}";
        seen_once: "The audit log has that you have seen this.", "A auditoria registrou que você viu isto.";
        tag: "Tag", "Etiqueta";
        meaning: "It holds from the next call on. Meetings that run on it stay.",
            "Vale a partir da próxima chamada. As reuniões nele ficam.";
        removal: "It gets no new meetings any more, and is gone when its last one has ended.",
            "Não recebe mais reuniões novas e sai quando a última terminar.";
        removal_monitored: "What is set here is forgotten: the server is the monitor’s again.",
            "O que se define aqui é esquecido: o servidor volta a ser só do monitor.";
    }
}

impl ServerWords {
    /// The word that somebody has said, for people.
    pub(crate) fn said(&self, word: lb_core::server::AdministratorWord) -> (&'static str, &'static str) {
        match word.as_str() {
            "force-enabled" => (self.force_enabled, self.force_enabled_hint),
            "force-disabled" => (self.force_disabled, self.force_disabled_hint),
            "draining" => (self.draining, self.draining_hint),
            _ => (self.automatic, self.automatic_hint),
        }
    }

    /// Who says something of a server.
    pub(crate) fn who(&self, who: &str) -> &'static str {
        match who {
            "file" => self.said_by_file,
            "administrator" => self.said_by_administrator,
            "monitor" => self.said_by_monitor,
            _ => self.said_by_default,
        }
    }
}
