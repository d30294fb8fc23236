//! From the tree of the crate `cel` to [`Syntax`] with whole spans, and with the signs that its parser drops in pairs
//! (`!!a`, `--a`), which are not nothing: `--a` may overflow, and `!!1` is wrong.

use super::tokens::Token;
use crate::{BinaryOp, Entry, Item, Span, Syntax, SyntaxKind, UnaryOp};
use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use std::sync::Arc;

/// What cannot be: a node whose place is no token.
#[derive(Debug)]
pub(super) struct Lost;

/// A node, and the span with the brackets around it.
struct Placed {
    syntax: Syntax,
    outer: Span,
}

/// Whether signs before a node belong to it: not where it is the operand of `.`, `[` or a method.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Whole,
    Operand,
}

pub(super) struct Converter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    info: &'a SourceInfo,
    /// Tokens that are the place of a node.
    claimed: Vec<bool>,
    pub nodes: usize,
    pub deepest: usize,
    depth: usize,
}

impl<'a> Converter<'a> {
    pub fn new(text: &'a str, tokens: &'a [Token], info: &'a SourceInfo) -> Converter<'a> {
        Converter { text, tokens, info, claimed: vec![false; tokens.len()], nodes: 0, deepest: 0, depth: 0 }
    }

    pub fn convert(&mut self, expr: IdedExpr) -> Result<Syntax, Lost> {
        self.claim(&expr)?;
        Ok(self.place(expr, Position::Whole)?.syntax)
    }

    fn token_of(&self, id: u64) -> Result<usize, Lost> {
        let (start, _) = self.info.offset_for(id).ok_or(Lost)?;
        let place = self.first(start);
        if self.span_at(place).start == start && place < self.tokens.len() { Ok(place) } else { Err(Lost) }
    }

    /// Marks the tokens that nodes stand for. What is left of `(`, `!` and `-` was dropped by the parser.
    fn claim(&mut self, expr: &IdedExpr) -> Result<(), Lost> {
        let place = self.token_of(expr.id)?;
        if let Some(claimed) = self.claimed.get_mut(place) {
            *claimed = true;
        }
        match &expr.expr {
            Expr::Call(call) => {
                if let Some(target) = &call.target {
                    self.claim(target)?;
                }
                call.args.iter().try_for_each(|argument| self.claim(argument))
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.claim(element)),
            Expr::Select(select) => self.claim(&select.operand),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| self.claim_entry(&entry.expr)),
            Expr::Struct(message) => message.entries.iter().try_for_each(|entry| self.claim_entry(&entry.expr)),
            _ => Ok(()),
        }
    }

    fn claim_entry(&mut self, entry: &EntryExpr) -> Result<(), Lost> {
        match entry {
            EntryExpr::StructField(field) => self.claim(&field.value),
            EntryExpr::MapEntry(entry) => {
                self.claim(&entry.key)?;
                self.claim(&entry.value)
            }
        }
    }

    fn span_at(&self, place: usize) -> Span {
        self.tokens.get(place).map(|token| token.span).unwrap_or_default()
    }

