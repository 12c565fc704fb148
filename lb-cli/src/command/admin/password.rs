//! A password is read: from the terminal without an echo, or from standard input.

use std::io::{self, BufRead, BufReader, Read};

use clap::Args;
use lb_core::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::Desk;
use crate::outcome::Failure;

/// No password is longer, in bytes.
const LIMIT: u64 = 4096;

/// Where a password comes from.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PasswordFrom {
    /// Read the password from standard input, where it ends with the line
    #[arg(long)]
    password_stdin: bool,
}

impl Desk<'_, '_> {
    /// Reads a new password; who types it types it twice.
    ///
    /// # Errors
    /// [`Failure::Usage`] if there is none, or the two are not the same.
    pub(crate) fn new_password(&mut self, from: PasswordFrom) -> Result<Secret, Failure> {
        if from.password_stdin {
            return self.password_line();
        }
        if !self.world.terminal.answers {
            return Err(Failure::Usage("nobody is there to type a password: give --password-stdin".to_owned()));
        }
        let first = self.typed("Password: ")?;
        if first != self.typed("Once more: ")? {
            return Err(Failure::Usage("these are two passwords: nothing is changed".to_owned()));
        }
        Ok(first)
    }

    fn typed(&mut self, prompt: &str) -> Result<Secret, Failure> {
        let _silence = Silence::begin()?;
        eprint!("{prompt}");
        let password = self.password_line();
        eprintln!();
        password
    }

    /// One line.
    fn password_line(&mut self) -> Result<Secret, Failure> {
        let mut line = Vec::new();
        BufReader::new(Read::take(&mut *self.world.input, LIMIT)).read_until(b'\n', &mut line)?;
        let line = String::from_utf8(line).map_err(|_| Failure::Usage("a password is text in UTF-8".to_owned()))?;
        match line.trim_end_matches(['\r', '\n']) {
            "" => Err(Failure::Usage("the password is empty".to_owned())),
            password => Ok(Secret::from(password)),
        }
    }
}

/// While it lives, the terminal does not show what is typed.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // a terminal that has gone needs no echo
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
