use lb_core::balancer::TryServerError;
use lb_core::gateway::GatewayError;

words! {
    /// A new integration, step by step, and how its website is told of the balancer.
    pub(crate) OnboardWords {
        title: "New integration", "Nova integração";
        lead: "A website that may use the balancer. Nothing is made before the last step.",
            "Um site que pode usar o balanceador. Nada é criado antes do último passo.";
        steps: "Steps", "Passos";
        step_name: "Name", "Nome";
        step_plan: "Plan and place", "Plano e alocação";
        step_confirm: "Check", "Conferir";
        step_connect: "Connect", "Conectar";
        name: "Name", "Nome";
        name_hint: "Short and for good: it stands in reports, in the log and on every meeting. Such as moodle or clinic-north.",
            "Curto e definitivo: aparece em relatórios, no log e em cada reunião. Por exemplo, moodle ou clinica-norte.";
        name_missing: "A name is needed.", "É preciso um nome.";
        name_taken: "There is an integration of this name already.", "Já existe uma integração com este nome.";
        name_wrong: "A name has at most 255 bytes, no control characters, no space at its ends, and none of / \\ ? # %.",
            "Um nome tem no máximo 255 bytes, sem caracteres de controle, sem espaço nas pontas e sem / \\ ? # %.";
        display_name: "Display name", "Nome de exibição";
        display_hint: "Such as “Moodle of the Faculty of Law”. It can be changed at any time.",
            "Por exemplo, “Moodle da Faculdade de Direito”. Pode ser alterado quando quiser.";
        optional: "optional", "opcional";
        go_on: "Go on", "Continuar";
        back: "Back", "Voltar";
        plan: "Plan", "Plano";
        plan_hint: "What it may do, and how much of it.", "O que ela pode fazer e quanto.";
        plan_gone: "There is no such plan, partner or router any more. Choose again.",
            "Este plano, parceiro ou roteador não existe mais. Escolha de novo.";
        unlimited: "no limits", "sem limites";
        at_most_meetings: "{} meetings at a time", "{} reuniões simultâneas";
        at_most_users: "{} users at a time", "{} usuários simultâneos";
        at_most_in_one: "{} users in one meeting", "{} usuários por reunião";
        at_most_minutes: "{} minutes a meeting", "{} minutos por reunião";
        at_most_calls: "{} calls a second", "{} chamadas por segundo";
        only_calls: "only some calls", "só algumas chamadas";
        recording: "may record", "pode gravar";
        no_recording: "may not record", "não pode gravar";
        inactive: "switched off: every call would be refused", "desativado: toda chamada seria recusada";
        partner: "Partner", "Parceiro";
        partner_hint: "The institution that it belongs to. Who looks after that one sees it.",
            "A instituição à qual pertence. Quem cuida dela a vê.";
        nobody: "none", "nenhum";
        router: "Router", "Roteador";
        router_hint: "How its meetings find their server.", "Como as reuniões encontram o servidor.";
        radius: "{} within {} km", "{} em {} km";
        check: "This will be made", "Isto será criado";
        field: "Field", "Campo";
        to: "Then", "Depois";
        secret: "Secret", "Segredo";
        secret_drawn: "40 characters, drawn when you confirm. It is shown once.", "40 caracteres, sorteados ao confirmar. É mostrado uma vez.";
        own_secret: "The website has a secret already", "O site já tem um segredo";
        own_secret_label: "Its secret", "O segredo dele";
        own_secret_hint: "8 to 255 characters of ASCII without blanks. Where this is empty, one is drawn.",
            "De 8 a 255 caracteres ASCII sem espaços. Se vazio, um é sorteado.";
        own_secret_wrong: "A secret has 8 to 255 characters of ASCII, without blanks, and is no other integration’s.",
            "Um segredo tem de 8 a 255 caracteres ASCII, sem espaços, e não é de outra integração.";
        make: "Make the integration", "Criar a integração";
        made: "{} has been created.", "{} foi criada.";
        made_hint: "Copy the secret now: this page shows it once. An administrator can reveal it later, and the audit log tells of that.",
            "Copie o segredo agora: esta página o mostra uma única vez. Um administrador pode revelá-lo depois, e a auditoria registra.";
        connect: "Connect {}", "Conectar {}";
        connect_lead: "What the website is to be told. Its secret is not shown here.", "O que informar ao site. O segredo não aparece aqui.";
        url: "URL", "URL";
        placeholder: "THE-SECRET", "O-SEGREDO";
        copy: "Copy", "Copiar";
        copied: "Copied", "Copiado";
        moodle_where: "Site administration › Plugins › Activity modules › BigBlueButton › General settings",
            "Administração do site › Plugins › Módulos de atividade › BigBlueButton › Configurações gerais";
        moodle_url: "BigBlueButton server URL", "URL do servidor BigBlueButton";
        moodle_secret: "BigBlueButton shared secret", "Segredo compartilhado do BigBlueButton";
        moodle_algorithm: "Where the page has a checksum algorithm, choose SHA256.", "Se houver algoritmo de checksum na página, escolha SHA256.";
        moodle_file: "Or in config.php, which goes before the page:", "Ou em config.php, que prevalece sobre a página:";
        greenlight_where: "The file .env of Greenlight 3; then start it anew.", "O arquivo .env do Greenlight 3; depois reinicie-o.";
        wordpress_where: "Rooms › Settings, with the plugin BigBlueButton of Blindside Networks",
            "Rooms › Settings, com o plugin BigBlueButton da Blindside Networks";
        api_mate_where: "A page that makes calls in the browser. What stands behind # stays in it.",
            "Uma página que faz chamadas no navegador. O que vem depois de # fica nele.";
        other: "Any other website", "Qualquer outro site";
        other_where: "Whatever speaks BBB’s API. Some want the URL with /api at its end, some without.",
            "Tudo que fala a API do BBB. Alguns querem a URL com /api no fim, outros sem.";
        with_api: "URL with /api", "URL com /api";
        test: "Test the connection", "Testar a conexão";
        test_hint: "Signs a getMeetings with its secret and sends it.", "Assina um getMeetings com o segredo e o envia.";
        test_again: "Test again", "Testar de novo";
        works: "It works: getMeetings was answered with SUCCESS and lists {} meetings.",
            "Funciona: getMeetings foi respondido com SUCCESS e lista {} reuniões.";
        over_http: "Sent to {} over HTTP, as the website would. It took {} ms.",
            "Enviado a {} por HTTP, como o site faria. Levou {} ms.";
        in_process: "Asked inside the balancer: {} is not an address of this machine, so the way through proxy and firewall was not tried. It took {} ms.",
            "Feito dentro do balanceador: {} não é um endereço desta máquina, então o caminho pelo proxy e firewall não foi testado. Levou {} ms.";
        no_secret: "Every secret of it has expired.", "Todos os segredos dela expiraram.";
        to_integration: "To the integration", "Ir para a integração";
        to_console: "Make calls in its name", "Fazer chamadas em nome dela";
        to_start: "Go on with the first steps", "Continuar os primeiros passos";
        another: "Make another", "Criar outra";
        unreachable: "Nobody takes connections there. Is the address right, and is a firewall between?",
            "Ninguém aceita conexões lá. O endereço está certo? Há um firewall no caminho?";
        not_sent: "It could not be sent: the name is not found, or its certificate is not trusted.",
            "Não foi possível enviar: o nome não foi encontrado ou o certificado não é confiável.";
        busy: "Too many calls are under way to it. Try again.", "Há chamadas demais em andamento. Tente de novo.";
        unknown: "It took the call and gave no answer in time.", "Recebeu a chamada e não respondeu a tempo.";
        bad_answer: "It answers, but not as BigBlueButton does. Is the path right?", "Responde, mas não como o BigBlueButton. O caminho está certo?";
        signature: "It answers, and refuses the signature: the secret is wrong, or the algorithm.",
            "Responde e recusa a assinatura: o segredo está errado, ou o algoritmo.";
        refused: "It answers, and refuses.", "Responde e recusa.";
    }
}

impl OnboardWords {
    /// What is wrong with what was tried.
    pub(crate) fn trouble(&self, error: &TryServerError) -> &'static str {
        match error {
            TryServerError::Signature => self.signature,
            TryServerError::Refused(_) => self.refused,
            TryServerError::Gateway(GatewayError::Unreachable(_)) => self.unreachable,
            TryServerError::Gateway(GatewayError::NotSent(_) | GatewayError::TooLong) => self.not_sent,
            TryServerError::Gateway(GatewayError::Busy) => self.busy,
            TryServerError::Gateway(GatewayError::Unknown(_) | GatewayError::Interrupted(_)) => self.unknown,
            _ => self.bad_answer,
        }
    }
}
