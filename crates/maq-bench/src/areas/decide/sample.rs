//! The one sample that everyone decides on: rules of roles with a condition on record and principal in each, and
//! requests that are all different. Who has no exact decimals is given whole cents, which is less work than ours.

use crate::areas::Failure;
use crate::samples::Dice;
use maq_compile::{CompileOptions, compile};
use maq_doc::read_document;
use maq_expr::{Condition, EntityIndex, Environment, Known, Row};
use maq_ir::{Effect, Entity, Policy};
use maq_policy::{PolicySet, Request};
use maq_value::{Decimal, Instant, Principal, Record, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, LazyLock};

/// What can be done.
pub const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

const REGIONS: [&str; 4] = ["north", "south", "east", "west"];

/// The names of a record's fields.
static NAMES: LazyLock<[Arc<str>; 11]> = LazyLock::new(|| {
    let own = ["id", "region", "amount", "units", "status", "cents"];
    let audit = ["row_version", "created_at", "created_by", "updated_at", "updated_by"];
    let mut names = own.into_iter().chain(audit).map(Arc::from);
    std::array::from_fn(|_| names.next().unwrap_or_default())
});

/// What a rule asks of a record.
#[derive(Debug, Clone, Copy)]
pub enum Clause {
    /// In the region of who asks, and below so many cents.
    Amount(i64),
    /// In the region of who asks, and below so many units.
    Units(i64),
    /// Closed, and above so many units.
    Closed(i64),
}

impl Clause {
    /// In the expression language, on cents; the same text is CEL on cents.
    pub fn on_cents(self) -> String {
        match self {
            Clause::Amount(cents) => format!("record.region == principal.region && record.cents < {cents}"),
            other => other.text(),
        }
    }

    /// In the expression language.
    fn text(self) -> String {
        match self {
            Clause::Amount(cents) => {
                let limit = Decimal::new(cents, 2);
                format!("record.region == principal.region && record.amount < {limit}")
            }
            Clause::Units(units) => format!("record.region == principal.region && record.units < {units}"),
            Clause::Closed(units) => format!("record.status == 'closed' && record.units > {units}"),
        }
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Denies, or allows.
    pub denies: bool,
    /// What is done.
    pub action: &'static str,
    /// By whom.
    pub role: String,
    /// When.
    pub clause: Clause,
}

/// So many rules: three of a role, each seventh a deny.
pub fn rules(count: usize) -> Vec<Rule> {
    let mut dice = Dice(0x7275_6c65);
    let mut rule = |number: usize| {
        let denies = number % 7 == 6;
        let clause = match (denies, number % 2) {
            (true, _) => Clause::Closed(40 + dice.roll(50) as i64),
            (false, 0) => Clause::Amount(200_000 + dice.roll(800_000) as i64),
            (false, _) => Clause::Units(30 + dice.roll(70) as i64),
        };
        let action = ACTIONS.get(number % ACTIONS.len()).copied().unwrap_or("read");
        Rule { denies, action, role: format!("role{}", number / 3), clause }
    };
    (0..count).map(&mut rule).collect()
}

/// A request and its record.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub principal: Principal,
    /// Their region.
    pub region: &'static str,
    /// Does what.
    pub action: &'static str,
    /// To which record.
    pub record: Invoice,
    /// The same as ours reads it.
    pub row: Row,
}

/// A record.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// Where.
    pub region: &'static str,
    /// How much.
    pub cents: i64,
    /// How many.
    pub units: i64,
    /// `open` or `closed`.
    pub status: &'static str,
}

impl Asked {
    /// As ours is asked.
    pub fn request(&self, now: Instant) -> Request<'_> {
        Request { known: known(&self.principal, now), action: self.action, record: Some(&self.row) }
    }
}

/// What is known before a record is.
pub fn known(principal: &Principal, now: Instant) -> Known<'_> {
    Known { principal, context: maq_policy::no_context(), now }
}

/// So many requests, all different, by principals of two roles each.
pub fn requests(count: usize, rules: usize) -> Vec<Asked> {
    let mut dice = Dice(0x6465_6369);
    let mut one = |number: usize| {
        let principal = principal(&mut dice, number, rules);
        let region = principal.1;
        // Three in four ask for what is theirs.
        let record = invoice(&mut dice, region);
        let action = ACTIONS.get(dice.roll(ACTIONS.len())).copied().unwrap_or("read");
        Asked { principal: principal.0, region, action, row: row(number, &record), record }
    };
    (0..count).map(&mut one).collect()
}

