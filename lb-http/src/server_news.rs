//! [`ServerNews`]: tells at once that an administrator has changed what is known of servers.

use lb_core::event::{Administered, Event, EventKind, Observer};
use tokio::sync::watch;

/// Notices that servers were put or taken away, whoever did it: what knows the servers is then asked anew at once.
#[derive(Debug)]
pub(crate) struct ServerNews(watch::Sender<()>);

impl Default for ServerNews {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl ServerNews {
    /// Tells of each change from now on; several at once may be told as one.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

impl Observer for ServerNews {
    fn observe(&self, event: &Event) {
        let EventKind::Administered { how, subject, .. } = &event.kind else { return };
        let is_put = matches!(
            how,
            Administered::Added | Administered::Changed | Administered::Removed | Administered::TakenOver
        );
        if subject.kind == "server" && is_put {
            self.0.send_replace(());
        }
    }
}
