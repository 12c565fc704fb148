//! `lb token`: what programs show instead of a password.

use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("id", "/id"),
    Column::at("user", "/user"),
    Column::at("label", "/label").rank(1),
    Column::at("scope", "/scope"),
    Column::at("created", "/created_at").rank(4),
    Column::at("expires", "/expires_at").rank(2),
    Column::at("last used", "/last_used_at").rank(3),
];

/// What is done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List tokens: one's own, or everybody's for administrators
    #[command(after_help = "\
Examples:
  lb token list
  lb token list --user ana")]
    List(List),
    /// Make a token, which is shown this once
    #[command(after_help = "\
Examples:
  lb token make --user ana --label 'nightly report' --scope read --expires-in 90
  LB_TOKEN=$(lb token make --user ana --label deploy --scope operate)

On standard output stands the token alone. Scopes: read looks and changes nothing; operate does what its user may but for
users, tokens and secrets; full does all that its user may.")]
    Make(Make),
    /// Make a token invalid at once
    #[command(after_help = "\
Examples:
  lb token revoke 4fK2mPq8Zt
  lb token revoke 4fK2mPq8Zt --yes")]
    Revoke {
        /// The id of the token
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those of this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// Whose it is to be (otherwise one's own)
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// How much of its user's role it has
    #[arg(long, value_enum)]
    scope: Scope,
    /// Days until it is not valid any more (otherwise always valid)
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    expires_in: Option<u16>,
}

#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    /// Looks, and changes nothing
    Read,
    /// All but users, tokens and secrets
    Operate,
    /// All that its user may
    Full,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(List { user, listing }) => {
                desk.list(&listing, &Place::of(&["tokens"]).with_some("user", user), COLUMNS).await
            }
            Self::Make(make) => make.run(desk).await,
            Self::Revoke { id, yes } => {
                if !yes {
                    desk.confirm(&format!("Revoke token {id}? Who uses it is let in no more."))?;
                }
                let answer = desk.client.delete(&Place::of(&["tokens", &id])).await?;
                desk.done(&answer, &format!("token {id} is revoked"))
            }
        }
    }
}

impl Make {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let expires_at = match self.expires_in {
            Some(days) => {
                let moment = Timestamp::now().checked_add(SignedDuration::from_hours(i64::from(days) * 24));
                let moment = moment.map_err(|_| Failure::Usage("--expires-in: that is too late".to_owned()))?;
                Some(format!("{moment:.3}"))
            }
            None => None,
        };
        let mut body = json!({ "label": self.label, "scope": self.scope, "expires_at": expires_at });
        if let Some(user) = self.user {
            body["user"] = user.into();
        }
        let answer = desk.client.post(&Place::of(&["tokens"]), Some(&body)).await?;
        let made = answer.json()?;
        if !desk.json {
            eprintln!("this is shown once; to take it back: lb token revoke {}", made["id"].as_str().unwrap_or("ID"));
        }
        desk.tell(&made, |_| format!("{}\n", made["token"].as_str().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, page};
    use super::*;

    #[test]
    fn a_token_stands_alone_on_standard_output() {
        let fake = Fake::answering([(201, "", json!({ "id": "4fK2mPq8Zt", "token": "lbt_4fK2mPq8Zt_s" }))]);
        let line = ["token", "make", "--user", "ana", "--label", "nightly", "--scope", "read", "--expires-in", "1"];
        let (ran, asked) = fake.run(&line);
        assert_eq!(ran.output(), "lbt_4fK2mPq8Zt_s\n");
        assert_eq!(asked[0].line, "POST /api/v1/tokens");
        let until: Timestamp = asked[0].body["expires_at"].as_str().unwrap().parse().unwrap();
        let rest = until.duration_since(Timestamp::now());
        assert!(rest > SignedDuration::from_hours(23) && rest <= SignedDuration::from_hours(24), "{rest}");
        let said = ["user", "label", "scope"].map(|field| asked[0].body[field].clone());
        assert_eq!(json!(said), json!(["ana", "nightly", "read"]));
    }

    #[test]
    fn tokens_are_listed_for_one_user_and_revoked_by_id() {
        let (_, asked) = Fake::answering([page(json!([]), None)]).run(&["token", "list", "--user", "ana"]);
        assert_eq!(asked[0].line, "GET /api/v1/tokens?user=ana&limit=200");
        let (ran, asked) = Fake::answering([(204, "", json!(null))]).run(&["token", "revoke", "x", "--yes"]);
        assert_eq!(
            (ran.output().as_str(), asked[0].line.as_str()),
            ("token x is revoked\n", "DELETE /api/v1/tokens/x")
        );
    }
}
