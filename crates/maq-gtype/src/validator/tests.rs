use super::*;
use maq_ir::{Absent, Class, Classification, Constraints, EntityIdx, FieldIdx, FieldType, OnDelete, TextFormat};
use proptest::prelude::*;
use serde_json::json;

fn field(name: &str, ty: FieldType) -> maq_ir::Field {
    maq_ir::Field {
        id: format!("fld_{name}").into(),
        name: name.into(),
        column: name.to_lowercase().into(),
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

fn required(field: maq_ir::Field) -> maq_ir::Field {
    maq_ir::Field { required: true, ..field }
}

fn limited(field: maq_ir::Field, constraints: Constraints) -> maq_ir::Field {
    maq_ir::Field { constraints, ..field }
}

fn entity(identity: IdentityType, fields: Vec<maq_ir::Field>) -> Entity {
    Entity {
        id: "ent_1".into(),
        name: "Invoice".into(),
        table: "invoice".into(),
        class: Class::Document,
        identity,
        fields,
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: maq_ir::Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    }
}

/// One field of every type and limit.
fn invoice() -> Validator {
    let text = |name| field(name, FieldType::String);
    let length = Constraints { min_length: Some(2), max_length: Some(5), ..Constraints::default() };
    let range = |min, max| Constraints { min: Some(min), max: Some(max), ..Constraints::default() };
    let status = FieldType::Enum(vec!["draft".into(), "open".into(), "paid".into()]);
    let target =
        FieldType::Reference { target: EntityIdx(0), identity: IdentityType::Uuid, on_delete: OnDelete::Restrict };
    let mut entity = entity(
        IdentityType::Uuid,
        vec![
            required(limited(text("number"), length.clone())),
            maq_ir::Field { default: Some(Value::Text("draft".into())), ..required(field("status", status)) },
            field("total", FieldType::Decimal { precision: 5, scale: 2 }),
            limited(field("count", FieldType::Integer), range(Value::Integer(1), Value::Integer(9))),
            field("big", FieldType::BigInt),
            limited(field("ratio", FieldType::Number), range(Value::Number(0.0), Value::Number(1.0))),
            field("paid", FieldType::Boolean),
            limited(
                field("due", FieldType::Date),
                range(Value::Date("2026-01-01".parse().unwrap()), Value::Date("2026-12-31".parse().unwrap())),
            ),
            field("at", FieldType::DateTime),
            field("customer", target),
            limited(text("code"), Constraints { pattern: Some("[A-Z]{2}|x".into()), ..Constraints::default() }),
            limited(text("mail"), Constraints { format: Some(TextFormat::Email), ..Constraints::default() }),
            field("extra", FieldType::Object),
            field("tags", FieldType::List),
            limited(field("scan", FieldType::Bytes), length),
        ],
    );
    entity.rules = vec![maq_ir::Rule { id: "rul_1".into(), name: "dueGiven".into(), require: vec![FieldIdx(7)] }];
    Validator::new(&entity)
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

fn good() -> Json {
    json!({
        "number": "A-1", "status": "open", "total": "12.3", "count": 3, "big": "9223372036854775807", "ratio": 0.5,
        "paid": true, "due": "2026-03-01", "at": "2026-03-01T10:00:00+01:00",
        "customer": "67e55044-10b1-426f-9247-bb680e5fe0c8", "code": "DE", "mail": "ann@example.com",
        "extra": {"a": 1}, "tags": [1, null], "scan": "AAEC",
    })
}

/// Code, place and message of each finding.
fn said(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        assert_eq!(finding.place.document, "Invoice");
        assert!(finding.is_error() && !finding.help.contains('{'), "{finding:?}");
        format!("{} at {}: {}", finding.code, finding.place.path.join("."), finding.message)
    };
    findings.iter().map(line).collect()
}

fn created(change: Json) -> Result<Record, Vec<String>> {
    let mut json = object(good());
    json.extend(object(change));
    let answer = invoice().create(&json);
    assert_eq!(invoice().accepts(&json), answer.is_ok(), "both ways answer alike");
    answer.map_err(|findings| said(&findings))
}

#[test]
fn a_good_record_comes_back_typed_in_field_order_and_prints_as_it_was() {
    let record = created(json!({})).unwrap();
    let mut expected = good();
    expected["total"] = json!("12.30");
    expected["at"] = json!("2026-03-01T09:00:00Z");
    assert_eq!(record.to_json(), expected);
    assert_eq!(record.get("due"), &Value::Date("2026-03-01".parse().unwrap()));
    let mut backwards = Map::new();
    for (name, value) in object(good()).into_iter().rev() {
        backwards.insert(name, value);
    }
    assert_eq!(invoice().create(&backwards), Ok(record));
}

#[test]
fn defaults_fill_in_and_what_is_left_out_stays_out() {
    let record = invoice().create(&object(json!({"number": "A-1", "due": "2026-03-01", "mail": null}))).unwrap();
    assert_eq!(record.to_json(), json!({"number": "A-1", "status": "draft", "due": "2026-03-01", "mail": null}));
    assert_eq!(record.get("total"), &Value::Missing);
    assert_eq!(record.get("mail"), &Value::Null);
}

#[test]
fn every_finding_comes_at_once() {
    let json = json!({"nummer": 1, "status": "opne", "tenantId": "t", "count": 0, "total": "1.234", "due": null});
    let findings = invoice().create(&object(json)).unwrap_err();
    assert_eq!(
        said(&findings),
        [
            "record/field-unknown at nummer: `Invoice` has no field `nummer`",
            "record/not-in-enum at status: `opne` is not a value of `status`",
            "record/field-is-system at tenantId: `tenantId` is kept by the system and cannot be written",
            "record/too-small at count: `count` is at least `1`, found `0`",
            "record/precision at total: `total` has at most 3 digits before and 2 after the point, found `1.234`",
            "record/required at number: `number` is required",
            "record/required-by-rule at due: `due` is required by the rule `dueGiven`",
        ]
    );
    assert_eq!(findings[0].help, "did you mean `number`?");
    assert_eq!(findings[1].help, "did you mean `open`?");
}

#[test]
fn each_limit_is_told_by_its_own_finding() {
    let cases = [
        (json!({"number": "A"}), "record/too-short at number: `number` has at least 2 characters, found 1"),
        (json!({"number": "ABCDEF"}), "record/too-long at number: `number` has at most 5 characters, found 6"),
        (json!({"number": null}), "record/required at number: `number` is required"),
        (json!({"number": 7}), "record/type-wrong at number: `number` must be text, found `7`"),
        (json!({"status": null}), "record/required at status: `status` is required"),
        (
            json!({"total": "1000.00"}),
            "record/precision at total: `total` has at most 3 digits before and 2 after the point, found `1000.00`",
        ),
        (
            json!({"total": "0.12345678901234567890123456789"}),
            "record/type-wrong at total: `total` must be a decimal as a string, found `0.12345678901234567890123456789`",
        ),
        (json!({"count": 10}), "record/too-large at count: `count` is at most `9`, found `10`"),
        (json!({"count": 1.5}), "record/type-wrong at count: `count` must be a whole number within 2^53, found `1.5`"),
        (
            json!({"big": "9223372036854775808"}),
            "record/type-wrong at big: `big` must be a whole number as a string, found `9223372036854775808`",
        ),
        (json!({"ratio": -0.1}), "record/too-small at ratio: `ratio` is at least `0.0`, found `-0.1`"),
        (json!({"paid": 1}), "record/type-wrong at paid: `paid` must be true or false, found `1`"),
        (json!({"due": "2027-01-01"}), "record/too-large at due: `due` is at most `2026-12-31`, found `2027-01-01`"),
        (
            json!({"due": "2026-02-30"}),
            "record/type-wrong at due: `due` must be a date like 2026-11-21, found `2026-02-30`",
        ),
        (json!({"customer": "x"}), "record/type-wrong at customer: `customer` must be a uuid, found `x`"),
        (json!({"code": "DEX"}), "record/pattern at code: `code` must match `[A-Z]{2}|x`, found `DEX`"),
        (
            json!({"mail": "ann"}),
            "record/format at mail: `mail` must be an email address like ann@example.com, found `ann`",
        ),
        (json!({"extra": [1]}), "record/type-wrong at extra: `extra` must be a JSON object, found `[1]`"),
        (json!({"tags": {}}), "record/type-wrong at tags: `tags` must be a JSON array, found `{}`"),
        (json!({"scan": "AA=="}), "record/too-short at scan: `scan` has at least 2 bytes, found 1"),
        (
            json!({"extra": {"deep": [{"na\0me": 1}]}}),
            "record/type-wrong at extra: `extra` must be JSON without NUL characters, found `{\"deep\":[{\"na\\u0000me\":1}]}`",
        ),
        (
            json!({"tags": ["a\0"]}),
            "record/type-wrong at tags: `tags` must be JSON without NUL characters, found `[\"a\\u0000\"]`",
        ),
        (json!({"id": "x"}), "record/type-wrong at id: `id` must be a uuid, found `x`"),
        (
            json!({"rowVersion": 1}),
            "record/field-is-system at rowVersion: `rowVersion` is kept by the system and cannot be written",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(created(change.clone()), Err(vec![expected.to_owned()]), "{change}");
    }
}

#[test]
fn lengths_count_characters_and_the_whole_text_must_match() {
    assert!(created(json!({"number": "日本語文字"})).is_ok());
    assert!(created(json!({"code": "x"})).is_ok());
    assert!(created(json!({"code": "xDE"})).is_err());
    assert!(created(json!({"code": "DE\n"})).is_err());
}

#[test]
fn a_decimal_is_read_exactly_from_text_and_number() {
    let total = |value: Json| created(json!({"total": value})).map(|record| record.get("total").to_json());
    assert_eq!(total(json!("0.1")), Ok(json!("0.10")));
    assert_eq!(total(json!(0.1)), Ok(json!("0.10")));
    assert_eq!(total(json!(999.99)), Ok(json!("999.99")));
    assert_eq!(total(json!("1.500")), Ok(json!("1.50")));
    assert_eq!(total(json!(-5)), Ok(json!("-5.00")));
}

#[test]
fn an_id_is_taken_as_the_identity_says() {
    let ask = |identity, json: Json| {
        let validator = Validator::new(&entity(identity, vec![field("name", FieldType::String)]));
        let answer = validator.create(&object(json.clone()));
        assert_eq!(validator.accepts(&object(json)), answer.is_ok());
        answer.map(|record| record.to_json()).map_err(|findings| said(&findings))
    };
    let needed = Err(vec!["record/id-required at id: a record of `Invoice` needs an `id`".to_owned()]);
    assert_eq!(ask(IdentityType::Text, json!({})), needed);
    assert_eq!(ask(IdentityType::Text, json!({"id": ""})), needed);
    assert!(ask(IdentityType::Text, json!({"id": "a\0"})).is_err());
    assert!(ask(IdentityType::Text, json!({"id": "x".repeat(512)})).is_ok());
    let long = "record/too-long at id: `id` has at most 512 bytes, found 513";
    assert_eq!(ask(IdentityType::Text, json!({"id": "x".repeat(513)})), Err(vec![long.to_owned()]));
    assert_eq!(ask(IdentityType::Text, json!({"name": "a", "id": "DE"})), Ok(json!({"id": "DE", "name": "a"})));
    assert_eq!(ask(IdentityType::Integer, json!({})), Ok(json!({})));
    assert_eq!(ask(IdentityType::Integer, json!({"id": 7})), Ok(json!({"id": 7})));
    assert!(ask(IdentityType::Integer, json!({"id": "seven"})).is_err());
    let uuid = json!({"id": "67e55044-10b1-426f-9247-bb680e5fe0c8"});
    assert_eq!(ask(IdentityType::Uuid, uuid.clone()), Ok(uuid));
}

#[test]
fn a_patch_looks_at_what_is_there_and_nothing_required_is_emptied() {
    let validator = invoice();
    let patched =
        |json: Json| validator.patch(&object(json)).map(|record| record.to_json()).map_err(|findings| said(&findings));
    assert_eq!(patched(json!({})), Ok(json!({})));
    assert_eq!(patched(json!({"mail": null, "total": "1"})), Ok(json!({"total": "1.00", "mail": null})));
    assert_eq!(
        patched(json!({"number": null, "due": null, "id": "67e55044-10b1-426f-9247-bb680e5fe0c8"})),
        Err(vec![
            "record/field-is-system at id: `id` is kept by the system and cannot be written".to_owned(),
            "record/required at number: `number` is required".to_owned(),
            "record/required-by-rule at due: `due` is required by the rule `dueGiven`".to_owned(),
        ])
    );
}

#[test]
fn a_typed_row_is_held_to_the_same_limits() {
    let validator = invoice();
    let mut row = invoice().create(&object(good())).unwrap();
    row.set("id", Value::Uuid("67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap()));
    row.set("created_by", Value::Text("ann".into()));
    assert_eq!(validator.check_row(&row), []);
    row.set("number", Value::Null);
    row.set("count", Value::Text("3".into()));
    row.set("code", Value::Text("nope".into()));
    row.set("colour", Value::Null);
    row.set("id", Value::Integer(1));
    assert_eq!(
        said(&validator.check_row(&row)),
        [
            "record/type-wrong at count: `count` must be a whole number within 2^53, found `3`",
            "record/pattern at code: `code` must match `[A-Z]{2}|x`, found `nope`",
            "record/type-wrong at id: `id` must be a uuid, found `1`",
            "record/field-unknown at colour: `Invoice` has no field `colour`",
            "record/required at number: `number` is required",
        ]
    );
}

#[test]
fn a_pattern_that_is_no_pattern_matches_nothing() {
    let broken = Constraints { pattern: Some("(".into()), ..Constraints::default() };
    let validator = Validator::new(&entity(IdentityType::Uuid, vec![limited(field("a", FieldType::String), broken)]));
    assert!(validator.create(&object(json!({"a": ""}))).is_err());
    assert!(validator.create(&object(json!({}))).is_ok());
}

fn any_json() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-20_i64..20).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[A-Za-z0-9@. ü-]{0,7}".prop_map(Json::from),
        "-?[0-9]{1,4}(\\.[0-9]{1,3})?".prop_map(Json::from),
        prop::sample::select(vec!["draft", "open", "2026-05-05", "DE", "AAEC", "2026-03-01T10:00:00Z"])
            .prop_map(Json::from),
        Just(json!([1])),
        Just(json!({"a": 1})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_fast_path_answers_as_the_slow_one(
        changes in prop::collection::vec((0_usize..17, any_json()), 0..4), without in 0_usize..17,
    ) {
        let validator = invoice();
        let mut json = object(good());
        let names: Vec<String> = json.keys().cloned().chain(["id".to_owned(), "other".to_owned()]).collect();
        for (at, value) in changes {
            json.insert(names[at].clone(), value);
        }
        json.shift_remove(&names[without]);
        prop_assert_eq!(validator.accepts(&json), validator.create(&json).is_ok(), "{:?}", json);
    }
}
