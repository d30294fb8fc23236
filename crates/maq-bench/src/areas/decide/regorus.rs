//! The same rules in Rego, run by the register machine of regorus, the fastest of its ways: compiled once, the machine
//! reused, inputs made before the clock starts.

use super::sample::{Asked, Clause, Rule};
use crate::areas::Failure;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{PolicyModule, Value, compile_policy_with_entrypoint};
use serde_json::json;
use std::cell::RefCell;

const ENTRY: &str = "data.bench.allow";

/// A machine with the rules.
pub struct Rego(RefCell<RegoVM>);

impl Rego {
    pub fn new(rules: &[Rule]) -> Result<Rego, Failure> {
        // A module may have a megabyte; more of a package stands in further ones.
        let mut modules = vec![module("default allow := false\n\nallow if { permit; not forbid }\n")];
        for share in rules.chunks(1000) {
            modules.push(module(&share.iter().map(rule_text).collect::<String>()));
        }
        let policy = compile_policy_with_entrypoint(Value::new_object(), &modules, ENTRY.into())?;
        let program = Compiler::compile_from_policy(&policy, &[ENTRY])?;
        let mut machine = RegoVM::new_with_policy(policy);
        machine.set_max_instructions(usize::MAX);
        machine.load_program(program);
        machine.set_data(Value::new_object())?;
        Ok(Rego(RefCell::new(machine)))
    }

    pub fn prepare(&self, asked: &Asked) -> Result<Value, Failure> {
        let record = &asked.record;
        let input = json!({
            "action": asked.action,
            "principal": { "region": asked.region, "roles": asked.principal.roles },
            "record": { "region": record.region, "cents": record.cents, "units": record.units, "status": record.status },
        });
        Ok(serde_json::from_value(input)?)
    }

    pub fn allows(&self, input: &Value) -> Result<bool, Failure> {
        let mut machine = self.0.borrow_mut();
        machine.set_input(input.clone());
        Ok(machine.execute_entry_point_by_index(0)? == Value::from(true))
    }
}

fn module(text: &str) -> PolicyModule {
    let text = format!("package bench\nimport rego.v1\n\n{text}");
    PolicyModule { id: "bench.rego".into(), content: text.as_str().into() }
}

fn rule_text(rule: &Rule) -> String {
    let effect = if rule.denies { "forbid" } else { "permit" };
    let clause = match rule.clause {
        Clause::Amount(cents) => format!("input.record.region == input.principal.region; input.record.cents < {cents}"),
        Clause::Units(units) => format!("input.record.region == input.principal.region; input.record.units < {units}"),
        Clause::Closed(units) => format!("input.record.status == \"closed\"; input.record.units > {units}"),
    };
    let (role, action) = (&rule.role, rule.action);
    format!("\n{effect} if {{ input.action == \"{action}\"; \"{role}\" in input.principal.roles; {clause} }}\n")
}
