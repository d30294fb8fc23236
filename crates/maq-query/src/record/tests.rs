use super::*;
use base64::Engine as _;
use maq_ir::{
    Class, Classification, Constraints, EntityIdx, Field, FieldIdx, FieldType, IdentityType, OnDelete, Unique,
};
use maq_value::{Instant, Uuid};

fn field(name: &str, ty: FieldType) -> Field {
    Field {
        id: name.into(),
        name: name.into(),
        column: format!("{name}_c").into(),
        ty,
        required: false,
        unique: false,
        default: None,
        absent: Absent::Null,
        constraints: Constraints::default(),
        classification: Classification::Internal,
        inverse: None,
    }
}

fn entity() -> Entity {
    let customer =
        FieldType::Reference { target: EntityIdx(0), identity: IdentityType::Integer, on_delete: OnDelete::Restrict };
    Entity {
        id: "ent_1".into(),
        name: "Invoice".into(),
        table: "invoices".into(),
        class: Class::Document,
        identity: IdentityType::Uuid,
        fields: vec![
            field("number", FieldType::String),
            field("total", FieldType::Decimal { precision: 12, scale: 2 }),
            field("customer", customer),
            Field { absent: Absent::Missing, ..field("extra", FieldType::Json) },
            field("rate", FieldType::Number),
            field("seal", FieldType::Bytes),
        ],
        uniques: vec![Unique {
            id: "key_1".into(),
            name: "number_per_customer".into(),
            index_name: "invoices_key".into(),
            fields: vec![FieldIdx(2), FieldIdx(0)],
        }],
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: maq_ir::Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    }
}

fn records() -> Records {
    Records::new(&entity(), None, Dialect::Sqlite)
}

fn row(number: u128) -> Vec<SqlValue> {
    vec![
        Uuid::from_u128(number).to_string().into(),
        format!("n{number}").into(),
        1250.into(),
        SqlValue::Null,
        SqlValue::Null,
        SqlValue::Real(0.1),
        SqlValue::Blob(vec![0, 255]),
        1.into(),
        2.into(),
        "ann".into(),
        3.into(),
        "bob".into(),
    ]
}

const STAMP: Stamp<'static> = Stamp { now: Instant(5), user_id: "ann" };

fn scope() -> Scope {
    Scope { tenant_id: "t".into(), realm_id: "r".into() }
}

fn sorted(fields: &[(&str, bool)]) -> ListQuery {
    let records = records();
    let key =
        |(name, descending): &(&str, bool)| SortKey { field: records.field(name).unwrap(), descending: *descending };
    ListQuery { sort: fields.iter().map(key).collect(), limit: 2, ..ListQuery::default() }
}

#[test]
fn every_statement_binds_tenant_and_realm_first() {
    let records = records();
    let id = Value::Uuid(Uuid::nil());
    let field = records.field("customer").unwrap();
    let values = Record(vec![("number".into(), Value::Text("x".into()))]);
    let statements = [
        records.get(&scope(), &id).unwrap(),
        records.exists(&scope(), &id).unwrap(),
        records.exists_reference(&scope(), field, &Value::Integer(1)).unwrap(),
        records.list(&scope(), &sorted(&[("number", true)])).unwrap(),
        records.count(&scope(), &Filter::Or(vec![])).unwrap(),
        records.insert(&scope(), Some(&id), &values, STAMP).unwrap(),
        records.update(&scope(), &id, Some(1), &values, STAMP).unwrap(),
        records.delete(&scope(), &id, None).unwrap(),
        records.bulk_insert(&scope(), BulkMode::Insert),
        records.bulk_insert(&scope(), BulkMode::SkipExisting),
    ];
    for statement in statements {
        assert!(statement.on_records, "{}", statement.sql);
        assert_eq!(statement.binds.get(..2).unwrap(), ["t".into(), "r".into()], "{}", statement.sql);
        assert!(statement.sql.contains("?1") && statement.sql.contains("?2"), "{}", statement.sql);
    }
}

#[test]
fn a_list_is_one_readable_statement() {
    let records = records();
    let total = records.field("total").unwrap();
    let query = ListQuery {
        filter: Filter::Compare { field: total, op: CompareOp::Gt, value: Value::Integer(10) },
        offset: 40,
        ..sorted(&[("number", true)])
    };
    let statement = records.list(&scope(), &query).unwrap();
    assert_eq!(
        &*statement.sql,
        "SELECT \"id\", \"number_c\", \"total_c\", \"customer_c\", \"extra_c\", \"rate_c\", \"seal_c\", \
         \"row_version\", \"created_at\", \"created_by\", \"updated_at\", \"updated_by\" FROM \"invoices\" WHERE \
         \"tenant_id\" = ?1 AND \"realm_id\" = ?2 AND \"total_c\" > ?3 ORDER BY \"number_c\" DESC, \"id\" DESC LIMIT 3 \
         OFFSET ?4"
    );
    assert_eq!(statement.binds.get(2..).unwrap(), [1000.into(), 40.into()]);
    let postgres = Records::new(&entity(), None, Dialect::Postgres).list(&scope(), &query).unwrap();
    assert!(postgres.sql.contains("\"tenant_id\" = $1"), "{}", postgres.sql);
    assert!(postgres.sql.contains("\"number_c\" DESC NULLS LAST, \"id\" DESC LIMIT"), "{}", postgres.sql);
}

