//! The value of every part, and which parts made the whole what it is. The parts lie in one list, each before its own
//! parts: an explanation is made with one allocation, and its texts and values are those of the condition and of what
//! it was asked about.

use super::EvalError;
use super::machine::{Machine, Outcome, Watch};
use crate::{BinaryOp, Input, Kind, MacroKind, Node, NodeId, Span, Val, Variable};
use std::borrow::Cow;

/// How many parts an explanation keeps; what comes after is evaluated and not told.
const PARTS: usize = 2000;

/// How much the values in an explanation hold together.
const WEIGHT: u64 = 100_000;

/// Parts for which there is room from the start.
const USUAL: usize = 16;

/// No part is around this one.
const NONE: u32 = u32::MAX;

/// What an expression says, with the value of every part.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation<'a> {
    source: Cow<'a, str>,
    /// Never empty.
    parts: Parts<'a>,
}

/// The parts of an explanation, each before its own.
pub(crate) type Parts<'a> = Vec<Part<'a>>;

/// A part, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part<'a> {
    node: NodeId,
    span: Span,
    value: Option<Result<Val<'a>, EvalError>>,
    decisive: bool,
    reads: bool,
    /// How many parts from here on are this one and its own; while it is evaluated, the place of the part around it.
    size: u32,
}

/// A part of an expression with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch<'e> {
    source: &'e str,
    part: &'e Part<'e>,
    inner: &'e [Part<'e>],
}

impl<'a> Explanation<'a> {
    /// The explanation that these parts are.
    pub(crate) fn of(source: &'a str, mut parts: Parts<'a>) -> Explanation<'a> {
        undecide(&mut parts);
        Explanation { source: Cow::Borrowed(source), parts }
    }

    /// The whole.
    pub fn root(&self) -> Option<Branch<'_>> {
        Branches { source: &self.source, rest: &self.parts }.next()
    }

    /// What the whole says.
    pub fn value(&self) -> Option<&Result<Val<'a>, EvalError>> {
        self.parts.first().and_then(|part| part.value.as_ref())
    }

    /// Puts other values in the place of those that must not be told.
    pub fn replace(&mut self, mut other: impl FnMut(NodeId, &Val<'a>) -> Option<Val<'a>>) {
        for part in &mut self.parts {
            if let Some(Ok(value)) = &mut part.value
                && let Some(other) = other(part.node, value)
            {
                *value = other;
            }
        }
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Explanation<'static> {
        let owned = |part: Part<'a>| {
            let Part { node, span, value, decisive, reads, size } = part;
            let value = value.map(|value| value.map(Val::into_owned));
            Part { node, span, value, decisive, reads, size }
        };
        Explanation { source: Cow::Owned(self.source.into_owned()), parts: self.parts.into_iter().map(owned).collect() }
    }
}

impl<'e> Branch<'e> {
    /// Which node.
    pub fn node(&self) -> NodeId {
        self.part.node
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.part.span
    }

    /// As it is written.
    pub fn text(&self) -> &'e str {
        self.part.span.of(self.source)
    }

    /// Its value; none when it was not needed (the right of `false && x`).
    pub fn value(&self) -> Option<&'e Result<Val<'e>, EvalError>> {
        self.part.value.as_ref()
    }

    /// True for the parts that made the whole what it is.
    pub fn is_decisive(&self) -> bool {
        self.part.decisive
    }

    /// True for a field, an attribute or a child list.
    pub fn reads(&self) -> bool {
        self.part.reads
    }

    /// Its parts; for a macro one for each element that was looked at. A name, a field and a constant have none.
    pub fn parts(&self) -> impl Iterator<Item = Branch<'e>> + use<'e> {
        Branches { source: self.source, rest: self.inner }
    }
}

/// The parts side by side in a piece of an explanation.
struct Branches<'e> {
    source: &'e str,
    rest: &'e [Part<'e>],
}

impl<'e> Iterator for Branches<'e> {
    type Item = Branch<'e>;

    fn next(&mut self) -> Option<Branch<'e>> {
        let (part, after) = self.rest.split_first()?;
        let (inner, rest) = after.split_at_checked(part.size.saturating_sub(1) as usize)?;
        self.rest = rest;
        Some(Branch { source: self.source, part, inner })
    }
}

pub(super) fn explain<'a>(node: &'a Node, source: &'a str, input: &Input<'a>) -> Explanation<'a> {
    let watch = Recorder { parts: Vec::with_capacity(USUAL), around: NONE, kept: 0, weight: 0 };
    let mut machine = Machine::new(*input, watch);
    let outcome = machine.value(node);
    let mut parts = machine.watch.parts;
    if parts.is_empty() {
        parts.push(Part { value: Some(outcome), ..part(node) });
    }
    Explanation::of(source, parts)
}

