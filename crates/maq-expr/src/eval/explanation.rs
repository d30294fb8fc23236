//! The value of every part, and which parts made the whole what it is.

use super::EvalError;
use super::machine::{Machine, Outcome, Watch};
use crate::{BinaryOp, Input, Kind, MacroKind, Node, NodeId, Span, Val, Variable};

/// How many parts an explanation keeps; what comes after is evaluated and not told.
const PARTS: usize = 2000;

/// How much the values in an explanation hold together.
const WEIGHT: u64 = 100_000;

/// A part of an expression with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Which node.
    pub node: NodeId,
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub text: String,
    /// Its value; none when it was not needed (the right of `false && x`).
    pub value: Option<Result<Val<'static>, EvalError>>,
    /// Its parts; for a macro one for each element that was looked at. A name, a field and a constant have none.
    pub parts: Vec<Explanation>,
    /// True for the parts that made the whole what it is.
    pub decisive: bool,
}

pub(super) fn explain(node: &Node, source: &str, input: &Input<'_>) -> Explanation {
    let watch = Recorder { source, open: Vec::new(), done: None, kept: 0, weight: 0 };
    let mut machine = Machine::new(*input, watch);
    let outcome = machine.value(node);
    let mut explanation = match machine.watch.done.take() {
        Some(explanation) => explanation,
        None => leaf(node, source, Some(outcome.map(Val::into_owned))),
    };
    explanation.decisive = true;
    undecide(&mut explanation);
    explanation
}

/// A part of something that decides nothing decides nothing.
fn undecide(explanation: &mut Explanation) {
    let whole = explanation.decisive;
    for part in &mut explanation.parts {
        part.decisive &= whole;
        undecide(part);
    }
}

fn leaf(node: &Node, source: &str, value: Option<Result<Val<'static>, EvalError>>) -> Explanation {
    let text = node.span.of(source).to_owned();
    Explanation { node: node.id, span: node.span, text, value, parts: Vec::new(), decisive: false }
}

struct Recorder<'s> {
    source: &'s str,
    /// The parts of the nodes that have begun, innermost last.
    open: Vec<Vec<Explanation>>,
    done: Option<Explanation>,
    kept: usize,
    weight: u64,
}

impl Recorder<'_> {
    fn keep(&mut self, explanation: Explanation) {
        match self.open.last_mut() {
            Some(parts) if self.kept < PARTS => {
                self.kept += 1;
                parts.push(explanation);
            }
            Some(_) => {}
            None => self.done = Some(explanation),
        }
    }
}

/// True for a name that only leads to something: it has no value of its own to tell.
fn leads(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(Variable::Record | Variable::Principal | Variable::Context))
}

impl<'a> Watch<'a> for Recorder<'_> {
    const WATCHES: bool = true;

    fn enter(&mut self, _: &'a Node) {
        self.open.push(Vec::new());
    }

    fn leave(&mut self, node: &'a Node, outcome: &Outcome<'a>) {
        let mut parts = self.open.pop().unwrap_or_default();
        if leads(node) && !self.open.is_empty() {
            return;
        }
        if !self.open.is_empty()
            && let Ok(value) = outcome
        {
            let left = WEIGHT.saturating_sub(self.weight);
            self.weight += value.weight(left + 1);
            if self.weight > WEIGHT {
                // All that is told from here on would be too much.
                self.kept = PARTS;
                return;
            }
        }
        let value = match outcome {
            Ok(value) => Ok(value.clone().into_owned()),
            Err(error) => Err(error.clone()),
        };
        decide(node, &value, &mut parts);
        let mut explanation = leaf(node, self.source, Some(value));
        explanation.parts = parts;
        self.keep(explanation);
    }

    fn skip(&mut self, node: &'a Node) {
        let explanation = leaf(node, self.source, None);
        self.keep(explanation);
    }
}

/// Marks the direct parts that made `value`.
fn decide(node: &Node, value: &Result<Val<'static>, EvalError>, parts: &mut [Explanation]) {
    let truth = |part: &Explanation, wanted: bool| matches!(&part.value, Some(Ok(Val::Bool(it))) if *it == wanted);
    let failed = |part: &Explanation| matches!(&part.value, Some(Err(_)));
    let absorbing = match &node.kind {
        Kind::Binary(BinaryOp::And, ..) => Some(false),
        Kind::Binary(BinaryOp::Or, ..) => Some(true),
        Kind::Comprehension(inner) if inner.kind == MacroKind::All => Some(false),
        Kind::Comprehension(inner) if inner.kind == MacroKind::Exists => Some(true),
        _ => None,
    };
    for part in parts {
        part.decisive = match (value, absorbing) {
            (Err(_), _) => failed(part),
            (Ok(Val::Bool(value)), Some(absorbing)) if *value == absorbing => truth(part, absorbing),
            _ => matches!(&part.value, Some(Ok(_))),
        };
    }
}
