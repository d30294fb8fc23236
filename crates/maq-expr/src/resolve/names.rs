//! Variables, fields, types as values, and names with dots (cel-spec "Name Resolution").

use super::{Reach, Resolved, Resolver, bare, plain};
use crate::{Kind, Problem, Repair, Span, Syntax, SyntaxKind, Type, Val, Variable};
use maq_diag::{catalogue, did_you_mean};
use std::sync::Arc;

/// Types that are values, in the standard profile.
const TYPES: [&str; 15] = [
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "type",
    "uint",
    "optional_type",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "net.IP",
    "net.CIDR",
];

/// Functions whose name has a dot.
const QUALIFIED: [&str; 26] = [
    "math.greatest",
    "math.least",
    "math.ceil",
    "math.floor",
    "math.round",
    "math.trunc",
    "math.abs",
    "math.sign",
    "math.isNaN",
    "math.isInf",
    "math.isFinite",
    "math.sqrt",
    "math.bitAnd",
    "math.bitOr",
    "math.bitXor",
    "math.bitNot",
    "math.bitShiftLeft",
    "math.bitShiftRight",
    "strings.quote",
    "base64.encode",
    "base64.decode",
    "optional.of",
    "optional.none",
    "optional.ofNonZeroValue",
    "lists.range",
    "ip.isCanonical",
];

/// The names of a model.
const MODEL: [&str; 4] = ["record", "principal", "context", "now"];

