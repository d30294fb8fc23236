//! The same rules in Cedar. Requests and entities are made before the clock starts.

use super::sample::{Asked, Clause, Rule};
use crate::areas::Failure;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};
use std::collections::{HashMap, HashSet};

/// Cedar with the rules.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
}

/// A request as Cedar takes it.
pub struct Prepared {
    request: Request,
    entities: Entities,
}

impl Cedar {
    pub fn new(rules: &[Rule]) -> Result<Cedar, Failure> {
        let text: Vec<String> = rules.iter().map(text).collect();
        Ok(Cedar { authorizer: Authorizer::new(), policies: text.join("\n").parse()? })
    }

    pub fn prepare(&self, asked: &Asked) -> Result<Prepared, Failure> {
        let user = uid("User", &asked.principal.user_id)?;
        let resource = uid("Invoice", "1")?;
        let mut entities = Vec::new();
        let mut parents = HashSet::new();
        for role in asked.principal.roles.iter().collect::<HashSet<_>>() {
            let role = uid("Role", role)?;
            parents.insert(role.clone());
            entities.push(Entity::new(role, HashMap::new(), HashSet::new())?);
        }
        let region = HashMap::from([("region".to_owned(), RestrictedExpression::new_string(asked.region.to_owned()))]);
        entities.push(Entity::new(user.clone(), region, parents)?);
        let attributes = [
            ("region", RestrictedExpression::new_string(asked.record.region.to_owned())),
            ("cents", RestrictedExpression::new_long(asked.record.cents)),
            ("units", RestrictedExpression::new_long(asked.record.units)),
            ("status", RestrictedExpression::new_string(asked.record.status.to_owned())),
        ];
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        entities.push(Entity::new(resource.clone(), attributes, HashSet::new())?);
        let request = Request::new(user, uid("Action", asked.action)?, resource, Context::empty(), None)?;
        Ok(Prepared { request, entities: Entities::from_entities(entities, None)? })
    }

    pub fn allows(&self, prepared: &Prepared) -> Result<bool, Failure> {
        let answer = self.authorizer.is_authorized(&prepared.request, &self.policies, &prepared.entities);
        Ok(answer.decision() == Decision::Allow)
    }
}

fn text(rule: &Rule) -> String {
    let effect = if rule.denies { "forbid" } else { "permit" };
    let clause = match rule.clause {
        Clause::Amount(cents) => format!("resource.region == principal.region && resource.cents < {cents}"),
        Clause::Units(units) => format!("resource.region == principal.region && resource.units < {units}"),
        Clause::Closed(units) => format!("resource.status == \"closed\" && resource.units > {units}"),
    };
    let (role, action) = (&rule.role, rule.action);
    format!("{effect}(principal in Role::\"{role}\", action == Action::\"{action}\", resource) when {{ {clause} }};")
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, Failure> {
    Ok(format!("{kind}::\"{id}\"").parse()?)
}
