//! One condition, in the crate `cel` with its standard library: with its variables bound before the clock starts, and
//! with binding them.

use super::sample::Asked;
use crate::areas::Failure;
use cel::{Context, Program, Value};
use std::collections::HashMap;

/// A compiled condition.
pub struct Cel(Program);

impl Cel {
    pub fn new(text: &str) -> Result<Cel, Failure> {
        Ok(Cel(Program::compile(text)?))
    }

    pub fn holds(&self, context: &Context<'_, '_>) -> bool {
        self.0.execute(context) == Ok(Value::Bool(true))
    }
}

/// The variables of a request, within `root`.
pub fn bind<'p>(root: &'p Context<'p, 'static>, asked: &Asked) -> Context<'p, 'static> {
    let mut context = root.new_inner_scope();
    let record: HashMap<&str, Value> = HashMap::from([
        ("region", asked.record.region.into()),
        ("cents", Value::Int(asked.record.cents)),
        ("units", Value::Int(asked.record.units)),
        ("status", asked.record.status.into()),
    ]);
    let principal: HashMap<&str, Value> = HashMap::from([("region", asked.region.into())]);
    context.add_variable_from_value("record", record);
    context.add_variable_from_value("principal", principal);
    context
}
