//! The macros: what looks like a call but binds a variable, or asks about its argument instead of for its value.

use super::names::dotted;
use super::{Reach, Resolved, Resolver, bare, plain, reach_of};
use crate::{Comprehension, Kind, MacroKind, Problem, Slot, Span, Syntax, SyntaxKind, Val};
use maq_diag::catalogue;
use std::sync::Arc;

/// How a macro over a list or map is written.
struct Form {
    kind: MacroKind,
    /// Variables, then whether a condition and a transform follow.
    variables: usize,
    filter: bool,
    transform: bool,
}

fn form(kind: MacroKind, variables: usize, filter: bool, transform: bool) -> Option<Form> {
    Some(Form { kind, variables, filter, transform })
}

/// The macro of a name and a number of arguments.
fn over(function: &str, arguments: usize) -> Option<Form> {
    match (function, arguments) {
        ("all", 2 | 3) => form(MacroKind::All, arguments - 1, true, false),
        ("exists", 2 | 3) => form(MacroKind::Exists, arguments - 1, true, false),
        ("exists_one" | "existsOne", 2 | 3) => form(MacroKind::ExistsOne, arguments - 1, true, false),
        ("filter", 2) => form(MacroKind::Filter, 1, true, false),
        ("map", 2 | 3) => form(MacroKind::Map, 1, arguments == 3, true),
        ("transformList", 3 | 4) => form(MacroKind::TransformList, 2, arguments == 4, true),
        ("transformMap", 3 | 4) => form(MacroKind::TransformMap, 2, arguments == 4, true),
        ("transformMapEntry", 3 | 4) => form(MacroKind::TransformMapEntry, 2, arguments == 4, true),
        ("sortBy", 2) => form(MacroKind::SortBy, 1, false, true),
        _ => None,
    }
}

/// How a macro is written, for messages.
fn usage(function: &str) -> Option<&'static str> {
    Some(match function {
        "all" => "list.all(item, condition)",
        "exists" => "list.exists(item, condition)",
        "exists_one" | "existsOne" => "list.exists_one(item, condition)",
        "filter" => "list.filter(item, condition)",
        "map" => "list.map(item, value)",
        "transformList" => "list.transformList(index, item, value)",
        "transformMap" => "map.transformMap(key, item, value)",
        "transformMapEntry" => "map.transformMapEntry(key, item, {key: value})",
        "sortBy" => "list.sortBy(item, value)",
        "optMap" => "optional.optMap(item, value)",
        "optFlatMap" => "optional.optFlatMap(item, optional)",
        _ => return None,
    })
}

