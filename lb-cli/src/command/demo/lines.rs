//! [`Lines`]: the demo where there is no terminal: one line for each event, a summary now and then.

use std::io::{self, Write};
use std::time::Duration;

use super::cast::ADMINISTRATOR;
use super::facts::Facts;
use super::feed::Dated;
use super::told::{Change, Placed, Told, clock, now_running};
use super::{Moment, Show};

/// From one summary to the next.
const SUMMARY_EVERY: Duration = Duration::from_secs(5);

/// Writes plain lines.
pub(super) struct Lines<'w> {
    output: &'w mut dyn Write,
    next_summary: Duration,
}

impl<'w> Lines<'w> {
    /// Begins with what a spectator needs to call the balancer.
    pub(super) fn begin(output: &'w mut dyn Write, facts: &Facts) -> io::Result<Self> {
        let Facts { origin, api, website, seed, urls } = facts;
        let mut fact = |name, text: &str| writeln!(output, "{name:<13}{text}");
        fact(
            "lb demo",
            "six simulated servers in three cities, a simulated Nagios, four simulated websites, and a day of history",
        )?;
        fact("seed", &seed.to_string())?;
        let (name, password) = ADMINISTRATOR;
        fact("pages", &format!("{origin}/ (log in as {name}, password {password})"))?;
        fact("API", api)?;
        fact("secret", &format!("{} (of the integration {}, for this demo only)", website.secret, website.name))?;
        fact("metrics", &format!("{origin}/metrics"))?;
        fact("readyz", &format!("{origin}/readyz"))?;
        for (call, url) in urls {
            fact(call, url)?;
        }
        fact("", "(a join leads a browser to the simulated server that holds the meeting)")?;
        output.flush()?;
        Ok(Self { output, next_summary: SUMMARY_EVERY })
    }
}

impl Show for Lines<'_> {
    fn news(&mut self, (at, news): &Dated) -> io::Result<()> {
        let at = clock(*at);
        match Told::of(news) {
            Some(Told::Placed(Placed { integration, meeting, server, reason })) => {
                writeln!(self.output, "{at:>6}  placed   {server}  {integration}: {meeting}: {reason}")
            }
            Some(Told::Change(Change { about, what, why, staged, .. })) => {
                let word = if staged { "staged" } else { "changed" };
                let colon = if why.is_empty() { "" } else { ": " };
                writeln!(self.output, "{at:>6}  {word:<7}  {about}  {what}{colon}{why}")
            }
            None => Ok(()),
        }
    }

    fn tick(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        if moment.elapsed >= self.next_summary {
            self.next_summary = moment.elapsed + SUMMARY_EVERY;
            let (at, totals) = (clock(moment.elapsed), moment.totals.words());
            writeln!(self.output, "{at:>6}  summary  {}; {totals}", now_running(moment.fleet))?;
        }
        self.output.flush()
    }
}
