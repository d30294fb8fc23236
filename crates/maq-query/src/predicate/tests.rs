use super::functions::ALL;
use crate::record::{Filter, ListQuery, Records};
use crate::{Dialect, SqlValue, Statement, Tables};
use maq_expr::{ArithmeticOp, CompareOp, EntityIndex, Link, Predicate, Rows, Term};
use maq_ir::{
    Absent, Class, Classification, Combining, Constraints, Entity, EntityIdx, Field, FieldType, IdentityType, Model,
    OnDelete,
};
use maq_value::{Instant, Kind, Scope, Value};
use std::sync::Arc;

/// Orders (0) of customers (1).
fn model() -> Model {
    let reference =
        FieldType::Reference { target: EntityIdx(1), identity: IdentityType::Integer, on_delete: OnDelete::Restrict };
    Model::new(vec![
        entity(
            "orders",
            vec![
                field("code", FieldType::String),
                field("count", FieldType::Integer),
                field("price", FieldType::Decimal { precision: 12, scale: 2 }),
                field("worth", FieldType::Decimal { precision: 28, scale: 10 }),
                field("paid", FieldType::Boolean),
                field("at", FieldType::DateTime),
                field("customer", reference),
            ],
        ),
        entity("customers", vec![field("region", FieldType::String)]),
    ])
}

fn entity(table: &str, fields: Vec<Field>) -> Arc<Entity> {
    Arc::new(Entity {
        id: table.into(),
        name: table.into(),
        table: table.into(),
        class: Class::Master,
        identity: IdentityType::Integer,
        fields,
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    })
}

