//! TLS towards servers and monitors: verified as the operating system does, so that private authorities count.

use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt;
use rustls::{ClientConfig, RootCertStore};

/// Verifies as the operating system does. Where only plain HTTP is `wanted`, nothing is verified, and the certificates of
/// the system, which small containers lack, are not asked for.
///
/// # Errors
/// The operating system's certificates cannot be had.
pub(crate) fn client_config(wanted: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if wanted {
        builder.try_with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
