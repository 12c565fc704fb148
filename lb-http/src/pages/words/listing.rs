words! {
    /// Long lists and their filters.
    pub(crate) ListingWords {
        filter: "Filter", "Filtrar";
        clear: "Show all", "Mostrar tudo";
        next: "Next page", "Próxima página";
        first: "First page", "Primeira página";
        pages: "Pages", "Páginas";
        here: "{} on this page", "{} nesta página";
        from: "From (UTC)", "De (UTC)";
        until: "Until (UTC)", "Até (UTC)";
        integration: "Integration", "Integração";
        server: "Server", "Servidor";
        all: "all", "todas";
        every: "all", "todos";
        bad_moment: "A moment must be written like 2026-11-22T19:00.",
            "Um momento deve ser escrito como 2026-11-22T19:00.";
        cancel: "Cancel", "Cancelar";
        none: "none", "nenhum";
        yes: "yes", "sim";
        no: "no", "não";
        copy: "Copy", "Copiar";
        copied: "Copied", "Copiado";
        details: "Details", "Detalhes";
        field: "Field", "Campo";
        before: "Before", "Antes";
        after: "After", "Depois";
        required: "This must be filled in.", "Isto precisa ser preenchido.";
        cannot_undo: "This cannot be undone.", "Isto não pode ser desfeito.";
    }
}
