//! Terminals: they go away, and they ask.

use limosa_testkit::{Kind, Running};

use crate::on_every_shop;
use crate::shop::Shop;

on_every_shop! {
    a_terminal_that_goes_away_interrupts_the_run,
    without_a_reader_the_work_is_done_all_the_same,
    a_terminal_that_only_fails_to_show_changes_nothing,
    the_name_of_the_database_is_the_answer,
    another_answer_changes_nothing,
    the_end_of_input_is_no_answer,
    ctrl_c_at_the_question_changes_nothing,
    a_signal_at_the_question_changes_nothing,
    a_terminal_that_goes_away_at_the_question_changes_nothing,
}

fn a_terminal_that_goes_away_interrupts_the_run(shop: Shop) {
    let mut running = shop.on_terminal(&["up"]).start();
    running.wait_for(shop.slow_statement());
    running.hang_up();
    let output = running.finish();
    shop.is_interrupted_in_the_second(&output);
    shop.goes_on();
}

fn without_a_reader_the_work_is_done_all_the_same(shop: Shop) {
    shop.db.execute("DELETE FROM slow");
    let line = "limosa up --format json-lines 2>&1 | head -n 0";
    let run = shop.project.shell(line).env("LIMOSA_URL", shop.db.url());
    let output = run.run();
    assert_eq!(output.stdout, "", "{output}");
    // `head` may end before limosa: the next one waits for its lock, or finds it done.
    shop.goes_on();
    assert_eq!(shop.runs(), ["run-started", "run-finished"]);
    // The same without any stream at all.
    let line = "limosa down --all --yes <&- >&- 2>&-";
    let run = shop.project.shell(line).env("LIMOSA_URL", shop.db.url());
    let output = run.run();
    assert_eq!(output.code, 0, "{output}");
}

fn a_terminal_that_only_fails_to_show_changes_nothing(shop: Shop) {
    shop.db.execute("UPDATE slow SET seconds = 3");
    if shop.db.kind() == Kind::Sqlite {
        // There nothing sleeps, and nobody else can write while it runs.
        shop.db.execute("DELETE FROM slow");
    }
    // It is not the terminal of its session, so nobody sends SIGHUP; each write fails.
    let run = shop.project.beside_terminal(&["up", "--verbose"]);
    let mut running = run.env("LIMOSA_URL", shop.db.url()).start();
    running.wait_for("CREATE TABLE a");
    running.hang_up();
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    shop.goes_on();
    assert_eq!(shop.runs(), ["run-started", "run-finished"]);
}

/// Both are applied, and `a` has a row that a down destroys; the question is asked.
fn asked(shop: &Shop) -> Running {
    shop.goes_on();
    shop.db.execute("INSERT INTO b VALUES (1)");
    let mut running = shop.on_terminal(&["down"]).start();
    running.wait_for("Type the name of the database to go on");
    running
}

fn is_there(shop: &Shop) {
    shop.db.query("SELECT x FROM b");
    let applied = shop.db.value("SELECT count(*) FROM limosa_history");
    assert_eq!(applied, "2");
}

fn the_name_of_the_database_is_the_answer(shop: Shop) {
    let mut running = asked(&shop);
    running.type_line(shop.db.name());
    let output = running.finish();
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stdout.contains("destroys data"), "{output}");
    assert!(shop.db.try_query("SELECT x FROM b").is_err(), "{output}");
}

fn another_answer_changes_nothing(shop: Shop) {
    let mut running = asked(&shop);
    running.type_line("yes");
    let output = running.finish();
    assert_eq!(output.code, 4, "{output}");
    assert!(output.stdout.contains("nothing was changed"), "{output}");
    is_there(&shop);
}

fn the_end_of_input_is_no_answer(shop: Shop) {
    let mut running = asked(&shop);
    running.type_keys("\u{4}");
    let output = running.finish();
    assert_eq!(output.code, 4, "{output}");
    is_there(&shop);
}

fn ctrl_c_at_the_question_changes_nothing(shop: Shop) {
    let mut running = asked(&shop);
    running.type_keys("\u{3}");
    is_stopped(&shop, running);
}

fn a_signal_at_the_question_changes_nothing(shop: Shop) {
    let running = asked(&shop);
    running.terminate();
    is_stopped(&shop, running);
}

fn is_stopped(shop: &Shop, running: Running) {
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert!(
        output
            .stdout
            .contains("interrupted before anything was done"),
        "{output}"
    );
    is_there(shop);
}

fn a_terminal_that_goes_away_at_the_question_changes_nothing(shop: Shop) {
    let mut running = asked(&shop);
    running.hang_up();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    is_there(&shop);
}
