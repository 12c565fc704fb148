//! The log of the program: lines for people or JSON, on standard error.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::reload::Handle;

use crate::config::LogFormat;

/// Why there is no log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoggingError {
    /// The level is in none of tracing's forms.
    #[error("the log level must be error, warn, info, debug, trace, off, or a list such as info,lb_core=debug")]
    Level,
    /// The program has a log already.
    #[error("the log is already set up")]
    AlreadySet,
}

/// Changes what a log takes in while the process runs.
pub struct Level(Box<dyn Fn(EnvFilter) -> Result<(), LoggingError> + Send + Sync>);

impl Level {
    /// Lets `level` hold from now on, in the form that [`init`] takes.
    ///
    /// # Errors
    /// [`LoggingError::Level`] if `level` cannot be read; what was holds on then.
    pub fn set(&self, level: &str) -> Result<(), LoggingError> {
        (self.0)(filter(level)?)
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Level").finish_non_exhaustive()
    }
}

fn filter(level: &str) -> Result<EnvFilter, LoggingError> {
    EnvFilter::builder().parse(level).map_err(|_| LoggingError::Level)
}

/// Sets up the log of the whole process, once. `level` is tracing's filter: `info`, or `warn,lb_core=debug`.
///
/// What is answered can change the level later. Text has colours only on a terminal, and not where `NO_COLOR` is set.
///
/// # Errors
/// [`LoggingError`] if `level` cannot be read, or the process has a log already.
pub fn init(format: LogFormat, level: &str) -> Result<Level, LoggingError> {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = io::stderr().is_terminal() && !no_color;
    let (subscriber, level) = subscriber(format, level, colours, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LoggingError::AlreadySet)?;
    Ok(level)
}

fn subscriber<W>(
    format: LogFormat,
    level: &str,
    colours: bool,
    writer: W,
) -> Result<(Box<dyn Subscriber + Send + Sync>, Level), LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // A log that cannot be written (its disk is full) would otherwise be told of on standard error, which panics where that
    // is what cannot be written.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter(level)?)
        .with_writer(writer)
        .with_ansi(colours)
        .log_internal_errors(false);
    Ok(match format {
        LogFormat::Text => {
            let lines = lines.with_filter_reloading();
            let handle = lines.reload_handle();
            (Box::new(lines.finish()), level_of(handle))
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_filter_reloading();
            let handle = lines.reload_handle();
            (Box::new(lines.finish()), level_of(handle))
        }
    })
}

fn level_of<S: 'static>(handle: Handle<EnvFilter, S>) -> Level {
    // it fails only where the log itself is gone
    Level(Box::new(move |filter| handle.reload(filter).map_err(|_| LoggingError::Level)))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: &str, colours: bool) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let (subscriber, _) = subscriber(format, level, colours, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(server = "bbb1", "suspended");
            tracing::debug!("detail");
        });
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn text_is_one_line_without_colours_unless_they_are_wanted() {
        let text = logged(LogFormat::Text, "info", false);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.contains("INFO") && text.contains("suspended server=\"bbb1\"") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(logged(LogFormat::Text, "info", true).contains('\u{1b}'));
    }

    #[test]
    fn json_is_one_object_on_each_line() {
        let lines = logged(LogFormat::Json, "debug", false);
        let objects: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects[0]["message"], "suspended");
        assert_eq!(objects[0]["server"], "bbb1");
        assert_eq!(objects[1]["level"], "DEBUG");
    }

    #[test]
    fn the_level_chooses_what_is_logged_and_a_bad_one_is_refused() {
        assert_eq!(logged(LogFormat::Text, "off", false), "");
        assert_eq!(logged(LogFormat::Text, "info,lb_http=debug", false).lines().count(), 2);
        let bad = subscriber(LogFormat::Text, "info,=,[", false, io::sink).map(|_| ());
        assert_eq!(bad, Err(LoggingError::Level));
    }

    #[test]
    fn the_level_can_be_changed_while_the_log_is_in_use() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let memory = Memory::default();
            let writer = memory.clone();
            let (subscriber, level) = subscriber(format, "info", false, move || writer.clone()).unwrap();
            tracing::subscriber::with_default(subscriber, || {
                for (set, line) in [("debug", "one"), ("warn", "two"), ("lb_http=debug", "three")] {
                    level.set(set).unwrap();
                    tracing::debug!("{line}");
                }
                assert_eq!(level.set("info,=,["), Err(LoggingError::Level));
                tracing::debug!("four");
            });
            let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
            let logged = ["one", "two", "three", "four"].map(|line| text.contains(line));
            assert_eq!(logged, [true, false, true, true], "{text}");
        }
    }
}
