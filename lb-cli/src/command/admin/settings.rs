//! `lb settings`: what the configuration of a running balancer says.

use serde_json::Value;

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] =
    &[Column::at("key", "/key"), Column::at("value", "/value"), Column::at("default", "/default").rank(1)];

/// Which keys are shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Only keys that begin so, such as store or listen.tls
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// Only keys for which something else than the default holds
    #[arg(long)]
    changed: bool,
}

impl Task for Settings {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let mut answer = desk.client.get(&Place::of(&["settings"])).await?.json()?;
        let items = answer["items"].as_array_mut();
        let items = items.ok_or_else(|| Failure::Failed("the balancer's answer is no list".to_owned()))?;
        items.retain(|item| {
            let key = item["key"].as_str().unwrap_or_default();
            let begins = self.key.as_deref().is_none_or(|begin| key.starts_with(begin));
            begins && !(self.changed && item["default"] == Value::Bool(true))
        });
        let items = items.clone();
        desk.tell(&answer, |sheet| sheet.table(COLUMNS, &items))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::Fake;

    #[test]
    fn the_keys_that_are_wanted_are_shown() {
        let items = json!({ "items": [
            { "key": "store.url", "value": "memory:", "default": false },
            { "key": "store.key_file", "value": null, "default": true },
            { "key": "log.level", "value": "info", "default": true },
        ] });
        let shown = |words: &[&str]| {
            let fake = Fake::answering([(200, "", items.clone())]);
            fake.run(&[&["settings"], words].concat()).0.output()
        };
        assert_eq!(shown(&[]).lines().count(), 4);
        assert_eq!(shown(&["store"]).lines().count(), 3);
        assert_eq!(shown(&["--changed"]), "KEY        VALUE    DEFAULT\nstore.url  memory:  no\n");
    }
}
