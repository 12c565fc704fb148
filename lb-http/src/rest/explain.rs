//! Where a create would go now, and why.

mod view;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use lb_core::Position;
use lb_core::account::Right;
use lb_core::balancer::{ExplainError, ExplainRequest};
use lb_core::placement::MeetingHints;
use serde::Deserialize;
use utoipa::IntoParams;

use self::view::ExplanationView;
use super::extract::QueryOf;
use super::problem::Problem;
use super::routes::Routes;
use crate::server::Service;

/// The most forwarded addresses of one question.
const FORWARDED: usize = 32;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, explain, __path_explain);
}

/// Which create is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Whose.
    pub(crate) integration: String,
    /// Of which meeting; any that does not exist, where nothing is said. Policies with chance draw by it.
    pub(crate) meeting_id: Option<String>,
    /// What the website would send as X-Forwarded-For: addresses with commas, the user's first.
    pub(crate) forwarded_for: Option<String>,
    /// The address that the call would come from.
    pub(crate) address: Option<String>,
    /// Where the user is, whatever the addresses say: degrees north, with longitude.
    #[param(minimum = -90, maximum = 90)]
    pub(crate) latitude: Option<f64>,
    /// Degrees east.
    #[param(minimum = -180, maximum = 180)]
    pub(crate) longitude: Option<f64>,
    /// The server that the website would prefer, by name or address.
    pub(crate) preferred_server: Option<String>,
    /// Whether the meeting is to be recorded.
    #[serde(default)]
    pub(crate) record: bool,
    /// How many users the website lets in at the most: maxParticipants.
    #[param(value_type = Option<u32>, minimum = 1)]
    pub(crate) max_participants: Option<NonZeroU32>,
    /// How many users the website expects: meta_bbb-meeting-size-hint.
    #[param(value_type = Option<u32>, minimum = 1)]
    pub(crate) size: Option<NonZeroU32>,
    /// After how many minutes BBB ends the meeting at the latest.
    #[param(value_type = Option<u32>, minimum = 1)]
    pub(crate) duration: Option<NonZeroU32>,
}

impl Asked {
    /// What is asked, if it can be.
    pub(crate) fn read(self) -> Result<ExplainRequest, Problem> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let forwarded = given(self.forwarded_for);
        let forwarded_for =
            forwarded.iter().flat_map(|list| list.split(',')).map(address).collect::<Result<Vec<_>, _>>()?;
        if forwarded_for.len() > FORWARDED {
            return Err(Problem::bad(format!("forwarded_for has at most {FORWARDED} addresses")));
        }
        let position = match (self.latitude, self.longitude) {
            (None, None) => None,
            (Some(latitude), Some(longitude)) => Some(
                Position::try_new(latitude, longitude)
                    .ok_or_else(|| Problem::bad("latitude is from -90 to 90, longitude from -180 to 180"))?,
            ),
            _ => return Err(Problem::bad("latitude and longitude go together")),
        };
        Ok(ExplainRequest {
            integration: self.integration.into(),
            meeting_id: given(self.meeting_id).map(Into::into),
            forwarded_for,
            address: given(self.address).as_deref().map(address).transpose()?,
            position,
            preferred_server: given(self.preferred_server),
            records: self.record,
            hints: MeetingHints {
                max_participants: self.max_participants.map(NonZeroU32::get),
                size: self.size.map(NonZeroU32::get),
                duration: self.duration.map(|minutes| Duration::from_secs(u64::from(minutes.get()) * 60)),
            },
        })
    }
}

fn address(text: &str) -> Result<IpAddr, Problem> {
    text.trim().parse().map_err(|_| Problem::bad("an address is IPv4 or IPv6, such as 192.0.2.1"))
}

/// Where a create would go now, and why
///
/// Nothing is changed by it. Every server that could have the meeting is told of in the order in which they would be tried, and
/// every other one with what speaks against it.
#[utoipa::path(get, path = "/explain", tag = "explain", params(Asked),
    responses((status = 200, body = ExplanationView), (status = 404, body = Problem, content_type = "application/problem+json",
        description = "There is no such integration")))]
async fn explain(
    State(service): State<Service>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Json<ExplanationView>, Problem> {
    let request = asked.read()?;
    let explanation = service.setup.load().balancer.explain(&request).await?;
    Ok(Json(explanation.into()))
}

impl From<ExplainError> for Problem {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::NoSuchIntegration(name) => Self::not_found(format!("integration {name}")),
            _ => Self::unavailable("the store cannot be used at the moment; the log says why"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<ExplainRequest, Problem> {
        serde_json::from_str::<Asked>(query).unwrap().read()
    }

    #[test]
    fn what_is_asked_is_read_and_what_is_half_said_is_refused() {
        let asked = read(
            r#"{"integration":"moodle","meeting_id":"","forwarded_for":"192.0.2.1, 2001:db8::1","address":"198.51.100.7",
                "latitude":-30.0,"longitude":-51.2,"preferred_server":"bbb1","record":true,
                "max_participants":30,"size":25,"duration":90}"#,
        );
        let asked = asked.unwrap();
        assert_eq!((asked.meeting_id, asked.forwarded_for.len()), (None, 2));
        assert_eq!(asked.forwarded_for[1], "2001:db8::1".parse::<IpAddr>().unwrap());
        assert_eq!((asked.position.map(|position| position.longitude), asked.records), (Some(-51.2), true));
        let hints =
            MeetingHints { max_participants: Some(30), size: Some(25), duration: Some(Duration::from_secs(5400)) };
        assert_eq!(asked.hints, hints);
        assert!(serde_json::from_str::<Asked>(r#"{"integration":"moodle","size":0}"#).is_err());
        let many = vec!["192.0.2.1"; FORWARDED + 1].join(",");
        for bad in [
            r#"{"integration":"moodle","latitude":1.0}"#,
            r#"{"integration":"moodle","latitude":91.0,"longitude":0.0}"#,
            r#"{"integration":"moodle","address":"here"}"#,
            r#"{"integration":"moodle","forwarded_for":"192.0.2.1,"}"#,
            &format!(r#"{{"integration":"moodle","forwarded_for":"{many}"}}"#),
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