    fn text_at(&self, place: usize) -> &'a str {
        self.span_at(place).of(self.text)
    }

    fn mate(&self, place: usize) -> usize {
        self.tokens.get(place).map_or(place, |token| token.mate)
    }

    /// The place of the token that ends at `end`.
    fn last(&self, end: u32) -> usize {
        self.tokens.partition_point(|token| token.span.end <= end).saturating_sub(1)
    }

    /// The place of the token that begins at `start`.
    fn first(&self, start: u32) -> usize {
        self.tokens.partition_point(|token| token.span.start < start)
    }

    fn place(&mut self, expr: IdedExpr, position: Position) -> Result<Placed, Lost> {
        self.nodes += 1;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let syntax = self.node(expr)?;
        self.depth -= 1;
        Ok(self.around(syntax, position))
    }

    /// Widens over brackets, and puts the signs back that were dropped.
    fn around(&mut self, mut syntax: Syntax, position: Position) -> Placed {
        let mut outer = syntax.span;
        let mut enclosed = outer;
        let mut loose = 0;
        while let Some(before) = self.first(outer.start).checked_sub(1) {
            if self.claimed.get(before).copied().unwrap_or(true) {
                break;
            }
            let sign = self.span_at(before);
            match sign.of(self.text) {
                "(" if self.mate(before) == self.last(outer.end) + 1 => {
                    outer = sign.to(self.span_at(self.mate(before)));
                    enclosed = outer;
                    loose = 0;
                }
                "-" if syntax.kind == SyntaxKind::Int(0) && syntax.span == outer => {
                    outer = sign.to(outer);
                    enclosed = outer;
                    syntax.span = outer;
                }
                dropped @ ("!" | "-") => {
                    let op = if dropped == "!" { UnaryOp::Not } else { UnaryOp::Negate };
                    outer = sign.to(outer);
                    loose += 1;
                    syntax = Syntax { kind: SyntaxKind::Unary { op, operand: Box::new(syntax) }, span: outer };
                }
                _ => break,
            }
        }
        if position == Position::Operand {
            outer = enclosed;
            for _ in 0..loose {
                if let SyntaxKind::Unary { operand, .. } = syntax.kind {
                    syntax = *operand;
                }
            }
        }
        self.nodes += loose;
        Placed { syntax, outer }
    }

    fn node(&mut self, expr: IdedExpr) -> Result<Syntax, Lost> {
        let place = self.token_of(expr.id)?;
        let here = self.span_at(place);
        match expr.expr {
            Expr::Literal(literal) => Ok(self.literal(literal, place)),
            Expr::Ident(name) => {
                let start = if name.starts_with('.') { self.span_at(place.saturating_sub(1)) } else { here };
                Ok(Syntax { kind: SyntaxKind::Ident(name.into()), span: start.to(here) })
            }
            Expr::Select(select) => {
                let operand = self.place(*select.operand, Position::Operand)?;
                Ok(self.select(operand, select.field.into(), place + 1, false))
            }
            Expr::List(list) => {
                let optional = list.optional_indices;
                let mut items = Vec::with_capacity(list.elements.len());
                for (index, element) in list.elements.into_iter().enumerate() {
                    let value = self.place(element, Position::Whole)?.syntax;
                    items.push(Item { value, optional: optional.contains(&index) });
                }
                Ok(Syntax { kind: SyntaxKind::List(items), span: here.to(self.span_at(self.mate(place))) })
            }
            Expr::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in map.entries {
                    let EntryExpr::MapEntry(entry) = entry.expr else { return Err(Lost) };
                    let key = self.place(entry.key, Position::Whole)?.syntax;
                    let value = self.place(entry.value, Position::Whole)?.syntax;
                    entries.push(Entry { key, value, optional: entry.optional });
                }
                Ok(Syntax { kind: SyntaxKind::Map(entries), span: here.to(self.span_at(self.mate(place))) })
            }
            Expr::Struct(message) => {
                let mut fields = Vec::with_capacity(message.entries.len());
                for entry in message.entries {
                    let EntryExpr::StructField(field) = entry.expr else { return Err(Lost) };
                    fields.push((field.field.into(), self.place(field.value, Position::Whole)?.syntax));
                }
                let words = message.type_name.split('.').filter(|word| !word.is_empty()).count();
                let dots = message.type_name.matches('.').count();
                let start = self.span_at(place.saturating_sub(words + dots));
                let kind = SyntaxKind::Struct { name: message.type_name.into(), fields };
                Ok(Syntax { kind, span: start.to(self.span_at(self.mate(place))) })
            }
            Expr::Call(call) => self.call(call, place),
            Expr::Comprehension(_) | Expr::Unspecified => Err(Lost),
        }
    }

    fn select(&self, operand: Placed, field: Arc<str>, place: usize, optional: bool) -> Syntax {
        let field_span = self.span_at(place);
        let span = operand.outer.to(field_span);
        let operand = Box::new(operand.syntax);
        Syntax { kind: SyntaxKind::Select { operand, field, field_span, optional }, span }
    }

    fn literal(&self, literal: LiteralValue, place: usize) -> Syntax {
        let (kind, negative) = match literal {
            LiteralValue::Null => (SyntaxKind::Null, false),
            LiteralValue::Boolean(value) => (SyntaxKind::Bool(*value.inner()), false),
            LiteralValue::Int(value) => (SyntaxKind::Int(*value.inner()), *value.inner() < 0),
            LiteralValue::UInt(value) => (SyntaxKind::Uint(*value.inner()), false),
            LiteralValue::Double(value) => (SyntaxKind::Double(*value.inner()), value.inner().is_sign_negative()),
            LiteralValue::String(value) => (SyntaxKind::String(value.inner().into()), false),
            LiteralValue::Bytes(value) => (SyntaxKind::Bytes(value.inner().into()), false),
        };
        let sign = if negative { place.saturating_sub(1) } else { place };
        Syntax { kind, span: self.span_at(sign).to(self.span_at(place)) }
    }

    fn call(&mut self, call: CallExpr, place: usize) -> Result<Syntax, Lost> {
        let here = self.span_at(place);
        let end = self.span_at(self.mate(place));
        if self.text_at(place) == "(" {
            return self.function(call, place, end);
        }
        let mut args = call.args.into_iter();
        let mut next = || args.next().ok_or(Lost);
        match call.func_name.as_str() {
            operators::CONDITIONAL => {
                let condition = self.place(next()?, Position::Whole)?;
                let then = self.place(next()?, Position::Whole)?;
                let otherwise = self.place(next()?, Position::Whole)?;
                let span = condition.outer.to(otherwise.outer);
                let kind = SyntaxKind::Conditional {
                    condition: Box::new(condition.syntax),
                    then: Box::new(then.syntax),
                    otherwise: Box::new(otherwise.syntax),
                };
                Ok(Syntax { kind, span })
            }
            operators::LOGICAL_NOT | operators::NEGATE => {
                let op = if call.func_name == operators::NEGATE { UnaryOp::Negate } else { UnaryOp::Not };
                let operand = self.place(next()?, Position::Whole)?;
                let span = here.to(operand.outer);
                Ok(Syntax { kind: SyntaxKind::Unary { op, operand: Box::new(operand.syntax) }, span })
            }
            operators::INDEX | operators::OPT_INDEX => {
                let optional = call.func_name == operators::OPT_INDEX;
                let operand = self.place(next()?, Position::Operand)?;
                let index = Box::new(self.place(next()?, Position::Whole)?.syntax);
                let span = operand.outer.to(end);
                Ok(Syntax { kind: SyntaxKind::Index { operand: Box::new(operand.syntax), index, optional }, span })
            }
            operators::OPT_SELECT => {
                let operand = self.place(next()?, Position::Operand)?;
                let Expr::Literal(LiteralValue::String(field)) = next()?.expr else { return Err(Lost) };
                Ok(self.select(operand, field.inner().into(), place + 2, true))
            }
            name => {
                let op = binary(name).ok_or(Lost)?;
                let left = self.place(next()?, Position::Whole)?;
                let right = self.place(next()?, Position::Whole)?;
                let span = left.outer.to(right.outer);
                let (left, right) = (Box::new(left.syntax), Box::new(right.syntax));
                Ok(Syntax { kind: SyntaxKind::Binary { op, left, right }, span })
            }
        }
    }

    fn function(&mut self, call: CallExpr, place: usize, end: Span) -> Result<Syntax, Lost> {
        let target = match call.target {
            Some(target) => Some(self.place(*target, Position::Operand)?),
            None => None,
        };
        let mut args = Vec::with_capacity(call.args.len());
        for argument in call.args {
            args.push(self.place(argument, Position::Whole)?.syntax);
        }
        let words = 1 + usize::from(call.func_name.starts_with('.'));
        let start = match &target {
            Some(target) => target.outer,
            None => self.span_at(place.saturating_sub(words)),
        };
        let target = target.map(|target| Box::new(target.syntax));
        Ok(Syntax { kind: SyntaxKind::Call { function: call.func_name.into(), target, args }, span: start.to(end) })
    }
}

fn binary(name: &str) -> Option<BinaryOp> {
    Some(match name {
        operators::LOGICAL_OR => BinaryOp::Or,
        operators::LOGICAL_AND => BinaryOp::And,
        operators::EQUALS => BinaryOp::Eq,
        operators::NOT_EQUALS => BinaryOp::Ne,
        operators::LESS => BinaryOp::Lt,
        operators::LESS_EQUALS => BinaryOp::Le,
        operators::GREATER => BinaryOp::Gt,
        operators::GREATER_EQUALS => BinaryOp::Ge,
        operators::IN => BinaryOp::In,
        operators::ADD => BinaryOp::Add,
        operators::SUBSTRACT => BinaryOp::Subtract,
        operators::MULTIPLY => BinaryOp::Multiply,
        operators::DIVIDE => BinaryOp::Divide,
        operators::MODULO => BinaryOp::Modulo,
        _ => return None,
    })
}
