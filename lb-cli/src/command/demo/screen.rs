//! [`Terminal`] gives the terminal back as it was; [`Frame`] is one picture, written at once.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, Event, KeyCode, KeyModifiers};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{Command, execute, terminal};
use tokio::sync::Notify;

use super::row::Row;

/// How long a key may wait to be seen, and the end for the thread that looks for keys.
const KEYS_EVERY: Duration = Duration::from_millis(50);
/// Panics that are told of at the end; further ones are most likely the same.
const MOST_PANICS: usize = 10;

/// The terminal while a picture is shown: a screen of its own, no cursor, no echo. Dropping it puts everything back, in a
/// panic too, and only then tells of panics.
#[derive(Debug)]
pub(super) struct Terminal {
    panics: Arc<Mutex<Vec<String>>>,
    keys: Option<Keys>,
}

impl Terminal {
    /// Takes the terminal over. `q`, Escape and Ctrl-C tell `quit`.
    pub(super) fn take(quit: Arc<Notify>) -> io::Result<Self> {
        let panics = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&panics);
        panic::set_hook(Box::new(move |panic| {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.len() < MOST_PANICS {
                noted.push(panic.to_string());
            }
        }));
        let mut taken = Self { panics, keys: None };
        if io::stdin().is_terminal() {
            terminal::enable_raw_mode()?;
            taken.keys = Some(Keys::watch(quit)?);
        }
        execute!(io::stdout(), EnterAlternateScreen, Hide, Clear(ClearType::All))?;
        Ok(taken)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // a terminal that is gone needs nothing put back
        let _ = execute!(io::stdout(), EndSynchronizedUpdate, Show, LeaveAlternateScreen);
        drop(self.keys.take());
        let _ = terminal::disable_raw_mode();
        if !thread::panicking() {
            drop(panic::take_hook());
        }
        for panic in self.panics.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            eprintln!("{panic}");
        }
    }
}

/// A thread that looks for keys: without the terminal's own line editing, Ctrl-C is a key like others.
#[derive(Debug)]
struct Keys {
    stop: Arc<AtomicBool>,
}

impl Keys {
    fn watch(quit: Arc<Notify>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let look = move || {
            while !stopped.load(Ordering::Relaxed) {
                match event::poll(KEYS_EVERY).and_then(|ready| if ready { event::read().map(Some) } else { Ok(None) }) {
                    Ok(Some(event)) if asks_to_quit(&event) => quit.notify_one(),
                    Ok(_) => {}
                    // no keys any more; signals still come
                    Err(_) => return,
                }
            }
        };
        thread::Builder::new().name("keys".to_owned()).spawn(look)?;
        Ok(Self { stop })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // not waited for: where the terminal is gone, crossterm looks for ever
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn asks_to_quit(event: &Event) -> bool {
    let Some(key) = event.as_key_press_event() else { return false };
    let ctrl_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    ctrl_c || matches!(key.code, KeyCode::Char('q' | 'Q') | KeyCode::Esc)
}

/// One picture as the terminal is told of it: all in one write, nothing cleared that is not then drawn.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frame(String);

impl Frame {
    /// Rows from the top; those below the bottom are left out.
    pub(super) fn of(rows: &[Row], (columns, lines): (usize, usize), colours: bool) -> Self {
        let mut frame = Self::default();
        frame.tell(BeginSynchronizedUpdate);
        let mut line = 0;
        for row in rows {
            let height = row.height(columns);
            if line + height > lines {
                break;
            }
            frame.tell(MoveTo(0, line.try_into().unwrap_or(u16::MAX)));
            let end = row.write(columns, colours, &mut frame.0);
            // behind a full row the cursor still stands on its last character
            if end % columns.max(1) != 0 || row.width() == 0 {
                frame.tell(Clear(ClearType::UntilNewLine));
            }
            line += height;
        }
        if line < lines {
            frame.tell(MoveTo(0, line.try_into().unwrap_or(u16::MAX)));
            frame.tell(Clear(ClearType::FromCursorDown));
        }
        frame.tell(EndSynchronizedUpdate);
        frame
    }

    fn tell(&mut self, command: impl Command) {
        // writing to a String cannot fail
        let _ = command.write_ansi(&mut self.0);
    }

    pub(super) fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        output.write_all(self.0.as_bytes())?;
        output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Ink;
    use super::*;

    #[test]
    fn a_frame_clears_only_behind_what_it_draws() {
        let rows = [Row::new().put(Ink::Plain, "ab"), Row::new().put(Ink::Plain, "abcd"), Row::new()];
        let Frame(text) = Frame::of(&rows, (4, 4), false);
        let drawn = "\x1b[1;1Hab\x1b[K\x1b[2;1Habcd\x1b[3;1H\x1b[K\x1b[4;1H\x1b[J";
        assert_eq!(text, format!("\x1b[?2026h{drawn}\x1b[?2026l"));
    }

    #[test]
    fn rows_below_the_bottom_are_left_out() {
        let rows = [Row::wrapping().put(Ink::Plain, "abcdef"), Row::new().put(Ink::Plain, "x")];
        let Frame(text) = Frame::of(&rows, (4, 2), false);
        assert!(text.contains("abcdef\x1b[K") && !text.contains('x'), "{text:?}");
    }
}
