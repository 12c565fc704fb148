words! {
    /// What is wrong now, and what to do about it.
    pub(crate) AlarmWords {
        store: "The store cannot be written to", "Não é possível gravar no banco de dados";
        store_refuses: "No meeting can be created. See whether its disk is full or read-only; the balancer goes on by itself when it can write again.", "Nenhuma reunião pode ser criada. Veja se o disco está cheio ou somente para leitura; o balanceador continua sozinho quando puder gravar.";
        store_unwritten: "{} changes are in memory only and are lost if the balancer stops now. See whether its disk is full or read-only.", "{} alterações estão só na memória e se perdem se o balanceador parar agora. Veja se o disco está cheio ou somente para leitura.";
        monitor: "The monitor cannot be used", "O monitor não pode ser usado";
        monitor_todo: "Servers stay as they were known last.", "Os servidores ficam como eram conhecidos.";
        monitor_said: "What is wrong: {}", "O que há de errado: {}";
        freeze: "Many servers fell silent at once", "Muitos servidores silenciaram ao mesmo tempo";
        freeze_todo: "The trouble is more likely between them and the balancer: none is taken for down. If they are down, lift the freeze on the page of servers.", "O problema provavelmente está entre eles e o balanceador: nenhum é dado como fora do ar. Se estiverem fora do ar, encerre o congelamento na página de servidores.";
        last_resort: "No server is well", "Nenhum servidor está bem";
        last_resort_todo: "Those with a WARNING take the meetings. Look at their services in the monitor.", "Os que estão em WARNING recebem as reuniões. Veja os serviços deles no monitor.";
        nobody_serves: "No server can take a meeting", "Nenhum servidor pode receber reuniões";
        nobody_serves_todo: "Creates are refused until one is well or is force-enabled.", "As criações são recusadas até que um fique bem ou seja ativado à força.";
        down: "{} is down", "{} está fora do ar";
        down_todo: "Its meetings are placed afresh when their websites create them again. Mend it, or take it out of the network.", "As reuniões dele são realocadas quando os sites as criam de novo. Conserte-o ou retire-o da rede.";
        many_down: "{} servers are down: {}", "{} servidores estão fora do ar: {}";
        suspended: "{} does not answer", "{} não responde";
        many_suspended: "{} servers do not answer: {}", "{} servidores não respondem: {}";
        suspended_todo: "Calls to it are refused at once and it is probed. If it will not come back, release its meetings on its page.", "As chamadas a ele são recusadas na hora e ele é sondado. Se não voltar, libere as reuniões na página dele.";
        critical: "{} is critical", "{} está crítico";
        many_critical: "{} servers are critical: {}", "{} servidores estão críticos: {}";
        critical_todo: "It takes no new meetings until the monitor finds it well; those that it has go on.", "Não recebe novas reuniões até o monitor dizer que está bem; as que ele tem continuam.";
        copies: "{} came back with copies of meetings", "{} voltou com cópias de reuniões";
        many_copies: "{} servers came back with copies of meetings: {}", "{} servidores voltaram com cópias de reuniões: {}";
        copies_todo: "Copies in use: {}. The meetings are elsewhere now; the copies end by themselves when people leave.",
            "Cópias em uso: {}. As reuniões agora estão em outro lugar; as cópias terminam sozinhas quando as pessoas saírem.";
        foreign: "{} has meetings made past the balancer", "{} tem reuniões criadas por fora do balanceador";
        many_foreign: "{} servers have meetings made past the balancer: {}",
            "{} servidores têm reuniões criadas por fora do balanceador: {}";
        foreign_todo: "Meetings: {}. Somebody knows a server's secret: find the website that uses it, or change it.",
            "Reuniões: {}. Alguém conhece o segredo de um servidor: encontre o site que o usa ou troque-o.";
        fenced: "The policy {} of router {} is fenced off", "A política {} do roteador {} está isolada";
        fenced_todo: "It {}. Others place the router’s meetings; it is tried again once a minute. Mend it, or choose another policy for the router.",
            "Ela {}. Outras alocam as reuniões do roteador; ela é tentada de novo a cada minuto. Conserte-a ou escolha outra política para o roteador.";
        panicked: "panicked ({})", "entrou em pânico ({})";
        ranked_twice: "ranked {} twice", "classificou {} duas vezes";
        not_offered: "ranked {}, which it was not offered", "classificou {}, que não lhe foi oferecido";
        not_a_number: "gave {} a score that is not a number", "deu a {} uma nota que não é um número";
        certificate: "The certificate ends {}", "O certificado vence {}";
        certificate_ended: "The certificate has ended: {}", "O certificado venceu: {}";
        certificate_todo: "Renew it: the balancer reads its files again by itself.", "Renove-o: o balanceador lê os arquivos de novo sozinho.";
        limits: "{} calls were refused by limits of plans", "{} chamadas foram recusadas por limites de planos";
        limits_todo: "Within the last minutes: {}. Look whether the plans still fit.", "Nos últimos minutos: {}. Veja se os planos ainda servem.";
        limit_of: "{} ({})", "{} ({})";
        others: "{} more", "mais {}";
    }
}
