//! [`Desk`]: what a command has at hand while it administers.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::client::{Answer, Client, Place};
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Sheet};
use crate::world::World;

/// The longest file that is sent.
const FILE_LIMIT: u64 = 1024 * 1024;

/// One balancer, and where its answers go.
#[derive(Debug)]
pub(crate) struct Desk<'d, 'w> {
    /// The balancer.
    pub(crate) client: Client,
    /// The environment and the streams.
    pub(crate) world: &'d mut World<'w>,
    /// Whether answers are shown as JSON.
    pub(crate) json: bool,
}

impl Desk<'_, '_> {
    /// How tables are drawn here.
    pub(crate) fn sheet(&self) -> Sheet {
        Sheet { width: self.world.columns(), colours: self.world.colours() }
    }

    /// Shows one thing: a line for each of `columns`, or all of it as JSON.
    pub(crate) async fn show(&mut self, place: &Place, columns: &[Column]) -> Result<Outcome, Failure> {
        let object = self.client.get(place).await?.json()?;
        self.tell(&object, |sheet| sheet.sheet(columns, &object))
    }

    /// Tells `value` as JSON where that is wanted, else as `text` says.
    pub(crate) fn tell(&mut self, value: &Value, text: impl FnOnce(Sheet) -> String) -> Result<Outcome, Failure> {
        if self.json {
            writeln!(self.world.output, "{value:#}")?;
        } else {
            let text = text(self.sheet());
            self.world.output.write_all(text.as_bytes())?;
        }
        self.world.output.flush()?;
        Ok(Outcome::Done)
    }

    /// Says what was done, or shows the balancer's answer as JSON; nothing where it has none.
    pub(crate) fn done(&mut self, answer: &Answer, sentence: &str) -> Result<Outcome, Failure> {
        let value = answer.json()?;
        if self.json && value.is_null() {
            return Ok(Outcome::Done);
        }
        self.tell(&value, |_| format!("{sentence}\n"))
    }

    /// Takes `place` away and says so.
    pub(crate) async fn remove(&mut self, place: &Place, what: &str) -> Result<Outcome, Failure> {
        let answer = self.client.delete(place).await?;
        self.done(&answer, &format!("{what} is removed"))
    }

    /// Goes on only if whoever sits at the terminal says yes.
    ///
    /// # Errors
    /// [`Failure::Usage`] if nobody can be asked; [`Failure::Failed`] if the answer is not yes.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<(), Failure> {
        if !self.world.terminal.answers {
            return Err(Failure::Usage(format!("{question} Nobody is there to be asked: give --yes")));
        }
        self.world.output.flush()?;
        eprint!("{question} [y/N] ");
        match self.answer()?.trim() {
            "y" | "Y" | "yes" => Ok(()),
            _ => Err(Failure::Failed("nothing is changed".to_owned())),
        }
    }

    /// One line, of which no more than needed is read.
    fn answer(&mut self) -> Result<String, Failure> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while line.len() < 256 && self.world.input.read(&mut byte)? == 1 && byte != *b"\n" {
            line.extend(byte);
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// The text of a file; `-` is standard input.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it cannot be read, is no text, or is longer than 1 MiB.
    pub(crate) fn text_of(&mut self, path: &Path) -> Result<String, Failure> {
        let wrong = |why: &dyn std::fmt::Display| Failure::Usage(format!("{}: {why}", path.display()));
        let mut text = String::new();
        let length = if path.as_os_str() == "-" {
            Read::take(&mut *self.world.input, FILE_LIMIT + 1).read_to_string(&mut text)
        } else {
            let file = std::fs::File::open(path).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
            file.take(FILE_LIMIT + 1).read_to_string(&mut text)
        };
        match length {
            Ok(length) if length as u64 <= FILE_LIMIT => Ok(text),
            Ok(_) => Err(wrong(&"is longer than 1 MiB")),
            Err(error) => Err(wrong(&format!("cannot be read: {error}"))),
        }
    }
}