fn part(node: &Node) -> Part<'_> {
    let reads = matches!(node.kind, Kind::Field { .. } | Kind::Select { .. } | Kind::Children { .. });
    Part::new(node.id, node.span, reads, None)
}

impl<'a> Part<'a> {
    /// A part that has none of its own; one that is not needed has no value.
    pub fn new(node: NodeId, span: Span, reads: bool, value: Option<Result<Val<'a>, EvalError>>) -> Part<'a> {
        Part { node, span, value, decisive: false, reads, size: 1 }
    }
}

/// The whole is decisive, and a part of something that decides nothing decides nothing.
fn undecide(parts: &mut [Part<'_>]) {
    if let Some(whole) = parts.first_mut() {
        whole.decisive = true;
    }
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let end = at + part.size.max(1) as usize;
        if part.decisive {
            at += 1;
            continue;
        }
        for inner in parts.get_mut(at + 1..end).unwrap_or_default() {
            inner.decisive = false;
        }
        at = end;
    }
}

struct Recorder<'a> {
    parts: Vec<Part<'a>>,
    /// The innermost part that has begun and has no value yet.
    around: u32,
    kept: usize,
    weight: u64,
}

/// True for a name that only leads to something: it has no value of its own to tell.
fn leads(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(Variable::Record | Variable::Principal | Variable::Context))
}

impl<'a> Watch<'a> for Recorder<'a> {
    const WATCHES: bool = true;

    fn enter(&mut self, node: &'a Node) {
        let at = self.parts.len() as u32;
        self.parts.push(Part { size: self.around, ..part(node) });
        self.around = at;
    }

    fn leave(&mut self, node: &'a Node, outcome: &Outcome<'a>) {
        let at = self.around as usize;
        let Some(part) = self.parts.get(at) else { return };
        self.around = part.size;
        if self.around != NONE {
            let mut is_kept = self.kept < PARTS && !leads(node);
            if is_kept && let Ok(value) = outcome {
                let left = WEIGHT.saturating_sub(self.weight);
                self.weight += value.weight(left + 1);
                if self.weight > WEIGHT {
                    // All that is told from here on would be too much.
                    self.kept = PARTS;
                    is_kept = false;
                }
            }
            if !is_kept {
                self.parts.truncate(at);
                return;
            }
            self.kept += 1;
        }
        let value = match outcome {
            Ok(value) => Ok(told(value)),
            Err(error) => Err(error.clone()),
        };
        close(&mut self.parts, at, value, absorbing(node));
    }

    fn skip(&mut self, node: &'a Node) {
        if self.kept < PARTS {
            self.kept += 1;
            self.parts.push(part(node));
        }
    }
}

/// A value as it is told: a record as a map of its fields.
fn told<'a>(value: &Val<'a>) -> Val<'a> {
    match value {
        Val::String(Cow::Borrowed(text)) => Val::String(Cow::Borrowed(text)),
        Val::List(_) | Val::Map(_) | Val::Optional(_) | Val::Record(_) | Val::Records(_) => value.clone().into_owned(),
        other => other.clone(),
    }
}

/// The truth value of one part that is enough.
fn absorbing(node: &Node) -> Option<bool> {
    match &node.kind {
        Kind::Binary(BinaryOp::And, ..) => Some(false),
        Kind::Binary(BinaryOp::Or, ..) => Some(true),
        Kind::Comprehension(inner) if inner.kind == MacroKind::All => Some(false),
        Kind::Comprehension(inner) if inner.kind == MacroKind::Exists => Some(true),
        _ => None,
    }
}

/// Gives the part at a place its value, and marks those of its own that made it.
pub(crate) fn close<'a>(parts: &mut [Part<'a>], at: usize, value: Result<Val<'a>, EvalError>, absorbing: Option<bool>) {
    let Some((part, mut inner)) = parts.get_mut(at..).and_then(<[_]>::split_first_mut) else { return };
    part.size = 1 + inner.len() as u32;
    while let Some((own, _)) = inner.split_first_mut() {
        own.decisive = match (&value, absorbing) {
            (Err(_), _) => matches!(own.value, Some(Err(_))),
            (Ok(Val::Bool(value)), Some(absorbing)) if *value == absorbing => {
                matches!(&own.value, Some(Ok(Val::Bool(it))) if *it == absorbing)
            }
            _ => matches!(own.value, Some(Ok(_))),
        };
        let size = own.size.max(1) as usize;
        inner = inner.get_mut(size..).unwrap_or_default();
    }
    part.value = Some(value);
}
