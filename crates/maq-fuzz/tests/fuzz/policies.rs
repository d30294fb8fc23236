//! Policies: whatever a document says, it is read and compiled or refused; and what is compiled decides as a plain
//! reading of its rules does, in memory and as a filter in SQLite. Nothing is allowed that nothing allows.

use crate::condition::model::{NOW, SHOP, all, documents, principals};
use crate::condition::text;
use crate::run::reached;
use crate::samples;
use maq_diag::catalogue;
use maq_expr::{Input as Asked, Known, Outcome, Row};
use maq_fuzz::Input;
use maq_ir::{Combining, Effect, Entity, Policy};
use maq_policy::{PolicySet, Request, RowFilter, no_context};
use maq_query::record::{Filter, ListQuery};
use maq_value::{Principal, Value};
use serde_json::{Value as Json, json};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

const ORDER: usize = 2;

const ROLES: [&str; 6] = ["admin", "a", "clerk", "*", "", "Admin"];

const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut documents = documents();
    let policies: Vec<Json> = (0..input.pick(7)).map(|at| policy(&mut input, at)).collect();
    documents[ORDER]["policies"] = json!(policies);
    if input.pick(3) > 0 {
        let words: Vec<&str> = Combining::ALL.into_iter().map(Combining::word).chain(["deny", ""]).collect();
        documents[ORDER]["combining"] = json!(input.one(&words));
    }
    if input.once_in(4) {
        let place = ["policies", "combining"][input.pick(2)];
        let mut part = documents[ORDER][place].take();
        input.mutate(&mut part);
        documents[ORDER][place] = part;
    }
    let shown = documents[ORDER]["policies"].to_string();
    let read: Vec<_> = documents.iter().filter_map(samples::read).collect();
    let compiled = samples::compiled(&read);
    for finding in &compiled.findings {
        assert!(catalogue::info(&finding.code).is_some(), "a code of no catalogue: {finding:?}");
    }
    if samples::is_frozen(&read, &compiled) {
        reached("documents frozen");
    }
    // What cannot be frozen is still asked: it must not open a door either.
    let Some(view) = compiled.model.entity("Order") else { return };
    let mut set = PolicySet::compile(view.entity);
    if input.pick(2) == 0 {
        set = set.clone();
    }
    for principal in askers(&mut input) {
        for action in [ACTIONS[input.pick(4)], "read", "nothing"] {
            check_action(&set, view.entity, &principal, action, &shown);
        }
    }
}

fn askers(input: &mut Input<'_>) -> Vec<Principal> {
    let mut askers = principals();
    askers.truncate(2);
    for asker in &mut askers {
        asker.roles = (0..input.pick(3)).map(|_| ROLES[input.pick(ROLES.len())].to_owned()).collect();
        asker.org_id = [None, Some("sales".to_owned())][input.pick(2)].clone();
        if input.once_in(12) {
            asker.tenant_id.clear();
        }
        if input.once_in(12) {
            asker.realm_id.clear();
        }
    }
    askers
}

