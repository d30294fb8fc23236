//! Deciding by roles, 10,000 different requests. Peer: `cedar-policy` with the same policies and requests.

use super::Failure;
use crate::measure::per_call;
use crate::report::{Better, Report};
use crate::samples::Dice;
use cedar_policy::{Authorizer, Context, Entities, Entity, EntityUid, Request};
use maq_ir::{Class, Effect, IdentityType, Policy};
use maq_policy::PolicySet;
use maq_value::Principal;
use std::collections::{HashMap, HashSet};

const REQUESTS: usize = 10_000;
const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// One rule: whether it denies, its action, its role.
type Rule = (bool, &'static str, String);

pub fn run(report: &mut Report) -> Result<(), Failure> {
    for rules in [20, 10_000] {
        let set = rules_of(rules);
        let requests = requests(rules);
        let ours = policy_set(&set);
        let decide = per_call(&requests, |(principal, action)| ours.decide(principal, action));
        let allows = per_call(&requests, |(principal, action)| ours.allows(principal, action));
        let peer = if rules == 20 { Some(cedar(&set, &requests, &ours)?) } else { None };
        let peers: Vec<(&'static str, f64)> = peer.into_iter().map(|time| ("cedar-policy", time)).collect();
        report.add_with_peers(&format!("decide/{rules}-rules"), "ns", Better::Lower, decide, None, &peers);
        report.add(&format!("decide/{rules}-rules-yes-or-no"), "ns", Better::Lower, allows, None);
    }
    Ok(())
}

fn rules_of(count: usize) -> Vec<Rule> {
    let rule = |number: usize| {
        let action = ACTIONS.get(number % ACTIONS.len()).copied().unwrap_or("read");
        (number % 7 == 6, action, format!("role{}", number / 3))
    };
    (0..count).map(rule).collect()
}

fn requests(rules: usize) -> Vec<(Principal, &'static str)> {
    let mut dice = Dice(0x6465_6369);
    let mut one = |number: usize| {
        let roles = [format!("role{}", dice.roll(rules / 3 + 1)), format!("role{}", dice.roll(rules / 3 + 1))];
        let principal = Principal::new(format!("user{number}"), &roles.each_ref().map(String::as_str));
        (principal, ACTIONS.get(dice.roll(ACTIONS.len())).copied().unwrap_or("read"))
    };
    (0..REQUESTS).map(&mut one).collect()
}

fn policy_set(rules: &[Rule]) -> PolicySet {
    let policy = |(number, (denies, action, role)): (usize, &Rule)| Policy {
        id: format!("pol_{number}").into(),
        name: format!("rule{number}").into(),
        effect: if *denies { Effect::Deny } else { Effect::Allow },
        actions: vec![(*action).into()],
        roles: vec![role.as_str().into()],
        priority: 0,
        conditional: false,
    };
    PolicySet::compile(&maq_ir::Entity {
        id: "ent_1".into(),
        name: "Invoice".into(),
        table: "invoice".into(),
        class: Class::Document,
        identity: IdentityType::Uuid,
        fields: Vec::new(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: rules.iter().enumerate().map(policy).collect(),
        rules: Vec::new(),
        schema_hash: "".into(),
    })
}

/// Nanoseconds of Cedar for the same answers; requests and entities are made before the clock starts.
fn cedar(rules: &[Rule], requests: &[(Principal, &'static str)], ours: &PolicySet) -> Result<f64, Failure> {
    let text: Vec<String> = rules
        .iter()
        .map(|(denies, action, role)| {
            let effect = if *denies { "forbid" } else { "permit" };
            format!("{effect}(principal in Role::\"{role}\", action == Action::\"{action}\", resource);")
        })
        .collect();
    let policies: cedar_policy::PolicySet = text.join("\n").parse()?;
    let uid = |kind: &str, id: &str| -> Result<EntityUid, Failure> { Ok(format!("{kind}::\"{id}\"").parse()?) };
    let resource = uid("Entity", "Invoice")?;
    let mut asked = Vec::with_capacity(requests.len());
    for (principal, action) in requests {
        let user = uid("User", &principal.user_id)?;
        let mut entities = Vec::new();
        let mut parents = HashSet::new();
        for role in principal.roles.iter().collect::<HashSet<_>>() {
            let role = uid("Role", role)?;
            parents.insert(role.clone());
            entities.push(Entity::new(role, HashMap::new(), HashSet::new())?);
        }
        entities.push(Entity::new(user.clone(), HashMap::new(), parents)?);
        let request = Request::new(user, uid("Action", action)?, resource.clone(), Context::empty(), None)?;
        asked.push((request, Entities::from_entities(entities, None)?));
    }
    let authorizer = Authorizer::new();
    for ((request, entities), (principal, action)) in asked.iter().zip(requests) {
        let theirs = authorizer.is_authorized(request, &policies, entities).decision() == cedar_policy::Decision::Allow;
        if theirs != ours.allows(principal, action) {
            return Err(format!("cedar answers otherwise for {principal:?}, {action}").into());
        }
    }
    Ok(per_call(&asked, |(request, entities)| authorizer.is_authorized(request, &policies, entities)))
}
