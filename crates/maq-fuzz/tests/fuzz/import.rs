//! Imports: whatever a foreign catalogue holds, each object of it is answered once, the documents that come of it can
//! be read and compiled, and rows become records or problems. And the reader of SQL text takes any text.

use crate::documents::check_canonical;
use crate::run::reached;
use crate::samples;
use maq_diag::Severity;
use maq_doc::Document;
use maq_fuzz::Input;
use maq_interop::{ImportOptions, import};
use maq_query::SqlValue;
use maq_store::source::sql_text::{table_text, tokens};
use maq_store::source::{
    ColumnProfile, SourceCatalogue, SourceColumn, SourceForeignKey, SourceIndex, SourceObject, SourceTable,
};
use std::sync::Arc;

const TYPES: &[&str] = &[
    "",
    "INTEGER",
    "INT",
    "BIGINT",
    "TEXT",
    "VARCHAR(20)",
    "VARCHAR( 0 )",
    "CHAR(99999999999999999999)",
    "NUMERIC(10,2)",
    "DECIMAL(40, 50)",
    "DECIMAL(-1)",
    "REAL",
    "DOUBLE PRECISION",
    "BLOB",
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "TIMESTAMP WITH TIME ZONE",
    "TIME",
    "UUID",
    "JSON",
    "JSONB",
    "INTERVAL",
    "ENUM('a','b')",
    "TEXT[]",
    "money",
    "(",
    "NVARCHAR(max)",
];

const DEFAULTS: &[&str] = &[
    "NULL",
    "0",
    "-1",
    "1e400",
    "'x'",
    "'it''s'",
    "'",
    "CURRENT_TIMESTAMP",
    "current_date",
    "(datetime('now'))",
    "TRUE",
    "x'00ff'",
    "x'0'",
    "nextval('seq'::regclass)",
    "'draft'::text",
    "((1))",
    "(",
    "\"a\"",
    "9223372036854775808",
    "'2024-02-30'",
    "''::jsonb",
];

const CHECKS: &[&str] = &[
    "a > 0",
    "\"a\" IN ('x','y')",
    "a IN (1, 2, NULL)",
    "length(a) <= 10",
    "a BETWEEN 1 AND 5",
    "a >= 0 AND a <= 100",
    "0 < a",
    "a GLOB '[A-Z]*'",
    "a LIKE '%@%'",
    "a IS NOT NULL",
    "a = b OR c",
    "((((a))))",
    "a IN (",
    "a > 'x",
    "json_valid(a)",
    "a <> ''",
    "a > 99999999999999999999",
    "a >= -0.5",
    "NOT a",
    "a ~ '^[a-z]+$'",
    "a = ANY (ARRAY['x'::text])",
    "1",
    "",
];

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    if input.pick(3) == 0 { check_sql(&mut input) } else { check_import(&mut input) }
}

/// Tokens stand where they say, and nothing of a text is skipped but blanks and comments.
fn check_sql(input: &mut Input<'_>) {
    const WORDS: &[&str] = &[
        "CREATE TABLE",
        "VIRTUAL",
        "USING fts5",
        "t",
        "(",
        ")",
        ",",
        "a",
        "\"b\"",
        "[c]",
        "`d`",
        "'e'",
        "TEXT",
        "CHECK",
        "CONSTRAINT",
        "COLLATE",
        "NOCASE",
        "PRIMARY KEY",
        "--x\n",
        "/*",
        "*/",
        "x'00'",
        "1.5e3",
        "||",
        "é",
        "'",
        "\"",
        "[",
        "DEFAULT",
        "AS",
        ";",
    ];
    let mut sql = String::new();
    for _ in 0..input.pick(40) {
        sql.push_str(if input.pick(6) == 0 { input.known() } else { input.one(WORDS).copied().unwrap_or_default() });
        sql.push_str([" ", "", "\n"][input.pick(3)]);
    }
    if input.pick(4) == 0 {
        sql = String::from_utf8_lossy(input.rest()).into_owned();
    }
    let mut last = 0;
    for token in tokens(&sql) {
        assert!(last <= token.start && token.start < token.end && token.end <= sql.len(), "{token:?} in {sql:?}");
        assert!(sql.is_char_boundary(token.start) && sql.is_char_boundary(token.end), "{token:?} in {sql:?}");
        last = token.end;
    }
    let table = table_text(&sql);
    for check in &table.checks {
        assert!(sql.contains(check.as_str()), "a check {check:?} that is not in {sql:?}");
    }
    reached("texts read");
}

