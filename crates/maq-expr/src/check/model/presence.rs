//! Which fields are known to be there where a condition is read, and what is told about those that are not.

use super::super::told::problem;
use super::Checker;
use crate::{Kind, Node, Repair, Type, Variable};
use maq_diag::catalogue;

/// What is known to be there once a node is true, and once it is false.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub yes: Vec<String>,
    pub no: Vec<String>,
}

impl Facts {
    /// Of the opposite.
    pub fn turned(self) -> Facts {
        Facts { yes: self.no, no: self.yes }
    }

    /// Of a node that needs both parts, whatever they are.
    pub fn both(self, other: Facts) -> Facts {
        let mut all = shared(self.yes, &self.no);
        all.extend(shared(other.yes, &other.no));
        Facts { yes: all.clone(), no: all }
    }

    pub fn and(self, other: Facts) -> Facts {
        Facts { yes: joined(self.yes, other.yes), no: shared(self.no, &other.no) }
    }

    pub fn or(self, other: Facts) -> Facts {
        Facts { yes: shared(self.yes, &other.yes), no: joined(self.no, other.no) }
    }

    /// Of a choice.
    pub fn choice(self, then: Facts, otherwise: Facts) -> Facts {
        let branch = |condition: &[String], side: Vec<String>| joined(condition.to_vec(), side);
        let yes = shared(branch(&self.yes, then.yes), &branch(&self.no, otherwise.yes));
        let no = shared(branch(&self.yes, then.no), &branch(&self.no, otherwise.no));
        Facts { yes, no }
    }

    /// With more that is there.
    pub fn plus(mut self, path: Option<String>) -> Facts {
        self.yes.extend(path.clone());
        self.no.extend(path);
        self
    }
}

fn joined(mut left: Vec<String>, right: Vec<String>) -> Vec<String> {
    left.extend(right);
    left
}

fn shared(left: Vec<String>, right: &[String]) -> Vec<String> {
    left.into_iter().filter(|path| right.contains(path)).collect()
}

impl Checker<'_> {
    /// Runs with more that is known to be there.
    pub(super) fn given<T>(&mut self, paths: &[String], body: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.present.len();
        self.present.extend(paths.iter().cloned());
        let result = body(self);
        self.present.truncate(before);
        result
    }

    /// The path of a field from a record or a variable; none for anything else.
    pub(super) fn path(&self, node: &Node) -> Option<String> {
        match &node.kind {
            Kind::Variable(Variable::Record) => Some("record".to_owned()),
            Kind::Variable(Variable::Principal) => Some("principal".to_owned()),
            Kind::Variable(Variable::Context) => Some("context".to_owned()),
            Kind::Local(slot, _) => Some(format!("@{}", slot.0)),
            Kind::Field { operand, name, .. } => Some(format!("{}.{name}", self.path(operand)?)),
            Kind::Select { operand, field, optional: false } => Some(format!("{}.{field}", self.path(operand)?)),
            _ => None,
        }
    }

    fn is_present(&self, path: Option<&String>) -> bool {
        path.is_some_and(|path| self.present.contains(path))
    }

    /// Reads a field that may be missing.
    pub(super) fn read_missing(&mut self, node: &Node) {
        let path = self.path(node);
        if self.is_present(path.as_ref()) {
            return;
        }
        let field = self.text(node.span).to_owned();
        let repair = self.guard(node, &format!("has({field})"), &format!("Make it false when `{field}` is missing"));
        let told = problem(catalogue::EXPRESSION_MAY_BE_MISSING, node.span, &[("field", &field)]);
        self.tell(told.with(repair));
    }

    /// Needs the value of a node that may be null.
    pub(super) fn need_value(&mut self, node: &Node, operation: &str) -> Option<String> {
        let path = self.path(node);
        if !self.shallow(&node.ty).is_nullable() || self.is_present(path.as_ref()) {
            return path;
        }
        let field = self.text(node.span).to_owned();
        let reference = matches!(node.ty.present(), Type::Reference(..));
        let test = if reference { format!("has({field})") } else { format!("{field} != null") };
        let repair = match path {
            Some(_) => self.guard(node, &test, &format!("Make it false when `{field}` is null")),
            None => None,
        };
        let params = [("field", field.as_str()), ("operation", operation)];
        let told = problem(catalogue::EXPRESSION_MAY_BE_NULL, node.span, &params);
        self.tell(told.with(repair));
        path
    }

    /// `test && ...` before the atom that is being read.
    fn guard(&self, node: &Node, test: &str, title: &str) -> Option<Repair> {
        if self.inverted && rooted_in_local(node) {
            return None;
        }
        let atom = self.text(self.atom);
        let choice = atom.contains('?');
        let text = if choice { format!("{test} && ({atom})") } else { format!("{test} && {atom}") };
        Some(Repair { title: title.to_owned(), span: self.atom, text })
    }
}

fn rooted_in_local(node: &Node) -> bool {
    match &node.kind {
        Kind::Local(..) => true,
        Kind::Field { operand, .. } | Kind::Select { operand, .. } => rooted_in_local(operand),
        _ => false,
    }
}
