//! Tests of new migrations.

use limosa_core::layout::{Place, read};
use limosa_sql::Dialect;

use super::*;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn number(text: &str) -> Version {
    Version::number(text).unwrap()
}

#[test]
fn times_are_written_as_numbers() {
    for (seconds, expected) in [
        (0, 19_700_101_000_000),
        (951_782_399, 20_000_228_235_959),
        (951_782_400, 20_000_229_000_000),
        (951_868_800, 20_000_301_000_000),
        (1_795_186_930, 20_261_120_150_210),
        (1_798_761_599, 20_261_231_235_959),
        (4_107_542_400, 21_000_301_000_000),
    ] {
        assert_eq!(timestamp(at(seconds)), expected);
    }
}

#[test]
fn the_next_version_is_above_the_highest_and_as_wide() {
    let next = |numbering: Numbering, highest: Option<&str>, layout| {
        let highest = highest.map(number);
        numbering
            .next(highest.as_ref(), layout, at(1_795_186_930))
            .map(|version| version.text().to_owned())
    };
    use Numbering::{Sequential, Timestamp};
    assert_eq!(
        next(Timestamp, None, Layout::Native).unwrap(),
        "20261120150210"
    );
    assert_eq!(
        next(Timestamp, Some("20300101000000"), Layout::Native).unwrap(),
        "20300101000001"
    );
    assert_eq!(
        next(Sequential, None, Layout::GolangMigrate).unwrap(),
        "000001"
    );
    assert_eq!(next(Sequential, None, Layout::Goose).unwrap(), "00001");
    assert_eq!(
        next(Sequential, Some("0099"), Layout::Native).unwrap(),
        "0100"
    );
    assert_eq!(next(Sequential, Some("9"), Layout::Native).unwrap(), "10");
    assert!(next(Sequential, Some("9223372036854775807"), Layout::Native).is_err());
    assert_eq!(
        Numbering::of(Some(&number("20261120150210"))),
        Some(Timestamp)
    );
    assert_eq!(Numbering::of(Some(&number("1528395700"))), Some(Sequential));
    assert_eq!(Numbering::of(None), None);
}

#[test]
fn names_become_parts_of_file_names() {
    assert_eq!(
        slug("  Lowercase e-mail! ", '_').as_deref(),
        Some("lowercase_e_mail")
    );
    assert_eq!(slug("Straße ändern", '-').as_deref(), Some("straße-ändern"));
    assert_eq!(slug("../../etc", '_').as_deref(), Some("etc"));
    assert_eq!(slug("…", '_'), None);
    let long = scaffold(
        Layout::Native,
        Shape::One,
        &number("1"),
        &"ä".repeat(10_000),
    );
    assert_eq!(
        long.unwrap_err().to_string(),
        "the name has 20000 bytes, of at most 200"
    );
}

#[test]
fn what_is_made_is_read_again_as_the_layout_that_it_was_made_for() {
    for layout in Layout::ALL {
        let shapes: &[Shape] = match layout {
            Layout::Native | Layout::Sqlx => &[Shape::One, Shape::Pair],
            _ => &[Shape::One],
        };
        for shape in shapes {
            let folder = tempfile::tempdir().unwrap();
            let files =
                scaffold(layout, *shape, &number("20261120150210"), "Lower e-mail").unwrap();
            write_new(folder.path(), &files).unwrap();
            // Files without a word in them are not told apart, nor are those of both gooses.
            let alike = [Layout::LiamstaskGoose, Layout::Sqlx];
            let given = Some(layout).filter(|layout| alike.contains(layout));
            let dialect = Dialect::Postgres;
            let place = Place {
                directory: folder.path(),
                shown: "m",
                layout: given,
                dialect,
            };
            let reading = read(&place).unwrap();
            assert_eq!(reading.set.layout, layout);
            assert!(reading.errors.is_empty(), "{:?}", reading.errors);
            let [migration] = reading.set.migrations.as_slice() else {
                panic!("{layout}")
            };
            assert!(migration.up.is_some() && migration.opaque.is_none());
            let one_way = layout == Layout::Sqlx && *shape == Shape::One;
            assert_eq!(migration.down.is_none(), one_way);
            assert_eq!(migration.name.replace('-', "_"), "lower_e_mail");
        }
    }
    let pair = scaffold(Layout::Goose, Shape::Pair, &number("1"), "x");
    assert!(matches!(pair, Err(ScaffoldError::NoPair(Layout::Goose))));
}

#[test]
fn nothing_is_overwritten_and_nothing_half_written_stays() {
    let folder = tempfile::tempdir().unwrap();
    let files = scaffold(Layout::GolangMigrate, Shape::Pair, &number("1"), "x").unwrap();
    fs::write(folder.path().join("1_x.down.sql"), "mine").unwrap();
    let error = write_new(folder.path(), &files).unwrap_err();
    assert!(matches!(error, ScaffoldError::Exists(_)));
    assert_eq!(
        fs::read_to_string(folder.path().join("1_x.down.sql")).unwrap(),
        "mine"
    );
    assert!(!folder.path().join("1_x.up.sql").exists());
}
