//! How a run ends: [`Outcome`] where the command could do its work, [`Failure`] where it could not.

use std::io;
use std::process::ExitCode;

use lb_http::config::ConfigErrors;

/// The end of a command that told everything on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done: 0.
    Done,
    /// The thing asked for failed, as the output says: 1.
    Failed,
}

impl Outcome {
    /// As documented in `--help`.
    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Failed => 1,
        })
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The thing asked for failed: 1.
    Failed(String),
    /// Wrong usage or configuration: 2.
    Usage(String),
    /// Standard input or output failed: 1, unless its reader has just gone away.
    Stream(io::Error),
}

impl Failure {
    /// Says it on standard error; its exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, sentence) = match self {
            Self::Stream(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Self::Stream(error) => (1, format!("cannot read or write: {error}")),
            Self::Failed(sentence) => (1, sentence),
            Self::Usage(sentence) => (2, sentence),
        };
        eprintln!("{sentence}");
        ExitCode::from(code)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::Usage(errors.to_string())
    }
}