#[test]
fn a_row_reads_as_a_record_in_order_and_missing_is_not_null() {
    let record = records().decode_row(&row(1)).unwrap();
    let names: Vec<&str> = record.0.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "id",
            "number",
            "total",
            "customer",
            "extra",
            "rate",
            "seal",
            "rowVersion",
            "createdAt",
            "createdBy",
            "updatedAt",
            "updatedBy"
        ]
    );
    assert_eq!((record.get("customer"), record.get("extra")), (&Value::Null, &Value::Missing));
    assert_eq!(record.get("total").to_json(), serde_json::json!("12.50"));
    assert_eq!(records().decode_row(&row(1)[1..]), Err(QueryError::Row));
    let mut odd = row(1);
    odd[2] = "twelve".into();
    assert_eq!(
        records().decode_row(&odd).unwrap_err().to_string(),
        "`total`: `twelve` does not fit a decimal column of its precision and scale"
    );
}

#[test]
fn a_row_is_written_as_its_record_writes_itself() {
    let mut big = entity();
    big.fields.push(field("huge", FieldType::BigInt));
    for (records, more) in [(records(), None), (Records::new(&big, None, Dialect::Sqlite), Some(SqlValue::Integer(7)))]
    {
        for empty in [false, true] {
            let mut row = row(1);
            row.splice(7..7, more.clone());
            if empty {
                row.iter_mut().skip(1).take(6).for_each(|cell| *cell = SqlValue::Null);
            } else {
                row[4] = "{\"a\":[\"b\"]}".into();
            }
            let record = records.decode_row(&row).unwrap();
            let mut text = Vec::new();
            let mut object = records.begin_object(&row, &mut text);
            (0..records.width()).for_each(|at| object.add(at).unwrap());
            object.end();
            assert_eq!(String::from_utf8(text).unwrap(), serde_json::to_string(&record).unwrap());

            let mut text = Vec::new();
            let mut object = records.begin_object(&row, &mut text);
            object.add(4).unwrap();
            object.add_changed(4, |value| value.clone()).unwrap();
            object.add_changed(1, |_| Value::Text("*".to_owned())).unwrap();
            object.end();
            let extra = if empty { "" } else { "\"extra\":{\"a\":[\"b\"]}," };
            assert_eq!(String::from_utf8(text).unwrap(), format!("{{{extra}{extra}\"number\":\"*\"}}"));
        }
    }
    let mut text = Vec::new();
    let short = vec![SqlValue::Null];
    assert_eq!(records().begin_object(&short, &mut text).add(1), Err(QueryError::Row));
}

#[test]
fn a_cursor_says_where_its_page_ended_and_survives_every_type() {
    let records = records();
    for fields in [&[("rate", false), ("seal", true)][..], &[("customer", true), ("total", false)], &[]] {
        let query = sorted(fields);
        let page = records.page(&query, &[row(1), row(2), row(3)]).unwrap();
        assert_eq!(page.records.len(), 2);
        let next = page.next.unwrap();
        assert_eq!(records.cursor_after(&query, &page.records[1]).unwrap(), next);
        assert!(
            records.list(&scope(), &ListQuery { after: Some(next.clone()), ..query.clone() }).is_ok(),
            "{fields:?}"
        );
        let other = ListQuery { after: Some(next), ..sorted(&[("number", false)]) };
        assert_eq!(records.list(&scope(), &other), Err(QueryError::Cursor));
        assert_eq!(records.page(&query, &[row(1), row(2)]).unwrap().next, None);
    }
}

