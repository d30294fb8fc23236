use super::*;
use maq_ir::schema::{Column, ColumnType, ForeignKey, Table, TableIndex};
use maq_ir::{IdentityType, OnDelete};
use maq_value::Value;

fn column(name: &str, ty: ColumnType) -> Column {
    Column { name: name.into(), ty, not_null: false, check_in: Vec::new() }
}

fn invoices() -> Table {
    Table {
        name: "invoices".into(),
        identity: IdentityType::Uuid,
        columns: vec![
            Column { not_null: true, ..column("number", ColumnType::Text) },
            Column { check_in: vec!["open".into(), "it's".into()], ..column("status", ColumnType::Text) },
            column("customer", ColumnType::Integer),
        ],
        foreign_keys: vec![ForeignKey {
            column: "customer".into(),
            target: "customers".into(),
            on_delete: OnDelete::SetNull,
        }],
        indexes: vec![TableIndex { name: "invoices_number_key".into(), columns: vec!["number".into()], unique: true }],
    }
}

#[test]
fn a_table_is_strict_and_led_by_tenant_and_realm() {
    let text = render(&SchemaOperation::CreateTable(invoices()), Dialect::Sqlite);
    assert_eq!(
        text,
        [
            r#"CREATE TABLE "invoices" (
  "id" TEXT NOT NULL,
  "tenant_id" TEXT NOT NULL,
  "realm_id" TEXT NOT NULL,
  "row_version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "created_by" TEXT NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "updated_by" TEXT NOT NULL,
  "number" TEXT NOT NULL,
  "status" TEXT CONSTRAINT "status" CHECK ("status" IN ('open', 'it''s')),
  "customer" INTEGER,
  PRIMARY KEY ("tenant_id", "realm_id", "id"),
  FOREIGN KEY ("tenant_id", "realm_id", "customer") REFERENCES "customers" ("tenant_id", "realm_id", "id") ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
) STRICT"#,
            r#"CREATE UNIQUE INDEX "invoices_number_key" ON "invoices" ("tenant_id", "realm_id", "number")"#,
            r#"CREATE TRIGGER "invoices.customer.set_null" AFTER DELETE ON "customers" FOR EACH ROW BEGIN
  UPDATE "invoices" SET "customer" = NULL, "row_version" = "row_version" + 1
  WHERE "tenant_id" = OLD."tenant_id" AND "realm_id" = OLD."realm_id" AND "customer" = OLD."id";
END"#,
        ]
    );
}

#[test]
fn a_fill_is_shown_as_a_literal_and_run_as_a_bind() {
    let operation = SchemaOperation::AddColumn {
        table: "invoices".into(),
        column: column("no\"te", ColumnType::Text),
        foreign_key: None,
        fill: Some(Value::Text("it's ?1".into())),
    };
    assert_eq!(
        render(&operation, Dialect::Sqlite),
        [r#"ALTER TABLE "invoices" ADD COLUMN "no""te" TEXT"#, r#"UPDATE "invoices" SET "no""te" = 'it''s ?1'"#]
    );
    let statements = statements(&[operation], Dialect::Sqlite).unwrap();
    assert_eq!(statements[1].binds, [SqlValue::from("it's ?1")]);
}

#[test]
fn a_fill_that_does_not_fit_is_an_error() {
    let operation = SchemaOperation::AddColumn {
        table: "invoices".into(),
        column: column("count", ColumnType::Integer),
        foreign_key: None,
        fill: Some(Value::Text("many".into())),
    };
    let error = statements(std::slice::from_ref(&operation), Dialect::Sqlite).unwrap_err();
    assert_eq!(error.to_string(), "`many` does not fit a column of whole numbers");
    assert_eq!(render(&operation, Dialect::Sqlite), ["-- `many` does not fit a column of whole numbers"]);
}

#[test]
fn triggers_come_after_every_table_of_the_plan() {
    let customers =
        Table { name: "customers".into(), columns: vec![], foreign_keys: vec![], indexes: vec![], ..invoices() };
    let plan = [SchemaOperation::CreateTable(invoices()), SchemaOperation::CreateTable(customers)];
    let statements = statements(&plan, Dialect::Sqlite).unwrap();
    let first_words: Vec<&str> = statements.iter().map(|statement| statement.sql.get(..14).unwrap()).collect();
    assert_eq!(first_words, ["CREATE TABLE \"", "CREATE UNIQUE ", "CREATE TABLE \"", "CREATE TRIGGER"]);
}

#[test]
fn a_rebuild_copies_every_column_even_one_the_new_table_forgets() {
    let mut to = invoices();
    to.columns.remove(2);
    to.foreign_keys.clear();
    let text = render(&SchemaOperation::AlterTable { from: invoices(), to }, Dialect::Sqlite);
    let copy = text.iter().find(|sql| sql.starts_with("INSERT")).unwrap();
    assert!(copy.contains(r#""number", "status", "customer") SELECT"#), "{copy}");
    assert_eq!(text[0], r#"DROP TRIGGER IF EXISTS "invoices.customer.set_null""#);
    assert_eq!(text[3], r#"DROP TABLE "invoices""#);
    assert_eq!(text[4], r#"ALTER TABLE "meta_rebuild_invoices" RENAME TO "invoices""#);
}

#[test]
fn filling_a_column_touches_only_its_empty_cells() {
    let operation = SchemaOperation::FillColumn {
        table: "invoices".into(),
        column: column("total", ColumnType::Decimal { precision: 12, scale: 2 }),
        value: Value::Integer(3),
    };
    assert_eq!(render(&operation, Dialect::Sqlite), [r#"UPDATE "invoices" SET "total" = 300 WHERE "total" IS NULL"#]);
}
