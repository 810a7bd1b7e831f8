//! What URLs and variables mean.

use std::collections::BTreeMap;

use super::*;

fn options(environment: &[(&str, &str)]) -> ConnectOptions {
    ConnectOptions {
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..ConnectOptions::default()
    }
}

fn read(url: &str, environment: &[(&str, &str)]) -> ConnectionSettings {
    let url = DatabaseUrl::parse(url).unwrap();
    match ConnectionSettings::read(&url, &options(environment)) {
        Ok(settings) => settings,
        Err(error) => panic!("{url}: {error}"),
    }
}

fn refused(url: &str) -> String {
    let url = DatabaseUrl::parse(url).unwrap();
    match ConnectionSettings::read(&url, &options(&[])) {
        Ok(_) => panic!("{url} was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_plain_url_needs_nothing_else() {
    let settings = read("postgres://ada:pw@db:5433/shop", &[]);
    assert_eq!(settings.places(), "db:5433");
    assert_eq!(settings.user, "ada");
    assert_eq!(settings.password.as_deref(), Some("pw"));
    assert_eq!(settings.database, "shop");
    assert_eq!(settings.application_name, "limosa");
    assert_eq!(settings.sslmode, SslMode::Prefer);
}

#[test]
fn the_variables_fill_in_only_what_the_url_leaves_out() {
    let environment = [
        ("PGHOST", "other"),
        ("PGPORT", "6000"),
        ("PGUSER", "eve"),
        ("PGPASSWORD", "secret"),
        ("PGDATABASE", "elsewhere"),
        ("PGSSLMODE", "require"),
    ];
    let settings = read("postgres://ada@db:5433/shop?sslmode=disable", &environment);
    assert_eq!(settings.places(), "db:5433");
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("ada", "shop")
    );
    assert_eq!(settings.password.as_deref(), Some("secret"));
    assert_eq!(settings.sslmode, SslMode::Disable);
    let settings = read("postgres://", &environment);
    assert_eq!(settings.places(), "other:6000");
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("eve", "elsewhere")
    );
    assert_eq!(settings.sslmode, SslMode::Require);
}

#[test]
fn sockets_are_folders_in_any_spelling() {
    for url in [
        "postgres:///shop?host=/run/postgresql",
        "postgres://%2Frun%2Fpostgresql/shop",
        "postgres://ada@/shop?host=/run/postgresql",
    ] {
        let settings = read(url, &[("PGUSER", "ada")]);
        assert!(settings.hosts[0].is_socket(), "{url}");
        assert_eq!(settings.places(), "/run/postgresql", "{url}");
    }
    let settings = read(
        "postgres:///shop?host=/tmp/x&port=7000",
        &[("PGUSER", "ada")],
    );
    assert_eq!(settings.places(), "/tmp/x/.s.PGSQL.7000");
}

#[test]
fn several_hosts_have_their_own_ports() {
    let settings = read(
        "postgres://ada@a:1,b,[::1]:3/shop?target_session_attrs=read-write",
        &[],
    );
    assert_eq!(settings.places(), "a:1, b:5432, [::1]:3");
    assert_eq!(settings.wanted, Wanted::ReadWrite);
    let settings = read("postgres://ada@/shop?host=a,b&port=1,2", &[]);
    assert_eq!(settings.places(), "a:1, b:2");
}

#[test]
fn a_url_of_a_go_tool_keeps_its_search_path() {
    let settings = read(
        "postgres://ada@db/shop?search_path=my%20app,public&x-multi=true",
        &[],
    );
    assert_eq!(
        settings.options.as_deref(),
        Some(r"-c search_path=my\ app,public")
    );
}

#[test]
fn what_has_no_meaning_is_refused_by_name() {
    for (url, part) in [
        (
            "postgres://db/shop?sslmode=requier",
            "`requier` is not a value of `sslmode`",
        ),
        ("postgres://db/shop?sslmode=requier", "verify-full"),
        (
            "postgres://db/shop?sslmoed=require",
            "`sslmoed` is not known",
        ),
        ("postgres://db/shop?port=x", "port"),
        ("postgres://db/shop?connect_timeout=soon", "connect_timeout"),
        (
            "postgres://db/shop?sslrootcert=system&sslmode=require",
            "verify-full",
        ),
        (
            "postgres://db/shop?sslnegotiation=direct",
            "sslmode=require",
        ),
        ("postgres://db/shop?gssencmode=require", "GSSAPI"),
    ] {
        let error = refused(url);
        assert!(error.contains(part), "{url}: {error}");
    }
}
