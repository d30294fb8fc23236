//! Any number of tables.

use super::{Dice, build};
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
