//! What is written out in a call and can be read while checking: patterns, time zones, dates and the like.

use super::super::told::problem;
use super::Checker;
use super::calls::type_named;
use super::literals::{example, read};
use crate::{Kind, Node, Timestamp, Type, Val, functions};
use maq_diag::catalogue;

impl Checker<'_> {
    /// A pattern must be written out, and compile.
    pub(super) fn pattern(&mut self, args: &[Node]) {
        let Some(pattern) = args.get(1) else { return };
        let Kind::Constant(Val::String(text)) = &pattern.kind else {
            self.tell(problem(catalogue::EXPRESSION_PATTERN_NOT_LITERAL, pattern.span, &[]));
            return;
        };
        if let Err(error) = functions::compile_pattern(text) {
            let error = match error {
                regex::Error::CompiledTooBig(_) => "it is too large to run on every record".to_owned(),
                other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            };
            self.tell(problem(catalogue::EXPRESSION_PATTERN_WRONG, pattern.span, &[("error", &error)]));
        }
    }

    /// A text that is written and that no evaluation could read.
    pub(super) fn certain_error(&mut self, function: &str, args: &[Node]) {
        let written = |place: usize| match args.get(place).map(|argument| (&argument.kind, argument.span)) {
            Some((Kind::Constant(Val::String(text)), span)) => Some((text.to_string(), span)),
            _ => None,
        };
        let zone = match (function, args.len()) {
            ("today", 1) => written(0),
            (getter, 2) if getter.starts_with("get") => written(1),
            _ => None,
        };
        let is_zone = |zone: &str| Timestamp::new(0, 0).and_then(|epoch| epoch.civil(Some(zone))).is_some();
        let told = match zone {
            Some((zone, span)) if !is_zone(&zone) => Some((zone, span, "a time zone", "`'Europe/Berlin'`")),
            Some(_) => None,
            None => {
                let what = match function {
                    "int" => ("int", "`'12'`"),
                    "double" => ("double", "`'1.5'`"),
                    "bool" => ("bool", "`'true'`"),
                    "ip" => ("an address", "`'10.0.0.1'`"),
                    "cidr" => ("a range of addresses", "`'10.0.0.0/8'`"),
                    _ => return,
                };
                let wrong = |text: &str| functions::call(function, &[Val::text(text.to_owned())], None).is_err();
                written(0).filter(|(text, _)| wrong(text)).map(|(text, span)| (text, span, what.0, what.1))
            }
        };
        if let Some((text, span, ty, example)) = told {
            let params = [("text", text.as_str()), ("type", ty), ("example", example)];
            self.tell(problem(catalogue::EXPRESSION_LITERAL_WRONG, span, &params));
        }
    }

    /// `date('2026-01-31')` and the like are read now, so that a slip is told now.
    pub(super) fn read_text(&mut self, node: &mut Node, result: &Type) {
        node.ty = result.clone();
        let Kind::Call { function, member: false, args } = &node.kind else { return };
        let [Node { kind: Kind::Constant(value), span, .. }] = args.as_slice() else { return };
        if type_named(function).as_ref() != Some(result) {
            return;
        }
        let span = *span;
        let made = match (value, result) {
            (
                Val::String(text),
                Type::Decimal | Type::Date | Type::Time | Type::Uuid | Type::Timestamp | Type::Duration,
            ) => read(text, result).ok_or_else(|| text.to_string()),
            (Val::Int(number), Type::Decimal) => Ok(Val::Decimal((*number).into())),
            (value, Type::Decimal | Type::Date | Type::Time | Type::Uuid | Type::Timestamp | Type::Duration)
                if !matches!(value, Val::Int(_) | Val::Double(_) | Val::String(_)) =>
            {
                Ok(value.clone())
            }
            _ => return,
        };
        match made {
            Ok(value) => node.kind = Kind::Constant(value),
            Err(text) => {
                let (ty, example) = (result.to_string(), example(result));
                let params = [("text", text.as_str()), ("type", ty.as_str()), ("example", example)];
                self.tell(problem(catalogue::EXPRESSION_LITERAL_WRONG, span, &params));
                node.ty = Type::Wrong;
            }
        }
    }
}
