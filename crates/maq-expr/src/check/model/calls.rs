//! Functions and methods: the overload that fits, patterns, and texts that are read while checking.

use super::super::signatures::{self, Signature};
use super::super::told::{hint, problem, write};
use super::Checker;
use super::presence::Facts;
use crate::{Kind, Node, Type};
use maq_diag::{catalogue, did_you_mean};
use std::collections::BTreeMap;
use std::sync::Arc;

type Bindings = BTreeMap<Arc<str>, Type>;

impl Checker<'_> {
    pub(super) fn call(&mut self, node: &mut Node, _hint: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let Kind::Call { function, member, args } = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let (function, member) = (function.clone(), *member);
        let own = type_named(&function).filter(|_| !member && args.len() == 1);
        let mut facts = Facts::default();
        for argument in args.iter_mut() {
            facts = facts.both(self.infer(argument, own.as_ref()));
        }
        let rows: Vec<&'static Signature> =
            signatures::of(&function, true).filter(|row| row.member == member).collect();
        if rows.is_empty() {
            return (self.unknown_function(span, &function, member, args), facts);
        }
        if args.iter().any(|argument| self.shallow(&argument.ty) == Type::Wrong) {
            let result = rows.first().map_or(Type::Wrong, |row| row.result.clone());
            return (if rows.iter().all(|row| row.result == result) { result } else { Type::Wrong }, facts);
        }
        let mut best: Option<(&Signature, u32, Bindings)> = None;
        let mut open_choices: Vec<&Signature> = Vec::new();
        for row in &rows {
            if let Some((cost, bindings)) = self.overload(row, args) {
                match &best {
                    Some((_, least, _)) if *least < cost => {}
                    Some((_, least, _)) if *least == cost => open_choices.push(row),
                    _ => {
                        open_choices = vec![row];
                        best = Some((row, cost, bindings));
                    }
                }
            }
        }
        let Some((row, _, bindings)) = best else {
            self.no_overload(span, &function, member, args, &rows);
            return (Type::Wrong, facts);
        };
        for (place, argument) in args.iter_mut().enumerate() {
            let Some(param) = row.param(place) else { continue };
            let param = substituted(param, &bindings);
            let open = self.is_open(&self.value_type(argument));
            // Of several overloads none says what an attribute is.
            let undecided =
                open && own.is_none() && open_choices.iter().any(|other| other.param(place) != row.param(place));
            if !undecided {
                self.coerce(argument, &param);
            }
            let path = self.need_value(argument, &format!("`{function}`"));
            facts = facts.plus(path);
        }
        let result = substituted(&row.result, &bindings);
        if &*function == "matches" {
            self.pattern(args);
        }
        self.certain_error(&function, args);
        self.read_text(node, &result);
        (if node.ty == Type::Wrong { Type::Wrong } else { result }, facts)
    }

    /// Whether an overload takes these arguments, how far they are from it, and what its parameters stand for.
    fn overload(&self, row: &Signature, args: &[Node]) -> Option<(u32, Bindings)> {
        if !row.takes(args.len()) {
            return None;
        }
        let mut bindings = Bindings::new();
        let mut cost = 0;
        for (place, argument) in args.iter().enumerate() {
            cost += self.argument(row.param(place)?, argument, &mut bindings)?;
        }
        let records = |ty: &Type| matches!(ty, Type::Record(_));
        if bindings.values().any(records) && row.name != "size" {
            return None;
        }
        Some((cost, bindings))
    }

    fn argument(&self, param: &Type, argument: &Node, bindings: &mut Bindings) -> Option<u32> {
        let value = self.value_type(argument);
        if matches!(value, Type::Null | Type::Json | Type::Bytes | Type::Record(_)) {
            return None;
        }
        if has_params(param) {
            if self.is_open(&value) {
                return Some(1);
            }
            return self.matched(param, &value, bindings).then_some(0);
        }
        // A text is not read as something else here: the function to read it is there.
        if value == Type::String && *param != Type::String {
            return None;
        }
        self.cost(argument, param)
    }

    fn matched(&self, param: &Type, value: &Type, bindings: &mut Bindings) -> bool {
        let value = self.shallow(value);
        match (param, &value) {
            (Type::Param(name), _) => match bindings.get(name) {
                Some(bound) => *bound == value,
                None => {
                    bindings.insert(name.clone(), value);
                    true
                }
            },
            (Type::List(param), Type::List(inner)) => self.matched(param, inner, bindings),
            (param, value) => param == value,
        }
    }

    fn unknown_function(&mut self, span: crate::Span, function: &str, member: bool, args: &[Node]) -> Type {
        if args.iter().any(|argument| self.shallow(&argument.ty) == Type::Wrong) {
            return Type::Wrong;
        }
        let other = signatures::of(function, true).next().is_some();
        let standard = signatures::of(function, false).next().is_some();
        if !other && standard {
            return self.not_here(span, &format!("`{function}`"));
        }
        let names = || {
            signatures::all().iter().filter(|row| {
                row.is_of(true)
                    && row.member == member
                    && row.name.starts_with(|first: char| first.is_ascii_alphabetic())
            })
        };
        let mut repair = None;
        let mut meant = did_you_mean(function, names().map(|row| row.name)).map(str::to_owned);
        let place = self.text(span).find(function).and_then(|_| self.name_span(span, function, member, args));
        if other {
            // A function that is written as a method, or the other way round.
            let texts: Vec<&str> = args.iter().map(|argument| self.text(argument.span)).collect();
            let written = match (member, texts.split_first()) {
                (false, Some((target, rest))) => format!("{target}.{function}({})", rest.join(", ")),
                _ => format!("{function}({})", texts.join(", ")),
            };
            meant = Some(written.clone());
            repair = write(span, written);
        } else if let (Some(meant), Some(place)) = (&meant, place) {
            repair = write(place, meant.clone());
        }
        let hint = hint(meant.as_deref());
        let at = if other { span } else { place.unwrap_or(span) };
        let params = [("name", function), ("hint", hint.as_str())];
        self.tell(problem(catalogue::EXPRESSION_FUNCTION_UNKNOWN, at, &params).with(repair));
        Type::Wrong
    }

    /// Where the name of a called function stands.
    fn name_span(&self, span: crate::Span, function: &str, member: bool, args: &[Node]) -> Option<crate::Span> {
        let from = match (member, args.first()) {
            (true, Some(target)) => target.span.end,
            _ => span.start,
        };
        let rest = self.source.get(from as usize..span.end as usize)?;
        let start = from + u32::try_from(rest.find(function)?).ok()?;
        Some(crate::Span { start, end: start + u32::try_from(function.len()).ok()? })
    }

    fn no_overload(&mut self, span: crate::Span, function: &str, member: bool, args: &[Node], rows: &[&Signature]) {
        if args.iter().any(|argument| self.told_otherwise(argument)) {
            return;
        }
        let mut found: Vec<String> = args.iter().map(|argument| self.in_words(argument)).collect();
        let mut texts: Vec<String> = Vec::new();
        for row in rows.iter().take(4) {
            texts.push(format!("`{}`", row.text));
        }
        let on = if member && !found.is_empty() { format!(" on {}", found.remove(0)) } else { String::new() };
        let mut found = match found.len() {
            0 => "nothing".to_owned(),
            _ => found.join(" and "),
        };
        found.push_str(&on);
        // One argument that could be converted.
        let mut repair = None;
        for row in rows.iter().filter(|row| row.takes(args.len())) {
            let wrong: Vec<usize> = (0..args.len())
                .filter(|place| match (row.param(*place), args.get(*place)) {
                    (Some(param), Some(argument)) => self.argument(param, argument, &mut Bindings::new()).is_none(),
                    _ => true,
                })
                .collect();
            if let [place] = wrong.as_slice()
                && let (Some(param), Some(argument)) = (row.param(*place), args.get(*place))
            {
                repair = repair.or(self.conversion(argument, &self.value_type(argument), param));
            }
        }
        let usage = texts.join(" or ");
        let params = [("name", function), ("found", found.as_str()), ("hint", ""), ("usage", usage.as_str())];
        self.tell(problem(catalogue::EXPRESSION_CALL_DOES_NOT_FIT, span, &params).with(repair));
    }
}

/// The type that a function of this name converts to.
pub(super) fn type_named(function: &str) -> Option<Type> {
    Some(match function {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "double" => Type::Double,
        "string" => Type::String,
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        "decimal" => Type::Decimal,
        "date" => Type::Date,
        "time" => Type::Time,
        "uuid" => Type::Uuid,
        _ => return None,
    })
}

fn has_params(ty: &Type) -> bool {
    match ty {
        Type::Param(_) => true,
        Type::List(inner) | Type::Optional(inner) => has_params(inner),
        _ => false,
    }
}

fn substituted(ty: &Type, bindings: &Bindings) -> Type {
    match ty {
        Type::Param(name) => bindings.get(name).cloned().unwrap_or_else(|| ty.clone()),
        Type::List(inner) => Type::List(Arc::new(substituted(inner, bindings))),
        other => other.clone(),
    }
}
