//! `sqlx.toml`.

use super::project;

#[test]
fn sqlx_toml_names_the_variable_the_folder_and_the_table() {
    let toml = "[common]\ndatabase-url-var = \"SHOP_URL\"\n[migrate]\nmigrations-dir = \"sql\"\n\
                table-name = \"done\"\nignored-chars = [\"\\r\"]\n";
    let project = project()
        .file("sqlx.toml", toml)
        .file("sql/1_a.sql", "CREATE TABLE a (x integer);\n")
        .file(
            ".env",
            "SHOP_URL=sqlite:shop.db\nDATABASE_URL=sqlite:other.db\n",
        );
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr
            .contains("DATABASE_URL is ignored: sqlx.toml says that the URL is in SHOP_URL")
            && up.stderr.contains(
                "url from SHOP_URL in .env, migrations from sqlx.toml, table done from sqlx.toml\n"
            ),
        "{up}"
    );
    assert!(project.path().join("shop.db").exists());
    assert!(!project.path().join("other.db").exists());
}
