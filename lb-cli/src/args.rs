//! The command line as it was said.

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use lb_core::Secret;
use lb_core::checksum::Algorithm;

use crate::command::admin::Administer;
use crate::command::simulate::Simulate;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the thing asked for failed
  2  wrong usage or configuration";

/// A load balancer for BigBlueButton-style web conferences.
#[derive(Debug, Parser)]
#[command(name = "lb", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands as `lb --help` has them: heading, names. Those that stand nowhere here come last.
const GROUPS: &[(&str, &[&str])] = &[
    ("Run", &["serve", "demo", "check-config", "backup", "restore", "key"]),
    ("Call the API as a website does", &["url", "call"]),
    ("See what goes on", &["status", "meeting", "recording", "explain", "report", "event", "audit", "settings"]),
    ("Administer the network", &["server", "integration", "plan", "partner", "router", "apply", "export", "import"]),
    ("Administer the balancer", &["user", "token", "person"]),
    ("Compare placement policies", &["simulate"]),
    ("Install", &["completions", "man"]),
];

impl Args {
    /// What was said on the process's command line.
    ///
    /// # Errors
    /// What is wrong with it, or what was asked for by --help or --version.
    pub(crate) fn said() -> Result<Self, clap::Error> {
        let mut matches = Self::definition().try_get_matches()?;
        Self::from_arg_matches_mut(&mut matches)
    }

