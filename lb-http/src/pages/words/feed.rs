use lb_core::event::{Administered, Ended};

words! {
    /// What has happened.
    pub(crate) FeedWords {
        created: "{} of {} began on {}", "{} de {} começou em {}";
        adopted: "{} of {} was found on {} and taken up", "{} de {} foi encontrada em {} e assumida";
        ended: "{} of {} on {} has ended", "{} de {} em {} terminou";
        up_to: "up to {} people", "até {} pessoas";
        unlisted: "its server does not list it any more", "o servidor não a lista mais";
        not_found: "its server does not know it any more", "o servidor não a conhece mais";
        replaced: "a new one took its place", "uma nova tomou seu lugar";
        server_down: "its server is down", "o servidor está fora do ar";
        callback: "its server said so", "o servidor avisou";
        state: "{} is {}", "{} está {}";
        new_server: "{} is new in the network: {}", "{} é novo na rede: {}";
        dropped: "{} has left the network", "{} saiu da rede";
        refused: "{} was refused", "{} foi recusada";
        refused_of: "{} of {} was refused", "{} de {} foi recusada";
        refused_often: "{} × {} refused", "{} × {} recusada";
        refused_often_of: "{} × {} of {} refused", "{} × {} de {} recusada";
        administered: "{} {}: {}", "{} {}: {}";
        reloaded: "The configuration was taken over anew", "A configuração foi recarregada";
        reload_refused: "A new configuration was refused: all stays as it was", "Uma nova configuração foi recusada: tudo fica como estava";
        failed: "{} gave no usable answer to {}", "{} não deu resposta útil a {}";
        last_resort: "{} took a meeting of {} as the last resort", "{} recebeu uma reunião de {} como último recurso";
        stray_noted: "{} may hold a copy of a meeting of {}", "{} pode ter uma cópia de uma reunião de {}";
        stray_ended: "A copy of a meeting of {} on {} was ended", "Uma cópia de uma reunião de {} em {} foi encerrada";
        confirmed_down: "{} is down for sure: its meetings may be placed afresh", "{} está fora do ar: suas reuniões podem ser realocadas";
        released: "The meetings of {} were given free", "As reuniões de {} foram liberadas";
        freeze: "{} of {} servers fell silent at once: none is taken for down", "{} de {} servidores silenciaram ao mesmo tempo: nenhum é dado como fora do ar";
        freeze_over: "Servers are judged one by one again", "Os servidores voltam a ser avaliados um a um";
        afresh: "{} of {} began anew on {}, because {} is down", "{} de {} recomeçou em {}, porque {} está fora do ar";
        copy: "{} came back with a copy of a meeting of {}, and people in it", "{} voltou com uma cópia de uma reunião de {}, e pessoas nela";
        callback_failed: "{} could not be told of a meeting", "{} não pôde ser avisado de uma reunião";
        given_up: "It is not tried again.", "Não se tenta mais.";
        forged: "A post in the name of {} was not signed by it", "Um aviso em nome de {} não foi assinado por ele";
        published: "A recording of {} can be played", "Uma gravação de {} pode ser assistida";
        recording_deleted: "A recording of {} is deleted", "Uma gravação de {} foi apagada";
        nobody: "nobody", "ninguém";
        monitor_failed: "The monitor cannot be used", "O monitor não pode ser usado";
        monitor_back: "The monitor can be used again", "O monitor voltou";
        store_failed: "The store cannot be written to", "Não é possível gravar no banco de dados";
        store_back: "The store can be written to again", "O banco de dados voltou a gravar";

        least_cpu: "least CPU: {} %", "menor CPU: {} %";
        least_users: "fewest users, those expected among them: {}", "menos usuários, contando os esperados: {}";
        least_meetings: "fewest meetings: {}", "menos reuniões: {}";
        nearest: "the nearest: {} km away", "o mais próximo: a {} km";
        near_least_cpu: "near its users, and least CPU there: {} %", "perto dos usuários, e menor CPU ali: {} %";
        position_not_known: "position not known; least CPU: {} %", "posição desconhecida; menor CPU: {} %";
        two_drawn: "the better of two that were drawn", "o melhor de dois sorteados";
        drawn: "drawn", "sorteado";
        its_turn: "its turn", "era sua vez";
        by_weight: "drawn by weight", "sorteado por peso";
        other_policy: "{}: {}", "{}: {}";
        as_before: "where it was before", "onde estava antes";
        nothing_known: "nothing known of its load", "carga desconhecida";
        candidates: "{} servers could have had it", "{} servidores poderiam recebê-la";
        one_candidate: "no other could have it", "nenhum outro poderia recebê-la";
        next: "next: {}", "depois: {}";
        attempt: "attempt {}: those before gave no usable answer", "tentativa {}: os anteriores não deram resposta útil";

        checksum: "wrong checksum", "checksum errado";
        inactive: "the integration is switched off", "a integração está desligada";
        call_not_allowed: "its plan does not have this call", "o plano não permite esta chamada";
        recording: "its plan does not allow recordings", "o plano não permite gravações";
        concurrent_meetings: "as many meetings as its plan allows", "já tem tantas reuniões quanto o plano permite";
        concurrent_users: "as many users as its plan allows", "já tem tantos usuários quanto o plano permite";
        users_per_meeting: "the meeting is full", "a reunião está cheia";
        calls_per_second: "more calls than its plan allows", "mais chamadas do que o plano permite";
        no_server: "no server can take it", "nenhum servidor pode recebê-la";

        added: "added", "adicionado";
        changed: "changed", "alterado";
        removed: "removed", "removido";
        taken_over: "declared in the file from now on", "declarado no arquivo a partir de agora";
        switched_on: "switched on", "ligada";
        switched_off: "switched off", "desligada";
        secret_added: "one more secret", "um segredo a mais";
        secret_expires: "a secret ends at another time", "um segredo vence em outro momento";
        secret_removed: "a secret removed", "um segredo removido";
        revealed: "secret shown", "segredo mostrado";
        force_enabled: "force-enabled", "ativado à força";
        force_disabled: "force-disabled", "desativado";
        automatic: "used as the monitor says", "usado como o monitor diz";
        drained: "being drained", "sendo esvaziado";
        undrained: "takes meetings again", "recebe reuniões de novo";
        meetings_released: "meetings given free", "reuniões liberadas";
        freeze_lifted: "freeze lifted", "congelamento encerrado";
        meeting_ended: "ended", "encerrada";
        was_published: "published", "publicada";
        unpublished: "taken back", "despublicada";
        deleted: "deleted", "apagada";
        assigned: "given to an integration", "dada a uma integração";
        password_set: "another password", "outra senha";
        exported: "exported", "exportado";
        erased: "erased", "apagado";
        applied: "file applied", "arquivo aplicado";
        token_made: "token made", "token criado";
        token_revoked: "token revoked", "token revogado";

        an_integration: "integration", "integração";
        a_plan: "plan", "plano";
        a_partner: "partner", "parceiro";
        a_router: "router", "roteador";
        a_server: "server", "servidor";
        a_user: "user", "usuário";
        a_meeting: "meeting", "reunião";
        a_recording: "recording", "gravação";
        a_token: "token", "token";
        the_network: "network", "rede";
    }
}

