//! `lb export`: the network as a file that `lb apply` reads.

use lb_http::config::network_file;

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};

/// What is exported.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// With the secrets of servers and integrations; the audit log says who asked
    #[arg(long)]
    secrets: bool,
}

impl Task for Export {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let place = Place::of(&["network"]).with_some("secrets", self.secrets.then_some(true));
        let network = desk.client.get(&place).await?.json()?;
        let file = network_file::write(&network).map_err(Failure::Failed)?;
        desk.tell(&network, |_| file)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::Fake;

    #[test]
    fn what_is_exported_says_what_apply_reads() {
        let secrets = json!([{ "secret": "s3cr3t-1", "label": "", "expires_at": null }]);
        let network = json!({ "plans": { "school": { "may_record": false } }, "partners": {}, "routers": {}, "servers": {},
            "integrations": { "moodle": { "plan": "school", "secrets": secrets } } });
        let (ran, asked) = Fake::answering([(200, "\"7\"", network.clone())]).run(&["export", "--secrets"]);
        let file = ran.output();
        assert!(file.contains("[plans.school]\nmay_record = false\n") && file.contains("s3cr3t-1"), "{file}");
        assert_eq!(asked[0].line, "GET /api/v1/network?secrets=true");
        let again = lb_http::config::network_file::read("exported", &file).unwrap();
        assert_eq!(again["integrations"]["moodle"]["plan"], "school");
        let (ran, _) = Fake::answering([(200, "\"7\"", network.clone())]).run(&["export", "--json"]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&ran.output()).unwrap(), network);
    }
}
