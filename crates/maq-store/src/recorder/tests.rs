use super::check;
#[cfg(debug_assertions)]
use maq_query::SqlValue;
use maq_query::Statement;

fn on_records(sql: &str) -> Result<(), String> {
    check(&Statement::on_records(sql, vec!["t".into(), "r".into()]))
}

fn unmarked(sql: &str) -> Result<(), String> {
    check(&Statement::new(sql, Vec::new()))
}

#[test]
fn what_binds_tenant_and_realm_passes() {
    for sql in [
        r#"SELECT "id" FROM "invoice" WHERE "tenant_id" = $1 AND "realm_id" = $2 AND ("a" = $3 OR "b" = $4)"#,
        r#"SELECT 1 FROM "invoice" AS i JOIN "customer" AS c ON c."tenant_id" = ?1 AND c."realm_id" = ?2 AND c."id" = i."c"
           WHERE i."tenant_id" = ?1 AND i."realm_id" = ?2"#,
        r#"SELECT 1 FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2 AND EXISTS (SELECT 1 FROM "b" WHERE "tenant_id" = ?1
           AND "realm_id" = ?2)"#,
        r#"UPDATE "a" SET "n" = ?3 WHERE "tenant_id" = ?1 AND "realm_id" = ?2 RETURNING "id", "n""#,
        r#"DELETE FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2 AND "id" = ?3"#,
        r#"INSERT INTO "a" ("tenant_id", "realm_id", "id") VALUES (?1, ?2, ?3)"#,
        r#"INSERT INTO "a" ("tenant_id", "realm_id", "id") SELECT $1, $2, r.r3 FROM UNNEST($3::TEXT[]) AS r(r3) ON CONFLICT
           ("tenant_id", "realm_id", "id") DO NOTHING"#,
        r#"WITH done AS (DELETE FROM "a" WHERE "tenant_id" = $1 AND "realm_id" = $2 RETURNING "id"), noted AS (INSERT INTO
           meta_audit (id) SELECT $3 WHERE EXISTS (SELECT 1 FROM done)) SELECT * FROM done"#,
        r#"SELECT answer FROM meta_idempotency WHERE tenant_id = ?1 AND realm_id = ?2"#,
        r#"SELECT 1 FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2 AND "note" IS DISTINCT FROM ?3"#,
    ] {
        assert_eq!(on_records(sql), Ok(()), "{sql}");
    }
    for sql in [
        "SELECT 1",
        "SELECT id FROM meta_drafts ORDER BY id",
        "SELECT name FROM sqlite_schema",
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT max(i) FROM n",
        "INSERT INTO meta_revisions AS r (topic) VALUES (?1) ON CONFLICT (topic) DO UPDATE SET revision = r.revision + 1",
        "PRAGMA table_info(invoice)",
        "CREATE TABLE \"invoice\" (id TEXT)",
        "SELECT 'DELETE FROM invoice'",
    ] {
        assert_eq!(unmarked(sql), Ok(()), "{sql}");
    }
}

