//! An integration is made: its secret is shown this once, with what the website is to be told.

use super::super::Desk;
use super::{Create, at, secret};
use crate::client::{Answer, Place};
use crate::outcome::{Failure, Outcome};
use crate::render::line;

pub(super) async fn create(create: &Create, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
    let Create { name, file, fields, secret } = create;
    let mut given = desk.given(file, fields)?;
    if let Some(secret) = secret {
        given.insert("secret".to_owned(), secret::read(secret, desk)?.into());
    }
    let answer = desk.create(&at(name), given).await?;
    tell(name, &answer, desk).await
}

pub(super) async fn tell(name: &str, answer: &Answer, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
    let made = answer.json()?;
    let secret = line(made["secret"].as_str().unwrap_or_default());
    let url = if desk.json { String::new() } else { line(&public_url(desk).await) };
    let told = format!(
        "integration {name} is created. Its secret is shown this once:\n\n  {secret}\n\n\
         The website takes it as the secret of a BigBlueButton server with the URL {url}/bigbluebutton/\n\
         To try both, with the secret on standard input:\n\n  lb call getMeetings --base {url} --secret -\n"
    );
    desk.tell(&made, |_| told)
}

/// How websites reach the balancer, without a slash at its end; a word for it where the balancer does not tell.
async fn public_url(desk: &Desk<'_, '_>) -> String {
    let settings = desk.client.get(&Place::of(&["settings"])).await.and_then(|answer| answer.json());
    let settings = settings.unwrap_or_default();
    let items = settings["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let item = items.iter().find(|item| item["key"] == "listen.public_url");
    let url = item.and_then(|item| item["value"].as_str()).unwrap_or("PUBLIC_URL");
    url.trim_end_matches('/').to_owned()
}
