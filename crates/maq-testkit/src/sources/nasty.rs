//! Everything an importer can meet and would rather not.

use super::build;
use rusqlite::params;
use std::path::Path;

const SCHEMA: &str = r#"
CREATE TABLE no_key (a INTEGER, b TEXT);
CREATE TABLE composite (x INTEGER NOT NULL, y TEXT NOT NULL, z REAL, PRIMARY KEY (x, y));
CREATE TABLE composite_child (id INTEGER PRIMARY KEY, px INTEGER, py TEXT, FOREIGN KEY (px, py) REFERENCES composite (x, y));
CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "where" TEXT, "group by" TEXT, "order" INTEGER DEFAULT 7);
CREATE TABLE "name with spaces & ümläuts" ("a column" INTEGER PRIMARY KEY, "größe" TEXT, "日本語" TEXT, "x""y" TEXT);
CREATE TABLE this_is_a_table_name_of_exactly_sixty_three_bytes_long_as_it_is (
  a_column_name_that_is_also_sixty_three_bytes_long_and_ends_here INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE system_names (id INTEGER PRIMARY KEY, tenant_id TEXT, realm_id TEXT, row_version INTEGER, created_at TEXT, createdBy TEXT, "CreatedAt" TEXT);
CREATE TABLE meta_things (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE self_reference (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES self_reference (id));
CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER REFERENCES hen (id));
CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER REFERENCES egg (id));
CREATE TABLE orphans (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES self_reference (id));
CREATE TABLE lost_target (id INTEGER PRIMARY KEY, nowhere INTEGER REFERENCES not_there (id));
CREATE TABLE mixed (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, r REAL, d NUMERIC(10,2), flag BOOLEAN, at DATETIME, day DATE);
CREATE TABLE typeless (id INTEGER PRIMARY KEY, anything, geo GEOMETRY, doc JSON, uid UUID);
CREATE TABLE blobs (id INTEGER PRIMARY KEY, body BLOB, text_with_blob TEXT);
CREATE TABLE big_numbers (id INTEGER PRIMARY KEY, huge INTEGER, price DECIMAL(19,4), ratio DOUBLE);
CREATE TABLE generated (id INTEGER PRIMARY KEY, a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED, thrice INTEGER AS (a * 3));
CREATE TABLE defaults (id INTEGER PRIMARY KEY, s TEXT DEFAULT 'it''s', n INTEGER DEFAULT -5, at TEXT DEFAULT CURRENT_TIMESTAMP, e INTEGER DEFAULT (1 + 1), b BOOLEAN DEFAULT 1);
CREATE TABLE checks (id INTEGER PRIMARY KEY, age INTEGER CHECK (age BETWEEN 0 AND 150), state TEXT CHECK (state IN ('new', 'old')),
  code TEXT CHECK (length(code) <= 4), CONSTRAINT odd CHECK (age % 2 = 1 OR state IS NULL));
CREATE TABLE uniques (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT, c TEXT, UNIQUE (b, c));
CREATE TABLE by_unique (id INTEGER PRIMARY KEY, ref TEXT REFERENCES uniques (a));
CREATE TABLE by_plain (id INTEGER PRIMARY KEY, ref TEXT REFERENCES uniques (b));
CREATE TABLE two_spellings (id INTEGER PRIMARY KEY, at DATETIME UNIQUE);
CREATE TABLE mixed_key (k, part TEXT, v TEXT UNIQUE, PRIMARY KEY (k, part));
CREATE TABLE own_check (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0 CHECK (n > 0), s TEXT DEFAULT 'x' CHECK (s IN ('a', 'b')));
CREATE TABLE text_key (code TEXT PRIMARY KEY, v INTEGER) WITHOUT ROWID;
CREATE TABLE null_key (code TEXT PRIMARY KEY, v INTEGER);
CREATE TABLE strict_table (id INTEGER PRIMARY KEY, v ANY, n INT NOT NULL) STRICT;
CREATE TABLE cascade_child (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES self_reference (id) ON DELETE CASCADE ON UPDATE CASCADE,
  q INTEGER REFERENCES self_reference (id) ON DELETE SET NULL);
