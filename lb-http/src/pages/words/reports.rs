words! {
    /// Usage reports.
    pub(crate) ReportWords {
        title: "Usage report", "Relatório de uso";
        lead: "{} to {}, time zone {}", "De {} a {}, fuso horário {}";
        made: "Made {}", "Gerado em {}";
        runs: "The period is not over: what runs is counted until the moment of the report.",
            "O período não terminou: o que está em andamento é contado até o momento do relatório.";
        period: "Period", "Período";
        this_month: "this month", "este mês";
        last_month: "last month", "mês passado";
        this_quarter: "this quarter", "este trimestre";
        last_quarter: "last quarter", "trimestre passado";
        this_year: "this year", "este ano";
        last_year: "last year", "ano passado";
        own: "other dates", "outras datas";
        from: "First day", "Primeiro dia";
        last: "Last day", "Último dia";
        zone: "Time zone", "Fuso horário";
        zone_offer: "Use {}", "Usar {}";
        step: "Interval", "Intervalo";
        automatic: "automatic", "automático";
        hours: "hours", "horas";
        days: "days", "dias";
        weeks: "weeks", "semanas";
        months: "months", "meses";
        quarters: "quarters", "trimestres";
        years: "years", "anos";
        whole: "whole period", "período inteiro";
        by: "Group by", "Agrupar por";
        integrations: "integrations", "integrações";
        partners: "partners", "parceiros";
        servers: "servers", "servidores";
        routers: "routers", "roteadores";
        nothing: "nothing", "nada";
        compare: "Compare with", "Comparar com";
        compare_before: "period before", "período anterior";
        compare_none: "nothing", "nada";
        only: "Only some of them", "Somente alguns";
        only_hint: "Names, separated by commas; empty: all.", "Nomes separados por vírgulas; vazio: todos.";
        integration: "Integration", "Integração";
        partner: "Partner", "Parceiro";
        server: "Server", "Servidor";
        router: "Router", "Roteador";
        show: "Show report", "Mostrar relatório";
        csv: "Download CSV", "Baixar CSV";
        json: "Download JSON", "Baixar JSON";
        meetings: "Meetings", "Reuniões";
        running: "Running", "Em andamento";
        running_hint: "that began, or had begun before and not ended", "que começaram, ou tinham começado antes e não terminado";
        ended: "Ended", "Terminadas";
        ended_hint: "of those that began", "das que começaram";
        average: "Average length", "Duração média";
        longest: "Longest", "Mais longa";
        length_hint: "hours:minutes:seconds", "horas:minutos:segundos";
        participants: "Participants", "Participantes";
        minutes: "Participant-minutes", "Minutos-participante";
        names: "Unique names", "Nomes únicos";
        peak_meetings: "Peak meetings", "Pico de reuniões";
        peak_users: "Peak users", "Pico de usuários";
        peak_hint: "the most at the same time", "o máximo ao mesmo tempo";
        recordings: "Recordings", "Gravações";
        recording_minutes: "Recorded minutes", "Minutos gravados";
        refused: "Refused calls", "Chamadas recusadas";
        totals: "Totals", "Totais";
        total: "All together", "Tudo junto";
        none_of_it: "none", "nenhum";
        others: "others", "outros";
        before: "before: {}", "antes: {}";
        compared: "Compared with the period before", "Comparação com o período anterior";
        compared_with: "{} to {}", "De {} a {}";
        compared_part: "{} to {}: as much of it as has passed of this period",
            "De {} a {}: tanto dele quanto já passou deste período";
        figure: "Figure", "Valor";
        now: "This period", "Este período";
        then: "Before", "Antes";
        change: "Change", "Mudança";
        per_cent: "Change in %", "Mudança em %";
        peaks: "Most at the same time", "Máximo ao mesmo tempo";
        chart_says: "{} in all, at most {} in one step. The table “By time” has the same figures.",
            "{} no total, no máximo {} em um passo. A tabela “Por tempo” tem os mesmos valores.";
        peaks_say: "At most {} users and {} meetings at the same time. The table “By time” has the same figures.",
            "No máximo {} usuários e {} reuniões ao mesmo tempo. A tabela “Por tempo” tem os mesmos valores.";
        ranked: "{} by {}", "{} por {}";
        rank_says: "The {} largest of {}. The table “Totals” has the same figures.",
            "Os {} maiores de {}. A tabela “Totais” tem os mesmos valores.";
        week_minutes: "Participant-minutes by weekday and hour", "Minutos-participante por dia da semana e hora";
        week_users: "Most users at the same time by weekday and hour", "Máximo de usuários ao mesmo tempo por dia da semana e hora";
        week_says: "The most: {}, on {} from {}.", "O máximo: {}, {} a partir de {}.";
        week_nothing: "Nothing happened.", "Nada aconteceu.";
        week_figures: "These figures as a table", "Estes valores em uma tabela";
        week_too_long: "The period has too many hours for a picture of the week.", "O período tem horas demais para um quadro da semana.";
        not_now: "This part could not be made now: {}", "Esta parte não pôde ser feita agora: {}";
        hour: "Hour", "Hora";
        by_step: "By time", "Por tempo";
        by_step_and_group: "By time and group", "Por tempo e grupo";
        step_head: "From", "De";
        shown: "{} of {} rows are shown; CSV and JSON have all.", "São mostradas {} de {} linhas; CSV e JSON têm todas.";
        show_all: "Show all, to print them", "Mostrar todas, para imprimir";
        refused_by_reason: "Refused calls by reason", "Chamadas recusadas por motivo";
        call: "Call", "Chamada";
        reason: "Reason (messageKey)", "Motivo (messageKey)";
        times: "Times", "Vezes";
        no_refusals: "No call was refused.", "Nenhuma chamada foi recusada.";
        no_events: "Nothing happened in this period.", "Nada aconteceu neste período.";
        exactness: "How exact the figures are", "Quão exatos são os valores";
        from_joins: "* Known from join calls alone, because nobody was ever seen in the meeting: {}.",
            "* Conhecidos só por chamadas join, porque ninguém chegou a ser visto na reunião: {}.";
        exact: "Exact: begin of meetings, refused calls, recordings. Totals are counted anew and are no sums of the rows: people, names and peaks of several rows cannot be added.",
            "Exatos: início das reuniões, chamadas recusadas, gravações. Os totais são contados de novo e não são somas das linhas: pessoas, nomes e picos de várias linhas não podem ser somados.";
        approximate: "Exact to some seconds: when people come and go, and the end of meetings that no server told of. The lists of meetings are asked for every few seconds.",
            "Exatos a alguns segundos: entradas e saídas de pessoas, e fins de reuniões que nenhum servidor avisou. As listas de reuniões são consultadas a cada poucos segundos.";
        no_zone: "There is no time zone {}. It must be a name of the IANA list, such as America/Sao_Paulo or UTC.",
            "Não existe o fuso horário {}. Deve ser um nome da lista IANA, como America/Sao_Paulo ou UTC.";
        no_period: "There is no period {}.", "Não existe o período {}.";
        no_days: "Choose the first and the last day of the report.", "Escolha o primeiro e o último dia do relatório.";
        no_moment: "There is no such period.", "Não existe esse período.";
        no_date: "“{}” is no date. It must be a day such as 2026-03-01.", "“{}” não é uma data. Deve ser um dia como 2026-03-01.";
        ends_before_begin: "The period ends before it begins.", "O período termina antes de começar.";
        no_step: "A period cannot be cut into {}.", "Um período não pode ser dividido em {}.";
        no_group: "There are no groups by {}.", "Não há grupos por {}.";
        no_name: "One of the names is not known, or is not yours to see.", "Um dos nomes não é conhecido, ou você não pode vê-lo.";
    }
}
