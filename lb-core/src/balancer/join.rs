//! What a join does: it sends the browser to the meeting's server.

use super::{Answered, Balancer};
use crate::api::join::Join;
use crate::api::{Failure, Params, Reply};
use crate::event::EventKind;
use crate::gateway::{GatewayError, ServerCall};
use crate::network::{Integration, Plan};

impl Balancer {
    pub(super) async fn join(
        &self,
        integration: &Integration,
        plan: &Plan,
        mut params: Params,
    ) -> Result<Answered, Failure> {
        integration.join.apply(&mut params);
        let join = Join::read(params)?;
        let meeting = self.held(integration, &join.meeting_id).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_of(&meeting)?;
        let seat = self.take_seat(integration, plan, &meeting, &join).await?;
        let query = join.query(&meeting);
        let answered = if join.redirect {
            let location = ServerCall::signed_url(&server.server, "join", &query);
            Answered { server: Some(meeting.server.clone()), ..Answered::locally(Reply::redirect(location.into())) }
        } else {
            let call = ServerCall::change(&server.server, "join", &query, None, self.settings.budget)
                .on_behalf_of(&meeting.key.integration);
            match self.passed_on(&server, call).await {
                Ok(answered) => answered,
                Err(error) => {
                    use GatewayError::{Busy, NotSent, TooLong, Unreachable};
                    if matches!(error, Busy | NotSent(_) | TooLong | Unreachable(_)) {
                        self.give_seat_back(integration, &meeting, &join, seat);
                    }
                    return Err(error.into());
                }
            }
        };
        if answered.success {
            server.count_join();
            let joined = EventKind::UserJoined {
                meeting: meeting.key.clone(),
                internal_id: meeting.internal_id.clone(),
                server: meeting.server.clone(),
                role: join.role(&meeting),
                name: join.full_name,
                user_id: join.user_id,
            };
            self.tell(joined.clone()).await;
            self.tell_hooks(&[self.event(joined)]).await;
        } else {
            self.give_seat_back(integration, &meeting, &join, seat);
        }
        Ok(answered)
    }
}