fn field(name: &str, ty: FieldType) -> Field {
    Field {
        id: name.into(),
        name: name.into(),
        column: name.into(),
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

fn records(dialect: Dialect) -> Records {
    let model = model();
    let tables = Tables::new(&model, |_| None);
    let orders = model.get(EntityIdx(0)).unwrap().clone();
    Records::new(&orders, None, dialect).with_tables(&tables)
}

fn scope() -> Scope {
    Scope { tenant_id: "t".into(), realm_id: "r".into() }
}

/// The condition as it stands after tenant and realm, and the values after these two.
fn written(dialect: Dialect, predicate: Predicate) -> (String, Vec<SqlValue>) {
    let statement = records(dialect).count(&scope(), &Filter::Predicate(Arc::new(predicate))).unwrap();
    let start = statement.sql.find("realm_id").unwrap();
    let condition = statement.sql[start..].split_once(" AND ").unwrap().1;
    (condition.to_owned(), statement.binds[2..].to_vec())
}

fn own(field: u32, kind: Kind) -> Term {
    Term::Field { level: 0, field, kind }
}

fn text(text: &str) -> Term {
    Term::Value(Value::Text(text.into()), Kind::Text)
}

fn decimal(text: &str) -> Term {
    Term::Value(Value::Decimal(text.parse().unwrap()), Kind::Decimal)
}

#[test]
fn a_comparison_leaves_the_column_bare() {
    let predicate = Predicate::Compare(CompareOp::Eq, text("a"), own(1, Kind::Text));
    assert_eq!(
        written(Dialect::Sqlite, predicate.clone()),
        ("((\"orders\".\"code\" = ?3))".to_owned(), vec!["a".into()])
    );
    let (postgres, _) = written(Dialect::Postgres, predicate);
    assert_eq!(postgres, "((\"orders\".\"code\" = $3::TEXT COLLATE \"C\"))");
}

#[test]
fn a_prefix_is_a_range() {
    let predicate = Predicate::StartsWith(own(1, Kind::Text), text("a%"));
    let (sql, binds) = written(Dialect::Sqlite, predicate);
    assert_eq!(sql, "((\"orders\".\"code\" >= ?3 AND \"orders\".\"code\" < ?4))");
    assert_eq!(binds, vec!["a%".into(), "a&".into()]);
}

#[test]
fn a_value_with_more_digits_than_its_column_lies_between_two() {
    let price = |op, number| written(Dialect::Sqlite, Predicate::Compare(op, own(3, Kind::Decimal), decimal(number)));
    for (op, number, sql, bind) in [
        (CompareOp::Lt, "1.005", "((\"orders\".\"price\" <= ?3))", Some(100)),
        (CompareOp::Ge, "1.005", "((\"orders\".\"price\" > ?3))", Some(100)),
        (CompareOp::Ge, "-1.005", "((\"orders\".\"price\" > ?3))", Some(-101)),
        (CompareOp::Lt, "1.50", "((\"orders\".\"price\" < ?3))", Some(150)),
        (CompareOp::Eq, "1.005", "((\"orders\".\"price\" IS NULL AND NULL))", None),
        (CompareOp::Ne, "1.005", "((\"orders\".\"price\" IS NOT NULL OR NULL))", None),
        (CompareOp::Lt, "123456789012345678901", "((\"orders\".\"price\" IS NOT NULL OR NULL))", None),
        (CompareOp::Lt, "-123456789012345678901", "((\"orders\".\"price\" IS NULL AND NULL))", None),
    ] {
        let binds: Vec<SqlValue> = bind.into_iter().map(|number: i64| number.into()).collect();
        assert_eq!(price(op, number), (sql.to_owned(), binds), "{op:?} {number}");
    }
}

#[test]
fn no_row_has_a_text_with_a_nul() {
    let code = || own(1, Kind::Text);
    let equal = Predicate::Compare(CompareOp::Eq, code(), text("a\0b"));
    assert_eq!(written(Dialect::Postgres, equal), ("((\"orders\".\"code\" IS NULL AND NULL))".to_owned(), vec![]));
    let less = Predicate::Compare(CompareOp::Lt, code(), text("a\0b"));
    assert_eq!(written(Dialect::Sqlite, less), ("((\"orders\".\"code\" <= ?3))".to_owned(), vec!["a".into()]));
    let contains = Predicate::Contains(code(), text("\0"));
    assert_eq!(written(Dialect::Postgres, contains), ("((\"orders\".\"code\" IS NULL AND NULL))".to_owned(), vec![]));
}

#[test]
fn an_empty_value_takes_the_kind_of_what_stands_beside_it() {
    let empty = || Term::Value(Value::Null, Kind::Text);
    for (then, otherwise) in [(empty(), own(2, Kind::BigInt)), (own(2, Kind::BigInt), empty())] {
        let choice = Term::If(Box::new(Predicate::Term(own(5, Kind::Bool))), Box::new(then), Box::new(otherwise));
        let seven = Term::Value(Value::BigInt(7), Kind::BigInt);
        let (sql, _) = written(Dialect::Postgres, Predicate::Compare(CompareOp::Eq, choice, seven));
        assert!(sql.contains("NULL::BIGINT") && !sql.contains("NULL::TEXT"), "{sql}");
    }
}

#[test]
fn a_sub_select_is_bound_to_tenant_and_realm() {
    let rows = Rows { level: 1, entity: EntityIndex(1), link: Link::Target { level: 0, field: 7 } };
    let region = Term::Field { level: 1, field: 1, kind: Kind::Text };
    let predicate = Predicate::Exists(rows, Box::new(Predicate::Compare(CompareOp::Eq, region, text("EU"))));
    let (sql, _) = written(Dialect::Sqlite, predicate);
    assert_eq!(
        sql,
        "(EXISTS (SELECT 1 FROM \"customers\" AS \"~1\" WHERE \"~1\".\"tenant_id\" = ?1 AND \"~1\".\"realm_id\" = ?2 AND \
         \"~1\".\"id\" = \"orders\".\"customer\" AND (\"~1\".\"region\" = ?3)))"
    );
}

#[test]
fn a_long_list_is_one_value() {
    let values = (0..500).map(Value::Integer).collect();
    let predicate = Predicate::OneOf(own(2, Kind::BigInt), values);
    let (sqlite, binds) = written(Dialect::Sqlite, predicate.clone());
    assert_eq!(sqlite, "((\"orders\".\"count\" IN (SELECT value FROM json_each(?3))))");
    assert!(binds[0].as_text().unwrap().starts_with("[0,1,2,"));
    let (postgres, _) = written(Dialect::Postgres, predicate);
    let list = "(SELECT v::BIGINT FROM json_array_elements_text($3::JSON) AS list(v))";
    assert_eq!(postgres, format!("((\"orders\".\"count\" IN {list}))"));
}

#[test]
fn extras_stand_after_the_cells_and_are_read_back() {
    let records = records(Dialect::Sqlite);
    let extras = [Predicate::Known(true), Predicate::Unknown, Predicate::Term(own(5, Kind::Bool))];
    let query = ListQuery { limit: 1, ..ListQuery::default() };
    let Statement { sql, .. } = records.list_with(&scope(), &query, &extras).unwrap();
    assert!(sql.contains("\"updated_by\", (1), (NULL), ((\"orders\".\"paid\" = 1)) FROM \"orders\""), "{sql}");
    let mut row = vec![SqlValue::Null; 13];
    row.extend([SqlValue::Integer(1), SqlValue::Null, SqlValue::Integer(0)]);
    assert_eq!(records.outcomes(&row), vec![Some(true), None, Some(false)]);
}

#[test]
fn one_record_is_asked_with_its_condition() {
    let records = records(Dialect::Sqlite);
    let rows = Predicate::Term(own(5, Kind::Bool));
    let statement = records.exists_with(&scope(), &Value::Integer(7), Some(&rows)).unwrap();
    assert_eq!(
        &*statement.sql,
        "SELECT 1 FROM \"orders\" WHERE \"tenant_id\" = ?1 AND \"realm_id\" = ?2 AND \"id\" = ?3 AND \
         ((\"orders\".\"paid\" = 1))"
    );
    assert!(statement.is_scoped());
}

#[test]
fn what_has_no_table_is_refused() {
    let rows = Rows { level: 1, entity: EntityIndex(9), link: Link::Target { level: 0, field: 7 } };
    let predicate = Predicate::Exists(rows, Box::new(Predicate::Known(true)));
    let refused = records(Dialect::Sqlite).count(&scope(), &Filter::Predicate(Arc::new(predicate))).unwrap_err();
    let words = "a condition cannot be asked of the tables as they stand: an entity has no table";
    assert_eq!(refused.to_string(), words);
}

#[test]
fn an_instant_on_postgres_is_computed_in_microseconds() {
    let now = Term::Value(Value::Instant(Instant(5)), Kind::Instant);
    let span = Term::Arithmetic(ArithmeticOp::Subtract, Box::new(now), Box::new(own(6, Kind::Instant)), Kind::Duration);
    let hour = Term::Value(Value::Duration(3_600_000_000), Kind::Duration);
    let (sql, binds) = written(Dialect::Postgres, Predicate::Compare(CompareOp::Lt, span, hour));
    assert_eq!(
        sql,
        "(((SELECT v FROM (SELECT (((EXTRACT(EPOCH FROM $3::TIMESTAMPTZ) * 1000000))::NUMERIC - ((EXTRACT(EPOCH FROM \
         \"orders\".\"at\") * 1000000))::NUMERIC) AS v LIMIT 1) AS t WHERE v BETWEEN -9223372036854775 AND \
         9223372036854775) < $4::BIGINT))"
    );
    assert_eq!(binds, vec![SqlValue::Integer(5), SqlValue::Integer(3_600_000_000)]);
}

/// Calls a function of SQLite.
fn call(name: &str, operands: &[SqlValue]) -> Option<SqlValue> {
    let function = ALL.iter().find(|function| function.name == name).unwrap();
    assert_eq!(function.operands, operands.len());
    (function.call)(operands)
}

#[test]
fn functions_have_no_result_beyond_their_kind() {
    let whole = |sign: &str, left: i64, right: i64| call("maquette_whole", &[sign.into(), left.into(), right.into()]);
    assert_eq!(whole("+", i64::MAX, 1), None);
    assert_eq!(whole("/", -7, 2), Some(SqlValue::Integer(-3)));
    assert_eq!(whole("%", -7, 2), Some(SqlValue::Integer(-1)));
    assert_eq!(whole("/", 7, 0), None);
    assert_eq!(whole("%", i64::MIN, -1), None);
    let real =
        |sign: &str, left, right| call("maquette_real", &[sign.into(), SqlValue::Real(left), SqlValue::Real(right)]);
    assert_eq!(real("*", f64::MAX, 2.0), None);
    assert_eq!(real("/", 1.0, 0.0), None);
    assert_eq!(real("-", 1.0, 0.5), Some(SqlValue::Real(0.5)));
    let one = call("maquette_digits", &[100.into(), 2.into()]).unwrap();
    let third =
        call("maquette_quotient", &[one.clone(), call("maquette_digits", &[3.into(), 0.into()]).unwrap(), 4.into()]);
    assert_eq!(third, Some("p0000000000000000000000000000.3333".into()));
    assert_eq!(
        call("maquette_decimal", &["+".into(), one.clone(), one]).unwrap(),
        "p0000000000000000000000000002".into()
    );
    assert_eq!(call("maquette_midnight", &["1969-12-31".into()]), Some(SqlValue::Integer(-86_400_000_000)));
    assert_eq!(call("maquette_part", &["day_of_week".into(), 0.into()]), Some(SqlValue::Integer(4)));
    assert_eq!(call("maquette_ends_with", &["ab".into(), SqlValue::Null]), None);
}

#[test]
fn what_nests_too_deep_is_refused_on_a_small_stack() {
    fn nested(levels: u32) -> Predicate {
        let paid = || Predicate::Term(Term::Field { level: 0, field: 5, kind: Kind::Bool });
        (0..levels).fold(paid(), |inside, level| {
            let parts = vec![paid(), inside];
            if level % 2 == 0 { Predicate::Any(parts) } else { Predicate::All(parts) }
        })
    }
    let written = |levels: u32| {
        let asked = move || {
            let query = ListQuery { filter: Filter::Predicate(Arc::new(nested(levels))), ..ListQuery::default() };
            records(Dialect::Sqlite).list(&scope(), &query)
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(asked).unwrap().join().unwrap()
    };
    assert_eq!(written(240).map(|_| ()), Ok(()));
    assert_eq!(
        written(800).unwrap_err().to_string(),
        "a condition cannot be asked of the tables as they stand: its conditions nest too deep"
    );
}
