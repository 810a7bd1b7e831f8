//! `MySQL` and `MariaDB`.

use limosa_core::DatabaseUrl;

use crate::{ConnectError, ConnectOptions, Session};

pub(crate) fn connect(
    url: &DatabaseUrl,
    _options: &ConnectOptions,
) -> Result<Box<dyn Session>, ConnectError> {
    Err(ConnectError {
        place: url.to_string(),
        reason: "no driver yet".into(),
        hint: None,
        cause: None,
        passing: false,
    })
}
