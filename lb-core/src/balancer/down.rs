//! Servers that are surely down: whose meetings may be placed afresh, and who says so.

use super::{Actor, Balancer};
use crate::api::Failure;
use crate::event::{Administered, Ended, EventKind, Subject};
use crate::fleet::Freeze;
use crate::meeting::Meeting;
use crate::server::ServerName;

impl Balancer {
    /// Whether a meeting is lost with its server: created again, it is placed afresh.
    pub(super) fn is_lost(&self, meeting: &Meeting) -> bool {
        self.fleet().is_confirmed_down(&meeting.server, self.clock.now())
    }

    /// What is told where `fresh` takes the place of `lost`.
    pub(super) async fn placed_afresh(&self, lost: &Meeting, fresh: &Meeting) -> [EventKind; 2] {
        let ended = self.ended_kind(lost, Ended::ServerDown).await;
        let afresh = EventKind::MeetingPlacedAfresh {
            meeting: fresh.key.clone(),
            superseded: lost.internal_id.clone(),
            from: lost.server.clone(),
            internal_id: fresh.internal_id.clone(),
            server: fresh.server.clone(),
        };
        [ended, afresh]
    }

    /// Tells once that a server is confirmed down.
    pub(super) async fn tell_if_down(&self, name: &ServerName) {
        let fleet = self.fleet();
        if fleet.is_confirmed_down(name, self.clock.now()) && fleet.server(name).is_some_and(|server| !server.told_down)
        {
            self.note(name, |server, _| server.told_down = true).await;
            self.tell(EventKind::ServerConfirmedDown { server: name.clone() }).await;
        }
    }

    /// Tells where servers are no longer judged one by one, or are again.
    pub(super) async fn tell_freeze(&self, before: Freeze, after: Freeze) {
        match (before.since(), after.since()) {
            (None, Some(_)) => {
                let fleet = self.fleet();
                let suspended = fleet.servers().iter().filter(|server| server.is_suspended()).count();
                self.tell(EventKind::FreezeBegan { suspended, servers: fleet.servers().len() }).await;
            }
            (Some(_), None) => self.tell(EventKind::FreezeEnded).await,
            _ => {}
        }
    }

    /// An administrator gives the meetings of a suspended server free: created again, they are placed afresh at once, without
    /// waiting until the server is confirmed down. Holds until it answers again. Answers whether there is such a server
    /// that is suspended.
    pub async fn release_meetings(&self, server: &ServerName, by: &Actor) -> bool {
        if !self.fleet().server(server).is_some_and(|server| server.is_suspended()) {
            return false;
        }
        self.note(server, |server, _| server.released = server.is_suspended()).await;
        self.tell(EventKind::MeetingsReleased { server: server.clone() }).await;
        self.tell_administered(by, Administered::Released, Subject::new("server", server), Vec::new()).await;
        true
    }

    /// An administrator says that the many servers that fell silent at once are down: each is confirmed down when it stays
    /// silent for [`HealthRules::down_after`](crate::server::HealthRules::down_after) more. Answers whether a freeze was on.
    pub async fn lift_freeze(&self, by: &Actor) -> bool {
        let now = self.clock.now();
        let (before, after) = self.fleet.change(|fleet| {
            let lifted = fleet.with_freeze_lifted(now);
            let freezes = (fleet.freeze(), lifted.freeze());
            (Some(lifted), freezes)
        });
        self.tell_freeze(before, after).await;
        let lifted = before.since().is_some();
        if lifted {
            self.tell_administered(by, Administered::FreezeLifted, Subject::new("freeze", ""), Vec::new()).await;
        }
        lifted
    }

    /// Forgets the meetings of a server that is confirmed down and that the monitor no longer has: it is not expected back.
    pub(super) async fn forget_lost(&self, server: &ServerName) -> Result<(), Failure> {
        if self.fleet().is_confirmed_down(server, self.clock.now()) {
            for meeting in self.stored(self.store.meetings_on(server).await)? {
                self.forget(&meeting, Ended::ServerDown).await?;
            }
        }
        Ok(())
    }
}