#[test]
fn a_changed_cursor_is_refused_or_names_another_place_and_never_panics() {
    let records = records();
    let query = sorted(&[("total", false), ("rate", true)]);
    let cursor = records.page(&query, &[row(1), row(2), row(3)]).unwrap().next.unwrap();
    let list = |after: String| records.list(&scope(), &ListQuery { after: Some(after), ..query.clone() });
    for at in 0..cursor.len() {
        for replacement in ['A', 'z', '_', '*', 'ü'] {
            let mut changed: Vec<char> = cursor.chars().collect();
            changed[at] = replacement;
            match list(changed.into_iter().collect()) {
                Ok(statement) => assert_eq!(statement.binds.get(..2).unwrap(), ["t".into(), "r".into()]),
                Err(error) => assert_eq!(error, QueryError::Cursor),
            }
        }
        assert_eq!(list(cursor[..at].to_owned()), Err(QueryError::Cursor));
    }
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    for forged in [
        "",
        "{}",
        "[]",
        "[1]",
        "[\"total,-rate,-id\"]",
        "[\"total,-rate,-id\",1,2]",
        "[\"total,-rate,-id\",\"x\",null,\"y\"]",
        "[\"total,-rate,-id\",1,{\"r\":9218868437227405312},\"00000000-0000-0000-0000-000000000001\"]",
        "[\"total,-rate,-id\",1,{\"r\":-1},\"00000000-0000-0000-0000-000000000001\"]",
        "[\"total,-rate,-id\",1,null,null]",
        "[\"total,-rate,-id\",1e99,null,\"00000000-0000-0000-0000-000000000001\"]",
    ] {
        assert_eq!(list(encode(forged)), Err(QueryError::Cursor), "{forged}");
    }
}

#[test]
fn what_does_not_fit_is_said_by_field() {
    let records = records();
    let list = |filter| records.list(&scope(), &ListQuery { filter, ..ListQuery::default() }).unwrap_err().to_string();
    let field = |name: &str| records.field(name).unwrap();
    let total = Filter::Compare { field: field("total"), op: CompareOp::Eq, value: Value::Text("x".into()) };
    assert_eq!(list(total), "`total`: `x` does not fit a decimal column of its precision and scale");
    let extra = Filter::In { field: field("extra"), values: vec![Value::Null] };
    assert_eq!(list(extra), "`extra` cannot be used with `in`");
    let contains = Filter::Contains { field: field("total"), text: "1".into() };
    assert_eq!(list(contains), "`total` cannot be used with `contains`");
    let greater = Filter::Compare { field: field("total"), op: CompareOp::Gt, value: Value::Null };
    assert_eq!(list(greater), "`total` cannot be used with `gt`");
    let many = Filter::And(vec![Filter::All; 2000]);
    assert_eq!(list(many), "the filter has too many conditions or values, at most 900 are taken");
    let sort = records.list(&scope(), &sorted(&[("extra", false)])).unwrap_err();
    assert_eq!(sort.to_string(), "`extra` cannot be used with `sort`");

    let unknown = Record(vec![("nmber".into(), Value::Null)]);
    let id = Value::Uuid(Uuid::nil());
    assert_eq!(
        records.insert(&scope(), Some(&id), &unknown, STAMP).unwrap_err(),
        QueryError::UnknownField("nmber".into())
    );
    assert_eq!(
        records.update(&scope(), &id, None, &unknown, STAMP).unwrap_err(),
        QueryError::UnknownField("nmber".into())
    );
    assert_eq!(records.insert(&scope(), None, &Record::default(), STAMP).unwrap_err(), QueryError::NoId);
    let wrong = records.get(&scope(), &Value::Integer(1)).unwrap_err();
    assert_eq!(wrong.to_string(), "`id`: `1` does not fit a uuid column");
}

#[test]
fn fields_come_in_any_order_and_go_to_their_columns() {
    let records = records();
    let values = Record(vec![("rate".into(), Value::Number(2.5)), ("number".into(), Value::Text("n".into()))]);
    let binds = records.bulk_row(&scope(), &Value::Uuid(Uuid::nil()), &values, STAMP).unwrap();
    assert_eq!(
        binds.get(3..).unwrap(),
        [
            5.into(),
            "ann".into(),
            "n".into(),
            SqlValue::Null,
            SqlValue::Null,
            SqlValue::Null,
            SqlValue::Real(2.5),
            SqlValue::Null
        ]
    );
}

#[test]
fn what_a_store_names_leads_back_to_fields() {
    let records = records();
    let fields = records.unique_fields("invoices.tenant_id, invoices.realm_id, invoices.customer_c, invoices.number_c");
    assert_eq!(fields.unwrap(), ["customer".into(), "number".into()]);
    assert_eq!(records.unique_fields("invoices_key"), fields);
    assert_eq!(records.unique_fields("invoices.tenant_id, invoices.realm_id, invoices.id").unwrap(), ["id".into()]);
    assert_eq!(records.unique_fields("others.x"), None);
    assert_eq!(records.field_of_column("invoices.total_c").map(|name| &**name), Some("total"));
    assert_eq!(records.field_of_column("total_c").map(|name| &**name), Some("total"));
    assert_eq!(records.field_of_column("total"), None);
}
