//! `limosa explain`

use limosa_testkit::{Output, Project};

fn explain(arguments: &[&str]) -> Output {
    let arguments = [&["explain"], arguments].concat();
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .limosa(&arguments)
        .run()
}

#[test]
fn the_name_of_an_error_is_explained() {
    let output = explain(&["in-doubt"]);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stdout.starts_with("# in-doubt\n"), "{output}");
    assert!(output.stdout.contains("limosa resolve VERSION"), "{output}");
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_one() {
    let output = explain(&["in-dout"]);
    assert_eq!(output.code, 2, "{output}");
    assert_eq!(output.stdout, "", "{output}");
    assert!(
        output.stderr.contains("did you mean `in-doubt`?"),
        "{output}"
    );
}

#[test]
fn the_errors_of_a_run_are_listed_with_the_rules() {
    let output = explain(&[]);
    assert_eq!(output.code, 0, "{output}");
    let names: Vec<&str> = output.stdout.lines().collect();
    for name in ["in-doubt", "no-url", "needs-consent", "no-down"] {
        assert!(names.contains(&name), "{output}");
    }
}
