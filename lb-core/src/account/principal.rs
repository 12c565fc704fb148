//! [`Principal`]: somebody who has shown who they are, and what they may do.

use super::{Role, TokenScope, UserName};
use crate::network::{Integration, PartnerName};

/// What a thing that can be done asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// To be somebody: one's own account.
    Own,
    /// To see integrations, meetings, recordings, events and reports within one's [reach](Reach).
    View,
    /// To see what concerns the whole network: servers, plans, routers, the monitor.
    ViewNetwork,
    /// To change integrations, meetings and recordings within one's reach.
    Manage,
    /// To change the network.
    Administer,
    /// To make and change accounts, and to read secrets again.
    Guard,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 6] = [Self::Own, Self::View, Self::ViewNetwork, Self::Manage, Self::Administer, Self::Guard];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::View => "view",
            Self::ViewNetwork => "view-network",
            Self::Manage => "manage",
            Self::Administer => "administer",
            Self::Guard => "guard",
        }
    }
}

/// Whose things somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    Network,
    /// Those of the integrations of one partner.
    Partner(PartnerName),
}

impl Reach {
    /// Whether what belongs to `integration` is seen.
    pub fn has(&self, integration: &Integration) -> bool {
        match self {
            Self::Network => true,
            Self::Partner(partner) => integration.partner.as_ref() == Some(partner),
        }
    }
}

/// Somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub user: UserName,
    /// What they are.
    pub role: Role,
    /// How much of it counts; [`TokenScope::Full`] for whoever is there in person.
    pub scope: TokenScope,
}

impl Principal {
    /// Whether they may do what asks for `right`. What they may do it to, [`reach`](Self::reach) says.
    pub fn may(&self, right: Right) -> bool {
        let role = match right {
            Right::Own | Right::View => true,
            Right::ViewNetwork => !matches!(self.role, Role::PartnerManager(_)),
            Right::Manage => self.role != Role::Viewer,
            Right::Administer | Right::Guard => self.role == Role::Administrator,
        };
        let scope = match self.scope {
            TokenScope::Full => true,
            TokenScope::Operate => right != Right::Guard && right != Right::Own,
            TokenScope::Read => matches!(right, Right::View | Right::ViewNetwork),
        };
        role && scope
    }

    /// Whose things they see.
    pub fn reach(&self) -> Reach {
        match &self.role {
            Role::PartnerManager(partner) => Reach::Partner(partner.clone()),
            Role::Administrator | Role::Viewer => Reach::Network,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(role: Role, scope: TokenScope) -> Vec<&'static str> {
        let principal = Principal { user: "ana".into(), role, scope };
        Right::ALL.into_iter().filter(|right| principal.may(*right)).map(Right::as_str).collect()
    }

    #[test]
    fn a_role_gives_rights_and_a_token_has_no_more_of_them_than_its_scope() {
        let manager = || Role::PartnerManager("ufrgs".into());
        assert_eq!(rights(Role::Administrator, TokenScope::Full).len(), Right::ALL.len());
        assert_eq!(rights(Role::Viewer, TokenScope::Full), ["own", "view", "view-network"]);
        assert_eq!(rights(manager(), TokenScope::Full), ["own", "view", "manage"]);
        assert_eq!(rights(manager(), TokenScope::Operate), ["view", "manage"]);
        assert_eq!(rights(Role::Viewer, TokenScope::Operate), ["view", "view-network"]);
        let operate = rights(Role::Administrator, TokenScope::Operate);
        assert_eq!(operate, ["view", "view-network", "manage", "administer"]);
        assert_eq!(rights(Role::Administrator, TokenScope::Read), ["view", "view-network"]);
        assert_eq!(rights(manager(), TokenScope::Read), ["view"]);
    }

    #[test]
    fn a_partner_manager_sees_what_is_the_partners() {
        let manager =
            Principal { user: "ana".into(), role: Role::PartnerManager("ufrgs".into()), scope: TokenScope::Full };
        let mut integration = Integration::new("moodle", "s3cr3t");
        assert!(!manager.reach().has(&integration), "nobody's");
        integration.partner = Some("ufrgs".into());
        assert!(manager.reach().has(&integration));
        integration.partner = Some("puc".into());
        assert!(!manager.reach().has(&integration) && Reach::Network.has(&integration));
    }
}