fn policy(input: &mut Input<'_>, at: usize) -> Json {
    let some = |input: &mut Input<'_>, words: &[&str]| -> Vec<String> {
        (0..=input.pick(2)).map(|_| input.one(words).copied().unwrap_or_default().to_owned()).collect()
    };
    let effects = if input.once_in(9) { 5 } else { 4 };
    let effect = ["allow", "allow", "deny", "allow", "Allow"][input.pick(effects)];
    let priority = [0, 0, 1, -1, i64::MAX, i64::MIN][input.pick(6)];
    let mut policy = json!({
        "id": format!("pol_{at}"), "name": format!("p{at}"),
        "effect": effect,
        "actions": some(input, &["*", "read", "read", "update", "delete", "create"]),
        "priority": priority,
    });
    if input.pick(4) > 0 {
        policy["roles"] = json!(some(input, &ROLES));
    }
    if input.pick(3) > 0 {
        policy["condition"] = match input.pick(12) {
            0 => json!(input.text()),
            1 => json!("("),
            2 => json!("record.note.matches('a+')"),
            _ => json!(text::condition(input, ORDER)),
        };
    }
    if input.once_in(6) {
        policy["principals"] = json!(["it's"]);
    }
    if input.once_in(6) {
        let scopes = [json!({"tenant": "default"}), json!({"realm": "other"}), json!({"org": "sales"}), json!({})];
        policy["scope"] = scopes[input.pick(4)].clone();
    }
    if input.once_in(6) {
        let (key, instant) = (["validFrom", "validUntil"][input.pick(2)], input.pick(4));
        policy[key] = json!(["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z", "soon", ""][instant]);
    }
    if input.once_in(6) {
        policy["grantedBy"] = json!({ "userId": "boss", "roles": some(input, &ROLES) });
    }
    if input.once_in(6) {
        policy["fields"] = match input.pick(4) {
            0 => json!({ "read": ["title", "nothing"] }),
            1 => {
                json!({ "read": "*", "mask": { "title": { "kind": "partial", "start": 1, "end": 4_000_000_000_u32 } } })
            }
            2 => json!({ "write": [], "mask": { "total": { "kind": "fixed", "value": "x" } } }),
            _ => input.json(2),
        };
    }
    if input.once_in(6) {
        let on = ["allow", "deny", "never"][input.pick(3)];
        policy["obligations"] = json!([{ "kind": "audit", "on": on }]);
    }
    if input.once_in(8) {
        input.mutate(&mut policy);
    }
    policy
}

fn check_action(set: &PolicySet, entity: &Entity, principal: &Principal, action: &str, shown: &str) {
    let known = Known { principal, context: no_context(), now: NOW };
    let about =
        |row: Option<&Row>| format!("{action} of {:?} by {principal:?} under {shown}", row.map(|row| &row.record));
    let mut allowed = BTreeSet::new();
    let rows = SHOP.rows(ORDER, &set.walks(action));
    for row in &rows {
        let request = Request { known, action, record: Some(row) };
        let plain = is_allowed(entity.combining, &entity.policies, &request);
        let decision = set.decide(&request);
        assert_eq!(decision.allowed, plain, "{}: {}", about(Some(row)), decision.reason());
        assert_eq!(set.allows(&request), plain, "{}", about(Some(row)));
        let explained = set.explain(&request);
        assert_eq!(explained.decision.allowed, plain, "{}", about(Some(row)));
        for rule in &decision.rules {
            assert!(set.policy(*rule).is_some(), "{}", about(Some(row)));
        }
        if plain {
            reached("rows allowed");
            allowed.insert(shown_id(row));
        } else {
            reached("rows denied");
        }
    }
    // Without a record a condition that reads one cannot be told.
    let nothing = Request { known, action, record: None };
    let plain = is_allowed(entity.combining, &entity.policies, &nothing);
    assert_eq!(set.decide(&nothing).allowed, plain, "{}", about(None));
    check_filter(set, &known, action, &rows, &allowed, &|| about(None));
}

fn check_filter(
    set: &PolicySet,
    known: &Known<'_>,
    action: &str,
    all_rows: &[Row],
    allowed: &BTreeSet<String>,
    about: &dyn Fn() -> String,
) {
    let rows = match set.filter(known, action) {
        Err(_) => return reached("filters refused"),
        Ok(RowFilter::None) => BTreeSet::new(),
        Ok(RowFilter::All) => all_rows.iter().map(shown_id).collect(),
        Ok(RowFilter::Where(predicate)) => {
            let query = ListQuery { filter: Filter::Predicate(Arc::new(predicate)), ..all() };
            let records = &SHOP.records[ORDER];
            let statement = records.list(&SHOP.scope, &query);
            let statement = statement.unwrap_or_else(|error| panic!("{error}: {}", about()));
            reached("filters asked of SQLite");
            SHOP.read(statement)
                .iter()
                .map(|row| records.decode_row(row).unwrap())
                .map(|record| shown_id(&Row { record, ..Row::default() }))
                .collect()
        }
    };
    assert_eq!(&rows, allowed, "the filter and the decisions differ: {}", about());
}

fn shown_id(row: &Row) -> String {
    row.record.0.first().map_or(&Value::Missing, |(_, value)| value).to_json().to_string()
}

