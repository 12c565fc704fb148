//! What the configuration says.

use axum::Json;
use axum::extract::State;
use lb_core::account::Right;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::problem::Problem;
use super::routes::Routes;
use crate::config::Setting;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Administer, list, __path_list);
}

/// One key of the configuration.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SettingView {
    #[schema(example = "store.url")]
    key: &'static str,
    /// What holds, as the configuration file writes it; null where nothing is said and nothing holds. Secrets are "(hidden)".
    value: Value,
    /// Whether that is what holds where nothing is said.
    default: bool,
}

/// All keys, in one piece.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SettingsView {
    items: Vec<SettingView>,
}

/// What the configuration says
///
/// What holds for every key, whether the file, the environment or nobody says it. Only the file and the environment change it.
#[utoipa::path(get, path = "/settings", tag = "settings", responses((status = 200, body = SettingsView)))]
async fn list(State(service): State<Service>) -> Result<Json<SettingsView>, Problem> {
    let setup = service.setup.load();
    let view = |Setting { key, value, default }: Setting| SettingView { key, value, default };
    Ok(Json(SettingsView { items: setup.settings.iter().cloned().map(view).collect() }))
}
