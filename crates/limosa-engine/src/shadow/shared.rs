//! A server that somebody names: `--shadow URL`.

use limosa_core::DatabaseUrl;

use super::server::ShadowServer;
use super::{ShadowSettings, refused};
use crate::Problem;

/// Connects to it.
pub(super) fn open(
    url: &DatabaseUrl,
    settings: &ShadowSettings<'_, '_>,
) -> Result<ShadowServer, Problem> {
    let _ = url;
    Err(refused::not_here(settings.dialect))
}
