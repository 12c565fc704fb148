words! {
    /// What all forms have in common.
    pub(crate) FormWords {
        optional: "optional", "opcional";
        required: "This must be filled in.", "Isto precisa ser preenchido.";
        long: "{} characters at the most.", "No máximo {} caracteres.";
        control: "There is a character in it that nobody can see.", "Há nele um caractere que não se vê.";
        secret: "A secret has 8 to 255 characters of ASCII, without blanks.",
            "Um segredo tem de 8 a 255 caracteres ASCII, sem espaços.";
        password: "A password has {} to {} characters.", "Uma senha tem de {} a {} caracteres.";
        whole: "A whole number from {} to {}.", "Um número inteiro de {} a {}.";
        whole_from: "A whole number from {} on.", "Um número inteiro a partir de {}.";
        decimal: "A number from {} to {}.", "Um número de {} a {}.";
        decimal_from: "A number from {} on.", "Um número a partir de {}.";
        lasting: "A length of time in whole seconds, such as 4h, 90m or 1h 30m.",
            "Uma duração em segundos inteiros, como 4h, 90m ou 1h 30m.";
        moment: "A moment is written like 2026-11-22T19:00, in UTC.", "Um momento é escrito como 2026-11-22T19:00, em UTC.";
        choice: "Choose one of the list.", "Escolha uma opção da lista.";
        line: "This line cannot be read: {}", "Esta linha não pode ser lida: {}";
        twice: "This stands there twice: {}", "Isto aparece duas vezes: {}";
        position: "A latitude is from -90 to 90 and a longitude from -180 to 180, in degrees; or leave both empty.",
            "A latitude vai de -90 a 90 e a longitude de -180 a 180, em graus; ou deixe ambas vazias.";
        latitude: "Latitude", "Latitude";
        longitude: "Longitude", "Longitude";
        a_secret: "Secret", "Segredo";
        hidden: "hidden", "oculto";
        yes: "yes", "sim";
        no: "no", "não";
        nothing: "nothing", "nada";
        wrong_one: "One field has to be corrected. Nothing was changed.",
            "Um campo precisa ser corrigido. Nada foi alterado.";
        wrong_some: "{} fields have to be corrected. Nothing was changed.",
            "{} campos precisam ser corrigidos. Nada foi alterado.";
        what_changes: "What will change", "O que vai mudar";
        field: "Field", "Campo";
        from: "Now", "Agora";
        to: "Then", "Depois";
        no_change: "Nothing would change.", "Nada mudaria.";
        as_default: "It will be created with everything as usual.", "Será criado com tudo como de costume.";
        preview: "Show what will change", "Mostrar o que vai mudar";
        preview_hint: "Nothing is saved before you confirm.", "Nada é salvo antes de você confirmar.";
        confirm: "Save", "Salvar";
        confirm_new: "Create", "Criar";
        back: "Change it further", "Continuar alterando";
        cancel: "Cancel", "Cancelar";
        edit: "Edit", "Editar";
        remove: "Remove", "Remover";
        keep: "Keep it", "Manter";
        name: "Name", "Nome";
        name_hint: "It stands in addresses and reports, and cannot be changed later.",
            "Aparece em endereços e relatórios e não pode ser alterado depois.";
        bad_name: "A name has 1 to 255 bytes, no blank at its ends, no control characters and none of / \\ ? # %, and is neither . nor ..",
            "Um nome tem de 1 a 255 bytes, sem espaço nas pontas, sem caracteres de controle e sem / \\ ? # %, e não é . nem ..";
        name_taken: "There is one of that name already.", "Já existe um com esse nome.";
        managed: "The configuration file declares this, and it alone changes it: edit the file, then reload the configuration.",
            "O arquivo de configuração declara isto, e só ele o altera: edite o arquivo e recarregue a configuração.";
        bad_url: "An absolute http or https URL without user name, password, ? and #, such as https://bbb1.example.org/bigbluebutton/",
            "Uma URL http ou https absoluta, sem usuário, senha, ? nem #, como https://bbb1.example.org/bigbluebutton/";
        same_url: "The server {} has this URL already.", "O servidor {} já tem esta URL.";
        circle: "Its fallbacks would lead back to it.", "Suas alternativas levariam de volta a ele mesmo.";
        two_rules: "Two rules for the parameter {}: it may stand in one only.",
            "Duas regras para o parâmetro {}: ele só pode estar em uma.";
    }
}
