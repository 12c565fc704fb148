words! {
    /// The API console.
    pub(crate) ConsoleWords {
        title: "API console", "Console da API";
        lead: "Builds, signs and sends any call of BBB’s API as a website would. The secret stays here, and the audit log has each call that is sent.",
            "Monta, assina e envia qualquer chamada da API do BBB como um site faria. O segredo fica aqui, e a auditoria registra cada chamada enviada.";
        none: "There is no integration yet. Calls are made in the name of one.",
            "Ainda não há integração. As chamadas são feitas em nome de uma.";
        make_one: "Make an integration", "Criar uma integração";
        choose: "Choose this call", "Escolher a chamada";
        integration: "Integration", "Integração";
        call: "Call", "Chamada";
        algorithm: "Checksum algorithm", "Algoritmo do checksum";
        secret: "Secret", "Segredo";
        first_secret: "the first one", "o primeiro";
        secret_number: "number {}", "número {}";
        no_secret: "Every secret of this integration has expired. Nothing can be signed.",
            "Todos os segredos desta integração expiraram. Nada pode ser assinado.";
        parameters: "Parameters", "Parâmetros";
        no_parameters: "This call takes no parameters.", "Esta chamada não tem parâmetros.";
        only_filled: "Only what is filled in is sent.", "Só é enviado o que for preenchido.";
        name: "Name", "Nome";
        value: "Value", "Valor";
        meaning: "What it means", "O que significa";
        required: "required", "obrigatório";
        more: "More parameters ({})", "Mais parâmetros ({})";
        others: "Other parameters", "Outros parâmetros";
        others_hint: "Any name, such as meta_course or userdata-bbb_auto_join_audio. Here an empty value is sent as well.",
            "Qualquer nome, como meta_course ou userdata-bbb_auto_join_audio. Aqui um valor vazio também é enviado.";
        another: "Another row", "Mais uma linha";
        unset: "not sent", "não enviar";
        slides: "Slides, as XML", "Slides, em XML";
        slides_hint: "Posted with the call. Empty: nothing is posted.", "Enviado com a chamada (POST). Vazio: nada é enviado.";
        captions: "Captions", "Legendas";
        captions_hint: "The text of the file: WebVTT, SRT or SSA.", "O texto do arquivo: WebVTT, SRT ou SSA.";
        kind_text: "text", "texto";
        kind_number: "number", "número";
        kind_flag: "true or false", "true ou false";
        kind_address: "URL", "URL";
        kind_list: "list", "lista";
        kind_json: "JSON", "JSON";
        kind_choice: "one of a few", "uma de algumas";
        build: "Build the URL", "Montar a URL";
        send: "Send", "Enviar";
        request: "The call", "A chamada";
        changes: "This call changes something. It is not sent before you say so here.",
            "Esta chamada altera algo. Ela só é enviada se você confirmar aqui.";
        repeated: "It was not sent: this form has sent it before, or is too old. Look at it once more, and send it if you mean it.",
            "Não foi enviada: este formulário já a enviou, ou é antigo demais. Confira e envie de novo se for o caso.";
        send_it: "Send it", "Enviar mesmo assim";
        without_checksum: "Without its checksum nobody can use this URL.", "Sem o checksum ninguém pode usar esta URL.";
        show_checksum: "Show it with its checksum", "Mostrar com o checksum";
        with_checksum: "Whoever has this URL can make this call once and again. The audit log has that you were shown it.",
            "Quem tiver esta URL pode fazer esta chamada quantas vezes quiser. A auditoria registra que ela lhe foi mostrada.";
        no_checksum_needed: "This call needs no checksum.", "Esta chamada não precisa de checksum.";
        posts_body: "With a body of {} bytes, posted as {}.", "Com um corpo de {} bytes, enviado como {}.";
        copy: "Copy", "Copiar";
        copied: "Copied", "Copiado";
        answer: "The answer", "A resposta";
        status: "Status", "Status";
        took: "Time", "Tempo";
        millis: "{} ms", "{} ms";
        size: "Size", "Tamanho";
        bytes: "{} bytes", "{} bytes";
        leads_to: "Leads to", "Leva a";
        hidden: "Passwords and keys in it are not shown.", "As senhas e chaves contidas nela não são mostradas.";
        cut: "It is longer than this page; the rest is left out.", "Ela é maior que esta página; o resto foi omitido.";
        empty: "The body is empty.", "O corpo está vazio.";
        success: "It succeeded.", "Deu certo.";
        success_duplicate: "The meeting was there already and stays where it is.", "A reunião já existia e continua onde está.";
        success_no_meetings: "It succeeded: this integration has no meetings at the moment.",
            "Deu certo: esta integração não tem reuniões no momento.";
        success_no_recordings: "It succeeded: no recording fits.", "Deu certo: nenhuma gravação corresponde.";
        redirected: "The browser would be led to the meeting’s server. The address is a key to the meeting, so only the server is named here.",
            "O navegador seria levado ao servidor da reunião. O endereço é uma chave da reunião; por isso só o servidor aparece aqui.";
        failed: "It was refused. The message says why.", "Foi recusada. A mensagem diz por quê.";
        failed_checksum: "The signature was not taken. Perhaps the algorithm is not among those that the configuration lets websites use.",
            "A assinatura não foi aceita. Talvez o algoritmo não esteja entre os permitidos na configuração.";
        failed_permission: "The integration or its plan does not let it: it is switched off, the plan does not have this call, or a limit is reached.",
            "A integração ou o plano não permite: está desativada, o plano não inclui esta chamada ou um limite foi atingido.";
        failed_not_found: "There is no such thing of this integration now. It may have ended, or be another integration’s.",
            "Não existe nesta integração agora. Pode ter terminado ou ser de outra integração.";
        failed_parameter: "A parameter is missing, or has a value that BBB does not take.",
            "Falta um parâmetro, ou um valor não é aceito pelo BBB.";
        failed_unique: "The id is taken by a meeting with other passwords, or of somebody else where there is no other server.",
            "O identificador pertence a uma reunião com outras senhas, ou de outro site sem outro servidor disponível.";
        failed_unsupported: "Neither the balancer nor the server has this call.", "Nem o balanceador nem o servidor têm esta chamada.";
        failed_internal: "No server could do it at the moment. “Explain a placement” says which servers there are and what speaks against each.",
            "Nenhum servidor pôde atender agora. “Explicar uma alocação” mostra quais existem e o que impede cada um.";
        not_bbb: "This is no answer in the form of the API: HTTP status {}.", "Isto não é uma resposta da API: status HTTP {}.";
        unreadable: "It has another form than XML.", "Ela não está em XML.";
    }
}
