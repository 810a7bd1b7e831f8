//! Real migrations of real projects: after `up` the database is what they make.

use super::support::corpora::{copied, corpora};
use super::{Bench, told};

#[test]
fn after_up_of_real_migrations_nothing_has_drifted() {
    for folder in corpora() {
        let Some(bench) = copied(&folder).map(Bench::of) else {
            return;
        };
        bench.up();
        assert_eq!(bench.changed_outside(), Some(false), "{}", folder.display());
        let drift = bench.look();
        assert_eq!(told(&drift), Vec::<String>::new(), "{}", folder.display());
        assert!(drift.replayed > 0);
    }
}
