//! The text of a file with statements.

use limosa_sql::Dialect;

/// The statements as the text of a file, which the server's own client reads, and `limosa` does.
pub fn script(dialect: Dialect, statements: &[String]) -> String {
    let mut text = String::new();
    for statement in statements {
        if !text.is_empty() {
            text.push('\n');
        }
        if statement.starts_with("-- ") && statement.lines().all(|line| line.starts_with("--")) {
            text.push_str(statement);
            text.push('\n');
        } else if dialect == Dialect::Mysql && statement.contains(';') {
            let delimiter = delimiter(statement);
            text.push_str(&format!(
                "DELIMITER {delimiter}\n{statement}\n{delimiter}\nDELIMITER ;\n"
            ));
        } else {
            text.push_str(statement);
            text.push_str(";\n");
        }
    }
    text
}

/// A delimiter that is not in the statement.
fn delimiter(statement: &str) -> String {
    let mut delimiter = String::from(";;");
    while statement.contains(&delimiter) {
        delimiter.push(';');
    }
    delimiter
}