impl Resolver<'_> {
    /// A name without dots.
    pub(super) fn name(&mut self, name: &Arc<str>, span: Span) -> Resolved {
        match self.lookup(name, span) {
            Some(resolved) => resolved,
            None => self.unknown(name, span),
        }
    }

    fn lookup(&self, name: &str, span: Span) -> Option<Resolved> {
        if let Some(local) = self.scope.iter().rev().find(|local| *local.name == *name) {
            let node = bare(span, Kind::Local(local.slot, local.name.clone()));
            return Some(Resolved { node, reach: local.reach });
        }
        self.global(name, span)
    }

    /// A name from outside, in the container first.
    fn global(&self, name: &str, span: Span) -> Option<Resolved> {
        if self.model() {
            return self.model_name(name.trim_start_matches('.'), span);
        }
        let found = |full: &str| {
            if let Some((full, _)) = self.environment.variables.get_key_value(full) {
                return Some(plain(span, Kind::Variable(Variable::Named(full.clone()))));
            }
            let known = TYPES.contains(&full);
            known.then(|| plain(span, Kind::Constant(Val::Type(full.into()))))
        };
        if let Some(absolute) = name.strip_prefix('.') {
            return found(absolute);
        }
        let mut container: &str = &self.environment.container;
        while !container.is_empty() {
            if let Some(resolved) = found(&format!("{container}.{name}")) {
                return Some(resolved);
            }
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        found(name)
    }

    fn model_name(&self, name: &str, span: Span) -> Option<Resolved> {
        let variable = match name {
            "record" => {
                let entity = self.environment.record?;
                let node = bare(span, Kind::Variable(Variable::Record));
                return Some(Resolved { node, reach: Reach::Record(entity) });
            }
            "principal" => Variable::Principal,
            "context" => Variable::Context,
            "now" => Variable::Now,
            _ => return None,
        };
        Some(plain(span, Kind::Variable(variable)))
    }

    fn unknown(&mut self, name: &str, span: Span) -> Resolved {
        let locals: Vec<Arc<str>> = self.scope.iter().map(|local| local.name.clone()).collect();
        let mut known: Vec<&str> = locals.iter().map(|name| &**name).collect();
        if self.model() {
            known.extend(MODEL.iter().filter(|name| **name != "record" || self.environment.record.is_some()));
        } else {
            known.extend(self.environment.variables.keys().map(|name| &**name));
        }
        let mut problem = unknown_name(name, span, &known);
        if problem.repairs.is_empty()
            && let Some(shape) = self.environment.record.and_then(|it| self.environment.entity(it))
        {
            let field = shape.fields.iter().map(|field| &field.name).chain(shape.children.iter().map(|it| &it.name));
            if field.into_iter().any(|field| **field == *name) {
                let text = format!("record.{name}");
                problem.params.retain(|(key, _)| *key != "hint");
                problem.params.push(("hint", format!("did you mean `{text}`? ")));
                problem.repairs.push(Repair { title: format!("Write `{text}`"), span, text });
            }
        }
        self.problems.push(problem);
        plain(span, Kind::Constant(Val::Null))
    }

    /// `a.b`: a name with dots, a field of a record, or a selection.
    pub(super) fn select(
        &mut self,
        whole: &Syntax,
        operand: &Syntax,
        field: &Arc<str>,
        field_span: Span,
        optional: bool,
    ) -> Resolved {
        let dotted = (!optional && !self.model()).then(|| dotted(whole)).flatten();
        if let Some(name) = dotted.filter(|name| !self.shadowed(name))
            && let Some(resolved) = self.global(&name, whole.span)
        {
            return resolved;
        }
        let operand = self.node(operand);
        if optional {
            let kind = Kind::Select { operand: Box::new(operand.node), field: field.clone(), optional };
            return plain(whole.span, kind);
        }
        match operand.reach {
            Reach::Record(entity) => self.field(whole.span, operand, entity, field, field_span),
            _ => {
                let kind = Kind::Select { operand: Box::new(operand.node), field: field.clone(), optional };
                plain(whole.span, kind)
            }
        }
    }

    pub(super) fn field(
        &mut self,
        span: Span,
        operand: Resolved,
        entity: crate::EntityIndex,
        name: &Arc<str>,
        name_span: Span,
    ) -> Resolved {
        let Some(shape) = self.environment.entity(entity) else {
            return operand;
        };
        let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let operand = Box::new(operand.node);
        if let Some(index) = shape.fields.iter().position(|field| field.name == *name) {
            let reach = match shape.fields.get(index).map(|field| &field.ty) {
                Some(Type::Reference(target, _)) => Reach::Record(*target),
                _ => Reach::Nothing,
            };
            let node = bare(span, Kind::Field { operand, index: place(index), name: name.clone() });
            return Resolved { node, reach };
        }
        if let Some(index) = shape.children.iter().position(|list| list.name == *name) {
            let reach = shape.children.get(index).map_or(Reach::Nothing, |list| Reach::Records(list.entity));
            let node = bare(span, Kind::Children { operand, index: place(index), name: name.clone() });
            return Resolved { node, reach };
        }
        let fields = shape.fields.iter().map(|field| &*field.name);
        let known: Vec<&str> = fields.chain(shape.children.iter().map(|list| &*list.name)).collect();
        let problem = unknown_name(name, name_span, &known);
        self.problems.push(problem);
        plain(span, Kind::Constant(Val::Null))
    }

    /// True when the first word of a dotted name is a variable of a macro.
    fn shadowed(&self, dotted: &str) -> bool {
        let first = dotted.split('.').next().unwrap_or_default();
        self.scope.iter().any(|local| *local.name == *first)
    }

    /// The full name of a function in a namespace (`math.greatest`), when `target` is not a value.
    pub(super) fn qualified(&self, target: &Syntax, function: &str) -> Option<Arc<str>> {
        let namespace = dotted(target).filter(|name| !self.shadowed(name))?;
        let full = format!("{}.{function}", namespace.trim_start_matches('.'));
        QUALIFIED.contains(&full.as_str()).then(|| full.into())
    }
}

/// The text of a name with dots, and only of that.
pub(super) fn dotted(syntax: &Syntax) -> Option<String> {
    match &syntax.kind {
        SyntaxKind::Ident(name) => Some(name.to_string()),
        SyntaxKind::Select { operand, field, optional: false, .. } => Some(format!("{}.{field}", dotted(operand)?)),
        _ => None,
    }
}

fn unknown_name(name: &str, span: Span, known: &[&str]) -> Problem {
    let mut problem = Problem {
        code: catalogue::EXPRESSION_NAME_UNKNOWN,
        params: vec![("name", name.chars().take(60).collect())],
        span,
        repairs: Vec::new(),
    };
    let meant = did_you_mean(name, known.iter().copied());
    problem.params.push(("hint", meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default()));
    let mut listed = known.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        listed.push_str("values that are written out");
    }
    problem.params.push(("known", listed));
    if let Some(meant) = meant {
        let text = meant.to_owned();
        problem.repairs.push(Repair { title: format!("Write `{meant}`"), span, text });
    }
    problem
}
