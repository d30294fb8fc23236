//! Names and macros: from [`Syntax`] to [`Node`]s without types.

mod macros;
mod names;

#[cfg(test)]
pub(crate) mod tests;

use crate::{
    EntityIndex, Environment, Kind, MacroKind, Node, NodeId, Problem, Profile, Slot, Span, Syntax, SyntaxKind, Type,
    Val,
};
use std::sync::Arc;

/// Resolves variables, macros and full function names; numbers the nodes.
///
/// # Errors
/// `expression/name-unknown`, `expression/macro-wrong`.
pub fn resolve(syntax: &Syntax, environment: &Environment) -> Result<Node, Vec<Problem>> {
    let mut resolver = Resolver { environment, scope: Vec::new(), problems: Vec::new() };
    let mut node = resolver.node(syntax).node;
    if !resolver.problems.is_empty() {
        return Err(resolver.problems);
    }
    node.number();
    Ok(node)
}

/// What can be walked from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Nothing,
    /// A record, or a reference to one.
    Record(EntityIndex),
    /// A list of records.
    Records(EntityIndex),
}

/// A node, and what can be walked from it.
struct Resolved {
    node: Node,
    reach: Reach,
}

/// A variable of an enclosing macro.
struct Local {
    name: Arc<str>,
    slot: Slot,
    reach: Reach,
}

struct Resolver<'a> {
    environment: &'a Environment,
    scope: Vec<Local>,
    problems: Vec<Problem>,
}

fn bare(span: Span, kind: Kind) -> Node {
    Node { id: NodeId(0), span, ty: Type::Dyn, kind }
}

fn plain(span: Span, kind: Kind) -> Resolved {
    Resolved { node: bare(span, kind), reach: Reach::Nothing }
}

impl Resolver<'_> {
    fn boxed(&mut self, syntax: &Syntax) -> Box<Node> {
        Box::new(self.node(syntax).node)
    }

    fn node(&mut self, syntax: &Syntax) -> Resolved {
        let span = syntax.span;
        let constant = |value: Val<'static>| plain(span, Kind::Constant(value));
        match &syntax.kind {
            SyntaxKind::Null => constant(Val::Null),
            SyntaxKind::Bool(value) => constant(Val::Bool(*value)),
            SyntaxKind::Int(value) => constant(Val::Int(*value)),
            SyntaxKind::Uint(value) => constant(Val::Uint(*value)),
            SyntaxKind::Double(value) => constant(Val::Double(*value)),
            SyntaxKind::String(value) => constant(Val::String(value.to_string().into())),
            SyntaxKind::Bytes(value) => constant(Val::Bytes(value.to_vec().into())),
            SyntaxKind::Ident(name) => self.name(name, span),
            SyntaxKind::Select { operand, field, field_span, optional } => {
                self.select(syntax, operand, field, *field_span, *optional)
            }
            SyntaxKind::Index { operand, index, optional } => {
                let operand = self.node(operand);
                let reach = match operand.reach {
                    Reach::Records(entity) => Reach::Record(entity),
                    _ => Reach::Nothing,
                };
                let (operand, index) = (Box::new(operand.node), self.boxed(index));
                let node = bare(span, Kind::Index { operand, index, optional: *optional });
                Resolved { node, reach }
            }
            SyntaxKind::Call { function, target, args } => self.call(span, function, target.as_deref(), args),
            SyntaxKind::Unary { op, operand } => plain(span, Kind::Unary(*op, self.boxed(operand))),
            SyntaxKind::Binary { op, left, right } => {
                plain(span, Kind::Binary(*op, self.boxed(left), self.boxed(right)))
            }
            SyntaxKind::Conditional { condition, then, otherwise } => {
                let condition = self.boxed(condition);
                let (then, otherwise) = (self.node(then), self.node(otherwise));
                let reach = if then.reach == otherwise.reach { then.reach } else { Reach::Nothing };
                let kind = Kind::Conditional(condition, Box::new(then.node), Box::new(otherwise.node));
                Resolved { node: bare(span, kind), reach }
            }
            SyntaxKind::List(items) => {
                let items = items.iter().map(|item| (self.node(&item.value).node, item.optional)).collect();
                plain(span, Kind::List(items))
            }
            SyntaxKind::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|entry| (self.node(&entry.key).node, self.node(&entry.value).node, entry.optional));
                plain(span, Kind::Map(entries.collect()))
            }
            SyntaxKind::Struct { name, .. } => plain(span, Kind::Message(name.clone())),
        }
    }

    fn call(&mut self, span: Span, function: &Arc<str>, target: Option<&Syntax>, args: &[Syntax]) -> Resolved {
        if let Some(resolved) = self.macro_call(span, function, target, args) {
            return resolved;
        }
        let qualified = target.and_then(|target| self.qualified(target, function));
        let member = target.is_some() && qualified.is_none();
        let target = if member { target.map(|target| self.node(target).node) } else { None };
        let function = qualified.unwrap_or_else(|| function.trim_start_matches('.').into());
        let args = target.into_iter().chain(args.iter().map(|argument| self.node(argument).node)).collect();
        plain(span, Kind::Call { function, member, args })
    }

    /// `body` resolved with `names` in scope, innermost last.
    fn within<T>(&mut self, locals: &[(Arc<str>, Reach)], body: impl FnOnce(&mut Self, &[(Slot, Arc<str>)]) -> T) -> T {
        let before = self.scope.len();
        let mut places = Vec::new();
        for (name, reach) in locals {
            let slot = Slot(self.scope.len() as u32);
            places.push((slot, name.clone()));
            self.scope.push(Local { name: name.clone(), slot, reach: *reach });
        }
        let result = body(self, &places);
        self.scope.truncate(before);
        result
    }

    fn model(&self) -> bool {
        self.environment.profile == Profile::Model
    }
}

/// What a macro over a list gives, as far as it can be walked.
fn reach_of(kind: MacroKind, range: Reach) -> Reach {
    match kind {
        MacroKind::Filter | MacroKind::SortBy => range,
        _ => Reach::Nothing,
    }
}