/// Somebody with two different roles of three rules each, and a region: however many rules there are, who asks meets as
/// many of them.
pub fn principal(dice: &mut Dice, number: usize, rules: usize) -> (Principal, &'static str) {
    let count = rules / 3;
    let first = dice.roll(count);
    let second = (first + 1 + dice.roll(count - 1)) % count;
    let roles = [first, second].map(|role| format!("role{role}"));
    let mut principal = Principal::new(format!("user{number}"), &roles.each_ref().map(String::as_str));
    let region = dice.pick(&REGIONS);
    principal.attributes.insert("region".to_owned(), Json::from(region));
    (principal, region)
}

/// A record, three times in four of `region`.
pub fn invoice(dice: &mut Dice, region: &'static str) -> Invoice {
    let other = dice.pick(&REGIONS);
    Invoice {
        region: if dice.roll(4) > 0 { region } else { other },
        cents: dice.roll(1_000_000) as i64,
        units: dice.roll(100) as i64,
        status: dice.pick(&["open", "open", "closed"]),
    }
}

/// The record as a store gives it: all share the names of their fields.
pub fn row(number: usize, invoice: &Invoice) -> Row {
    let at = Value::Instant(Instant(0));
    let by = || Value::Text("user1".to_owned());
    let values = [
        Value::BigInt(number as i64),
        Value::Text(invoice.region.to_owned()),
        Value::Decimal(Decimal::new(invoice.cents, 2)),
        Value::Integer(invoice.units),
        Value::Text(invoice.status.to_owned()),
        Value::Integer(invoice.cents),
        Value::Integer(1),
        at.clone(),
        by(),
        at,
        by(),
    ];
    Row { record: Record(NAMES.iter().cloned().zip(values).collect()), ..Row::default() }
}

/// The entity of the records, without policies.
pub fn entity() -> Result<(Entity, Arc<Environment>), Failure> {
    let field = |name: &str, ty: &str, more: Json| {
        let mut field = json!({ "id": format!("fld_{name}"), "name": name, "type": ty, "required": true });
        if let Some((field, more)) = field.as_object_mut().zip(more.as_object()) {
            field.extend(more.clone());
        }
        field
    };
    let document = json!({
        "kind": "entity", "format": 1, "id": "ent_invoice", "name": "Invoice", "class": "document",
        "identity": { "type": "integer" },
        "fields": [
            field("region", "string", json!({ "maxLength": 10 })),
            field("amount", "decimal", json!({ "precision": 12, "scale": 2 })),
            field("units", "integer", Json::Object(Map::new())),
            field("status", "enum", json!({ "enumValues": ["open", "closed"] })),
            field("cents", "integer", Json::Object(Map::new())),
        ],
    });
    let document = read_document("bench", document).map_err(|findings| format!("{findings:?}"))?;
    let compiled = compile(&[Arc::new(document)], &CompileOptions::default());
    let view = compiled.model.entity("Invoice").ok_or("the sample does not compile")?;
    let shapes = maq_ir::shapes::shapes(std::slice::from_ref(view.entity));
    Ok(((**view.entity).clone(), Arc::new(Environment::model(shapes, EntityIndex(0)))))
}

/// The condition of a rule.
pub fn condition(text: &str, environment: &Arc<Environment>) -> Result<Condition, Failure> {
    let compiled = Condition::compile(text, environment);
    Ok(compiled.map_err(|problems| format!("`{text}`: {problems:?}"))?.0)
}

/// The rules as ours holds them.
pub fn policy_set(rules: &[Rule]) -> Result<PolicySet, Failure> {
    let (mut entity, environment) = entity()?;
    let policies = rules.iter().enumerate().map(|(number, rule)| {
        Ok::<_, Failure>(Policy {
            id: format!("pol_{number}").into(),
            name: format!("rule{number}").into(),
            effect: if rule.denies { Effect::Deny } else { Effect::Allow },
            actions: vec![rule.action.into()],
            roles: vec![rule.role.as_str().into()],
            condition: Some(condition(&rule.clause.text(), &environment)?),
            ..Policy::default()
        })
    });
    entity.policies = policies.collect::<Result<_, _>>()?;
    Ok(PolicySet::compile(&entity))
}

/// The conditions of the rules, on cents.
pub fn conditions(rules: &[Rule]) -> Result<Vec<Condition>, Failure> {
    let (_, environment) = entity()?;
    rules.iter().map(|rule| condition(&rule.clause.on_cents(), &environment)).collect()
}
