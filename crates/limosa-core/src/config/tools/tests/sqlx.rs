//! `sqlx.toml`.

use std::path::Path;

use super::*;

#[test]
fn the_folder_the_table_and_the_characters_are_read() {
    let text = "[common]\ndatabase-url-var = \"DATABASE_URL\"\n[macros.type-overrides]\nx = \"y\"\n\
                [migrate]\ntable-name = \"foo._sqlx_migrations\"\nmigrations-dir = \"foo/migrations\"\n\
                ignored-chars = [\"\\r\", \"\\uFEFF\"]\ncreate-schemas = [\"foo\"]\n\
                [migrate.defaults]\nmigration-type = \"reversible\"\n";
    let config = project("sqlx.toml", text).config();
    assert_eq!(config.tool, Layout::Sqlx);
    assert!(config.is_of_migrations && config.url.is_none());
    assert_eq!(config.migrations.unwrap().0, Path::new("foo/migrations"));
    let (table, origin) = config.table.unwrap();
    assert_eq!(
        (table.as_str(), origin.to_string()),
        ("foo._sqlx_migrations", "sqlx.toml".into())
    );
    assert_eq!(config.ignored_chars, "\r\u{feff}");
    assert!(config.remarks[0].message.contains("the schemas foo"));
    assert_eq!(config.instead_of_database_url, None);
}

#[test]
fn another_variable_is_that_of_the_url_instead_of_the_usual_one() {
    let text = "[common]\ndatabase-url-var = \"SHOP_URL\"\n";
    let unset = project("sqlx.toml", text).with("DATABASE_URL", "sqlite:other.db");
    let config = unset.config();
    assert_eq!(config.instead_of_database_url.as_deref(), Some("SHOP_URL"));
    assert!(!config.is_of_migrations);
    assert!(matches!(config.url, Some(UrlChoice::Unset(name, _)) if name == "SHOP_URL"));
    let set = unset.in_env_file("SHOP_URL", "sqlite:shop.db");
    assert_eq!(set.url(), pair("sqlite:shop.db", "SHOP_URL in .env"));
}

#[test]
fn what_is_wrong_in_it_has_a_line() {
    for (text, line) in [
        ("[migrate]\ntable-name = 5\n", 2),
        ("[migrate]\nignored-chars = [\"ab\"]\n", 2),
        ("[migrate\n", 1),
        (
            "[common]\ndatabase-url-var = \"postgres://a:s3cret@db/x\"\n",
            1,
        ),
    ] {
        let problem = project("sqlx.toml", text).read().unwrap_err();
        assert_eq!(problem.name, "bad-tool-config");
        assert_eq!(problem.labels[0].line, line, "{text}");
        assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
    }
}