fn check_import(input: &mut Input<'_>) {
    let catalogue = catalogue(input);
    let profiles: Vec<Vec<ColumnProfile>> = catalogue
        .tables
        .iter()
        .map(|table| table.columns.iter().map(|_| profile(input, table.row_count)).collect())
        .collect();
    let mut drawn = 0;
    let mut new_id = |prefix: &str| {
        drawn += 1;
        format!("{prefix}_{drawn}")
    };
    let of_table = |table: &SourceTable| {
        let at = catalogue.tables.iter().position(|other| std::ptr::eq(other, table)).unwrap();
        Ok(profiles[at].clone())
    };
    let options = ImportOptions {
        source_name: "fuzz".into(),
        tables: None,
        taken_entity_names: vec![input.text(), "Customer".into()],
        new_id: &mut new_id,
    };
    let imported = import(&catalogue, &of_table, options).unwrap();
    reached("catalogues imported");
    for kind in ["table", "view", "trigger"] {
        let given = match kind {
            "table" => catalogue.tables.len(),
            "view" => catalogue.views.len(),
            _ => catalogue.triggers.len(),
        };
        let answered = imported.objects.iter().filter(|object| object.kind == kind).count();
        assert_eq!(answered, given, "{kind}s answered: {:?} of {catalogue:?}", imported.objects);
    }
    assert_eq!(imported.documents.len(), imported.loads.len());
    let documents: Vec<Arc<Document>> =
        imported.documents.iter().map(|document| Arc::new(Document::Entity(document.clone()))).collect();
    for document in &documents {
        let json = document.to_json();
        check_canonical(&json);
        let again = maq_doc::read_document("fuzz", json.clone());
        assert_eq!(again.as_ref(), Ok(&**document), "{json}");
    }
    let compiled = samples::compiled(&documents);
    let errors: Vec<_> = compiled.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "an import does not compile: {errors:?}\nfrom {catalogue:?}");
    if !documents.is_empty() {
        reached("imports compiled");
    }
    for load in &imported.loads {
        let Some(view) = compiled.model.entity_by_id(&load.entity_id) else { continue };
        for _ in 0..3 {
            let row = load.picks.iter().map(|_| cell(input)).collect();
            let _ = load.convert(view.entity, row);
        }
    }
}

fn cell(input: &mut Input<'_>) -> SqlValue {
    match input.pick(5) {
        0 => SqlValue::Null,
        1 => SqlValue::Integer(input.number()),
        2 => SqlValue::Real(input.double()),
        3 => SqlValue::Text(input.text()),
        _ => SqlValue::Blob(input.bytes(4).to_vec()),
    }
}

fn catalogue(input: &mut Input<'_>) -> SourceCatalogue {
    let mut catalogue = SourceCatalogue::default();
    for at in 0..=input.pick(4) {
        let name = distinct(name(input), catalogue.tables.iter().map(|table| table.name.as_str()), at);
        let table = table(input, name);
        catalogue.tables.push(table);
    }
    let names: Vec<(String, Vec<String>)> = catalogue
        .tables
        .iter()
        .map(|table| (table.name.clone(), table.columns.iter().map(|column| column.name.clone()).collect()))
        .collect();
    for table in &mut catalogue.tables {
        let own: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        for _ in 0..input.pick(3) {
            let (target, columns) = input.one(&names).cloned().unwrap_or_default();
            let width = 1 + input.pick(2);
            table.foreign_keys.push(SourceForeignKey {
                columns: some(input, &own, width),
                target: if input.pick(6) == 0 { input.text() } else { target },
                target_columns: some(input, &columns, width),
                on_delete: input
                    .one(&["NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"])
                    .unwrap()
                    .to_string(),
                on_update: "NO ACTION".into(),
                orphans: u64::from(input.pick(3) == 0),
                ..SourceForeignKey::default()
            });
        }
    }
    for _ in 0..input.pick(2) {
        catalogue.views.push(SourceObject { name: name(input), table: None, sql: input.text() });
        catalogue.triggers.push(SourceObject { name: name(input), table: Some(name(input)), sql: input.text() });
    }
    catalogue
}

/// Names that a database could have: not empty, and told apart also without case.
fn distinct<'a>(name: String, taken: impl Iterator<Item = &'a str>, at: usize) -> String {
    let lower = name.to_lowercase();
    let mut taken = taken;
    if name.is_empty() || name.contains('\0') || taken.any(|other| other.to_lowercase() == lower) {
        format!("{name}{at}").replace('\0', "")
    } else {
        name
    }
}

fn name(input: &mut Input<'_>) -> String {
    const NAMES: &[&str] = &[
        "a",
        "b",
        "c",
        "A",
        "customer",
        "Customers",
        "order",
        "order items",
        "id",
        "ID",
        "_id",
        "tenant_id",
        "created_at",
        "rowVersion",
        "meta_store",
        "sqlite_x",
        "Größe",
        "名前",
        "1st",
        "select",
        "a-b",
        "a_b",
        "aB",
        "x'y",
        "\"q\"",
        "very_long_name_very_long_name_very_long_name_very_long_name_very_long",
    ];
    if input.pick(8) == 0 { input.text() } else { input.one(NAMES).copied().unwrap_or("a").to_owned() }
}