#[test]
fn a_planted_violation_is_caught() {
    for (sql, wrong) in [
        (r#"SELECT 1 FROM "a""#, r#"it touches "a" without asking for its tenant_id"#),
        (r#"SELECT 1 FROM "a" WHERE "tenant_id" = $1"#, r#"it touches "a" without asking for its realm_id"#),
        (
            r#"SELECT 1 FROM "a" WHERE "realm_id" = $1 AND "tenant_id" = $2"#,
            r#"it touches "a" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE "tenant_id" = $3 AND "realm_id" = $2"#,
            r#"it touches "a" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE "tenant_id" = $1 AND "realm_id" = $2 OR "id" = $3"#,
            r#"it asks for "a" with an OR beside tenant and realm"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE ("tenant_id" = $1 AND "realm_id" = $2)"#,
            r#"it touches "a" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE NOT "tenant_id" = $1 AND "realm_id" = $2"#,
            r#"it touches "a" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2 AND "c" IN (SELECT "id" FROM "b")"#,
            r#"it touches "b" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT (SELECT MAX("id") FROM "b" WHERE "realm_id" = ?2) FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2"#,
            r#"it touches "b" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" JOIN "b" ON "b"."id" = "a"."b" WHERE "a"."tenant_id" = ?1 AND "a"."realm_id" = ?2"#,
            r#"it touches "b" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a", "b" WHERE "tenant_id" = ?1 AND "realm_id" = ?2"#,
            r#"it touches "a" without asking for its tenant_id"#,
        ),
        (
            r#"SELECT 1 FROM "a" WHERE "tenant_id" = ?1 AND "realm_id" = ?2 UNION ALL SELECT 1 FROM "b""#,
            r#"it touches "b" without asking for its tenant_id"#,
        ),
        (r#"DELETE FROM "a" WHERE "id" = ?3"#, r#"it touches "a" without asking for its tenant_id"#),
        (
            r#"UPDATE "a" SET "tenant_id" = ?3 WHERE "tenant_id" = ?1 AND "realm_id" = ?2"#,
            r#"it moves rows of "a" to another tenant or realm"#,
        ),
        (r#"INSERT INTO "a" ("tenant_id", "id") VALUES (?1, ?2)"#, r#"it puts rows into "a" without its realm_id"#),
        (
            r#"INSERT INTO "a" ("tenant_id", "realm_id") VALUES (?1, ?2), (?3, ?2)"#,
            r#"it puts rows into "a" without its tenant_id"#,
        ),
        (
            r#"INSERT INTO "a" ("tenant_id", "realm_id", "n") VALUES (?1, ?2, ?3) ON CONFLICT ("n") DO UPDATE SET "n" = 1"#,
            r#"it may change a row of "a" that is not of its tenant and realm"#,
        ),
        ("SELECT 1 FROM meta_store", "it is marked as one on records and touches none"),
        (r#"TABLE "a""#, "it is marked as one on records and touches none"),
        ("SELECT 1 FROM \"a", "its text cannot be read"),
    ] {
        assert_eq!(on_records(sql), Err(wrong.to_owned()), "{sql}");
    }
    for (sql, table) in [
        (r#"SELECT 1 FROM "invoice" WHERE "tenant_id" = ?1 AND "realm_id" = ?2"#, "invoice"),
        (r#"SELECT id FROM meta_names WHERE EXISTS (SELECT 1 FROM "data"."invoice")"#, "invoice"),
        ("DELETE FROM meta_idempotency", "meta_idempotency"),
        ("SELECT at FROM meta_decisions", "meta_decisions"),
        ("WITH gone AS (DELETE FROM invoice RETURNING id) SELECT * FROM gone", "invoice"),
        (r#"SELECT 1 FROM meta_store, "invoice""#, "invoice"),
    ] {
        let wrong = format!("it touches the records of \"{table}\" and is not marked as one on records");
        assert_eq!(unmarked(sql), Err(wrong), "{sql}");
    }
}

#[test]
fn what_cannot_be_followed_is_refused() {
    for (word, sql) in [
        ("MERGE", "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE"),
        ("TABLE", "TABLE a"),
        ("COPY", "COPY a TO STDOUT"),
        ("TRUNCATE", "TRUNCATE a"),
    ] {
        assert_eq!(unmarked(sql), Err(format!("nobody looks into a {word} here")));
    }
}

#[test]
#[cfg(debug_assertions)]
fn what_is_new_and_what_is_refused_is_written_down() {
    let mut written = Vec::new();
    let mut observe =
        |statement: &Statement| super::seen::observe(statement, |file, line| written.push(format!("{file}: {line}")));
    let sql = "SELECT 1 FROM \"own\"\n WHERE \"tenant_id\" = ?1 AND \"realm_id\" = ?2";
    let line = sql.replace('\n', "");
    let well = Statement::on_records(sql, vec!["t".into(), "r".into()]);
    assert_eq!((observe(&well), observe(&well)), (Ok(()), Ok(())));
    // The values are looked at each time, not only the text.
    let wrong = format!("tenant and realm are not its first two values: {line}");
    for binds in [vec![], vec!["t".into()], vec![SqlValue::Null, "r".into()]] {
        assert_eq!(observe(&Statement::on_records(sql, binds)), Err(wrong.clone()));
    }
    let unmarked = format!("it touches the records of \"own\" and is not marked as one on records: {line}");
    assert_eq!(observe(&Statement::new(sql, well.binds.clone())), Err(unmarked.clone()));
    let refused = |words: &str| format!("violations: {words}");
    let once = format!("statements: {line}");
    assert_eq!(written, [once, refused(&wrong), refused(&wrong), refused(&wrong), refused(&unmarked)]);
}