CREATE TABLE empty_table (id INTEGER PRIMARY KEY, v TEXT);
CREATE INDEX by_v ON empty_table (v);
CREATE INDEX partial ON uniques (b) WHERE b IS NOT NULL;
CREATE INDEX expression ON uniques (lower(b));
CREATE UNIQUE INDEX one_v ON text_key (v);
CREATE VIEW all_mixed AS SELECT * FROM mixed;
CREATE TRIGGER touch AFTER UPDATE ON defaults BEGIN UPDATE defaults SET n = n + 1 WHERE id = NEW.id; END;
CREATE VIRTUAL TABLE search USING fts5(body);
"#;

const ROWS: &str = r#"
INSERT INTO no_key VALUES (1, 'a'), (1, 'a'), (NULL, NULL);
INSERT INTO composite VALUES (1, 'a', 0.5), (1, 'b', NULL), (2, 'a', 1e300);
INSERT INTO composite_child VALUES (1, 1, 'a'), (2, 2, 'a'), (3, NULL, 'a'), (4, NULL, NULL);
INSERT INTO "select" VALUES (1, 'x', 'y', 1), (2, NULL, NULL, NULL);
INSERT INTO "name with spaces & ümläuts" VALUES (1, 'groß', '日本', 'q"q'), (2, NULL, NULL, NULL);
INSERT INTO this_is_a_table_name_of_exactly_sixty_three_bytes_long_as_it_is VALUES (1, 'v');
INSERT INTO system_names VALUES (1, 't', 'r', 3, 'then', 'me', 'now');
INSERT INTO meta_things VALUES (1, 'thing');
INSERT INTO self_reference VALUES (1, 3), (2, 1), (3, 3), (4, NULL);
INSERT INTO egg VALUES (1, 1), (2, NULL);
INSERT INTO hen VALUES (1, 2), (2, 1);
INSERT INTO orphans VALUES (1, 1), (2, 999);
INSERT INTO lost_target VALUES (1, 5);
INSERT INTO mixed VALUES (1, 5, 'x', 1.5, 12.34, 1, '2021-01-01 00:00:00', '2021-01-01'),
  (2, 'five', 7, 'pi', 'lots', 'yes', 'yesterday', '0000-00-00'), (3, NULL, x'00ff', NULL, 0.1, 0, 1600000000, '2021-02-29');
INSERT INTO typeless VALUES (1, 1, 'POINT(1 2)', '{"a":1}', '67e55044-10b1-426f-9247-bb680e5fe0c8'), (2, 'two', NULL, 'not json', 'not a uuid');
INSERT INTO big_numbers VALUES (1, 9223372036854775807, 922337203685477.5807, 0.1), (2, -9223372036854775808, 0.0001, -1e-300);
INSERT INTO generated (id, a) VALUES (1, 10), (2, NULL);
INSERT INTO defaults (id) VALUES (1), (2);
INSERT INTO checks VALUES (1, 41, 'new', 'abcd'), (2, 7, 'old', NULL);
INSERT INTO uniques VALUES (1, 'k', 'b', 'c'), (2, 'l', 'b', 'd'), (3, NULL, NULL, NULL), (4, NULL, NULL, NULL);
INSERT INTO by_unique VALUES (1, 'k'), (2, NULL);
INSERT INTO by_plain VALUES (1, 'b'), (2, NULL);
INSERT INTO two_spellings VALUES (1, '2024-01-01'), (2, '2024-01-01 00:00:00');
INSERT INTO mixed_key VALUES (2, 'a', 'p'), ('2', 'a', 'q'), (x'32', 'a', NULL);
INSERT INTO own_check VALUES (1, 5, 'a');
INSERT INTO text_key VALUES ('a', 1), ('A', 2);
INSERT INTO null_key VALUES (NULL, 1), (NULL, 2), ('x', 3);
INSERT INTO strict_table VALUES (1, 'any', 1), (2, 2.5, 2), (3, x'01', 3);
INSERT INTO cascade_child VALUES (1, 1, 2), (2, 4, NULL);
INSERT INTO search VALUES ('full text');
"#;

/// Builds the nasty database at `path`.
pub fn nasty(path: &Path) {
    build(path, |connection| {
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(ROWS)?;
        let body: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        connection.execute("INSERT INTO blobs VALUES (1, ?1, ?2)", params![body, vec![0xff_u8, 0xfe]])?;
        connection.execute("INSERT INTO blobs VALUES (2, CAST(x'6869' AS BLOB), CAST(x'ff41' AS TEXT))", [])?;
        connection.execute("INSERT INTO blobs VALUES (3, NULL, 'text')", [])?;
        Ok(())
    });
}
