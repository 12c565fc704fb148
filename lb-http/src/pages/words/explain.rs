use lb_core::event::PositionFrom;
use lb_core::placement::{LeftOut, Way};
use lb_core::server::ServerState;

use super::states::StateWords;

words! {
    /// Where a meeting would go, and why.
    pub(crate) ExplainWords {
        title: "Explain a placement", "Explicar uma alocação";
        lead: "Where a new meeting would go at this moment, and why: by the same code that places it. Nothing is changed by asking.",
            "Para onde iria uma nova reunião neste momento, e por quê: pelo mesmo código que a aloca. Perguntar não altera nada.";
        none: "There is no integration yet: nobody could create a meeting.", "Ainda não há integração: ninguém poderia criar uma reunião.";
        integration: "Integration", "Integração";
        forwarded: "Address of the user", "Endereço do usuário";
        forwarded_hint: "As the website forwards it (X-Forwarded-For): IPv4 or IPv6, several with commas.",
            "Como o site o repassa (X-Forwarded-For): IPv4 ou IPv6, vários separados por vírgulas.";
        latitude: "Latitude", "Latitude";
        longitude: "Longitude", "Longitude";
        position_hint: "In degrees, whatever the addresses say; both or none.", "Em graus, valem mais que os endereços; as duas ou nenhuma.";
        more: "More about the meeting", "Mais sobre a reunião";
        address: "Address of the website", "Endereço do site";
        address_hint: "Where the call comes from.", "De onde vem a chamada.";
        meeting_id: "meetingID", "meetingID";
        meeting_hint: "One that runs stays where it is. Empty: any that does not exist.",
            "Uma que existe fica onde está. Vazio: qualquer uma que não existe.";
        preferred: "Preferred server", "Servidor preferido";
        preferred_hint: "Its name or address, as preferredServer.", "Nome ou endereço, como em preferredServer.";
        max_participants: "maxParticipants", "maxParticipants";
        hints_hint: "More users than this are not let in.", "Mais usuários do que isso não entram.";
        size: "Users expected", "Usuários esperados";
        size_hint: "As the website says in meta_bbb-meeting-size-hint.", "Como o site diz em meta_bbb-meeting-size-hint.";
        duration: "Duration in minutes", "Duração em minutos";
        duration_hint: "BBB ends the meeting then at the latest.", "O BBB encerra a reunião no máximo então.";
        number_wrong: "A whole number from 1 on.", "Um número inteiro a partir de 1.";
        fenced: "The policy {} of router {} is passed over: it {}.", "A política {} do roteador {} é ignorada: ela {}.";
        record: "The meeting is to be recorded", "A reunião deve ser gravada";
        ask: "Explain", "Explicar";
        address_wrong: "An address is IPv4 or IPv6, such as 192.0.2.1.", "Um endereço é IPv4 ou IPv6, como 192.0.2.1.";
        position_wrong: "A latitude is from -90 to 90 and a longitude from -180 to 180; they go together.",
            "A latitude vai de -90 a 90 e a longitude de -180 a 180; as duas vão juntas.";
        placed: "It would go to {}.", "Iria para {}.";
        placed_afresh: "It was lost with {} and would go to {}.", "Foi perdida com {} e iria para {}.";
        last_resort: "That server has a warning; it is taken because no other can be.", "Esse servidor está em alerta; é usado porque nenhum outro pode ser.";
        there: "It is there already, on {}, and stays.", "Já existe, em {}, e fica lá.";
        there_silent: "It is there already, on {}, which does not answer now.", "Já existe, em {}, que não responde agora.";
        under_way: "It is being created on {} at this moment.", "Está sendo criada em {} neste momento.";
        no_server: "No server could have it. What speaks against each is below.", "Nenhum servidor poderia recebê-la. O que impede cada um está abaixo.";
        refused: "It would be refused, whatever the servers.", "Seria recusada, quaisquer que sejam os servidores.";
        how: "How it was decided", "Como foi decidido";
        router: "Router", "Roteador";
        policy: "Rule", "Regra";
        position: "Where the user is", "Onde está o usuário";
        at: "At", "Em";
        required: "Tags required", "Etiquetas exigidas";
        preferred_tags: "Tags preferred", "Etiquetas preferidas";
        forbidden: "Tags forbidden", "Etiquetas proibidas";
        from_given: "as said here", "como informado aqui";
        from_forwarded: "by the forwarded address", "pelo endereço repassado";
        from_integration: "where the integration is", "onde está a integração";
        from_caller: "by the address of the website", "pelo endereço do site";
        from_nowhere: "not known: distances do not count", "desconhecido: a distância não conta";
        map: "Map", "Mapa";
        map_title: "Servers, the user, and the way to the candidates", "Servidores, o usuário e o caminho até os candidatos";
        map_hint: "The circle is {} km around {}. Numbers are the ranking; a server leads to its circle.",
            "O círculo tem {} km em torno de {}. Os números são a ordem; um servidor leva ao seu círculo.";
        map_plain: "Numbers are the ranking; a server leads to its 300 km.", "Os números são a ordem; um servidor leva aos seus 300 km.";
        map_nothing: "No server has a known position, so there is nothing to draw.", "Nenhum servidor tem posição conhecida; não há o que desenhar.";
        user_here: "The user", "O usuário";
        servers: "servers", "servidores";
        candidates: "Candidates, in the order in which they would be tried", "Candidatos, na ordem em que seriam tentados";
        no_candidates: "No server could take it.", "Nenhum servidor poderia recebê-la.";
        rank: "Rank", "Ordem";
        server: "Server", "Servidor";
        way: "Found by", "Encontrado por";
        score: "Score", "Pontuação";
        km: "km", "km";
        cpu: "CPU %", "CPU %";
        users: "Users", "Usuários";
        meetings: "Meetings", "Reuniões";
        reason: "Reason", "Motivo";
        score_hint: "The score is in the rule’s own unit, lower is better. CPU, users and meetings include those expected soon.",
            "A pontuação está na unidade da regra; menor é melhor. CPU, usuários e reuniões incluem os esperados em breve.";
        left_out: "Left out, and why", "Fora, e por quê";
        nobody_left_out: "No server is left out.", "Nenhum servidor ficou de fora.";
        state: "State", "Estado";
        why: "What speaks against it", "O que impede";
        shown: "The first {} of {} are shown.", "Mostrados os primeiros {} de {}.";
        shown_more: "The first {} are shown; there are more.", "Mostrados os primeiros {}; há mais.";
        way_preferred_server: "the website’s wish", "pedido do site";
        way_preferred_tags: "preferred tags", "etiquetas preferidas";
        way_router: "the router", "o roteador";
        way_last_resort: "last resort", "último recurso";
        out_state: "its state", "o estado dele";
        out_full: "it is full", "está cheio";
        out_occupied: "another meeting of the same id may be there", "pode ter outra reunião com o mesmo identificador";
        out_tried: "it failed before, or the meeting was lost with it", "já falhou, ou a reunião foi perdida com ele";
        out_not_the_parents: "the parent meeting is elsewhere", "a reunião principal está em outro";
        out_lacks_tag: "it lacks a required tag", "falta uma etiqueta exigida";
        out_forbidden_tag: "it carries a forbidden tag", "tem uma etiqueta proibida";
        out_foreign: "somebody made a meeting of the same id on it", "alguém criou nele uma reunião com o mesmo identificador";
        out_not_ranked: "the rule did not rank it", "a regra não o classificou";
    }
}

