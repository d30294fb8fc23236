//! Whole decisions on a small model that is compiled from documents: evidence, explanation, lent rights, fields, walks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

use maq_compile::{CompileOptions, Compiled, compile};
use maq_doc::read_document;
use maq_expr::{Known, Loaded, Row};
use maq_ir::{FieldIdx, Mask};
use maq_policy::{
    Decision, FieldRight, HIDDEN, PolicySet, Request, RoleCatalogue, RowFilter, RuleOutcome, Walks, no_context,
};
use maq_value::{Instant, Principal, Record, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

fn model(policies: Json) -> Compiled {
    combined("priority-deny-overrides", policies)
}

fn combined(combining: &str, policies: Json) -> Compiled {
    let field = |entity: &str, name: &str, kind: &str, class: &str| json!({ "id": format!("fld_{entity}_{name}"), "name": name, "type": kind, "classification": class });
    let customer = json!({ "kind": "entity", "id": "ent_customer", "name": "Customer",
        "fields": [field("c", "region", "string", "internal"), field("c", "iban", "string", "secret")] });
    let mut reference = field("i", "customer", "reference", "internal");
    reference["referenceTo"] = json!("Customer");
    let invoice = json!({ "kind": "entity", "id": "ent_invoice", "name": "Invoice",
        "fields": [
            field("i", "region", "string", "internal"),
            field("i", "total", "integer", "internal"),
            field("i", "email", "string", "personal"),
            reference,
        ],
        "combining": combining, "policies": policies });
    let mut line = field("l", "invoice", "reference", "internal");
    line["referenceTo"] = json!("Invoice");
    line["inverse"] = json!("lines");
    let line = json!({ "kind": "entity", "id": "ent_line", "name": "Line",
        "fields": [line, field("l", "amount", "integer", "internal")] });
    let documents: Vec<_> =
        [customer, invoice, line].into_iter().map(|json| Arc::new(read_document("test", json).unwrap())).collect();
    let compiled = compile(&documents, &CompileOptions::default());
    assert!(!compiled.has_errors(), "{:#?}", compiled.findings);
    compiled
}

fn set(policies: Json) -> PolicySet {
    let compiled = model(policies);
    PolicySet::compile_in(compiled.model.entity("Invoice").unwrap(), &RoleCatalogue::default())
}

fn row(region: Option<&str>, total: i64) -> Row {
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let values = [
        ("id", Value::Null),
        ("region", text(region)),
        ("total", Value::Integer(total)),
        ("email", text(Some("ann@shop.example"))),
        ("customer", Value::Null),
    ];
    Row { record: Record(values.map(|(name, value)| (name.into(), value)).to_vec()), ..Row::default() }
}

fn of_customer(mut row: Row, region: &str) -> Row {
    let values =
        [("id", Value::Null), ("region", Value::Text(region.to_owned())), ("iban", Value::Text("DE02".into()))];
    let record = Record(values.map(|(name, value)| (name.into(), value)).to_vec());
    row.references.insert(4, Loaded::Found(Box::new(Row { record, ..Row::default() })));
    row
}

fn ann(attributes: Json) -> Principal {
    let attributes: BTreeMap<String, Json> = serde_json::from_value(attributes).unwrap();
    Principal { attributes, ..Principal::new("ann", &["sales"]) }
}

const NOW: &str = "2026-11-21T08:00:00Z";

fn known(principal: &Principal) -> Known<'_> {
    Known { principal, context: no_context(), now: Instant::parse(NOW).unwrap() }
}

fn decide(set: &PolicySet, principal: &Principal, row: &Row) -> Decision {
    set.decide_with_evidence(&Request { known: known(principal), action: "read", record: Some(row) })
}

fn own_region() -> Json {
    json!([{ "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"],
        "condition": "record.region == principal.region && record.total < 1000" }])
}

#[test]
fn a_deny_says_which_clause_failed_and_what_it_saw() {
    let set = set(own_region());
    let told = |principal: Json, row: &Row| {
        let decision = decide(&set, &ann(principal), row);
        let decision_reason = decision.reason();
        let clause = decision.failed.into_iter().next();
        (decision_reason, clause.map(|clause| (clause.text, clause.values)), decision.missing)
    };
    let values = |values: &[(&str, &str)]| -> Vec<(String, String)> {
        values.iter().map(|(text, value)| ((*text).to_owned(), (*value).to_owned())).collect()
    };
    assert_eq!(
        told(json!({ "region": "north" }), &row(Some("south"), 5)),
        (
            "no policy allows `read` here: `record.region == principal.region` of `own` is false".to_owned(),
            Some((
                "record.region == principal.region".to_owned(),
                values(&[("record.region", "'south'"), ("principal.region", "'north'")])
            )),
            vec![]
        )
    );
    assert_eq!(
        told(json!({ "region": "north" }), &row(Some("north"), 5_000)).1,
        Some(("record.total < 1000".to_owned(), values(&[("record.total", "5000")])))
    );
    let (reason, _, missing) = told(json!({}), &row(Some("north"), 5));
    assert!(reason.starts_with("no policy allows `read` here: "), "{reason}");
    assert!(reason.contains("cannot be told"), "{reason}");
    assert_eq!(missing, ["principal.region"]);
    assert!(decide(&set, &ann(json!({ "region": "north" })), &row(Some("north"), 5)).allowed);
}

