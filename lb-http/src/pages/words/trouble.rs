words! {
    /// What was not done, and what to do about it.
    pub(crate) TroubleWords {
        bad: "This cannot be done so", "Isto não pode ser feito assim";
        bad_advice: "Nothing was changed. Go back, correct it and try again.",
            "Nada foi alterado. Volte, corrija e tente novamente.";
        unknown: "Log in first", "Entre primeiro";
        unknown_advice: "Your session has ended, or never began. Nothing was changed.",
            "Sua sessão terminou ou nunca começou. Nada foi alterado.";
        forbidden: "Not allowed", "Não permitido";
        forbidden_advice: "Nothing was changed. If you should have this page, ask an administrator.",
            "Nada foi alterado. Se você deveria ter acesso a esta página, fale com um administrador.";
        not_found: "There is no such page", "Esta página não existe";
        not_found_advice: "It was removed, never was, or is not yours to see.",
            "Ela foi removida, nunca existiu, ou você não pode vê-la.";
        conflict: "Something stands against it", "Algo impede isto";
        conflict_advice: "Nothing was changed.", "Nada foi alterado.";
        overtaken: "Somebody else was faster", "Outra pessoa foi mais rápida";
        overtaken_advice: "It has been changed since you opened the page. Nothing was overwritten: open it anew and look.",
            "Houve uma alteração desde que você abriu a página. Nada foi sobrescrito: abra-a de novo e confira.";
        too_large: "Too much was sent", "Foram enviados dados demais";
        too_large_advice: "Nothing was changed.", "Nada foi alterado.";
        too_often: "Too often", "Vezes demais";
        too_often_advice: "Wait a while, then try again.", "Aguarde um pouco e tente novamente.";
        server: "A server did not do it", "Um servidor não atendeu";
        server_advice: "Look at the server on the dashboard, then try again.",
            "Veja o servidor no painel e tente novamente.";
        unavailable: "Not possible at the moment", "Não é possível neste momento";
        unavailable_advice: "Try again in a few seconds. If it goes on, the log says why.",
            "Tente novamente em alguns segundos. Se continuar, o log diz o motivo.";
        back: "Back to the beginning", "Voltar ao início";
        log_in: "Log in", "Entrar";
        details: "In the balancer’s words", "Nas palavras do balanceador";
    }
}
