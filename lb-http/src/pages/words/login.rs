words! {
    /// To log in and out.
    pub(crate) LoginWords {
        title: "Log in", "Entrar";
        name: "Name", "Nome";
        password: "Password", "Senha";
        button: "Log in", "Entrar";
        wrong: "The name or the password is wrong.", "O nome ou a senha está incorreto.";
        locked: "Too many wrong passwords were given. Try again in {} minutes.",
            "Foram informadas senhas incorretas demais. Tente novamente em {} minutos.";
        busy: "Too many people are logging in at the moment. Try again soon.",
            "Há pessoas demais entrando neste momento. Tente novamente em breve.";
        ended: "Your session has ended. Log in again.", "Sua sessão terminou. Entre novamente.";
        out: "You have logged out.", "Você saiu.";
        purpose: "Load balancer for web conferences", "Balanceador de carga para webconferências";
    }
}