impl ExplainWords {
    /// One of the words of [`LeftOut::as_str`].
    pub(crate) fn left_out_word<'a>(&self, word: &'a str, states: &StateWords) -> &'a str {
        let all = [
            LeftOut::Full,
            LeftOut::Occupied,
            LeftOut::Tried,
            LeftOut::NotTheParents,
            LeftOut::LacksTag,
            LeftOut::ForbiddenTag,
            LeftOut::ForeignMeeting,
            LeftOut::NotRanked,
        ];
        let state = || ServerState::ALL.into_iter().find(|state| state.as_str() == word).map(|state| states.of(state));
        let why = all.into_iter().find(|why| why.as_str() == word).map(|why| self.out(why));
        why.or_else(state).unwrap_or(word)
    }

    /// By which way a candidate was found.
    pub(crate) fn way_of(&self, way: Way) -> &'static str {
        match way {
            Way::PreferredServer => self.way_preferred_server,
            Way::PreferredTags => self.way_preferred_tags,
            Way::Router => self.way_router,
            Way::LastResort => self.way_last_resort,
        }
    }

    /// Why a server is left out.
    pub(crate) fn out(&self, why: LeftOut) -> &'static str {
        match why {
            LeftOut::State(_) => self.out_state,
            LeftOut::Full => self.out_full,
            LeftOut::Occupied => self.out_occupied,
            LeftOut::Tried => self.out_tried,
            LeftOut::NotTheParents => self.out_not_the_parents,
            LeftOut::LacksTag => self.out_lacks_tag,
            LeftOut::ForbiddenTag => self.out_forbidden_tag,
            LeftOut::ForeignMeeting => self.out_foreign,
            LeftOut::NotRanked => self.out_not_ranked,
        }
    }

    /// How the user's position is known.
    pub(crate) fn position_from(&self, from: PositionFrom) -> &'static str {
        match from {
            PositionFrom::Nowhere => self.from_nowhere,
            PositionFrom::Given => self.from_given,
            PositionFrom::ForwardedAddress => self.from_forwarded,
            PositionFrom::Integration => self.from_integration,
            PositionFrom::CallerAddress => self.from_caller,
        }
    }
}
