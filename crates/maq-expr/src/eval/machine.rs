//! The evaluator: one function a kind of node, recursive, with a budget of steps.

use super::{Attempt, ErrorKind, EvalError, Failure, operators};
use crate::{BinaryOp, Input, Kind, Node, NodeId, Val, Variable, functions};
use std::borrow::Cow;

/// How much one evaluation may do: a step is a node, an element of a list, or sixteen bytes that are made.
const STEPS: u64 = 1_000_000;

pub(super) type Outcome<'a> = Result<Val<'a>, EvalError>;

/// Who watches an evaluation.
pub(super) trait Watch<'a> {
    /// False: nobody; the calls vanish.
    const WATCHES: bool;
    /// A node begins.
    fn enter(&mut self, node: &'a Node);
    /// A node has its value.
    fn leave(&mut self, node: &'a Node, outcome: &Outcome<'a>);
    /// A node was not needed.
    fn skip(&mut self, node: &'a Node);
}

/// Nobody watches.
pub(super) struct Silent;

impl<'a> Watch<'a> for Silent {
    const WATCHES: bool = false;
    fn enter(&mut self, _: &'a Node) {}
    fn leave(&mut self, _: &'a Node, _: &Outcome<'a>) {}
    fn skip(&mut self, _: &'a Node) {}
}

pub(super) struct Machine<'a, W> {
    pub input: Input<'a>,
    /// Variables of macros by their slot; a bound value may be an error that nobody asks for.
    pub locals: Vec<Outcome<'a>>,
    steps: u64,
    pub watch: W,
}

impl<'a, W: Watch<'a>> Machine<'a, W> {
    pub fn new(input: Input<'a>, watch: W) -> Machine<'a, W> {
        Machine { input, locals: Vec::new(), steps: 0, watch }
    }

    /// Counts work.
    pub fn charge(&mut self, steps: u64, node: NodeId) -> Result<(), EvalError> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > STEPS {
            return Err(Failure::new(ErrorKind::TooCostly, "the evaluation takes too many steps").at(node));
        }
        Ok(())
    }

    /// Counts a copy that was made.
    pub fn copied(&mut self, node: &'a Node, outcome: &Outcome<'a>) -> Result<(), EvalError> {
        let steps = outcome.as_ref().map_or(0, Val::copying);
        if steps > 0 { self.charge(steps, node.id) } else { Ok(()) }
    }

    /// The value of a node.
    pub fn value(&mut self, node: &'a Node) -> Outcome<'a> {
        self.charge(1, node.id)?;
        if !W::WATCHES {
            return self.of_kind(node);
        }
        self.watch.enter(node);
        let outcome = self.of_kind(node);
        self.watch.leave(node, &outcome);
        outcome
    }

    #[inline]
    fn of_kind(&mut self, node: &'a Node) -> Outcome<'a> {
        match &node.kind {
            Kind::Constant(value) => Ok(value.borrowed()),
            Kind::Field { operand, index, .. } => self.field(node, operand, *index),
            Kind::Binary(op, left, right) => self.binary(node, *op, left, right),
            Kind::Select { operand, field, optional } => self.select(node, operand, field, *optional),
            Kind::Unary(op, operand) => {
                let value = self.value(operand)?;
                operators::unary(*op, &value).map_err(|failure| failure.at(node.id))
            }
            Kind::Has(selection) => self.has(node, selection),
            Kind::Call { function, args, .. } => self.call(node, function, args),
            Kind::Conditional(condition, then, otherwise) => self.conditional(node, condition, then, otherwise),
            Kind::Local(slot, name) => {
                let Some(value) = self.locals.get(slot.0 as usize) else {
                    return Err(Failure::invalid(format!("`{name}` has no value")).at(node.id));
                };
                let value = value.clone();
                self.copied(node, &value)?;
                value
            }
            Kind::Variable(variable) => self.variable(node, variable),
            Kind::Children { operand, index, .. } => self.children(node, operand, *index),
            Kind::Index { operand, index, optional } => self.index(node, operand, index, *optional),
            Kind::List(items) => self.list(node, items),
            Kind::Map(entries) => self.map(node, entries),
            Kind::Comprehension(inner) => self.comprehension(node, inner),
            Kind::Bind { slot, value, body, .. } => {
                let value = self.value(value);
                self.bound(slot.0, value, |this| this.value(body))
            }
            Kind::OptionalMap { operand, slot, body, flat, .. } => {
                self.optional_map(node, operand, slot.0, body, *flat)
            }
            Kind::Error(error) => Err((**error).clone()),
            Kind::Message(name) => Err(Failure::invalid(format!("`{name}` is no type that is known here")).at(node.id)),
        }
    }

    /// `body` with a variable bound.
    pub fn bound<T>(&mut self, slot: u32, value: Outcome<'a>, body: impl FnOnce(&mut Self) -> T) -> T {
        let slot = slot as usize;
        self.locals.truncate(slot);
        while self.locals.len() < slot {
            self.locals.push(Ok(Val::Null));
        }
        self.locals.push(value);
        let result = body(self);
        self.locals.truncate(slot);
        result
    }

    pub fn finish(&mut self, node: &'a Node, attempt: Attempt<'a>) -> Outcome<'a> {
        let weight = match &attempt {
            Ok(Val::String(Cow::Borrowed(_)) | Val::Bytes(Cow::Borrowed(_))) | Err(_) => 0,
            Ok(value) => value.weight(STEPS),
        };
        if weight > 0 {
            self.charge(weight, node.id)?;
        }
        attempt.map_err(|failure| failure.at(node.id))
    }

    fn binary(&mut self, node: &'a Node, op: BinaryOp, left: &'a Node, right: &'a Node) -> Outcome<'a> {
        if !W::WATCHES
            && let Some(truth) = self.compared(op, left, right)
        {
            self.charge(2, node.id)?;
            return Ok(Val::Bool(truth));
        }
        match op {
            BinaryOp::And => self.logic(node, left, right, false),
            BinaryOp::Or => self.logic(node, left, right, true),
            BinaryOp::In => self.member(node, left, right),
            BinaryOp::Eq | BinaryOp::Ne => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                self.charge(left.weight(STEPS), node.id)?;
                if let (Val::Map(left), Val::Map(right)) = (&left, &right) {
                    self.charge((left.len() * right.len() / 8) as u64, node.id)?;
                }
                Ok(Val::Bool(left.equals(&right) == (op == BinaryOp::Eq)))
            }
            _ => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                let attempt = operators::binary(op, &left, &right);
                if let (Some(_), Ok(Val::Double(value))) = (&self.input.known, &attempt)
                    && !value.is_finite()
                {
                    // In a model's condition a double is a number that a record can have, as it is in a database.
                    return Err(super::Failure::overflow().at(node.id));
                }
                self.finish(node, attempt)
            }
        }
    }

    /// `&&` (absorbed by false) and `||` (absorbed by true), whichever side the other's error is on.
    fn logic(&mut self, node: &'a Node, left: &'a Node, right: &'a Node, absorbing: bool) -> Outcome<'a> {
        let first = self.value(left);
        if matches!(&first, Ok(Val::Bool(value)) if *value == absorbing) {
            if W::WATCHES {
                self.watch.skip(right);
            }
            return first;
        }
        let second = self.value(right);
        if matches!(&second, Ok(Val::Bool(value)) if *value == absorbing) {
            return second;
        }
        match (first?, second?) {
            (Val::Bool(_), Val::Bool(_)) => Ok(Val::Bool(!absorbing)),
            _ => Err(operators::no_overload(if absorbing { "||" } else { "&&" }).at(node.id)),
        }
    }

    fn conditional(&mut self, node: &'a Node, condition: &'a Node, then: &'a Node, otherwise: &'a Node) -> Outcome<'a> {
        match self.value(condition)? {
            Val::Bool(true) => {
                let value = self.value(then);
                if W::WATCHES {
                    self.watch.skip(otherwise);
                }
                value
            }
            Val::Bool(false) => {
                if W::WATCHES {
                    self.watch.skip(then);
                }
                self.value(otherwise)
            }
            _ => Err(operators::no_overload("?").at(node.id)),
        }
    }

    fn call(&mut self, node: &'a Node, function: &str, args: &'a [Node]) -> Outcome<'a> {
        const FEW: usize = 4;
        if let ("or" | "orValue", [first, second]) = (function, args) {
            return self.otherwise(node, function, first, second);
        }
        let mut few = [const { Val::Null }; FEW];
        let mut many = Vec::new();
        let values: &[Val<'a>] = if args.len() <= FEW {
            for (place, argument) in few.iter_mut().zip(args) {
                *place = self.value(argument)?;
            }
            few.get(..args.len()).unwrap_or_default()
        } else {
            for argument in args {
                many.push(self.value(argument)?);
            }
            &many
        };
        let work = functions::work(function, values);
        if work > 0 {
            self.charge(work, node.id)?;
        }
        let now = self.input.known.map(|known| known.now);
        let attempt = functions::call(function, values, now);
        self.finish(node, attempt)
    }

    /// `a.or(b)` and `a.orValue(b)`: the second is not asked for when the first has a value.
    fn otherwise(&mut self, node: &'a Node, function: &str, first: &'a Node, second: &'a Node) -> Outcome<'a> {
        let first = self.value(first)?;
        let other = match &first {
            Val::Optional(Some(_)) => {
                if W::WATCHES {
                    self.watch.skip(second);
                }
                Val::Null
            }
            _ => self.value(second)?,
        };
        functions::call(function, &[first, other], None).map_err(|failure| failure.at(node.id))
    }

    fn variable(&mut self, node: &'a Node, variable: &'a Variable) -> Outcome<'a> {
        let value = match variable {
            Variable::Record => self.input.record.map(Val::Record),
            Variable::Now => self.input.known.map(|known| Val::Timestamp(crate::Timestamp::from_instant(known.now))),
            Variable::Principal | Variable::Context => None,
            Variable::Named(name) => self.input.variables.and_then(|variables| variables.get(name)).map(Val::borrowed),
        };
        value.ok_or_else(|| Failure::new(ErrorKind::Missing, "a name has no value here").at(node.id))
    }
}
