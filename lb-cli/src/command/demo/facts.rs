//! [`Facts`]: what a spectator needs to call the balancer.

use std::net::SocketAddr;

use super::browser::signed_url;
use super::cast::{WEBSITES, WebsiteRole};

/// Addresses, the secret, and URLs ready to be called.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) origin: String,
    pub(super) api: String,
    pub(super) website: &'static WebsiteRole,
    pub(super) seed: u64,
    /// Call and signed URL.
    pub(super) urls: [(&'static str, String); 3],
}

impl Facts {
    pub(super) fn new(address: SocketAddr, seed: u64) -> Self {
        let origin = format!("http://{address}");
        let api = format!("{origin}/bigbluebutton/api/");
        let [website, ..] = &WEBSITES;
        let secret = website.secret.into();
        let url = |call: &'static str, parameters: &[_]| (call, signed_url(&api, &secret, call, parameters));
        let urls = [
            url("create", &[("name", "Mine"), ("meetingID", "mine")]),
            url("join", &[("fullName", "Me"), ("meetingID", "mine"), ("role", "MODERATOR")]),
            url("getMeetings", &[]),
        ];
        Self { origin, api, website, seed, urls }
    }
}
