words! {
    /// What kinds of events are called.
    pub(crate) KindWords {
        meeting_created: "Meeting created", "Reunião criada";
        meeting_adopted: "Meeting found", "Reunião encontrada";
        meeting_ended: "Meeting ended", "Reunião terminada";
        user_joined: "Person sent", "Pessoa enviada";
        user_entered: "Person entered", "Pessoa entrou";
        user_left: "Person left", "Pessoa saiu";
        server_state_changed: "Server state", "Estado de servidor";
        server_dropped: "Server gone", "Servidor removido";
        call_refused: "Call refused", "Chamada recusada";
        last_resort: "Last resort", "Último recurso";
        stray_noted: "Stray copy", "Cópia perdida";
        stray_ended: "Stray copy ended", "Cópia perdida encerrada";
        server_confirmed_down: "Server down", "Servidor fora do ar";
        meetings_released: "Meetings released", "Reuniões liberadas";
        freeze_began: "Many servers silent", "Muitos servidores mudos";
        freeze_ended: "Servers judged again", "Servidores reavaliados";
        meeting_placed_afresh: "Meeting created anew", "Reunião recriada";
        copy_in_use: "Copy in use", "Cópia em uso";
        callback_delivered: "Website told", "Site avisado";
        callback_failed: "Website not told", "Site não avisado";
        recording_seen: "Recording found", "Gravação encontrada";
        recording_published: "Recording published", "Gravação publicada";
        recording_unpublished: "Recording taken back", "Gravação retirada";
        recording_deleted: "Recording deleted", "Gravação excluída";
        recording_updated: "Recording changed", "Gravação alterada";
        administered: "Administration", "Administração";
        call: "Call", "Chamada";
        seen: "Seen", "Vista";
        missed: "Missed", "Ausente";
        other: "Balancer", "Balanceador";
    }
}