/// The rules read one by one, as the design says them.
fn is_allowed(combining: Combining, policies: &[Policy], request: &Request<'_>) -> bool {
    let principal = request.known.principal;
    if principal.tenant_id.is_empty() || principal.realm_id.is_empty() || !ACTIONS.contains(&request.action) {
        return false;
    }
    let applicable = policies.iter().filter(|policy| applies(policy, request));
    // A deny with fields takes fields away.
    let applicable = applicable.filter(|policy| policy.effect == Effect::Allow || policy.fields.is_none());
    let told: Vec<(&Policy, Option<bool>)> =
        applicable.map(|policy| (policy, told(combining, policies, policy, request))).collect();
    let matches = |(policy, told): &&(&Policy, Option<bool>)| match policy.effect {
        Effect::Allow => *told == Some(true),
        Effect::Deny => *told != Some(false),
    };
    let matching: Vec<&Policy> = told.iter().filter(matches).map(|(policy, _)| *policy).collect();
    let some = |effect: Effect| matching.iter().any(|policy| policy.effect == effect);
    match combining {
        Combining::PriorityDenyOverrides => {
            let first = matching.iter().min_by_key(|policy| (Reverse(policy.priority), policy.effect == Effect::Allow));
            first.is_some_and(|policy| policy.effect == Effect::Allow)
        }
        Combining::DenyOverrides => some(Effect::Allow) && !some(Effect::Deny),
        Combining::PermitOverrides | Combining::DenyUnlessPermit => some(Effect::Allow),
        Combining::PermitUnlessDeny => !some(Effect::Deny),
        Combining::FirstApplicable => matching.first().is_some_and(|policy| policy.effect == Effect::Allow),
        Combining::OnlyOneApplicable => {
            let open: Vec<_> = told.iter().filter(|(_, told)| *told != Some(false)).collect();
            matches!(&*open, [(policy, Some(true))] if policy.effect == Effect::Allow)
        }
    }
}

fn applies(policy: &Policy, request: &Request<'_>) -> bool {
    let principal = request.known.principal;
    let is = |word: &str, other: &str| word == "*" || word == other;
    let everyone = policy.roles.is_empty() && policy.principals.is_empty();
    let role = policy.roles.iter().any(|role| &**role == "*" || principal.roles.iter().any(|own| **own == **role));
    let user = policy.principals.iter().any(|user| **user == *principal.user_id);
    let within = |wanted: &Option<Arc<str>>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
    policy.actions.iter().any(|action| is(action, request.action))
        && (everyone || role || user)
        && within(&policy.scope.tenant, &principal.tenant_id)
        && within(&policy.scope.realm, &principal.realm_id)
        && policy.scope.org.as_deref().is_none_or(|org| principal.org_id.as_deref() == Some(org))
        && policy.validity.from.is_none_or(|from| from <= request.known.now)
        && policy.validity.until.is_none_or(|until| request.known.now < until)
}

/// What the condition says, and whether the one who lends the right has it.
fn told(combining: Combining, policies: &[Policy], policy: &Policy, request: &Request<'_>) -> Option<bool> {
    let said = match &policy.condition {
        _ if policy.broken => None,
        None => Some(true),
        Some(condition) => {
            let asked = Asked { known: Some(request.known), record: request.record, variables: None };
            match condition.evaluate(&asked) {
                Outcome::True => Some(true),
                Outcome::False => return Some(false),
                Outcome::Error(_) => None,
            }
        }
    };
    let Some(grantor) = policy.grantor.as_ref().filter(|_| policy.effect == Effect::Allow) else { return said };
    let own: Vec<Policy> =
        policies.iter().filter(|policy| policy.effect == Effect::Deny || policy.grantor.is_none()).cloned().collect();
    let principal = request.known.principal;
    let lender = Principal {
        user_id: grantor.user_id.to_string(),
        roles: grantor.roles.iter().map(ToString::to_string).collect(),
        attributes: Default::default(),
        ..principal.clone()
    };
    let asked = Request { known: Known { principal: &lender, ..request.known }, ..*request };
    if is_allowed(combining, &own, &asked) { said } else { Some(false) }
}
