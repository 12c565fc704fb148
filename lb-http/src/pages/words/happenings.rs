words! {
    /// What happened. The names in each are as the code that fills them says.
    pub(crate) HappeningWords {
        meeting_created: "Meeting {} of {} was created on {}.", "A reunião {} de {} foi criada em {}.";
        meeting_listed: "Meeting {} of {} was found on {}, which listed it.",
            "A reunião {} de {} foi encontrada em {}, que a listou.";
        meeting_claimed: "Meeting {} of {} was found on {}, which was asked what had become of a create without an answer.",
            "A reunião {} de {} foi encontrada em {}, consultado sobre uma criação que ficara sem resposta.";
        meeting_ended: "Meeting {} of {} on {} has ended: {}.", "A reunião {} de {} em {} terminou: {}.";
        unlisted: "its server lists it no more", "o servidor não a lista mais";
        not_found: "its server says that there is no such meeting", "o servidor diz que ela não existe";
        replaced: "another one took its place", "outra tomou o seu lugar";
        server_down: "its server is down", "o servidor está fora do ar";
        called_back: "its server said so", "o servidor avisou";
        most_users: "Most people at the same time: {}.", "Máximo de pessoas ao mesmo tempo: {}.";
        user_joined: "{} was sent to meeting {} of {} on {} as {}.", "{} foi enviado à reunião {} de {} em {} como {}.";
        user_entered: "{} came into meeting {} of {} on {} as {}.", "{} entrou na reunião {} de {} em {} como {}.";
        user_left: "Somebody left meeting {} of {} on {}.", "Alguém saiu da reunião {} de {} em {}.";
        moderator: "a moderator", "moderador";
        attendee: "an attendee", "participante";
        server_new: "Server {} is new: {}.", "O servidor {} é novo: {}.";
        server_changed: "Server {} was {} and is now {}.", "O servidor {} estava {} e agora está {}.";
        server_dropped: "Server {} is gone: its last meeting has ended.",
            "O servidor {} se foi: sua última reunião terminou.";
        call_refused: "A call {} of {} was refused: {}.", "Uma chamada {} de {} foi recusada: {}.";
        stranger_refused: "A call {} of nobody who is known was refused: {}.",
            "Uma chamada {} de origem desconhecida foi recusada: {}.";
        secrets_searched: "All secrets were tried to find out whose a call is: {}.",
            "Todos os segredos foram testados para descobrir de quem é uma chamada: {}.";
        administered: "{} – {}: {}.", "{} – {}: {}.";
        reloaded: "A new configuration holds.", "Uma nova configuração está valendo.";
        reload_refused: "A new configuration was refused, and the old one holds.",
            "Uma nova configuração foi recusada, e a anterior continua valendo.";
        call_answered: "A call {} was answered in {} ms.", "Uma chamada {} foi respondida em {} ms.";
        server_failed: "Server {} did not answer {} as it should.", "O servidor {} não respondeu a {} como deveria.";
        last_resort: "Meeting {} of {} went to {} as the last resort: no server without a warning could take it.",
            "A reunião {} de {} foi para {} como último recurso: nenhum servidor sem alerta podia recebê-la.";
        stray_noted: "Server {} may have a copy of meeting {} of {} that nobody is sent to.",
            "O servidor {} pode ter uma cópia da reunião {} de {} para a qual ninguém é enviado.";
        stray_ended: "The copy on server {} of meeting {} of {} was ended.",
            "A cópia no servidor {} da reunião {} de {} foi encerrada.";
        confirmed_down: "Server {} is down for sure: its meetings may be created anew elsewhere.",
            "O servidor {} está fora do ar com certeza: suas reuniões podem ser recriadas em outros.";
        released: "An administrator released the meetings of server {}.",
            "Um administrador liberou as reuniões do servidor {}.";
        freeze_began: "{} of {} servers fell silent at once: none is taken for down until one answers.",
            "{} de {} servidores silenciaram de uma vez: nenhum é dado como fora do ar até que um responda.";
        freeze_ended: "The servers that fell silent at once are judged one by one again.",
            "Os servidores que silenciaram de uma vez voltam a ser avaliados um a um.";
        placed_afresh: "Meeting {} of {} was created anew on {}, because {} is down.",
            "A reunião {} de {} foi recriada em {}, porque {} está fora do ar.";
        copy_in_use: "Server {} came back with a copy of meeting {} of {}, and {} people are in it.",
            "O servidor {} voltou com uma cópia da reunião {} de {}, com {} pessoas nela.";
        callback_delivered: "{} was told of meeting {} of {}: {}.", "{} foi avisado sobre a reunião {} de {}: {}.";
        callback_failed: "{} could not be told of meeting {} of {} ({}). It is tried again.",
            "{} não pôde ser avisado sobre a reunião {} de {} ({}). Haverá nova tentativa.";
        callback_given_up: "{} could not be told of meeting {} of {} ({}). It is not tried again.",
            "{} não pôde ser avisado sobre a reunião {} de {} ({}). Não haverá nova tentativa.";
        the_website: "The website", "O site";
        callback_refused: "Somebody who is not {} called back about meeting {} of {}: nothing was believed.",
            "Alguém que não é {} chamou de volta sobre a reunião {} de {}: nada foi aceito.";
        told_ended: "it has ended", "terminou";
        told_recording: "its recording is ready", "a gravação está pronta";
        told_analytics: "its analytics", "seus dados de análise";
        told_hook: "what goes on in it", "o que acontece nela";
        hook_registered: "The balancer’s hook is registered on server {}.",
            "O webhook do balanceador está registrado no servidor {}.";
        hook_forged: "A post to the balancer’s hook was not signed by server {}: it was not believed.",
            "Um envio ao webhook do balanceador não foi assinado pelo servidor {}: não foi aceito.";
        recording_seen: "The recording of {} is on {}.", "A gravação de {} está em {}.";
        recording_published: "The recording of {} on {} can be played.", "A gravação de {} em {} pode ser vista.";
        recording_unpublished: "The recording of {} on {} was taken back.", "A gravação de {} em {} foi retirada.";
        recording_deleted: "The recording of {} on {} is deleted.", "A gravação de {} em {} foi excluída.";
        recording_updated: "The recording of {} on {} was changed.", "A gravação de {} em {} foi alterada.";
        monitor_failed: "The monitor does not answer as it should: the servers stay as they are known.",
            "O monitor não responde como deveria: os servidores ficam como são conhecidos.";
        monitor_recovered: "The monitor answers again.", "O monitor voltou a responder.";
        policy_fenced: "The policy {} of router {} did what none may do: others place its meetings until it is tried again.",
            "A política {} do roteador {} fez o que nenhuma pode: outras alocam as reuniões dele até que ela seja tentada de novo.";
        policy_back: "The policy {} of router {} does well again.", "A política {} do roteador {} voltou a funcionar.";
        policy_forgot: "What the policy {} of router {} had learnt cannot be used or kept.",
            "O que a política {} do roteador {} aprendeu não pode ser usado ou guardado.";
        store_failed: "The store cannot be used.", "O armazenamento não pode ser usado.";
        store_recovered: "The store works again.", "O armazenamento voltou a funcionar.";
        other: "Something happened that this version has no sentence for: {}.",
            "Aconteceu algo para o qual esta versão não tem frase: {}.";
    }
}