impl Resolver<'_> {
    /// The node of a macro; none when the call is none.
    pub(super) fn macro_call(
        &mut self,
        span: Span,
        function: &Arc<str>,
        target: Option<&Syntax>,
        args: &[Syntax],
    ) -> Option<Resolved> {
        let Some(target) = target else {
            return (&**function == "has").then(|| self.has(span, args));
        };
        if dotted(target).is_some_and(|name| name == "cel") && !self.scope.iter().any(|local| &*local.name == "cel") {
            return self.of_cel(span, function, args);
        }
        if let Some(form) = over(function, args.len()) {
            return Some(self.comprehension(span, &form, function, target, args));
        }
        match (&**function, args) {
            ("optMap" | "optFlatMap", [variable, body]) => {
                Some(self.optional_map(span, function, target, variable, body))
            }
            _ => {
                let usage = usage(function)?;
                let problem = format!("it has {} parts here", args.len());
                Some(self.wrong(span, function, problem, usage))
            }
        }
    }

    fn wrong(&mut self, span: Span, name: &str, problem: String, usage: &str) -> Resolved {
        let params = vec![("name", name.to_owned()), ("problem", problem), ("usage", usage.to_owned())];
        self.problems.push(Problem { code: catalogue::EXPRESSION_MACRO_WRONG, params, span, repairs: Vec::new() });
        plain(span, Kind::Constant(Val::Null))
    }

    fn has(&mut self, span: Span, args: &[Syntax]) -> Resolved {
        const USAGE: &str = "has(record.field)";
        let [argument] = args else {
            return self.wrong(span, "has", format!("it has {} parts here", args.len()), USAGE);
        };
        let SyntaxKind::Select { operand, field, field_span, optional: false } = &argument.kind else {
            return self.wrong(argument.span, "has", "it asks about a selection with a dot".to_owned(), USAGE);
        };
        // The selection itself is never a name with dots.
        let operand = self.node(operand);
        let selection = match operand.reach {
            Reach::Record(entity) => self.field(argument.span, operand, entity, field, *field_span).node,
            _ => {
                let operand = Box::new(operand.node);
                bare(argument.span, Kind::Select { operand, field: field.clone(), optional: false })
            }
        };
        plain(span, Kind::Has(Box::new(selection)))
    }

    /// The name of a variable, when it is written as one.
    fn variable(&mut self, function: &str, syntax: &Syntax) -> Option<Arc<str>> {
        let name = match &syntax.kind {
            SyntaxKind::Ident(name) if !name.starts_with('.') => Some(name.clone()),
            _ => block_name(syntax),
        };
        if name.is_none() {
            let usage = usage(function).unwrap_or("cel.bind(name, value, result)");
            self.wrong(syntax.span, function, "its variable must be a plain name".to_owned(), usage);
        }
        name
    }

    fn comprehension(&mut self, span: Span, form: &Form, function: &str, target: &Syntax, args: &[Syntax]) -> Resolved {
        let range = self.node(target);
        let element = match range.reach {
            Reach::Records(entity) => Reach::Record(entity),
            _ => Reach::Nothing,
        };
        let (variables, rest) = args.split_at(form.variables.min(args.len()));
        let mut locals = Vec::new();
        for (place, variable) in variables.iter().enumerate() {
            let Some(name) = self.variable(function, variable) else {
                return plain(span, Kind::Constant(Val::Null));
            };
            // With two variables the first is the index.
            let reach = if place + 1 == variables.len() { element } else { Reach::Nothing };
            if locals.iter().any(|(other, _)| *other == name) {
                let usage = usage(function).unwrap_or_default();
                return self.wrong(variable.span, function, "its two variables have one name".to_owned(), usage);
            }
            locals.push((name, reach));
        }
        let mut rest = rest.iter();
        let filter = form.filter.then(|| rest.next()).flatten();
        let transform = form.transform.then(|| rest.next()).flatten();
        let (places, filter, transform) = self.within(&locals, |this, places| {
            let filter = filter.map(|filter| this.node(filter).node);
            let transform = transform.map(|transform| this.node(transform).node);
            (places.to_vec(), filter, transform)
        });
        let mut places = places.into_iter();
        let first = places.next().unwrap_or((Slot(0), "".into()));
        let reach = reach_of(form.kind, range.reach);
        let kind = form.kind;
        let inner = Comprehension { kind, range: range.node, first, second: places.next(), filter, transform };
        Resolved { node: bare(span, Kind::Comprehension(Box::new(inner))), reach }
    }

    fn optional_map(
        &mut self,
        span: Span,
        function: &str,
        target: &Syntax,
        variable: &Syntax,
        body: &Syntax,
    ) -> Resolved {
        let operand = self.boxed(target);
        let Some(name) = self.variable(function, variable) else {
            return plain(span, Kind::Constant(Val::Null));
        };
        let slot = Slot(self.scope.len() as u32);
        let body = self.within(&[(name.clone(), Reach::Nothing)], |this, _| this.boxed(body));
        plain(span, Kind::OptionalMap { operand, slot, name, body, flat: function == "optFlatMap" })
    }

    /// `cel.bind`, `cel.block` and the names of a block.
    fn of_cel(&mut self, span: Span, function: &Arc<str>, args: &[Syntax]) -> Option<Resolved> {
        match (&**function, args) {
            ("bind", [variable, value, body]) => {
                let Some(name) = self.variable("bind", variable) else {
                    return Some(plain(span, Kind::Constant(Val::Null)));
                };
                let value = self.node(value);
                Some(self.bind(span, name, value, |this| this.node(body)))
            }
            ("bind", _) => {
                let problem = format!("it has {} parts here", args.len());
                Some(self.wrong(span, "cel.bind", problem, "cel.bind(name, value, result)"))
            }
            ("block", [Syntax { kind: SyntaxKind::List(items), .. }, body]) => {
                let values: Vec<&Syntax> = items.iter().map(|item| &item.value).collect();
                Some(self.block(span, 0, &values, body))
            }
            ("index", [index]) => {
                let name = number(index).map(|index| format!("@index{index}"))?;
                Some(self.name(&name.into(), span))
            }
            ("iterVar" | "accuVar", [..]) => {
                let name = variable_name(function, args)?;
                Some(self.name(&name, span))
            }
            _ => None,
        }
    }

    fn bind(
        &mut self,
        span: Span,
        name: Arc<str>,
        value: Resolved,
        body: impl FnOnce(&mut Self) -> Resolved,
    ) -> Resolved {
        let slot = Slot(self.scope.len() as u32);
        let body = self.within(&[(name.clone(), value.reach)], |this, _| body(this));
        let kind = Kind::Bind { slot, name, value: Box::new(value.node), body: Box::new(body.node) };
        Resolved { node: bare(span, kind), reach: body.reach }
    }

    fn block(&mut self, span: Span, index: usize, values: &[&Syntax], body: &Syntax) -> Resolved {
        let Some((first, rest)) = values.split_first() else { return self.node(body) };
        let value = self.node(first);
        self.bind(span, format!("@index{index}").into(), value, |this| this.block(span, index + 1, rest, body))
    }
}

/// `cel.iterVar(0, 1)` in the place of a variable.
fn block_name(syntax: &Syntax) -> Option<Arc<str>> {
    let SyntaxKind::Call { function, target: Some(target), args } = &syntax.kind else { return None };
    if dotted(target)? != "cel" {
        return None;
    }
    variable_name(function, args)
}

fn variable_name(function: &str, args: &[Syntax]) -> Option<Arc<str>> {
    let [depth, place] = args else { return None };
    match function {
        "iterVar" => Some(format!("@it:{}:{}", number(depth)?, number(place)?).into()),
        "accuVar" => Some(format!("@ac:{}:{}", number(depth)?, number(place)?).into()),
        _ => None,
    }
}

fn number(syntax: &Syntax) -> Option<i64> {
    match syntax.kind {
        SyntaxKind::Int(number) => Some(number),
        _ => None,
    }
}
