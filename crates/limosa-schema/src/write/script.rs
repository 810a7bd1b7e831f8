//! The text of a file with statements.

use limosa_sql::Dialect;

/// The statements as the text of a file, which the server's own client reads, and `limosa` does.
pub fn script(dialect: Dialect, statements: &[String]) -> String {
    let mut text = String::new();
    let mut before = "";
    for statement in statements {
        if !text.is_empty() && begins_paragraph(before, statement) {
            text.push('\n');
        }
        before = statement;
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

/// Whether a blank line is before a statement: before what makes something, unless it is one line among many of its
/// sort.
fn begins_paragraph(before: &str, statement: &str) -> bool {
    fn sort(text: &str) -> Vec<&str> {
        text.split_whitespace().take(2).collect()
    }
    let lines = !before.contains('\n') && !statement.contains('\n');
    let same = lines && sort(before) == sort(statement);
    let makes = ["CREATE ", "-- "]
        .iter()
        .any(|word| statement.starts_with(word));
    makes && !same
}

/// A delimiter that is not in the statement.
fn delimiter(statement: &str) -> String {
    let mut delimiter = String::from(";;");
    while statement.contains(&delimiter) {
        delimiter.push(';');
    }
    delimiter
}
