//! Transcripts hold, fail and are blessed. A shell script stands in for `limosa`: the pages of
//! the real one are in limosa-cli.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::Command;

use limosa_testkit::transcripts;

const SCRIPT: &str = r#"#!/bin/sh
case $1 in
  where) echo "in $(pwd), url from DATABASE_URL" ;;
  url) echo "$DATABASE_URL" ;;
  host) echo "$DATABASE_URL" | sed 's/^[^@]*@//' ;;
  fail) echo "to stdout"; echo "error: to stderr" >&2; exit 3 ;;
  time) echo "  Applied 1_a     $2ms" ;;
  words) shift; for word; do echo "$word"; done ;;
esac
"#;

/// A folder with one page and the stand-in for `limosa`.
struct Pages {
    folder: tempfile::TempDir,
}

impl Pages {
    fn new(page: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("page.md"), page).expect("is written");
        let script = folder.path().join("limosa");
        // A program of its own writes the script: while this process had it open for writing, a
        // child of another test could inherit it, and the kernel would refuse to run it.
        let written = Command::new("sh")
            .args([
                "-c",
                "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"",
                "sh",
                SCRIPT,
            ])
            .arg(&script)
            .status();
        assert!(written.expect("sh runs").success());
        Self { folder }
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("limosa")
    }

    fn run(&self) {
        transcripts::run(self.folder.path(), self.script());
    }

    fn failure(&self) -> String {
        let failed = panic::catch_unwind(AssertUnwindSafe(|| self.run()));
        *failed
            .expect_err("the page does not hold")
            .downcast::<String>()
            .expect("a text")
    }
}

#[test]
fn a_page_that_holds_passes() {
    Pages::new(
        "# Page\n\n```sql title=\"migrations/20261120150210_a.sql\"\nselect 1;\n```\n\n\
         ```console\n$ cat migrations/*.sql\nselect 1;\n$ limosa fail\nto stdout\n\
         error: to stderr\n$ echo $?\n3\n$ limosa where\nin /home/ada/shop, url from DATABASE_URL\n\
         $ limosa time 38\n  Applied 1_a   1.23s\n$ limosa words a b c d\na\n...\n[..]\n```\n",
    )
    .run();
}

#[test]
fn a_page_runs_on_each_of_its_databases() {
    Pages::new(
        "<!-- databases: sqlite, postgres, mariadb -->\n\n\
         ```sql run\ncreate table t (a int);\n```\n\n\
         ```console only=\"sqlite\"\n$ limosa url\nsqlite:shop.db\n$ ls\nshop.db\n```\n\n\
         ```console only=\"postgres\"\n$ limosa host\n127.0.0.1:5432/shop\n```\n\n\
         ```console only=\"mariadb\"\n$ limosa host\n127.0.0.1:3306/shop\n```\n",
    )
    .run();
}

#[test]
fn a_failure_names_the_page_and_the_line_and_shows_the_difference() {
    let text = Pages::new("# Page\n\n```console\n$ limosa words a b c\na\nx\nc\n```\n").failure();
    assert!(
        text.contains("page.md:4: `limosa words a b c` printed something else"),
        "{text}"
    );
    assert!(text.contains("  a\n- x\n+ b\n  c\n"), "{text}");
}

#[test]
fn a_code_that_is_not_shown_is_a_failure() {
    let page = "```console\n$ limosa fail\nto stdout\nerror: to stderr\n```\n";
    assert!(Pages::new(page).failure().contains("+ $ echo $?\n+ 3\n"));
}

#[test]
fn a_password_in_the_output_is_a_failure() {
    let page = "<!-- databases: postgres -->\n```console\n$ limosa url\n[..]\n```\n";
    assert!(
        Pages::new(page)
            .failure()
            .contains("`limosa url` shows the password")
    );
}

#[test]
fn a_program_that_is_not_portable_is_refused() {
    let text = Pages::new("```console\n$ psql shop\n```\n").failure();
    assert!(
        text.contains("page.md:2: \"psql\" is not a portable program"),
        "{text}"
    );
}

#[test]
fn a_folder_without_pages_is_a_failure() {
    let pages = Pages::new("");
    fs::remove_file(pages.folder.path().join("page.md")).expect("is there");
    assert!(pages.failure().contains("no page"));
}

#[test]
fn blessing_changes_only_what_does_not_match() {
    let pages = Pages::new(
        "# Page\n\n```console\n$ limosa words one 1ms three\n[..]e\n5ms\n2\n$ limosa fail\n\
         ```\n\nText stays.\n",
    );
    // Other tests of this process must not see the variable, so another process blesses.
    let output = Command::new(std::env::current_exe().expect("has a path"))
        .args(["child_runs_pages", "--exact"])
        .env("LIMOSA_BLESS", "1")
        .env("LIMOSA_KIT_PAGES", pages.folder.path())
        .output()
        .expect("the test program runs again");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(
        fs::read_to_string(pages.folder.path().join("page.md")).expect("is there"),
        "# Page\n\n```console\n$ limosa words one 1ms three\n[..]e\n5ms\nthree\n$ limosa fail\n\
         to stdout\nerror: to stderr\n$ echo $?\n3\n```\n\nText stays.\n"
    );
    pages.run();
}

/// Not a test of its own: the one above runs it in another process.
#[test]
fn child_runs_pages() {
    if let Some(folder) = std::env::var_os("LIMOSA_KIT_PAGES") {
        let folder = PathBuf::from(folder);
        transcripts::run(&folder, folder.join("limosa"));
    }
}
