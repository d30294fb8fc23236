//! Before and after as readable cases: what changes, what is done, and that going back and forward again leaves the
//! same tables.

mod picture;

use super::*;
use maq_ir::schema::table_of;
use maq_ir::{
    Absent, Class, Classification, Constraints, Effect, Entity, EntityIdx, Field, FieldIdx, FieldType, IdentityType,
    Index, OnDelete, Policy, Rule, TextFormat, Unique,
};
use maq_value::Value;
use picture::{changes_of, operations_of};

fn field(name: &str, ty: FieldType) -> Field {
    Field {
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

pub(crate) fn entity(name: &str, fields: Vec<Field>) -> Entity {
    Entity {
        id: format!("ent_{name}").into(),
        name: name.into(),
        table: name.to_lowercase().into(),
        class: Class::Master,
        identity: IdentityType::Uuid,
        fields,
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: maq_ir::Combining::default(),
        rules: Vec::new(),
        schema_hash: "1".into(),
    }
}

fn reference(target: u32) -> FieldType {
    FieldType::Reference { target: EntityIdx(target), identity: IdentityType::Uuid, on_delete: OnDelete::Restrict }
}

fn enumeration(values: &[&str]) -> FieldType {
    FieldType::Enum(values.iter().map(|value| (*value).to_owned()).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn unique(name: &str, fields: &[u32]) -> Unique {
    let fields = fields.iter().map(|at| FieldIdx(*at)).collect();
    Unique { id: format!("unq_{name}").into(), name: name.into(), index_name: format!("{name}_key").into(), fields }
}

fn index(name: &str, fields: &[u32]) -> Index {
    let fields = fields.iter().map(|at| FieldIdx(*at)).collect();
    Index { id: format!("idx_{name}").into(), name: name.into(), index_name: format!("{name}_idx").into(), fields }
}

fn model(entities: Vec<Entity>) -> Model {
    Model::new(entities.into_iter().map(Arc::new).collect())
}

/// What runs in most cases: customers and their invoices.
fn base() -> Vec<Entity> {
    let mut customer = entity(
        "Customer",
        vec![Field { required: true, ..field("name", FieldType::String) }, field("age", FieldType::Integer)],
    );
    customer.fields[0].constraints.max_length = Some(20);
    customer.fields[1].constraints.max = Some(Value::Integer(100));
    let mut invoice = entity(
        "Invoice",
        vec![
            field("customer", reference(0)),
            Field { required: true, default: Some(text("draft")), ..field("status", enumeration(&["draft", "open"])) },
            field("total", FieldType::Decimal { precision: 10, scale: 2 }),
            Field { required: true, ..field("count", FieldType::Integer) },
        ],
    );
    invoice.indexes = vec![index("invoice_total", &[2])];
    invoice.uniques = vec![unique("invoice_count", &[3])];
    vec![customer, invoice]
}

type Tables = Vec<(Arc<str>, Table)>;

fn fresh(model: &Model) -> Tables {
    evolve(&Model::default(), &[], model, Direction::Apply).tables_after
}

/// The base with an edit.
fn edited(edit: impl Fn(&mut Vec<Entity>)) -> Model {
    let mut entities = base();
    edit(&mut entities);
    model(entities)
}

#[test]
fn the_first_release_makes_every_table_targets_first() {
    let mut entities = base();
    entities.reverse();
    entities[0].fields[0].ty = reference(1);
    let after = model(entities);
    let evolution = evolve(&Model::default(), &[], &after, Direction::Apply);
    assert_eq!(operations_of(&evolution), ["create customer", "create invoice"]);
    assert_eq!(
        changes_of(&evolution),
        [
            "createEntity Invoice: new entity `Invoice` with 4 fields",
            "createEntity Customer: new entity `Customer` with 2 fields"
        ]
    );
    let invoice = evolution.tables_after.iter().find(|(id, _)| **id == *"ent_Invoice").unwrap();
    assert_eq!(invoice.1, table_of(&after, after.entity("Invoice").unwrap().entity));
}

#[test]
fn circles_and_self_references_are_made_in_one_go() {
    let ring = |name: &str, target| entity(name, vec![field(&format!("{name}Next"), reference(target))]);
    let after = model(vec![ring("A", 1), ring("B", 2), ring("C", 0), ring("Tree", 3)]);
    let evolution = evolve(&Model::default(), &[], &after, Direction::Apply);
    assert_eq!(operations_of(&evolution), ["create c", "create b", "create a", "create tree"]);
}

#[test]
fn the_same_model_changes_nothing() {
    let before = model(base());
    let tables = fresh(&before);
    for direction in [Direction::Apply, Direction::Rollback] {
        let evolution = evolve(&before, &tables, &before, direction);
        assert_eq!((changes_of(&evolution).len(), operations_of(&evolution).len()), (0, 0));
        assert_eq!(evolution.tables_after, tables);
    }
}

/// A change that is done: its edit, its words, its operations, and the operations of going back.
struct Done {
    edit: fn(&mut Vec<Entity>),
    changes: &'static [&'static str],
    operations: &'static [&'static str],
    back: &'static [&'static str],
}

fn check_done(case: &Done) {
    let (before, after) = (model(base()), edited(case.edit));
    let tables = fresh(&before);
    let there = evolve(&before, &tables, &after, Direction::Apply);
    assert_eq!(there.findings, []);
    assert_eq!(changes_of(&there), case.changes);
    assert_eq!(operations_of(&there), case.operations);
    let back = evolve(&after, &there.tables_after, &before, Direction::Rollback);
    assert_eq!(back.findings, [], "{:?}", case.changes);
    assert_eq!(operations_of(&back), case.back, "{:?}", case.changes);
    assert_parked(&there.tables_after, &back.tables_after);
    let again = evolve(&before, &back.tables_after, &after, Direction::Apply);
    assert_eq!(again.findings, [], "{:?}", case.changes);
    assert_eq!(again.tables_after, there.tables_after, "{:?}", case.changes);
    let added = |operation: &String| operation.starts_with("add ") || operation.starts_with("create ");
    assert!(!operations_of(&again).iter().any(added), "parked columns and tables are taken up: {:?}", case.changes);
}

/// Nothing is ever dropped: every table and column is still there.
fn assert_parked(before: &Tables, after: &Tables) {
    for (id, table) in before {
        let (_, still) = after.iter().find(|(other, _)| other == id).unwrap();
        for column in &table.columns {
            assert!(still.columns.iter().any(|other| other.name == column.name), "{}.{}", table.name, column.name);
        }
    }
}

#[test]
fn what_can_be_done_is_done_and_undone() {
    let cases = [
        Done {
            edit: |all| all.push(entity("Note", vec![field("text", FieldType::Text), field("on", reference(1))])),
            changes: &["createEntity Note: new entity `Note` with 2 fields"],
            operations: &["create note"],
            back: &[],
        },
        Done {
            edit: |all| all[0].fields.push(field("email", FieldType::String)),
            changes: &["addField Customer.email: new string field `email`, optional"],
            operations: &["add customer.email Text"],
            back: &[],
        },
        Done {
            edit: |all| {
                let level = Field { required: true, default: Some(text("low")), ..field("level", FieldType::String) };
                all[0].fields.insert(0, level);
            },
            changes: &["addField Customer.level: new string field `level`, required with a default"],
            operations: &["add customer.level Text fill \"low\""],
            back: &[],
        },
        Done {
            edit: |all| all[1].fields.push(field("payer", reference(0))),
            changes: &["addField Invoice.payer: new reference field `payer`, optional"],
            operations: &["add invoice.payer Uuid -> customer", "index invoice_payer_fk on invoice(payer)"],
            back: &[],
        },
        Done {
            edit: |all| all[0].indexes.push(index("customer_name", &[0])),
            changes: &["addIndex Customer.customer_name: index over `name`"],
            operations: &["index customer_name_idx on customer(name)"],
            back: &[],
        },
        Done {
            edit: |all| {
                all[0].indexes.push(index("customer_name", &[0]));
                all[0].uniques.push(unique("customer_who", &[0, 1]));
            },
            changes: &[
                "addUnique Customer.customer_who: unique key over `name`, `age`; records that share values refuse it",
                "addIndex Customer.customer_name: index over `name`",
            ],
            operations: &[
                "unique customer_who_key on customer(name, age)",
                "index customer_name_idx on customer(name)",
            ],
            back: &["drop index customer_who_key of customer"],
        },
        Done {
            edit: |all| {
                all[0].fields[0].ty = FieldType::Text;
                all[0].fields[0].constraints.max_length = Some(40);
            },
            changes: &[
                "widenField Customer.name: `name` goes from string to text",
                "widenField Customer.name: maxLength of `name` goes from `20` to `40`",
            ],
            operations: &[],
            back: &[],
        },
        Done {
            edit: |all| {
                all[0].fields[1].ty = FieldType::Number;
                all[0].fields[1].constraints.max = Some(Value::Number(150.5));
            },
            changes: &[
                "widenField Customer.age: `age` goes from integer to number",
                "widenField Customer.age: max of `age` goes from `100` to `150.5`",
            ],
            operations: &["alter customer: age Integer to Real"],
            back: &[],
        },
        Done {
            edit: |all| all[1].fields[3].ty = FieldType::BigInt,
            changes: &["widenField Invoice.count: `count` goes from integer to bigint"],
            operations: &[],
            back: &[],
        },
        Done {
            edit: |all| {
                all[1].fields[1].ty = enumeration(&["draft", "sent", "open"]);
                all[1].fields[2].ty = FieldType::Decimal { precision: 20, scale: 2 };
                all[1].fields[3].required = false;
            },
            changes: &[
                "widenField Invoice.status: `status` also takes `sent`",
                "widenField Invoice.total: precision of `total` goes from `10` to `20`",
                "widenField Invoice.count: `count` becomes optional",
            ],
            operations: &[
                "alter invoice: status in [\"draft\", \"open\", \"sent\"], total Decimal { precision: 10, scale: 2 } to \
                 Decimal { precision: 20, scale: 2 }, count may be null",
            ],
            back: &[],
        },
        Done {
            edit: |all| {
                all[0].name = "Client".into();
                all[0].fields[0].name = "fullName".into();
            },
            changes: &[
                "renameEntity Client: entity `Customer` is now called `Client`",
                "renameField Client.fullName: field `name` is now called `fullName`",
            ],
            operations: &[],
            back: &[],
        },
        Done {
            edit: |all| {
                let effect = Effect::Allow;
                let (id, name, actions) = ("pol_1".into(), "all".into(), vec!["*".into()]);
                all[0].policies = vec![Policy { id, name, effect, actions, ..Policy::default() }];
                all[0].rules = vec![Rule { id: "rul_1".into(), name: "aged".into(), require: vec![FieldIdx(1)] }];
                all[0].class = Class::Log;
                all[1].fields[1].default = Some(text("open"));
                all[1].fields[2].classification = Classification::Secret;
            },
            changes: &[
                "changeClass Customer: class goes from master to log",
                "changePolicies Customer: policies: `all` is new",
                "changeRules Customer: rules change; 1 of them require fields of new and changed records",
                "changeDefault Invoice.status: default of `status` goes from `draft` to `open`",
                "changeClassification Invoice.total: classification of `total` goes from internal to secret",
            ],
            operations: &[],
            back: &[],
        },
        Done {
            edit: |all| all[0].schema_hash = "2".into(),
            changes: &[
                "changeDescription Customer: descriptions, labels or order change, nothing that a record notices",
            ],
            operations: &[],
            back: &[],
        },
    ];
    for case in &cases {
        check_done(case);
    }
}

/// A change that is refused: its edit, and what the finding says.
struct Refused {
    edit: fn(&mut Vec<Entity>),
    member: &'static str,
    change: &'static str,
}

#[test]
fn everything_else_is_refused_by_name_and_does_nothing() {
    let cases = [
        Refused { edit: |all| drop(all.pop()), member: "", change: "entity `Invoice` is no longer there" },
        Refused { edit: |all| drop(all[0].fields.pop()), member: "age", change: "field `age` is no longer there" },
        Refused {
            edit: |all| all[0].fields.push(Field { required: true, ..field("vat", FieldType::String) }),
            member: "vat",
            change: "new field `vat` is required and has no default for the records there are",
        },
        Refused {
            edit: |all| all[0].fields[0].constraints.max_length = Some(10),
            member: "name",
            change: "maxLength of `name` goes from `20` to `10`",
        },
        Refused {
            edit: |all| all[0].fields[0].constraints.min_length = Some(2),
            member: "name",
            change: "minLength of `name` goes from none to `2`",
        },
        Refused {
            edit: |all| all[0].fields[0].constraints.pattern = Some("a+".into()),
            member: "name",
            change: "pattern of `name` goes from none to `a+`",
        },
        Refused {
            edit: |all| all[0].fields[0].constraints.format = Some(TextFormat::Email),
            member: "name",
            change: "format of `name` goes from none to `email`",
        },
        Refused {
            edit: |all| all[0].fields[1].constraints.max = Some(Value::Integer(99)),
            member: "age",
            change: "max of `age` goes from `100` to `99`",
        },
        Refused { edit: |all| all[0].fields[1].required = true, member: "age", change: "`age` becomes required" },
        Refused {
            edit: |all| all[0].fields[1].ty = FieldType::Date,
            member: "age",
            change: "`age` goes from integer to date",
        },
        Refused {
            edit: |all| all[0].fields[1].absent = Absent::Missing,
            member: "age",
            change: "an empty `age` reads as missing and no longer as null",
        },
        Refused {
            edit: |all| all[1].fields[0].ty = reference(1),
            member: "customer",
            change: "reference `customer` goes from `Customer` to `Invoice`",
        },
        Refused {
            edit: |all| {
                let (target, identity, on_delete) = (EntityIdx(0), IdentityType::Uuid, OnDelete::Cascade);
                all[1].fields[0].ty = FieldType::Reference { target, identity, on_delete };
            },
            member: "customer",
            change: "deleting the target of `customer` goes from restrict to cascade",
        },
        Refused {
            edit: |all| all[1].fields[1].ty = enumeration(&["draft"]),
            member: "status",
            change: "`status` no longer takes `open`",
        },
        Refused {
            edit: |all| all[1].fields[1].default = None,
            member: "status",
            change: "default of `status` goes from `draft` to none while `status` is required",
        },
        Refused {
            edit: |all| all[1].fields[2].ty = FieldType::Decimal { precision: 10, scale: 3 },
            member: "total",
            change: "scale of `total` goes from 2 to 3",
        },
        Refused {
            edit: |all| all[1].fields[2].ty = FieldType::Decimal { precision: 9, scale: 2 },
            member: "total",
            change: "precision of `total` goes from `10` to `9`",
        },
        Refused {
            edit: |all| drop(all[1].uniques.pop()),
            member: "invoice_count",
            change: "unique key over `count` is no longer there",
        },
        Refused {
            edit: |all| all[1].uniques[0].fields = vec![FieldIdx(2)],
            member: "invoice_count",
            change: "unique key `invoice_count` goes over `total`",
        },
        Refused {
            edit: |all| drop(all[1].indexes.pop()),
            member: "invoice_total",
            change: "index over `total` is no longer there",
        },
    ];
    let before = model(base());
    let tables = fresh(&before);
    for case in cases {
        let after = edited(case.edit);
        let refused = evolve(&before, &tables, &after, Direction::Apply);
        let said: Vec<(&str, &str)> =
            refused.findings.iter().map(|finding| (&*finding.params["member"], &*finding.params["change"])).collect();
        assert_eq!(said, [(case.member, case.change)]);
        assert_eq!(refused.operations, [], "{}", case.change);
        assert_eq!(refused.tables_after, tables, "{}", case.change);
    }
}

#[test]
fn a_finding_says_what_where_and_what_next() {
    let before = model(base());
    let after = edited(|all| all[0].fields[0].constraints.max_length = Some(10));
    let evolution = evolve(&before, &fresh(&before), &after, Direction::Apply);
    let finding = &evolution.findings[0];
    assert_eq!(finding.code, "publish/change-needs-evolution");
    assert_eq!(
        finding.message,
        "`Customer` is published and cannot be changed like this: maxLength of `name` goes from `20` to `10`"
    );
    assert_eq!(finding.place, Place::at("ent_Customer", &["fields", "fld_name"]));
    assert!(!finding.help.is_empty());
}

#[test]
fn another_identity_is_refused_both_ways() {
    let before = model(base());
    let after = edited(|all| all[1].identity = IdentityType::Integer);
    for direction in [Direction::Apply, Direction::Rollback] {
        let evolution = evolve(&before, &fresh(&before), &after, direction);
        let said: Vec<&str> = evolution.findings.iter().map(|finding| &*finding.params["change"]).collect();
        assert_eq!(said, ["identity of `Invoice` goes from uuid to integer"]);
    }
}

#[test]
fn a_parked_required_column_is_taken_up_and_refilled() {
    let before = model(base());
    let after = edited(|all| {
        let level = Field { required: true, default: Some(text("low")), ..field("level", FieldType::String) };
        all[0].fields.push(level);
    });
    let there = evolve(&before, &fresh(&before), &after, Direction::Apply);
    let back = evolve(&after, &there.tables_after, &before, Direction::Rollback);
    let parked =
        ["removeField Customer.level: field `level` is no longer there; its column and its values stay, out of reach"];
    assert_eq!(changes_of(&back)[..1], parked);
    let again = evolve(&before, &back.tables_after, &after, Direction::Apply);
    assert_eq!(operations_of(&again), ["fill customer.level with \"low\" where empty"]);
}

#[test]
fn a_parked_column_of_another_type_is_in_the_way() {
    let before = model(base());
    let after = edited(|all| all[0].fields.push(field("level", FieldType::String)));
    let there = evolve(&before, &fresh(&before), &after, Direction::Apply);
    let back = evolve(&after, &there.tables_after, &before, Direction::Rollback);
    let other = edited(|all| all[0].fields.push(field("level", FieldType::Date)));
    let refused = evolve(&before, &back.tables_after, &other, Direction::Apply);
    let said: Vec<&str> = refused.findings.iter().map(|finding| &*finding.params["change"]).collect();
    assert_eq!(said, ["the parked column `level` is of another type"]);
    assert_eq!(refused.tables_after, back.tables_after);
}

#[test]
fn a_parked_table_is_in_the_way_of_another_entity_and_taken_up_by_its_own() {
    let before = model(base());
    let after = edited(|all| all.push(entity("Note", vec![field("text", FieldType::Text)])));
    let there = evolve(&before, &fresh(&before), &after, Direction::Apply);
    let back = evolve(&after, &there.tables_after, &before, Direction::Rollback);
    assert_eq!(back.tables_after.len(), 3);
    let other = edited(|all| all.push(Entity { id: "ent_other".into(), ..entity("Note", Vec::new()) }));
    let refused = evolve(&before, &back.tables_after, &other, Direction::Apply);
    let said: Vec<&str> = refused.findings.iter().map(|finding| &*finding.params["change"]).collect();
    assert_eq!(said, ["a table `note` of another entity is there already"]);
    let again = evolve(&before, &back.tables_after, &after, Direction::Apply);
    assert_eq!(operations_of(&again), Vec::<String>::new());
}

#[test]
fn an_older_release_that_knows_fewer_not_null_columns_can_insert() {
    // The table was made with a required column that the older release does not have.
    let full = model(base());
    let older = edited(|all| drop(all[1].fields.remove(1)));
    let back = evolve(&full, &fresh(&full), &older, Direction::Rollback);
    assert_eq!(back.findings, []);
    assert!(operations_of(&back).contains(&"alter invoice: status may be null".to_owned()), "{back:?}");
}
