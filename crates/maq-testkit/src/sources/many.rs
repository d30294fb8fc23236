//! Any number of tables, and any number of columns.

use super::{Dice, build};
use rusqlite::Connection;
use std::path::Path;

/// Builds `count` tables at `path`, with references among them, 8 columns and 2 rows each.
pub fn many_tables(path: &Path, count: u32, seed: u64) {
    build(path, |connection| {
        let mut dice = Dice(seed);
        for number in 0..count {
            let parent = match number {
                0 => String::new(),
                _ => format!(", parent_id INTEGER REFERENCES table_{} (id)", dice.next() % u64::from(number)),
            };
            connection.execute_batch(&format!(
                "CREATE TABLE table_{number} (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, note TEXT, amount NUMERIC(10,2),
                 count INTEGER DEFAULT 0, at DATETIME, active BOOLEAN NOT NULL DEFAULT 1{parent});
                 CREATE INDEX table_{number}_name ON table_{number} (name);
                 INSERT INTO table_{number} (id, name, amount, at) VALUES (1, 'one', 1.25, '2024-05-01 10:00:00'), (2, 'two', 2.5, NULL);"
            ))?;
        }
        Ok(())
    });
}

/// Builds `tables` tables at `path` without rows: each has a key, a reference to one before it where there is one, and
/// text columns up to `columns` in all.
pub fn large_model(path: &Path, tables: u32, columns: u32) {
    build(path, |connection| {
        for number in 0..tables {
            let mut names = vec!["id INTEGER PRIMARY KEY".to_owned()];
            if number > 0 {
                names.push(format!("parent_id INTEGER REFERENCES table_{} (id)", number / 2));
            }
            let more = names.len()..columns as usize;
            names.extend(more.map(|at| format!("column_{at} VARCHAR(40)")));
            connection.execute_batch(&format!("CREATE TABLE table_{number} ({})", names.join(", ")))?;
        }
        Ok(())
    });
}

/// Runs SQL on the database at `path`, which nobody else has open.
pub fn execute(path: &Path, sql: &str) {
    let done = Connection::open(path).and_then(|connection| connection.execute_batch(sql));
    assert!(done.is_ok(), "{}: {done:?}", path.display());
}
