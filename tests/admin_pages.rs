//! Servers, integrations, plans, partners and routers are administered on pages, over real HTTP and without scripts: what a page shows
//! and who may do what; nothing is changed before it is confirmed, nor by who is late.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};

use harness::forms::Reader;
use harness::{Lb, lb_binary, simulated};
use serde_json::Value;

const PASSWORD: &str = "correct horse battery";

/// A name that would be more than a name if a page let it.
const HOSTILE: &str = "<img src=x onerror=alert(1)> & \u{202e}\"quoted' 🎓";

/// What the configuration file declares besides.
const DECLARED: &str = "[plans.of-the-file]\nmax_concurrent_meetings = 3\n[partners.ufrgs]\n[partners.puc]\n";

async fn with_people() -> Lb {
    let lb = Lb::start(DECLARED).await;
    let roles: [(&str, &[&str]); 4] = [
        ("ana", &["--role", "administrator"]),
        ("eva", &["--role", "viewer"]),
        ("pia", &["--partner", "ufrgs"]),
        ("leo", &["--partner", "puc"]),
    ];
    for (name, role) in roles {
        let words = [&["user", "create", name][..], role, &["--password-stdin"]].concat();
        let mut command = Command::new(lb_binary());
        command.args(&words).current_dir(lb.folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
        let ran = child.wait_with_output().unwrap();
        assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    lb
}

fn json(lb: &Lb, arguments: &[&str]) -> Value {
    let (code, output, errors) = lb.run(&[arguments, &["--json"]].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {output}{errors}");
    serde_json::from_str(&output).unwrap()
}

fn exists(lb: &Lb, arguments: &[&str]) -> bool {
    lb.run(arguments).0 == Some(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_made_changed_and_removed_and_nothing_before_it_is_confirmed() {
    let lb = with_people().await;
    let ana = Reader::log_in(&lb, "ana", PASSWORD).await;
    let form = ana.get("/admin/plans/new").await.is(200).form("/admin/plans/new");
    let filled = [("name", "school"), ("max_concurrent_meetings", "40"), ("max_duration_seconds", "1h 30m")];
    let preview = ana.fill(&form, &filled).await.is(200);
    assert!(preview.text.contains("<ins><bdi>40</bdi></ins>"), "{}", preview.text);
    assert!(preview.text.contains("Meetings at the same time") && preview.text.contains("no limit"));
    assert!(!exists(&lb, &["plan", "show", "school"]), "it was only shown");
    let confirm = preview.form("/admin/plans/new");
    ana.fill(&confirm, &[("step", "confirm")]).await.leads_to("/admin/plans/school");
    let plan = json(&lb, &["plan", "show", "school"]);
    assert_eq!((&plan["max_concurrent_meetings"], &plan["max_duration_seconds"]), (&40.into(), &5400.into()));
    assert_eq!((&plan["active"], &plan["allowed_calls"]), (&true.into(), &Value::Null));

    ana.fill(&confirm, &[("step", "confirm")]).await.is(400);
    let again = ana.fill(&form, &[("name", "school")]).await.is(400);
    assert!(again.text.contains("f-name-error") && again.text.contains("There is one of that name already."));

    let edit = ana.get("/admin/plans/school/edit").await.is(200).form("/edit");
    let same = ana.fill(&edit, &[("step", "preview")]).await.is(200);
    assert!(same.text.contains("Nothing would change."), "{}", same.text);
    let wrong = ana.fill(&edit, &[("max_duration_seconds", "soon"), ("calls_per_second", "0")]).await.is(400);
    assert!(wrong.text.contains("id=\"f-max_duration_seconds-error\"") && wrong.text.contains("value=\"soon\""));
    assert!(wrong.text.contains("2 fields have to be corrected."), "{}", wrong.text);
    let told = ana.fill(&edit, &[("max_duration_seconds", "2h"), ("step", "fragment")]).await.is(200);
    assert!(told.text.contains("<del><bdi>1h 30m</bdi></del>") && !told.text.contains("<html"), "{}", told.text);
    ana.fill(&edit, &[("max_duration_seconds", "2h"), ("step", "confirm")]).await.leads_to("/admin/plans/school");
    let late = ana.fill(&edit, &[("max_duration_seconds", "9h"), ("step", "confirm")]).await.is(412);
    assert!(late.text.contains("Somebody else was faster"), "{}", late.text);
    assert_eq!(json(&lb, &["plan", "show", "school"])["max_duration_seconds"], 7200);

    let remove = ana.get("/admin/plans/school/remove").await.is(200).form("/remove");
    ana.fill(&remove, &[]).await.leads_to("/admin/plans");
    assert!(!exists(&lb, &["plan", "show", "school"]));
    assert!(matches!(ana.fill(&remove, &[]).await.status, 404 | 412), "what was posted again does nothing");
    let kept = ana.get("/admin/plans/default/remove").await.is(200);
    assert!(kept.text.contains("cannot be removed") && !kept.text.contains("class=\"danger\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_declares_is_shown_and_refused() {
    let lb = with_people().await;
    let ana = Reader::log_in(&lb, "ana", PASSWORD).await;
    let page = ana.get("/admin/plans/of-the-file").await.is(200);
    assert!(page.text.contains("The configuration file declares this") && !page.text.contains("/edit\""));
    ana.get("/admin/plans/of-the-file/edit").await.is(409);
    let form = ana.get("/admin/plans/default/edit").await.is(200).form("/edit");
    let mut forged = form.clone();
    forged.action = "/admin/plans/of-the-file/edit".to_owned();
    ana.fill(&forged, &[("max_concurrent_meetings", "99"), ("step", "confirm")]).await.is(409);
    forged.action = "/admin/plans/of-the-file/remove".to_owned();
    assert!(matches!(ana.fill(&forged, &[]).await.status, 409 | 412));
    assert_eq!(json(&lb, &["plan", "show", "of-the-file"])["max_concurrent_meetings"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_written_down_its_word_is_said_and_its_secret_is_in_no_page_but_the_one_that_shows_it() {
    let servers = simulated(1).await;
    let lb = with_people().await;
    let ana = Reader::log_in(&lb, "ana", PASSWORD).await;
    let secret = servers[0].secret().expose().to_owned();
    let form = ana.get("/admin/servers/new").await.is(200).form("/admin/servers/new");
    let wrong = ana.fill(&form, &[("name", "bbb1"), ("url", "ftp://x/"), ("secret", &secret)]).await.is(400);
    assert!(wrong.text.contains("f-url-error") && !wrong.text.contains(&secret), "{}", wrong.text);
    let filled = [("name", "bbb1"), ("url", servers[0].url()), ("secret", secret.as_str()), ("tags", "gpu, large")];
    let preview = ana.fill(&form, &filled).await.is(200);
    assert!(!preview.text.contains(&secret) && preview.text.contains("hidden"), "{}", preview.text);
    let confirm = preview.form("/admin/servers/new");
    ana.fill(&confirm, &[("step", "confirm")]).await.leads_to("/admin/servers/bbb1");
    let page = ana.get("/admin/servers/bbb1").await.is(200);
    assert!(page.text.contains("state-enabled") && page.text.contains("gpu") && !page.text.contains(&secret));
    let shown = ana.fill(&page.form("/reveal"), &[]).await.is(200);
    assert!(shown.text.contains(&secret), "{}", shown.text);
    let edit = ana.get("/admin/servers/bbb1/edit").await.is(200).form("/edit");
    ana.fill(&edit, &[("capacity", "200"), ("step", "confirm")]).await.leads_to("/admin/servers/bbb1");
    let server = json(&lb, &["server", "show", "bbb1"]);
    assert_eq!((&server["capacity"], &server["has_secret"]), (&200.into(), &true.into()));
    assert_eq!(server["status"]["state"], "enabled", "it has its secret still");

    ana.fill(&page.form("/word"), &[("word", "draining")]).await.leads_to("/admin/servers/bbb1");
    let state = json(&lb, &["server", "show", "bbb1"])["word"].clone();
    assert!(state == "draining" || state == "force-disabled", "{state}");
    ana.fill(&page.form("/word"), &[("word", "automatic")]).await.leads_to("/admin/servers/bbb1");
    ana.fill(&page.form("/word"), &[("word", "perhaps")]).await.is(400);
    ana.get("/admin/servers/bbb1/release").await.is(200);
    let release = ana.get("/admin/servers/bbb1/release").await.form("/release");
    ana.fill(&release, &[]).await.is(409);

    let weighed = ana.get("/admin/routers/new").await.is(200).form("/admin/routers/new");
    let south = [("name", "south"), ("policy", "weighted"), ("weights", "bbb1 = 2.5"), ("step", "confirm")];
    ana.fill(&weighed, &south).await.leads_to("/admin/routers/south");
    let held = ana.get("/admin/servers/bbb1/remove").await.is(200);
    assert!(held.text.contains("/admin/routers/south") && held.text.contains("cannot be removed while"));
    ana.fill(&held.form("/remove"), &[]).await.is(409);
    let mut circle = ana.get("/admin/routers/south/edit").await.form("/edit");
    ana.fill(&circle, &[("fallback", "default"), ("step", "confirm")]).await.leads_to("/admin/routers/south");
    circle = ana.get("/admin/routers/default/edit").await.form("/edit");
    let refused = ana.fill(&circle, &[("fallback", "south")]).await.is(400);
    assert!(refused.text.contains("f-fallback-error"), "{}", refused.text);
    let south = ana.get("/admin/routers/south/remove").await.form("/remove");
    assert_eq!(ana.fill(&south, &[]).await.status, 303, "nothing leads there");
    let bbb1 = ana.get("/admin/servers/bbb1/remove").await.form("/remove");
    ana.fill(&bbb1, &[]).await.leads_to("/admin/servers");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_has_its_secrets_rotated_and_is_switched_off_and_on() {
    let lb = with_people().await;
    let ana = Reader::log_in(&lb, "ana", PASSWORD).await;
    json(&lb, &["integration", "create", "moodle"]);
    let first = json(&lb, &["integration", "secret", "reveal", "moodle"])["secrets"][0]["secret"].clone();
    let page = ana.get("/admin/integrations/moodle").await.is(200);
    assert!(!page.text.contains(first.as_str().unwrap()));
    assert!(page.text.contains("No call of it has succeeded"), "what is wrong with it is said");

    let add = ana.get("/admin/integrations/moodle/secrets/add").await.is(200).form("/secrets/add");
    let added = ana.fill(&add, &[("label", "2027")]).await.is(200);
    let known = json(&lb, &["integration", "secret", "reveal", "moodle"])["secrets"].clone();
    assert_eq!(known[1]["label"], "2027");
    assert!(added.text.contains(known[1]["secret"].as_str().unwrap()), "it is shown once");
    ana.fill(&add, &[("label", "2028")]).await.is(412);
    assert_eq!(known.as_array().unwrap().len(), 2);
    let missing = ana.get("/admin/integrations/moodle/secrets/add").await.form("/secrets/add");
    assert!(ana.fill(&missing, &[("label", " ")]).await.text.contains("f-label-error"));

    let expire = ana.get("/admin/integrations/moodle/secrets/expire?label=").await.is(200).form("/expire");
    ana.fill(&expire, &[("expires_at", "2020-01-01T00:00")]).await.leads_to("/admin/integrations/moodle");
    lb.website(first.as_str().unwrap()).call("getMeetings", &[]).await.failed("checksumError");
    lb.website(known[1]["secret"].as_str().unwrap()).call("getMeetings", &[]).await;
    let forget = ana.get("/admin/integrations/moodle/secrets/forget?label=").await.is(200).form("/forget");
    ana.fill(&forget, &[]).await.leads_to("/admin/integrations/moodle");
    ana.get("/admin/integrations/moodle/secrets/forget?label=never").await.is(404);
    let last = ana.get("/admin/integrations/moodle/secrets/forget?label=2027").await.form("/forget");
    ana.fill(&last, &[]).await.is(400);

    let off = ana.get("/admin/integrations/moodle/deactivate").await.is(200).form("/deactivate");
    ana.fill(&off, &[]).await.leads_to("/admin/integrations/moodle");
    let page = ana.get("/admin/integrations/moodle").await.is(200);
    assert!(page.text.contains("not active"));
    ana.fill(&page.form("/activate"), &[]).await.leads_to("/admin/integrations/moodle");
    assert_eq!(json(&lb, &["integration", "show", "moodle"])["active"], true);

    let form = ana.get("/admin/integrations/moodle/edit").await.is(200).form("/edit");
    let rules = [
        ("create.forced", "logo = https://a.example/l.png\r\nwelcome = one\\ntwo"),
        ("create.capped", "duration = 90"),
    ];
    let preview = ana.fill(&form, &rules).await.is(200);
    ana.fill(&preview.form("/edit"), &[("step", "confirm")]).await.leads_to("/admin/integrations/moodle");
    let kept = json(&lb, &["integration", "show", "moodle"]);
    assert_eq!(kept["create"]["forced"]["welcome"], "one\ntwo");
    assert_eq!(kept["create"]["capped"]["duration"], 90);
    let two = ana.get("/admin/integrations/moodle/edit").await.form("/edit");
    let refused = ana.fill(&two, &[("create.blocked", "logo")]).await.is(400);
    assert!(refused.text.contains("Two rules for the parameter logo"), "{}", refused.text);
    let remove = ana.get("/admin/integrations/moodle/remove").await.is(200).form("/remove");
    ana.fill(&remove, &[]).await.leads_to("/admin/integrations");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_and_changes_what_is_theirs_alone() {
    let lb = with_people().await;
    json(&lb, &["integration", "create", "moodle", "--partner", "ufrgs"]);
    let (eva, pia, leo) = (
        Reader::log_in(&lb, "eva", PASSWORD).await,
        Reader::log_in(&lb, "pia", PASSWORD).await,
        Reader::log_in(&lb, "leo", PASSWORD).await,
    );
    let page = eva.get("/admin/integrations/moodle").await.is(200);
    assert!(!page.text.contains("/edit\"") && !page.text.contains("/reveal"), "{}", page.text);
    for path in ["/admin/plans/new", "/admin/plans/default/edit", "/admin/integrations/moodle/edit"] {
        eva.get(path).await.is(403);
    }
    let csrf = eva.get("/admin/plans").await.form("/logout").fields;
    let csrf = [("csrf", csrf[0].1.as_str()), ("name", "x"), ("step", "confirm")];
    eva.post("/admin/plans/new", &csrf).await.is(403);

    pia.get("/admin/plans").await.is(403);
    let list = pia.get("/admin/integrations").await.is(200);
    assert!(list.text.contains("/admin/integrations/moodle"));
    assert!(!leo.get("/admin/integrations").await.is(200).text.contains("moodle"));
    for path in ["", "/edit", "/secrets/add", "/secrets/expire", "/secrets/forget"] {
        leo.get(&format!("/admin/integrations/moodle{path}")).await.is(404);
    }
    let form = pia.get("/admin/integrations/moodle/edit").await.is(200);
    assert!(form.text.contains("only administrators change"), "{}", form.text);
    let mut form = form.form("/edit");
    let forged = [("plan", "of-the-file"), ("partner", ""), ("display_name", "Ours"), ("step", "confirm")];
    pia.fill(&form, &forged).await.leads_to("/admin/integrations/moodle");
    let kept = json(&lb, &["integration", "show", "moodle"]);
    assert_eq!((&kept["plan"], &kept["partner"]), (&"default".into(), &"ufrgs".into()));
    assert_eq!(kept["display_name"], "Ours");
    form.fields.retain(|(name, _)| name != "csrf");
    pia.fill(&form, &[("step", "confirm")]).await.is(403);
    let foreign = pia.get("/admin/integrations/moodle/edit").await.form("/edit");
    let theirs = leo.get("/admin/integrations").await.form("/logout").fields[0].1.clone();
    leo.fill(&foreign, &[("csrf", &theirs), ("display_name", "Stolen"), ("step", "confirm")]).await.is(404);
    pia.get("/admin/integrations/moodle/deactivate").await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_stay_text_whatever_is_in_them_and_pages_speak_both_languages() {
    let lb = with_people().await;
    let ana = Reader::log_in(&lb, "ana", PASSWORD).await;
    let form = ana.get("/admin/partners/new").await.is(200).form("/admin/partners/new");
    let bad = ana.fill(&form, &[("name", "a/b")]).await.is(400);
    assert!(bad.text.contains("f-name-error"), "{}", bad.text);
    for name in [HOSTILE, "new"] {
        let filled = [("name", name), ("display_name", HOSTILE), ("contact", HOSTILE)];
        let preview = ana.fill(&form, &filled).await.is(200);
        let made = ana.fill(&preview.form("/admin/partners/new"), &[("step", "confirm")]).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let page = made.location.unwrap();
        let page = page.split('?').next().unwrap();
        let again = ana.get(page).await.is(200);
        let edit = ana.get(&format!("{page}/edit")).await.is(200);
        let same = ana.fill(&edit.form("/edit"), &[("step", "preview")]).await.is(200);
        assert!(same.text.contains("Nothing would change."), "{}", same.text);
        for text in [&preview.text, &again.text, &edit.text, &ana.get("/admin/partners").await.text] {
            assert!(!text.contains("<img src=x") && text.contains("&#60;img src=x"), "{text}");
        }
    }
    let list = ana.get("/admin/partners?q=%3Cimg").await.is(200);
    assert!(list.text.contains("2 of 4") && list.text.contains("value=\"&#60;img\""), "{}", list.text);
    for path in ["/admin/plans?after=%00&q=%3C", "/admin/servers?state=none&tag=%27", "/admin/routers?q=%F0%9F%8E%93"] {
        ana.get(path).await.is(200);
    }
    ana.get("/admin/partners/there-is-none").await.is(404);
    let ana = ana.reading("pt-BR");
    let page = ana.get("/admin/plans/default/edit").await.is(200);
    assert!(page.text.contains("lang=\"pt-BR\"") && page.text.contains("Reuniões ao mesmo tempo"), "{}", page.text);
}