#[test]
fn values_of_classified_fields_are_not_told() {
    let set = set(json!([{ "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"],
        "condition": "record.email == principal.email && record.customer.iban == principal.iban" }]));
    let principal = ann(json!({ "email": "x@y", "iban": "y" }));
    let row = of_customer(row(None, 1), "north");
    let decision = decide(&set, &principal, &row);
    assert_eq!(decision.failed[0].values[0], ("record.email".to_owned(), HIDDEN.to_owned()));
    let request = Request { known: known(&principal), action: "read", record: Some(&row) };
    let explained = format!("{:?}", set.explain(&request));
    assert!(!explained.contains("ann@shop.example") && !explained.contains("DE02"), "{explained}");
    assert!(explained.contains(HIDDEN));
}

#[test]
fn values_of_fields_that_a_policy_masks_are_not_told_either() {
    let set = set(json!([
        { "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"], "condition": "record.total < 10",
          "fields": { "read": ["total"] } },
        { "id": "pol_2", "name": "ops", "effect": "allow", "actions": ["read"], "roles": ["ops"],
          "condition": "record.region == 'north'", "fields": { "read": ["region"] } },
    ]));
    let decision = decide(&set, &ann(json!({})), &row(Some("south"), 50));
    assert_eq!(decision.failed[0].values, [("record.total".to_owned(), HIDDEN.to_owned())]);
}

#[test]
fn an_explanation_has_every_rule_that_could_have_a_say() {
    let set = set(json!([
        { "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"], "roles": ["sales"],
          "condition": "record.region == principal.region" },
        { "id": "pol_2", "name": "large", "effect": "deny", "actions": ["*"], "condition": "record.total > 1000" },
        { "id": "pol_3", "name": "old", "effect": "allow", "actions": ["read"], "validUntil": "2020-01-01T00:00:00Z" },
        { "id": "pol_4", "name": "others", "effect": "allow", "actions": ["read"], "roles": ["ops"] },
    ]));
    let principal = ann(json!({ "region": "north" }));
    let row = row(Some("north"), 5);
    let explained = set.explain(&Request { known: known(&principal), action: "read", record: Some(&row) });
    let told: Vec<(&str, &RuleOutcome, bool)> =
        explained.rules.iter().map(|rule| (&*rule.rule.name, &rule.outcome, rule.decides)).collect();
    assert_eq!(
        told,
        [
            ("large", &RuleOutcome::NotMatched, false),
            ("own", &RuleOutcome::Matched, true),
            ("old", &RuleOutcome::NotInForce, false),
        ]
    );
    let condition = explained.rules[1].condition.as_ref().unwrap();
    assert_eq!(condition.root().unwrap().text(), "record.region == principal.region");
}

#[test]
fn obligations_come_with_their_decision() {
    let set = set(json!([
        { "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"],
          "condition": "record.region == 'north'",
          "obligations": [
            { "kind": "audit", "params": { "level": "high" } },
            { "kind": "notify", "on": "deny", "advice": true },
          ] },
    ]));
    let kinds = |decision: &Decision| -> (Vec<String>, Vec<String>) {
        let names = |all: &[maq_ir::Obligation]| all.iter().map(|one| one.kind.to_string()).collect();
        (names(&decision.obligations), names(&decision.advice))
    };
    let principal = ann(json!({}));
    assert_eq!(kinds(&decide(&set, &principal, &row(Some("north"), 1))), (vec!["audit".to_owned()], vec![]));
    assert_eq!(kinds(&decide(&set, &principal, &row(Some("south"), 1))), (vec![], vec!["notify".to_owned()]));
}

#[test]
fn a_lent_right_is_never_more_than_its_grantor_has() {
    let set = set(json!([
        { "id": "pol_1", "name": "managers", "effect": "allow", "actions": ["read"], "roles": ["manager"],
          "condition": "record.total < 1000" },
        { "id": "pol_2", "name": "forAnn", "effect": "allow", "actions": ["*"], "principals": ["ann"],
          "validUntil": "2026-12-01T00:00:00Z", "grantedBy": { "userId": "mia", "roles": ["manager"] } },
    ]));
    let principal = ann(json!({}));
    assert!(decide(&set, &principal, &row(None, 5)).allowed);
    let denied = decide(&set, &principal, &row(None, 5_000));
    assert_eq!(
        (denied.allowed, &*denied.reason()),
        (false, "no policy allows `read` here: `forAnn` lends what its grantor may not do")
    );
    let row = row(None, 5);
    let update = Request { known: known(&principal), action: "update", record: Some(&row) };
    assert!(!set.allows(&update), "managers may not change, so nobody can lend it");
    let later = Known { now: Instant::parse("2026-12-01T00:00:00Z").unwrap(), ..known(&principal) };
    assert!(!set.allows(&Request { known: later, action: "read", record: Some(&row) }), "it ended");
    assert!(matches!(set.filter(&known(&principal), "read").unwrap(), RowFilter::Where(_)));
    assert_eq!(set.filter(&later, "read").unwrap(), RowFilter::None);
    let bob = Principal::new("bob", &["sales"]);
    assert!(!set.allows(&Request { known: known(&bob), action: "read", record: Some(&row) }));
}