fn table(input: &mut Input<'_>, name: String) -> SourceTable {
    let mut columns: Vec<SourceColumn> = Vec::new();
    for at in 0..=input.pick(6) {
        let name = distinct(self::name(input), columns.iter().map(|column| column.name.as_str()), at);
        columns.push(SourceColumn {
            name,
            declared_type: if input.pick(8) == 0 {
                input.text()
            } else {
                input.one(TYPES).copied().unwrap_or_default().to_owned()
            },
            not_null: input.pick(3) == 0,
            default: match input.pick(4) {
                0 => Some(input.one(DEFAULTS).copied().unwrap_or_default().to_owned()),
                1 if input.pick(4) == 0 => Some(input.text()),
                _ => None,
            },
            generated: input.pick(12) == 11,
            collation: (input.pick(8) == 7).then(|| "NOCASE".to_owned()),
            ..SourceColumn::default()
        });
    }
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let keys = input.pick(3);
    let mut index_names: Vec<String> = Vec::new();
    let mut index = |input: &mut Input<'_>| {
        let width = 1 + input.pick(3);
        let name = distinct(self::name(input), index_names.iter().map(String::as_str), index_names.len());
        index_names.push(name.clone());
        SourceIndex {
            name,
            columns: some(input, &names, width).into_iter().map(|name| (input.pick(6) > 0).then_some(name)).collect(),
            partial: input.pick(5) == 4,
            constraint: input.pick(2) == 0,
            descending: input.pick(5) == 4,
            collation: (input.pick(8) == 7).then(|| "NOCASE".to_owned()),
            ..SourceIndex::default()
        }
    };
    SourceTable {
        sql: input.text(),
        primary_key: some(input, &names, keys),
        foreign_keys: Vec::new(),
        uniques: (0..input.pick(3)).map(|_| index(input)).collect(),
        indexes: (0..input.pick(3)).map(|_| index(input)).collect(),
        checks: (0..input.pick(3))
            .map(|_| {
                let check = if input.pick(6) == 0 {
                    input.text()
                } else {
                    input.one(CHECKS).copied().unwrap_or_default().to_owned()
                };
                check.replace('a', names.first().map_or("a", String::as_str))
            })
            .collect(),
        virtual_module: (input.pick(12) == 11).then(|| "fts5".to_owned()),
        shadow_of: (input.pick(16) == 15).then(|| "a".to_owned()),
        row_count: input.pick(3) as u64 * 7,
        name,
        columns,
        ..SourceTable::default()
    }
}

/// Some of the names, each once.
fn some(input: &mut Input<'_>, names: &[String], width: usize) -> Vec<String> {
    let mut left = names.to_vec();
    (0..width).filter_map(|_| if left.is_empty() { None } else { Some(left.remove(input.pick(left.len()))) }).collect()
}

/// What a column of so many rows may hold: numbers that fit together, as one who counted rows would give them.
fn profile(input: &mut Input<'_>, rows: u64) -> ColumnProfile {
    let mut profile = ColumnProfile::default();
    for _ in 0..rows {
        match input.pick(5) {
            0 => profile.nulls += 1,
            1 => profile.integers += 1,
            2 => profile.reals += 1,
            3 => profile.texts += 1,
            _ => profile.blobs += 1,
        }
    }
    if input.pick(2) == 0 {
        // Most columns hold one kind.
        let all = profile.filled();
        profile = ColumnProfile { nulls: profile.nulls, ..ColumnProfile::default() };
        match input.pick(4) {
            0 => profile.integers = all,
            1 => profile.reals = all,
            2 => profile.texts = all,
            _ => profile.blobs = all,
        }
    }
    if profile.integers > 0 {
        let (left, right) = (input.number(), input.number());
        profile.integer_range = Some((left.min(right), left.max(right)));
    }
    if profile.integers + profile.reals > 0 {
        let (left, right) = (input.double(), input.double());
        profile.number_range = Some((left.min(right), left.max(right)));
        profile.max_scale = (input.pick(2) == 0).then(|| input.pick(30) as u32);
        profile.max_whole_digits = input.pick(30) as u32;
    }
    if profile.texts > 0 {
        let part = |input: &mut Input<'_>| {
            if input.pick(3) == 0 { profile.texts } else { input.pick(profile.texts as usize + 1) as u64 }
        };
        let (dates, times, uuids, jsons) = (part(input), part(input), part(input), part(input));
        let instants = part(input).max(dates);
        let few = (input.pick(3) == 0).then(|| vec!["a".to_owned(), input.text()]);
        profile.date_texts = dates;
        profile.instant_texts = instants;
        profile.time_texts = times;
        profile.uuid_texts = uuids;
        profile.json_texts = jsons;
        profile.few_texts = few;
        profile.instant_shapes = input.pick(3) as u32;
        profile.invalid_texts = input.pick(2) as u64;
    }
    if profile.texts + profile.blobs > 0 {
        profile.max_length = input.pick(5000) as u64;
        profile.min_length = profile.max_length.min(input.pick(10) as u64);
    }
    profile.infinite = if profile.reals > 0 { input.pick(2) as u64 } else { 0 };
    profile
}
