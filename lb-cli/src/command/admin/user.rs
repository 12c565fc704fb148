//! `lb user`: the people who run the network.

use clap::{Args, Subcommand, ValueEnum};
use hyper::Method;
use hyper::header::{HeaderValue, IF_MATCH, IF_NONE_MATCH};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::password::PasswordFrom;
use super::{Desk, Listing, Task};
use crate::client::{Place, Sent};
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("role", "/role"),
    Column::at("partner", "/partner").rank(2),
    Column::at("active", "/active").rank(1),
    Column::at("display name", "/display_name").rank(3),
    Column::at("password", "/has_password").rank(4),
    Column::at("tokens", "/tokens").rank(5).right(),
    Column::at("created", "/created_at").rank(6),
];

/// What is done with users.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List users
    #[command(after_help = "\
Examples:
  lb user list
  lb user list --json | jq -r '.items[] | select(.active | not).name'")]
    List(Listing),
    /// Show one user
    #[command(after_help = "\
Example:
  lb user show ana")]
    Show {
        /// Their name
        name: String,
    },
    /// Make a user, whose password is asked for
    #[command(after_help = "\
Examples:
  lb user create ana --role administrator
  lb user create eva --partner ufrgs --display-name 'Eva Souza'
  lb user create billing --role viewer --no-password
  pass show lb/ana | lb user create ana --role administrator --password-stdin

A password has 12 to 128 characters. Who has none cannot log in; their tokens work.")]
    Create(Create),
    /// Change what is said of a user
    #[command(after_help = "\
Examples:
  lb user change ana --role viewer
  lb user change eva --partner puc
  lb user change eva --active false

What is not said stays as it is. Who is not active is logged out, and their tokens do not work.")]
    Change(Change),
    /// Remove a user, their tokens and sessions
    #[command(after_help = "\
Examples:
  lb user remove ana
  lb user remove ana --yes")]
    Remove {
        /// Their name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Give a user another password, and log them out
    #[command(after_help = "\
Examples:
  lb user password ana
  pass show lb/ana | lb user password ana --password-stdin")]
    Password {
        /// Their name
        name: String,
        #[command(flatten)]
        from: PasswordFrom,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// How they log in
    name: String,
    #[command(flatten)]
    role: RoleSaid,
    /// What they are called
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    display_name: String,
    #[command(flatten)]
    from: PasswordFrom,
    /// Make them without a password
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Their name
    name: String,
    #[command(flatten)]
    role: RoleSaid,
    /// What they are called
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Whether they are let in
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
}

#[derive(Debug, Args)]
struct RoleSaid {
    /// What they may do; partner-manager where there is a --partner
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// The partner that a partner-manager looks after
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Role {
    /// Does everything
    Administrator,
    /// Looks after the integrations of one partner
    PartnerManager,
    /// Sees everything but secrets, and changes nothing
    Viewer,
}

impl RoleSaid {
    /// The fields that say so; none if nothing is said.
    fn fields(self) -> Result<Map<String, Value>, Failure> {
        let fields = match (self.role, self.partner) {
            (None, None) => return Ok(Map::new()),
            (None | Some(Role::PartnerManager), Some(partner)) => {
                json!({ "role": Role::PartnerManager, "partner": partner })
            }
            (Some(Role::PartnerManager), None) => json!({ "role": Role::PartnerManager }),
            (Some(role), None) => json!({ "role": role, "partner": null }),
            (Some(_), Some(_)) => {
                return Err(Failure::Usage("only a partner-manager has a --partner".to_owned()));
            }
        };
        let Value::Object(fields) = fields else { return Ok(Map::new()) };
        Ok(fields)
    }
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(listing) => desk.list(&listing, &Place::of(&["users"]), COLUMNS).await,
            Self::Show { name } => desk.show(&at(&name), COLUMNS).await,
            Self::Create(create) => create.run(desk).await,
            Self::Change(change) => change.run(desk).await,
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove user {name} with their tokens and sessions?"))?;
                }
                desk.remove(&at(&name), &format!("user {name}")).await
            }
            Self::Password { name, from } => {
                let password = desk.new_password(from)?;
                let body = json!({ "password": password.expose() });
                let answer = desk.client.post(&Place::of(&["users", &name, "password"]), Some(&body)).await?;
                desk.done(&answer, &format!("user {name} has another password"))
            }
        }
    }
}

impl Create {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let mut fields = self.role.fields()?;
        if fields.is_empty() {
            return Err(Failure::Usage("say what they may do: --role, or --partner".to_owned()));
        }
        fields.insert("display_name".to_owned(), self.display_name.into());
        if !self.no_password {
            let password = desk.new_password(self.from)?;
            fields.insert("password".to_owned(), password.expose().into());
        }
        let only_if = Some((IF_NONE_MATCH, HeaderValue::from_static("*")));
        let sent = Sent { body: Some(&Value::Object(fields)), only_if, accept: None };
        let made = desk.client.send(Method::PUT, &at(&self.name), sent).await;
        let answer = made.map_err(|refusal| match refusal.status {
            Some(hyper::StatusCode::PRECONDITION_FAILED) => {
                Failure::Failed(format!("user {} is there already", self.name))
            }
            _ => refusal.into(),
        })?;
        desk.done(&answer, &format!("user {} is created", self.name))
    }
}

