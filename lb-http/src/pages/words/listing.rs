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
        every: "all", "todos";
        yes: "yes", "sim";
        no: "no", "não";
        copy: "Copy", "Copiar";
        copied: "Copied", "Copiado";
        field: "Field", "Campo";
        before: "Before", "Antes";
        after: "After", "Depois";
        cannot_undo: "This cannot be undone.", "Isto não pode ser desfeito.";
    }
}