impl FeedWords {
    /// How the end of a meeting was learnt.
    pub(crate) fn how_ended(&self, how: Ended) -> &'static str {
        match how {
            Ended::Unlisted => self.unlisted,
            Ended::NotFound => self.not_found,
            Ended::Replaced => self.replaced,
            Ended::ServerDown => self.server_down,
            Ended::Callback => self.callback,
        }
    }

    /// What an administrator did.
    pub(crate) fn how_administered(&self, how: Administered) -> &'static str {
        use Administered as A;
        match how {
            A::Added => self.added,
            A::Changed => self.changed,
            A::Removed => self.removed,
            A::TakenOver => self.taken_over,
            A::SwitchedOn => self.switched_on,
            A::SwitchedOff => self.switched_off,
            A::SecretAdded => self.secret_added,
            A::SecretExpires => self.secret_expires,
            A::SecretRemoved => self.secret_removed,
            A::Revealed => self.revealed,
            A::ForceEnabled => self.force_enabled,
            A::ForceDisabled => self.force_disabled,
            A::Automatic => self.automatic,
            A::Drained => self.drained,
            A::Undrained => self.undrained,
            A::Released => self.meetings_released,
            A::FreezeLifted => self.freeze_lifted,
            A::Ended => self.meeting_ended,
            A::Published => self.was_published,
            A::Unpublished => self.unpublished,
            A::Deleted => self.deleted,
            A::Assigned => self.assigned,
            A::PasswordSet => self.password_set,
            A::Exported => self.exported,
            A::Erased => self.erased,
            A::Applied => self.applied,
            A::TokenMade => self.token_made,
            A::TokenRevoked => self.token_revoked,
            other => other.as_str(),
        }
    }

    /// What something is, of an event's subject.
    pub(crate) fn kind<'a>(&self, kind: &'a str) -> &'a str {
        match kind {
            "integration" => self.an_integration,
            "plan" => self.a_plan,
            "partner" => self.a_partner,
            "router" => self.a_router,
            "server" => self.a_server,
            "user" => self.a_user,
            "meeting" => self.a_meeting,
            "recording" => self.a_recording,
            "token" => self.a_token,
            "network" => self.the_network,
            other => other,
        }
    }

    /// Why a call was refused, where that has a word of its own.
    pub(crate) fn why_refused<'a>(&self, reason: &'a str) -> &'a str {
        match reason {
            "checksumError" => self.checksum,
            "inactive" => self.inactive,
            "call-not-allowed" => self.call_not_allowed,
            "recording" => self.recording,
            "concurrent-meetings" => self.concurrent_meetings,
            "concurrent-users" => self.concurrent_users,
            "users-per-meeting" => self.users_per_meeting,
            "calls-per-second" => self.calls_per_second,
            "noServersAvailable" => self.no_server,
            other => other,
        }
    }
}
