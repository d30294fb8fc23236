//! The same rules in Casbin: roles by `g`, conditions by `eval`, which is how it has a condition in each rule.

use super::sample::{Asked, Clause, Rule};
use crate::areas::Failure;
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use serde::Serialize;

const MODEL: &str = "
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, act, cond, eft

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.act == p.act && g(r.sub.id, p.sub) && eval(p.cond)
";

/// An enforcer with the rules, and the roles of those who ask.
pub struct Casbin(Enforcer);

/// Who asks.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct Subject {
    id: String,
    region: &'static str,
}

/// For what.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct Object {
    region: &'static str,
    cents: i64,
    units: i64,
    status: &'static str,
}

/// A request as Casbin takes it; it makes its own values of it in each call.
pub type Prepared = (Subject, Object, &'static str);

impl Casbin {
    pub fn new(rules: &[Rule], asked: &[Asked]) -> Result<Casbin, Failure> {
        let policies = rules.iter().map(|rule| {
            let effect = if rule.denies { "deny" } else { "allow" };
            vec![rule.role.clone(), rule.action.to_owned(), clause(rule.clause), effect.to_owned()]
        });
        let roles = asked.iter().flat_map(|asked| {
            let id = &asked.principal.user_id;
            asked.principal.roles.iter().map(move |role| vec![id.clone(), role.clone()])
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let enforcer = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await?;
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            enforcer.add_policies(policies.collect()).await?;
            let mut seen = std::collections::HashSet::new();
            enforcer.add_grouping_policies(roles.filter(|role| seen.insert(role.clone())).collect()).await?;
            Ok::<_, casbin::Error>(enforcer)
        })?;
        Ok(Casbin(enforcer))
    }

    pub fn prepare(&self, asked: &Asked) -> Result<Prepared, Failure> {
        let subject = Subject { id: asked.principal.user_id.clone(), region: asked.region };
        let record = &asked.record;
        let object = Object { region: record.region, cents: record.cents, units: record.units, status: record.status };
        Ok((subject, object, asked.action))
    }

    pub fn allows(&self, prepared: &Prepared) -> Result<bool, Failure> {
        Ok(self.0.enforce(prepared.clone())?)
    }
}

fn clause(clause: Clause) -> String {
    match clause {
        Clause::Amount(cents) => format!("r.obj.region == r.sub.region && r.obj.cents < {cents}"),
        Clause::Units(units) => format!("r.obj.region == r.sub.region && r.obj.units < {units}"),
        Clause::Closed(units) => format!("r.obj.status == \"closed\" && r.obj.units > {units}"),
    }
}