    /// All commands, with a help that has them in groups.
    pub(crate) fn definition() -> clap::Command {
        let command = Self::command();
        let mut template = String::from("{about}\n\n{usage-heading} {usage}\n");
        let mut groups: Vec<(&str, Vec<&clap::Command>)> =
            GROUPS.iter().map(|(heading, _)| (*heading, Vec::new())).collect();
        groups.push(("More", Vec::new()));
        for subcommand in command.get_subcommands() {
            let group = GROUPS.iter().position(|(_, names)| names.contains(&subcommand.get_name()));
            if let Some((_, commands)) = groups.get_mut(group.unwrap_or(GROUPS.len())) {
                commands.push(subcommand);
            }
        }
        for (heading, commands) in groups.into_iter().filter(|(_, commands)| !commands.is_empty()) {
            template.push_str(&format!("\n{heading}:\n"));
            for command in commands {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                template.push_str(&format!("  {:<13} {about}\n", command.get_name()));
            }
        }
        template.push_str("\nOptions:\n{options}{after-help}");
        command.help_template(template)
    }
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
pub(crate) enum Command {
    /// Run the balancer until SIGTERM or SIGINT
    #[command(after_help = "\
Examples:
  lb serve
  lb serve --config /etc/lb/lb.toml
  LB__LISTEN__API=0.0.0.0:8080 lb serve --config lb.toml")]
    Serve(Serve),
    /// Run the balancer with simulated servers and websites, to look at
    #[command(after_help = "\
Examples:
  lb demo
  lb demo --port 9000 --seconds 60
  lb demo --seed 7 | grep placed")]
    Demo(Demo),
    /// Check a configuration file and show what was understood
    #[command(after_help = "\
Examples:
  lb check-config lb.toml
  LB__LISTEN__API=0.0.0.0:80 lb check-config lb.toml --json")]
    CheckConfig(CheckConfig),
    /// Copy the database to a file, also while the balancer runs
    #[command(after_help = "\
Examples:
  lb backup /var/backups/lb.sqlite3 --config /etc/lb/lb.toml
  lb backup lb-today.sqlite3 --force --json
  LB__STORE__URL=sqlite:/var/lib/lb/lb.sqlite3 lb backup /var/backups/lb.sqlite3

The copy is complete, checked and on disk before FILE is there. It holds passwords and secrets.
A relative path in [store] url begins at the working directory: run it where the balancer runs.")]
    Backup(Backup),
    /// Put a backup in the place of the database, which is kept aside
    #[command(after_help = "\
Examples:
  lb restore /var/backups/lb.sqlite3 --config /etc/lb/lb.toml
  lb restore /var/lib/lb/lb.sqlite3.schema-1.backup --config /etc/lb/lb.toml

The balancer must be stopped. FILE is checked before anything is changed, and stays where it is.
A relative path in [store] url begins at the working directory: run it where the balancer runs.")]
    Restore(Restore),
    /// Make the keys that secrets in the database are sealed with
    #[command(subcommand)]
    Key(Key),
    /// Print the signed URL of an API call
    #[command(after_help = "\
Examples:
  lb url getMeetings --base https://lb.example.org --secret s3cr3t
  lb url join meetingID=room-1 'fullName=Jane Doe' role=MODERATOR --config lb.toml --integration moodle
  LB_SECRET=s3cr3t lb url end meetingID=room-1 --base https://bbb1.example.org --checksum sha1")]
    Url(SignedCall),
    /// Send an API call and show the answer
    #[command(after_help = "\
Examples:
  lb call create meetingID=room-1 name=Demo --config lb.toml --integration moodle
  lb call getMeetings --base https://lb.example.org --secret - < secret.txt
  lb call getMeetingInfo meetingID=room-1 --base https://lb.example.org --json

Exit codes:
  0  the call succeeded
  1  it did not: no answer, an HTTP error, or returncode FAILED
  2  wrong usage or configuration")]
    Call(Call),
    #[command(flatten)]
    Administer(Administer),
    /// Live through simulated days with several placement policies, and compare what came of them
    #[command(after_help = crate::command::simulate::after_help())]
    Simulate(Simulate),
    /// Print what completes lb's commands and options in a shell
    #[command(after_help = "\
Examples:
  lb completions bash > /usr/share/bash-completion/completions/lb
  lb completions zsh > /usr/share/zsh/site-functions/_lb
  lb completions fish > ~/.config/fish/completions/lb.fish")]
    Completions(Completions),
    /// Write the manual pages, one for each command
    #[command(after_help = "\
Example:
  lb man --out /usr/local/share/man/man1")]
    Man(Man),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The configuration; without it the defaults and the environment hold
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Stop after this many seconds (otherwise at q, SIGTERM or SIGINT)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seconds: Option<u64>,
    /// The port of the API on 127.0.0.1 (otherwise a free one, which is shown)
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// Repeat the traffic and the trouble of an earlier run, which showed its seed
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckConfig {
    /// The file; without it the defaults and the environment are checked
    pub(crate) file: Option<PathBuf>,
    /// Show it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The copy that is made
    pub(crate) file: PathBuf,
    /// Replace FILE if it is there
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key file, or put a new key on top of one
    #[command(after_help = "\
Examples:
  lb key new /etc/lb/store.key
  lb key new /etc/lb/store.key --rotate

[store] key_file in the configuration names FILE. The balancer's user must be able to read it, and nobody
but its group besides. A new key is used from the next start on; the start says when an old one is needed no more.")]
    New {
        /// The key file
        file: PathBuf,
        /// Put a new key on top of the file, which must be there
        #[arg(long)]
        rotate: bool,
        /// Say what was done as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which database, and how what was done is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Database {
    /// The configuration that names the database in [store] url; without it the defaults and the environment hold
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Say what was done as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignedCall {
    /// The call, such as create, join or getMeetings
    #[arg(value_parser = call_name)]
    pub(crate) call: String,
    /// Its parameters, in the order in which they are to be sent
    #[arg(value_name = "KEY=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, String)>,
    /// The secret to sign with, or - to read it from standard input (otherwise LB_SECRET, or the integration's)
    #[arg(long, value_parser = secret)]
    pub(crate) secret: Option<Secret>,
    /// Where the API is, with or without /bigbluebutton/api/ (otherwise public_url of the configuration)
    #[arg(long, value_name = "URL")]
    pub(crate) base: Option<String>,
    /// How to sign
    #[arg(long, value_enum, default_value = "sha256")]
    pub(crate) checksum: Checksum,
    /// Take the base and the secret from this configuration
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The integration whose secret to sign with, if the configuration has several
    #[arg(long, value_name = "NAME", requires = "config")]
    pub(crate) integration: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) signed: SignedCall,
    /// Show the answer as JSON
    #[arg(long, conflicts_with = "raw")]
    pub(crate) json: bool,
    /// Show the answer byte for byte, tokens in a Location included
    #[arg(long)]
    pub(crate) raw: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder that they are written to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Checksum {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl From<Checksum> for Algorithm {
    fn from(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha1 => Self::Sha1,
            Checksum::Sha256 => Self::Sha256,
            Checksum::Sha384 => Self::Sha384,
            Checksum::Sha512 => Self::Sha512,
        }
    }
}

fn call_name(text: &str) -> Result<String, &'static str> {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.split('/').all(part).then(|| text.to_owned()).ok_or("a call is letters, such as getMeetings or hooks/create")
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a parameter is KEY=VALUE"),
    }
}

fn secret(text: &str) -> Result<Secret, &'static str> {
    if text.is_empty() { Err("a secret is not empty") } else { Ok(Secret::from(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::definition().debug_assert();
    }

    #[test]
    fn the_help_has_every_command_once_under_a_heading() {
        let help = Args::definition().render_help().to_string();
        assert!(help.contains("Administer the network:\n  server        Servers"), "{help}");
        for command in Args::command().get_subcommands() {
            let line = format!("\n  {:<13} {}\n", command.get_name(), command.get_about().unwrap());
            assert_eq!(help.matches(&line).count(), 1, "{line}{help}");
        }
        assert!(help.contains("\nSee what goes on:\n  status        The whole network"), "{help}");
        assert!(!help.contains("\nMore:\n"), "each has a heading of its own: {help}");
        assert!(help.contains("--version") && help.ends_with("wrong usage or configuration\n"), "{help}");
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "lb",
            "lb url",
            "lb url get/../Meetings --secret s --base http://a",
            "lb url create name --secret s --base http://a",
            "lb url create =name --secret s --base http://a",
            "lb url create --secret= --base http://a",
            "lb url create --checksum md5",
            "lb url create --integration moodle",
            "lb call create --raw --json",
            "lb partner",
            "lb event list --from yesterday",
            "lb partner list --limit 0",
            "lb partner list --watch=0",
            "lb partner list --url ftp://a",
            "lb partner list --url http://a --socket b",
            "lb partner put",
            "lb report --step minute",
            "lb report --by user",
            "lb report --from 2026-03-01",
            "lb report --csv --json",
            "lb report --rebuild --by server",
            "lb partner put a --servers a,,b",
            "lb plan put a --max-duration soon",
            "lb integration put a --position 91,0",
            "lb recording list --unattributed --state deleted",
            "lb completions csh",
            "lb man",
        ] {
            let error = Args::try_parse_from(line.split(' ')).map(|_| ()).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_parameter_is_cut_at_its_first_equals_sign() {
        assert_eq!(parameter("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(parameter("a="), Ok(("a".into(), String::new())));
    }
}
