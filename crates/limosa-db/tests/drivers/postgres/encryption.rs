//! libpq's `sslmode`, on a server with its own authority and on one without TLS.

use limosa_testkit::{Postgres, Settings, require};

use super::connecting::{accepted, refused, with_environment};
use crate::support::options;

/// Whether a session is encrypted, as the server sees it.
fn encrypted(url: &str) -> bool {
    let mut session = accepted(url, &options());
    // Whatever comes before the first message, no server is taken for a pooler.
    assert!(session.server().capabilities.session_locks, "{url}");
    let sql = "SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()";
    session.query(sql, &[]).unwrap()[0].is_true(0)
}

fn tls_server(settings: Settings) -> Option<Postgres> {
    match Postgres::start(&settings.tls()) {
        Ok(server) => Some(server),
        Err(reason) => {
            limosa_testkit::skip_or_panic(&reason);
            None
        }
    }
}

#[test]
fn every_mode_means_what_libpq_means() {
    let Some(server) = tls_server(Settings::new()) else {
        return;
    };
    let ca = server.certificates().unwrap().authority();
    let ca = ca.display();
    let plain = server.url();
    for (parameters, tls) in [
        (String::new(), true),
        ("?sslmode=disable".to_owned(), false),
        ("?sslmode=allow".to_owned(), false),
        ("?sslmode=prefer".to_owned(), true),
        ("?sslmode=require".to_owned(), true),
        (format!("?sslmode=require&sslrootcert={ca}"), true),
        (format!("?sslmode=verify-ca&sslrootcert={ca}"), true),
        (format!("?sslmode=verify-full&sslrootcert={ca}"), true),
    ] {
        assert_eq!(
            encrypted(&format!("{plain}{parameters}")),
            tls,
            "{parameters}"
        );
    }
    // Another name than the certificate's: only verify-full minds.
    let other = plain.replace("127.0.0.1", "db.example");
    let at = "hostaddr=127.0.0.1";
    assert!(encrypted(&format!(
        "{other}?{at}&sslmode=verify-ca&sslrootcert={ca}"
    )));
    let error = refused(
        &format!("{other}?{at}&sslmode=verify-full&sslrootcert={ca}"),
        &options(),
        server.password(),
    );
    assert!(error.reason.contains("TLS handshake failed"), "{error}");
    assert!(error.hint.unwrap().contains("subjectAltName"));
}

#[test]
fn another_authority_is_refused_wherever_one_is_named() {
    let Some(server) = tls_server(Settings::new()) else {
        return;
    };
    let Some(stranger) = tls_server(Settings::new()) else {
        return;
    };
    let foreign = stranger.certificates().unwrap().authority();
    for mode in ["require", "verify-ca", "verify-full"] {
        let text = format!(
            "{}?sslmode={mode}&sslrootcert={}",
            server.url(),
            foreign.display()
        );
        let error = refused(&text, &options(), server.password());
        assert!(
            error.reason.contains("TLS handshake failed"),
            "{mode}: {error}"
        );
        assert!(
            error
                .hint
                .as_ref()
                .is_some_and(|hint| hint.contains("sslrootcert")),
            "{mode}: {error}"
        );
    }
    // The system's authorities do not know it either.
    let text = format!("{}?sslrootcert=system", server.url());
    let error = refused(&text, &options(), server.password());
    assert!(
        error.reason.contains("TLS") || error.reason.contains("no root certificates"),
        "{error}"
    );
    // Without any authority there is nothing to verify with.
    for mode in ["verify-ca", "verify-full"] {
        let error = refused(
            &format!("{}?sslmode={mode}", server.url()),
            &options(),
            server.password(),
        );
        assert!(error.reason.contains("sslrootcert"), "{error}");
    }
}

#[test]
fn the_certificate_of_the_server_may_be_its_own_authority() {
    // What many small installations do: the certificate that the server shows is the one that is trusted.
    let Some(server) = tls_server(Settings::new()) else {
        return;
    };
    let own = server
        .certificates()
        .unwrap()
        .authority()
        .with_file_name("server.pem");
    let text = format!(
        "{}?sslmode=verify-full&sslrootcert={}",
        server.url(),
        own.display()
    );
    assert!(encrypted(&text));
}

#[test]
fn a_server_without_tls_is_told() {
    let server = require!(Postgres);
    let error = refused(
        &format!("{}?sslmode=require", server.url()),
        &options(),
        server.password(),
    );
    assert_eq!(error.reason, "the server does not offer TLS");
    assert!(!encrypted(&format!("{}?sslmode=prefer", server.url())));
}

#[test]
fn a_server_that_demands_tls_is_found_by_allow_and_named_by_disable() {
    let Some(server) = tls_server(Settings::new().hba("hostnossl all all 127.0.0.1/32 reject"))
    else {
        return;
    };
    assert!(encrypted(&format!("{}?sslmode=allow", server.url())));
    let error = refused(
        &format!("{}?sslmode=disable", server.url()),
        &options(),
        server.password(),
    );
    assert_eq!(error.cause.as_ref().unwrap().code(), "28000");
    assert!(error.hint.unwrap().contains("sslmode=require"));
}

#[test]
fn a_client_certificate_lets_in_without_a_password() {
    let Some(server) = tls_server(Settings::new().hba("hostssl all ada 127.0.0.1/32 cert")) else {
        return;
    };
    let certificates = server.certificates().unwrap();
    let (certificate, key) = certificates.client("ada").unwrap();
    accepted_as_superuser(&server, "CREATE ROLE ada LOGIN");
    let base = format!(
        "postgres://ada@127.0.0.1:{}/postgres?sslmode=verify-full",
        server.port()
    );
    let base = format!("{base}&sslrootcert={}", certificates.authority().display());
    let text = format!(
        "{base}&sslcert={}&sslkey={}",
        certificate.display(),
        key.display()
    );
    let mut session = accepted(&text, &options());
    assert_eq!(session.server().user, "ada");
    // The canceller goes by TLS, too.
    let cancel = session.canceller();
    let cancelled = std::thread::scope(|scope| {
        let running = scope.spawn(|| session.query("SELECT pg_sleep(60)", &[]).unwrap_err());
        while !running.is_finished() {
            cancel();
        }
        running.join().unwrap()
    });
    assert_eq!(cancelled.code(), "57014", "{cancelled}");
    // The same by variables, and not at all without.
    let variables = with_environment(&[
        ("PGSSLCERT", certificate.to_str().unwrap()),
        ("PGSSLKEY", key.to_str().unwrap()),
    ]);
    accepted(&base, &variables);
    refused(&base, &options(), "");
    // A key that others may read is not used.
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = refused(&text, &options(), "");
    assert!(error.reason.contains("chmod 600"), "{error}");
}

fn accepted_as_superuser(server: &Postgres, sql: &str) {
    server.try_open().unwrap().try_query(sql).unwrap();
}
