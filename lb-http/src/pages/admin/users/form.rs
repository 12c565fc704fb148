//! The fields of a user, and what was filled in as what is wished.

use lb_core::Secret;
use lb_core::account::{LONGEST_DISPLAY_NAME, LONGEST_USER_NAME, Role, User, UserName};
use lb_core::network::{Network, PartnerName};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused::Refused;
use crate::accounts::{LONGEST_PASSWORD, SHORTEST_PASSWORD, UserWish};
use crate::pages::fields::{Empty, Field, Kind, Pick};
use crate::pages::words::Words;
use crate::rest::users::RoleWord;

/// What can be changed of a user who is there.
pub(super) fn fields(network: &Network, w: &'static Words) -> Vec<Field> {
    let w = &w.users;
    let roles = vec![
        Pick::new("administrator", w.administrator).hint(w.administrator_hint),
        Pick::new("partner-manager", w.partner_manager).hint(w.partner_manager_hint),
        Pick::new("viewer", w.viewer).hint(w.viewer_hint),
    ];
    let partners = network.partners().map(|partner| Pick::new(partner.name.as_str(), partner.name.as_str()));
    let partners = std::iter::once(Pick::new("", w.no_partner)).chain(partners).collect();
    vec![
        Field::new("display_name", Kind::Text { most: LONGEST_DISPLAY_NAME, empty: Empty::Text }, w.display_name, ""),
        Field::new("role", Kind::Radio(roles), w.role, "").required(),
        Field::new("partner", Kind::Choice(partners), w.partner, w.partner_hint),
        Field::new("active", Kind::Check, w.active, w.active_hint),
    ]
}

/// What is said of a new user.
pub(super) fn fields_of_new(network: &Network, w: &'static Words) -> Vec<Field> {
    let name = Kind::Text { most: LONGEST_USER_NAME, empty: Empty::Null };
    let password = Kind::Password { fewest: SHORTEST_PASSWORD, most: LONGEST_PASSWORD };
    let mut fields = vec![Field::new("name", name, w.users.name, w.users.name_hint).required()];
    fields.extend(self::fields(network, w));
    let password = Field::new("password", password, w.users.password, w.users.password_hint);
    fields.push(password.autocomplete("new-password"));
    fields
}

/// A user, as the form shows them.
pub(super) fn body(user: &User) -> Value {
    let (role, partner) = RoleWord::of(&user.role);
    json!({ "display_name": user.display_name, "role": role, "partner": partner, "active": user.active })
}

/// What was filled in.
#[derive(Deserialize)]
pub(super) struct Given {
    name: Option<UserName>,
    display_name: String,
    role: RoleWord,
    partner: Option<PartnerName>,
    active: bool,
    password: Option<String>,
}

impl Given {
    /// The same as what is wished of the user `name`, who is new where there is none; and their password.
    pub(super) fn wish(self, name: Option<UserName>) -> Result<(UserWish, Option<Secret>), Refused> {
        let role = match (self.role, self.partner) {
            (RoleWord::PartnerManager, None) => return Err(Refused::NeedsPartner),
            (RoleWord::PartnerManager, Some(partner)) => Role::PartnerManager(partner),
            (RoleWord::Administrator, _) => Role::Administrator,
            (RoleWord::Viewer, _) => Role::Viewer,
        };
        let name = name.or(self.name).unwrap_or_else(|| UserName::from(""));
        let wish = UserWish { name, display_name: self.display_name, role, active: self.active };
        Ok((wish, self.password.map(Secret::from)))
    }
}
