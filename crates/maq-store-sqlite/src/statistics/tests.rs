use super::*;

fn filled(rows: i64) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE sale (id INTEGER NOT NULL, tenant_id TEXT NOT NULL, region TEXT, PRIMARY KEY (tenant_id, id)) STRICT;
             CREATE INDEX by_region ON sale (tenant_id, region, id);
             CREATE TABLE meta_log (id INTEGER PRIMARY KEY, words TEXT);
             CREATE INDEX by_words ON meta_log (words);",
        )
        .unwrap();
    fill(&connection, 1, rows);
    connection
}

fn fill(connection: &Connection, from: i64, to: i64) {
    for table in ["sale (id, tenant_id, region) SELECT n, 'default', 'r' || (n % 200)", "meta_log (words) SELECT n"] {
        let numbers = format!("SELECT {from} AS n UNION ALL SELECT n + 1 FROM up WHERE n < {to}");
        connection.execute_batch(&format!("WITH RECURSIVE up(n) AS ({numbers}) INSERT INTO {table} FROM up")).unwrap();
    }
}

/// What is told of an index.
fn told(connection: &Connection, index: &str) -> Option<String> {
    if !exists(connection, "sqlite_stat1").unwrap() {
        return None;
    }
    let asked = "SELECT stat FROM sqlite_stat1 WHERE idx = ?1";
    connection.query_row(asked, [index], |row| row.get(0)).optional().unwrap()
}

#[test]
fn a_large_table_of_records_is_counted_and_none_of_its_values_kept() {
    let connection = filled(20_000);
    let before: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0)).unwrap();
    Statistics::default().look(&connection);
    assert_eq!(told(&connection, "by_region").as_deref(), Some("20000 20000 100 1"));
    assert_eq!(told(&connection, "by_words"), None, "meta tables are not counted");
    let samples: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_stat4", [], |row| row.get(0)).unwrap();
    assert_eq!(samples, 0);
    let after: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0)).unwrap();
    assert!(after > before, "other connections must hear of it");
    assert!(connection.is_autocommit());
}

#[test]
fn a_small_table_is_not_counted() {
    let connection = filled(5_000);
    Statistics::default().look(&connection);
    assert!(!exists(&connection, "sqlite_stat1").unwrap());
}

#[test]
fn it_is_counted_again_when_it_has_grown_tenfold_or_has_another_index() {
    let connection = filled(10_000);
    let mut statistics = Statistics::default();
    statistics.look_if_much(&connection);
    assert_eq!(told(&connection, "by_region").as_deref(), Some("10000 10000 50 1"));
    fill(&connection, 10_001, 60_000);
    statistics.look_if_much(&connection);
    assert_eq!(told(&connection, "by_region").as_deref(), Some("10000 10000 50 1"), "six times is not ten times");
    fill(&connection, 60_001, 100_000);
    statistics.look_if_much(&connection);
    assert_eq!(told(&connection, "by_region").as_deref(), Some("100000 100000 500 1"));
    connection.execute_batch("CREATE INDEX another ON sale (region)").unwrap();
    statistics.look(&connection);
    assert_eq!(told(&connection, "another").as_deref(), Some("100000 500"));
}

#[test]
fn a_field_called_as_the_number_of_a_row_keeps_nothing_from_being_counted() {
    let connection = filled(20_000);
    connection.execute_batch("ALTER TABLE sale ADD COLUMN rowid TEXT; UPDATE sale SET rowid = 'none'").unwrap();
    Statistics::default().look(&connection);
    assert_eq!(told(&connection, "by_region").as_deref(), Some("20000 20000 100 1"));
    connection.execute_batch("CREATE TABLE odd (rowid TEXT, oid TEXT, _rowid_ TEXT)").unwrap();
    assert_eq!(size(&connection, "odd"), Ok(0));
}
