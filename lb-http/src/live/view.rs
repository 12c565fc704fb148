//! [`View`]: the picture as somebody may see it, in the language that they read.

use std::sync::Arc;

use super::alarm::ShownAlarm;
use super::feed::FeedItem;
use super::present::{Parts, Present};
use super::server::ShownServer;
use crate::server::Language;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Anybody: servers and totals, without names of integrations, meetings and people.
    Public,
    /// Who may see the network.
    Network,
}

/// The picture, or what changed of it, for those of one audience who read one language.
#[derive(Clone, Debug)]
pub(crate) struct View<'p> {
    pub(crate) present: &'p Present,
    pub(crate) audience: Audience,
    pub(crate) language: Language,
    /// The parts that are wanted.
    pub(crate) parts: Parts,
    /// The servers that are wanted.
    pub(crate) servers: Vec<&'p ShownServer>,
}

impl<'p> View<'p> {
    /// All of the picture.
    pub(crate) fn whole(present: &'p Present, audience: Audience, language: Language) -> Self {
        let parts = Parts { totals: true, alarms: true, feed: true, map: true, table: true };
        Self { present, audience, language, parts, servers: present.servers().collect() }
    }

    /// What an operator should look at.
    pub(crate) fn alarms(&self) -> Vec<ShownAlarm> {
        match self.audience {
            Audience::Network => self.present.alarms.clone(),
            Audience::Public => self.present.alarms.iter().filter_map(ShownAlarm::for_public).collect(),
        }
    }

    /// What happened last, newest first.
    pub(crate) fn feed(&self) -> impl Iterator<Item = &'p Arc<FeedItem>> + use<'p> {
        let all = self.audience == Audience::Network;
        self.present.feed.iter().filter(move |item| all || item.is_public())
    }
}
