//! The builders build, and build the same twice.
#![allow(missing_docs)]

use maq_testkit::sources::{count_rows, many_tables, music_shop, nasty, trading_company};

#[test]
fn every_source_is_built_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for turn in ["a", "b"] {
        music_shop(&at(&format!("music-{turn}")));
        trading_company(&at(&format!("trade-{turn}")));
        nasty(&at(&format!("nasty-{turn}")));
        many_tables(&at(&format!("many-{turn}")), 25, 7);
    }
    for name in ["music", "trade", "many"] {
        assert_eq!(
            std::fs::read(at(&format!("{name}-a"))).unwrap(),
            std::fs::read(at(&format!("{name}-b"))).unwrap(),
            "{name}"
        );
    }
    assert_eq!(count_rows(&at("music-a"), "Track"), 200);
    assert_eq!(count_rows(&at("trade-a"), "Order Details"), 200);
    assert_eq!(count_rows(&at("many-a"), "table_24"), 2);
    assert_eq!(count_rows(&at("nasty-a"), "mixed"), 3);
}