#[test]
fn what_the_grantor_may_not_do_does_not_apply_even_when_its_condition_cannot_be_told() {
    let compiled = combined(
        "only-one-applicable",
        json!([
            { "id": "pol_1", "name": "lent", "effect": "allow", "actions": ["read"], "roles": ["sales"],
              "condition": "record.customer.region == 'north'", "validUntil": "2026-12-01T00:00:00Z",
              "grantedBy": { "userId": "boss", "roles": ["clerk"] } },
            { "id": "pol_2", "name": "anns", "effect": "allow", "actions": ["read"], "principals": ["ann"] },
        ]),
    );
    let set = PolicySet::compile_in(compiled.model.entity("Invoice").unwrap(), &RoleCatalogue::default());
    let principal = ann(json!({}));
    assert!(decide(&set, &principal, &row(None, 5)).allowed);
    assert_eq!(set.filter(&known(&principal), "read").unwrap(), RowFilter::All);
}

#[test]
fn a_scope_holds_where_the_principal_acts() {
    let set = set(json!([{ "id": "pol_1", "name": "north", "effect": "allow", "actions": ["read"],
        "scope": { "tenant": "default", "org": "north" } }]));
    let row = row(None, 5);
    let may = |org: Option<&str>, tenant: &str| {
        let principal =
            Principal { org_id: org.map(str::to_owned), tenant_id: tenant.to_owned(), ..Principal::new("ann", &[]) };
        set.allows(&Request { known: known(&principal), action: "read", record: Some(&row) })
    };
    assert_eq!([may(Some("north"), "default"), may(None, "default"), may(Some("north"), "b")], [true, false, false]);
}

#[test]
fn fields_are_united_over_allows_and_taken_by_denies() {
    let set = set(json!([
        { "id": "pol_1", "name": "sales", "effect": "allow", "actions": ["read", "update"], "roles": ["sales"],
          "fields": { "read": ["region", "email"], "write": ["region"],
            "mask": { "email": { "kind": "partial", "start": 1, "end": 4 } } } },
        { "id": "pol_2", "name": "north", "effect": "allow", "actions": ["read"], "roles": ["sales"],
          "condition": "record.region == 'north'", "fields": { "read": ["total", "email"] } },
        { "id": "pol_3", "name": "closed", "effect": "deny", "actions": ["read"],
          "condition": "record.total > 1000", "fields": { "read": ["total"] } },
    ]));
    let principal = ann(json!({}));
    let rights = |row: &Row| {
        let request = Request { known: known(&principal), action: "read", record: Some(row) };
        let rights = set.field_rights_on(&request);
        [0, 1, 2, 3].map(|at| rights.read(FieldIdx(at)).clone())
    };
    let (readable, hidden) = (FieldRight::Readable, FieldRight::Hidden);
    let masked = FieldRight::Masked(Mask::Partial { start: 1, end: 4 });
    assert_eq!(rights(&row(Some("south"), 5)), [readable.clone(), hidden.clone(), masked, hidden.clone()]);
    assert_eq!(rights(&row(Some("north"), 5)), [readable.clone(), readable.clone(), readable.clone(), hidden.clone()]);
    assert_eq!(rights(&row(Some("north"), 5_000)), [readable.clone(), hidden.clone(), readable, hidden]);
    assert_eq!(set.queryable(&known(&principal)), [true, false, false, false]);
    assert_eq!(set.field_conditions(&known(&principal), "read").unwrap().len(), 2);
    let row = row(Some("north"), 5);
    let update = set.field_rights_on(&Request { known: known(&principal), action: "update", record: Some(&row) });
    assert_eq!([0, 1, 2].map(|at| update.may_write(FieldIdx(at))), [true, false, false]);
}

#[test]
fn walks_are_what_conditions_need_loaded() {
    let set = set(json!([
        { "id": "pol_1", "name": "own", "effect": "allow", "actions": ["read"],
          "condition": "record.customer.region == 'north' && record.lines.all(l, l.amount > 1)" },
        { "id": "pol_2", "name": "plain", "effect": "allow", "actions": ["update"], "condition": "record.total > 1" },
    ]));
    let expected = Walks {
        references: BTreeMap::from([(4, Walks::default())]),
        children: BTreeMap::from([(0, Walks::default())]),
    };
    assert_eq!(set.walks("list"), expected);
    assert_eq!(set.walks("update"), Walks::default());
    let row = of_customer(row(None, 1), "north");
    assert!(!decide(&set, &ann(json!({})), &row).missing.is_empty() || !row.children.contains_key(&0));
}
