//! An integration is made: its secret is shown this once, with what the website is to be told.

use super::super::Desk;
use super::{Create, at, secret};
use crate::client::Answer;
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
    let told = format!(
        "integration {name} is created. Its secret is shown this once:\n\n  {secret}\n\n\
         The website asks for it beside the URL of a BigBlueButton server, which is the balancer's public URL\n\
         followed by /bigbluebutton/. To try both:\n\n  \
         lb call getMeetings --base URL --secret -\n"
    );
    desk.tell(&made, |_| told)
}
