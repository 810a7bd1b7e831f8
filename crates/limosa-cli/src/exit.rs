//! Exit codes. Those of problems come from [`Class::exit_code`](limosa_core::Class::exit_code).

/// Done, or nothing to do.
pub const DONE: u8 = 0;
/// A check has findings.
pub const FINDINGS: u8 = limosa_core::Class::Finding.exit_code();

/// What the codes mean, for `limosa help exit-codes`.
pub const TABLE: &str = "\
Exit codes

code  meaning                                                      did anything change?
   0  done, or nothing to do                                       as reported
   1  failed while working; the report says what is applied        maybe
   2  wrong usage, configuration or files; an answer is missing    no
      (off a terminal, `--yes`)
   3  a check has findings (--check, lint, verify, drift, diff)    no
   4  blocked before anything was done: the lock is held, no       no
      connection, or the question was not answered with yes;
      safe to run again
   5  an interrupted statement needs a decision (limosa resolve)   no
 130  interrupted; the journal says where                          as reported";