impl Change {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let place = at(&self.name);
        let mut said = self.role.fields()?;
        said.extend(self.display_name.map(|text| ("display_name".to_owned(), text.into())));
        said.extend(self.active.map(|active| ("active".to_owned(), active.into())));
        let present = desk.client.get(&place).await?;
        let seen = present.json()?;
        let known = ["display_name", "role", "partner", "active"];
        let mut fields: Map<String, Value> =
            known.iter().map(|field| ((*field).to_owned(), seen[*field].clone())).collect();
        let before = fields.clone();
        fields.extend(said);
        if fields == before {
            return desk.tell(&seen, |_| format!("user {} is so already\n", self.name));
        }
        let only_if = present.version.map(|version| (IF_MATCH, version));
        let sent = Sent { body: Some(&Value::Object(fields)), only_if, accept: None };
        let answer = desk.client.send(Method::PUT, &place, sent).await?;
        desk.done(&answer, &format!("user {} is changed", self.name))
    }
}

fn at(name: &str) -> Place {
    Place::of(&["users", name])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, lb};
    use super::*;

    fn ana(role: &str) -> Value {
        json!({ "name": "ana", "display_name": "Ana", "role": role, "partner": null, "active": true,
            "has_password": true, "tokens": 2, "created_at": "2026-11-22T19:00:00.000Z" })
    }

    #[test]
    fn a_user_is_made_with_the_password_from_standard_input_and_replaces_nobody() {
        let fake = Fake::answering([(201, "\"1\"", ana("administrator"))]);
        let line = ["user", "create", "ana", "--role", "administrator", "--password-stdin"];
        let ran = lb(&[&line[..], &[&fake.option[0], &fake.option[1]]].concat(), &[], "correct horse \n more");
        assert_eq!(ran.output(), "user ana is created\n");
        let asked = fake.asked().remove(0);
        assert_eq!(asked.line, "PUT /api/v1/users/ana");
        let body =
            json!({ "role": "administrator", "partner": null, "display_name": "", "password": "correct horse " });
        assert_eq!(asked.body, body, "a blank at its end belongs to it");
        assert!(asked.head.contains(&"if-none-match: *".to_owned()), "{:?}", asked.head);
        let fake = Fake::answering([(412, "", json!({ "title": "x" }))]);
        let (ran, _) = fake.run(&["user", "create", "ana", "--role", "viewer", "--no-password"]);
        assert_eq!(ran.failed(), "user ana is there already");
    }

    #[test]
    fn a_password_that_nobody_can_type_or_that_is_empty_is_wrong_usage() {
        let refused =
            |line: &[&str], input: &str| lb(&[line, &["--url", "http://127.0.0.1:1"]].concat(), &[], input).usage();
        let create = ["user", "create", "ana", "--role", "viewer"];
        assert!(refused(&create, "x").contains("give --password-stdin"));
        assert_eq!(refused(&["user", "password", "ana", "--password-stdin"], "\n"), "the password is empty");
        assert!(refused(&["user", "create", "ana", "--no-password"], "").contains("--role"));
        assert!(refused(&["user", "change", "ana", "--role", "viewer", "--partner", "x"], "").contains("--partner"));
    }

    #[test]
    fn a_change_sends_all_with_the_version_it_was_read_in_and_makes_nobody() {
        let fake = Fake::answering([(200, "\"7\"", ana("administrator")), (200, "\"8\"", ana("viewer"))]);
        let (ran, asked) = fake.run(&["user", "change", "ana", "--role", "viewer"]);
        assert_eq!(ran.output(), "user ana is changed\n");
        let body = json!({ "role": "viewer", "partner": null, "display_name": "Ana", "active": true });
        assert_eq!(asked[1].body, body);
        assert!(asked[1].head.contains(&"if-match: \"7\"".to_owned()));
        let same = Fake::answering([(200, "\"7\"", ana("viewer"))]).run(&["user", "change", "ana", "--active", "true"]);
        assert_eq!((same.0.output().as_str(), same.1.len()), ("user ana is so already\n", 1));
        let problem = json!({ "detail": "there is no user eva" });
        let (ran, asked) = Fake::answering([(404, "", problem)]).run(&["user", "change", "eva", "--active", "false"]);
        assert_eq!((ran.failed().as_str(), asked.len()), ("there is no user eva", 1));
    }

    #[test]
    fn a_partner_makes_a_partner_manager() {
        let fake = Fake::answering([(201, "", ana("partner-manager"))]);
        let (_, asked) = fake.run(&["user", "create", "eva", "--partner", "ufrgs", "--no-password"]);
        let body = json!({ "role": "partner-manager", "partner": "ufrgs", "display_name": "" });
        assert_eq!(asked[0].body, body);
    }
}
