use lb_core::recording::RecordingState;

words! {
    /// Recordings.
    pub(crate) RecordingWords {
        title: "Recordings", "Gravações";
        lead: "By integration, and the newest first.", "Por integração, da mais recente à mais antiga.";
        nobodys_lead: "It is not known which integration these belong to, so that no website sees them. Assign them.",
            "Não se sabe de qual integração são, e nenhum site as vê. Atribua-as.";
        nobodys: "Without integration", "Sem integração";
        owned: "With integration", "Com integração";
        recording: "Recording", "Gravação";
        state: "State", "Estado";
        published: "published", "publicada";
        unpublished: "not published", "não publicada";
        processed: "ready", "pronta";
        processing: "being processed", "em processamento";
        deleted: "deleted", "excluída";
        all_but_deleted: "all but deleted ones", "todas menos as excluídas";
        began: "Began", "Início";
        ended: "Ended", "Fim";
        lasted: "Minutes", "Minutos";
        people: "People", "Pessoas";
        formats: "Formats", "Formatos";
        no_formats: "none yet", "nenhum ainda";
        meeting_id: "Meeting ID", "ID da reunião";
        id: "Recording ID", "ID da gravação";
        metadata: "What the website said of it", "O que o site disse dela";
        no_metadata: "Nothing.", "Nada.";
        assigned: "Assigned by an administrator.", "Atribuída por um administrador.";
        nobody: "no integration", "sem integração";
        empty: "There is no recording that fits.", "Não há gravação que corresponda.";
        publish: "Publish", "Publicar";
        publish_lead: "People can play it.", "Pode ser vista.";
        unpublish: "Unpublish", "Despublicar";
        unpublish_lead: "People cannot play it until it is published again.",
            "Não pode ser vista até ser publicada de novo.";
        delete: "Delete", "Excluir";
        delete_title: "Delete this recording?", "Excluir esta gravação?";
        delete_lead: "Its server deletes it, and nobody can bring it back. That it was there stays in the events and reports.",
            "O servidor a exclui, e ninguém pode recuperá-la. O fato de ter existido permanece nos eventos e relatórios.";
        assign: "Owner", "Dono";
        assign_lead: "Its website sees it from then on. Empty: what is stamped on it is to tell again at the next list of its server.",
            "O site passa a vê-la. Vazio: o que está marcado nela volta a dizer, na próxima lista do servidor.";
        assign_button: "Assign", "Atribuir";
        what: "Actions", "Ações";
        may_not: "Your role may look at recordings, and not change them.",
            "Seu papel pode ver gravações, mas não alterá-las.";
        other_state: "the recording is not as it was when the page was opened: look at it again",
            "a gravação não está como quando a página foi aberta: veja-a de novo";
    }
}

impl RecordingWords {
    /// How far a recording is.
    pub(crate) fn state(&self, state: RecordingState) -> &'static str {
        match state {
            RecordingState::Published => self.published,
            RecordingState::Unpublished => self.unpublished,
            RecordingState::Processed => self.processed,
            RecordingState::Processing => self.processing,
            RecordingState::Deleted => self.deleted,
        }
    }
}
