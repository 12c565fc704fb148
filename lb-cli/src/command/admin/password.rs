//! A password is read: from the terminal without an echo, or from standard input.

use std::io::{self, Read};

use clap::Args;
use lb_core::Secret;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

use super::Desk;
use crate::outcome::Failure;

/// No password is longer, in bytes.
const LIMIT: usize = 4096;

/// What Ctrl-C types while it is no signal.
const CTRL_C: u8 = 3;

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
    /// [`Failure::Usage`] if there is none, or the two are not the same; [`Failure::Failed`] if who types it gives up.
    pub(crate) fn new_password(&mut self, from: PasswordFrom) -> Result<Secret, Failure> {
        if from.password_stdin {
            return password(line(self.world.input, None)?);
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
        let typed = typed(self.world.input);
        eprintln!();
        typed
    }
}

/// What is typed up to the end of the line. Ctrl-C, and the end of the input, give up.
fn typed(input: &mut dyn Read) -> Result<Secret, Failure> {
    let line = line(input, Some(CTRL_C))?;
    if line.ends_with(b"\n") { password(line) } else { Err(Failure::Failed("nothing is changed".to_owned())) }
}

/// One line with its end, as far as it goes: to `stop` where there is one. No more than needed is read.
fn line(input: &mut dyn Read, stop: Option<u8>) -> Result<Vec<u8>, Failure> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while line.len() < LIMIT && input.read(&mut byte)? == 1 {
        line.extend(byte);
        if byte == *b"\n" || Some(byte) == stop.map(|stop| [stop]) {
            break;
        }
    }
    Ok(line)
}

fn password(line: Vec<u8>) -> Result<Secret, Failure> {
    let line = String::from_utf8(line).map_err(|_| Failure::Usage("a password is text in UTF-8".to_owned()))?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::Usage("the password is empty".to_owned())),
        password => Ok(Secret::from(password)),
    }
}

/// While it lives, the terminal does not show what is typed, and Ctrl-C is typed like everything else: as a signal it would end
/// the process and leave the terminal silent.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        // it ends a line, so that it is read at once
        silent.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_password_ends_with_its_line_and_leaves_the_next() {
        let mut input = &b"correct horse\r\nonce more\n"[..];
        assert_eq!(typed(&mut input).unwrap().expose(), "correct horse");
        assert_eq!(typed(&mut input).unwrap().expose(), "once more");
    }

    #[test]
    fn ctrl_c_and_the_end_of_the_input_give_up() {
        for given_up in [&b"correct\x03 horse\n"[..], b"\x03", b"correct horse", b""] {
            match typed(&mut &*given_up) {
                Err(Failure::Failed(sentence)) => assert_eq!(sentence, "nothing is changed"),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(typed(&mut &b"\n"[..]), Err(Failure::Usage(_))), "an empty one is another mistake");
    }
}
