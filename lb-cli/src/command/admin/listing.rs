//! What every list can do: more than one page of it is read, and it can be watched.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Desk;
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

/// The most that is asked for at once.
const PAGE: usize = 200;
/// What a terminal is told before a picture: the cursor to its beginning, nothing below it.
const CLEAR: &str = "\x1b[H\x1b[2J";

/// How much of a list is shown, and how often.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Listing {
    /// The most that are shown
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = limit)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) watch: Watch,
}

/// How often something is shown again.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Watch {
    /// Show it again every SECONDS [default: 2], until Ctrl-C
    #[arg(
        long = "watch",
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub(crate) every: Option<u64>,
}

fn limit(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|limit| *limit > 0).ok_or("it must be a number above 0")
}

impl Desk<'_, '_> {
    /// Shows the list at `place` as a table with these columns, again and again where it is watched.
    pub(crate) async fn list(
        &mut self,
        listing: &Listing,
        place: &Place,
        columns: &[Column],
    ) -> Result<Outcome, Failure> {
        self.watch(listing.watch, async |desk| {
            let list = desk.pages(place, listing.limit).await?;
            let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            desk.tell(&list, |sheet| {
                if items.is_empty() {
                    return String::new();
                }
                let mut text = sheet.table(columns, items);
                if !list["next"].is_null() {
                    text.push_str(&sheet.dim(&format!("({} are shown, there are more: --limit N)", items.len())));
                    text.push('\n');
                }
                text
            })?;
            if items.is_empty() && !desk.json {
                eprintln!("there are none");
            }
            Ok(Outcome::Done)
        })
        .await
    }

    /// Shows something once, or again and again. Once it has been shown, trouble is told and does not end it.
    pub(crate) async fn watch(
        &mut self,
        watch: Watch,
        show: impl AsyncFn(&mut Self) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let Some(seconds) = watch.every else { return show(self).await };
        for first in std::iter::once(true).chain(std::iter::repeat(false)) {
            if self.world.terminal.shows {
                self.world.output.write_all(CLEAR.as_bytes())?;
            }
            if !self.json {
                let heading = format!("{:.0}, every {seconds} s", Timestamp::now());
                let heading = self.sheet().dim(&heading);
                writeln!(self.world.output, "{heading}")?;
            }
            match show(self).await {
                Err(Failure::Failed(sentence) | Failure::Usage(sentence)) if !first => {
                    writeln!(self.world.output, "{sentence}")?;
                }
                other => drop(other?),
            }
            self.world.output.flush()?;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        Ok(Outcome::Done)
    }

    /// The list at `place`, up to `limit` of it: `items`, and in `next` whether there are more.
    pub(crate) async fn pages(&self, place: &Place, limit: usize) -> Result<Value, Failure> {
        let (mut items, mut next) = (Vec::new(), Value::Null);
        loop {
            let page = place.clone().with("limit", PAGE.min(limit.saturating_sub(items.len())));
            let mut page = self.client.get(&page.with_some("after", next.as_str())).await?.json()?;
            let more = page["items"].as_array_mut().map(std::mem::take);
            let more = more.ok_or_else(|| Failure::Failed("the balancer's answer is no list".to_owned()))?;
            let none = more.is_empty();
            items.extend(more);
            next = page["next"].take();
            // a page that brings nothing brings no end either
            if next.is_null() || none || items.len() >= limit {
                return Ok(json!({ "items": items, "next": next }));
            }
        }
    }
}
