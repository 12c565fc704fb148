//! The log of the program: lines for people or JSON, on standard error.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::{EnvFilter, fmt};

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

/// Sets up the log of the whole process, once. `level` is tracing's filter: `info`, or `warn,lb_core=debug`.
///
/// Text has colours only on a terminal, and not where `NO_COLOR` is set.
///
/// # Errors
/// [`LoggingError`] if `level` cannot be read, or the process has a log already.
pub fn init(format: LogFormat, level: &str) -> Result<(), LoggingError> {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = io::stderr().is_terminal() && !no_color;
    let subscriber = subscriber(format, level, colours, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LoggingError::AlreadySet)
}

fn subscriber<W>(
    format: LogFormat,
    level: &str,
    colours: bool,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(level).map_err(|_| LoggingError::Level)?;
    // A log that cannot be written (its disk is full) would otherwise be told of on standard error, which panics where that
    // is what cannot be written.
    let lines = fmt().with_env_filter(filter).with_writer(writer).with_ansi(colours).log_internal_errors(false);
    Ok(match format {
        LogFormat::Text => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
    })
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
        let subscriber = subscriber(format, level, colours, move || writer.clone()).unwrap();
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
}
