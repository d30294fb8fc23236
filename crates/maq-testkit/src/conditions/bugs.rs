//! Planted bugs: mistakes that lowerings of others have made, each of which a run must find.

use maq_expr::{ArithmeticOp, CompareOp, Predicate, Term};
use maq_value::{Kind, Value};

/// A mistake in what is written for a database.
pub struct Bug {
    /// In words.
    pub name: &'static str,
    /// On the predicate.
    pub mutate: Option<fn(Predicate) -> Predicate>,
    /// On the SQL of SQLite.
    pub rewrite: Option<fn(String) -> String>,
}

const fn tree(name: &'static str, mutate: fn(Predicate) -> Predicate) -> Bug {
    Bug { name, mutate: Some(mutate), rewrite: None }
}

const fn text(name: &'static str, rewrite: fn(String) -> String) -> Bug {
    Bug { name, mutate: None, rewrite: Some(rewrite) }
}

/// All of them.
pub const BUGS: &[Bug] = &[
    tree("a comparison is turned around", turned),
    tree("a negation is forgotten", without_not),
    text("a part of a text is looked for by LIKE, its signs not escaped", by_like),
    tree("what is unknown counts as false", unknown_as_false),
    text("a sub-select forgets the tenant", without_tenant),
    text("a sub-select forgets the realm", without_realm),
    tree("`all` over no records is false", all_needs_one),
    tree("the range of a prefix takes its end in", prefix_end),
    tree("a quotient goes down instead of towards zero", floor),
    tree("a remainder has the sign of the right", floored_remainder),
    tree("texts are compared without case", without_case),
    tree("`has` is always true", has_is_true),
    tree("the last value of a list is left out", short_list),
    tree("a missing row counts as one with empty fields", hop_is_never_missing),
    tree("an overflow counts as zero", overflow_as_zero),
    text("a character counts as its bytes", bytes),
];

/// A predicate with every part changed, the innermost first.
fn each(predicate: Predicate, change: &impl Fn(Predicate) -> Predicate, of: &impl Fn(Term) -> Term) -> Predicate {
    let part = |part: Box<Predicate>| Box::new(each(*part, change, of));
    let all = |parts: Vec<Predicate>| parts.into_iter().map(|part| each(part, change, of)).collect();
    let term = |term: Term| each_term(term, change, of);
    change(match predicate {
        Predicate::All(parts) => Predicate::All(all(parts)),
        Predicate::Any(parts) => Predicate::Any(all(parts)),
        Predicate::Not(inside) => Predicate::Not(part(inside)),
        Predicate::If(condition, then, otherwise) => Predicate::If(part(condition), part(then), part(otherwise)),
        Predicate::IsTrue(inside) => Predicate::IsTrue(part(inside)),
        Predicate::Compare(op, left, right) => Predicate::Compare(op, term(left), term(right)),
        Predicate::OneOf(left, values) => Predicate::OneOf(term(left), values),
        Predicate::StartsWith(left, right) => Predicate::StartsWith(term(left), term(right)),
        Predicate::EndsWith(left, right) => Predicate::EndsWith(term(left), term(right)),
        Predicate::Contains(left, right) => Predicate::Contains(term(left), term(right)),
        Predicate::IsNull(inside) => Predicate::IsNull(term(inside)),
        Predicate::Term(inside) => Predicate::Term(term(inside)),
        Predicate::Exists(rows, inside) => Predicate::Exists(rows, part(inside)),
        leaf @ (Predicate::Known(_) | Predicate::Unknown) => leaf,
    })
}

fn each_term(term: Term, change: &impl Fn(Predicate) -> Predicate, of: &impl Fn(Term) -> Term) -> Term {
    let inner = |term: Box<Term>| Box::new(each_term(*term, change, of));
    let part = |part: Box<Predicate>| Box::new(each(*part, change, of));
    of(match term {
        Term::Of(rows, inside) => Term::Of(rows, inner(inside)),
        Term::Count(rows, inside) => Term::Count(rows, part(inside)),
        Term::Length(inside) => Term::Length(inner(inside)),
        Term::Arithmetic(op, left, right, kind) => Term::Arithmetic(op, inner(left), inner(right), kind),
        Term::Quotient(left, right, digits) => Term::Quotient(inner(left), inner(right), digits),
        Term::Concat(left, right) => Term::Concat(inner(left), inner(right)),
        Term::If(condition, then, otherwise) => Term::If(part(condition), inner(then), inner(otherwise)),
        Term::Truth(inside) => Term::Truth(part(inside)),
        Term::Convert(inside, kind) => Term::Convert(inner(inside), kind),
        Term::Round(how, inside) => Term::Round(how, inner(inside)),
        Term::Text(function, operands) => {
            Term::Text(function, operands.into_iter().map(|operand| each_term(operand, change, of)).collect())
        }
        Term::Letters(inside, large) => Term::Letters(inner(inside), large),
        Term::Part(name, inside, minutes) => Term::Part(name, inner(inside), minutes),
        leaf => leaf,
    })
}

fn predicates(predicate: Predicate, change: impl Fn(Predicate) -> Predicate) -> Predicate {
    each(predicate, &change, &|term| term)
}

fn terms(predicate: Predicate, change: impl Fn(Term) -> Term) -> Predicate {
    each(predicate, &|predicate| predicate, &change)
}

fn turned(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::Compare(op, left, right) => Predicate::Compare(op.turned(), left, right),
        other => other,
    })
}

fn without_not(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::Not(inside) if !matches!(*inside, Predicate::IsNull(_)) => *inside,
        other => other,
    })
}

fn unknown_as_false(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        part @ Predicate::Compare(..) => Predicate::IsTrue(Box::new(part)),
        other => other,
    })
}

fn all_needs_one(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::Not(inside) => match *inside {
            Predicate::Exists(rows, condition) => Predicate::All(vec![
                Predicate::Exists(rows.clone(), Box::new(Predicate::Known(true))),
                Predicate::Not(Box::new(Predicate::Exists(rows, condition))),
            ]),
            Predicate::Any(parts) if matches!(parts.first(), Some(Predicate::Exists(..))) => {
                let some = match parts.first() {
                    Some(Predicate::Exists(rows, _)) => {
                        Predicate::Exists(rows.clone(), Box::new(Predicate::Known(true)))
                    }
                    _ => Predicate::Known(true),
                };
                Predicate::All(vec![some, Predicate::Not(Box::new(Predicate::Any(parts)))])
            }
            other => Predicate::Not(Box::new(other)),
        },
        other => other,
    })
}

fn prefix_end(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::StartsWith(left, Term::Value(Value::Text(prefix), kind)) if !prefix.is_empty() => {
            let mut end = prefix.clone();
            let next = end.pop().and_then(|last| char::from_u32(u32::from(last) + 1));
            end.extend(next);
            Predicate::All(vec![
                Predicate::Compare(CompareOp::Ge, left.clone(), Term::Value(Value::Text(prefix), kind)),
                Predicate::Compare(CompareOp::Le, left, Term::Value(Value::Text(end), kind)),
            ])
        }
        other => other,
    })
}

fn arithmetic(op: ArithmeticOp, left: Term, right: Term) -> Term {
    Term::Arithmetic(op, Box::new(left), Box::new(right), Kind::BigInt)
}

/// `(left % right + right) % right`
fn remainder_of_the_right(left: Term, right: Term) -> Term {
    let remainder = arithmetic(ArithmeticOp::Modulo, left, right.clone());
    arithmetic(ArithmeticOp::Modulo, arithmetic(ArithmeticOp::Add, remainder, right.clone()), right)
}

fn floor(predicate: Predicate) -> Predicate {
    terms(predicate, |term| match term {
        Term::Arithmetic(ArithmeticOp::Divide, left, right, Kind::BigInt) if matches!(*left, Term::Field { .. }) => {
            let remainder = remainder_of_the_right((*left).clone(), (*right).clone());
            arithmetic(ArithmeticOp::Divide, arithmetic(ArithmeticOp::Subtract, *left, remainder), *right)
        }
        other => other,
    })
}

fn floored_remainder(predicate: Predicate) -> Predicate {
    terms(predicate, |term| match term {
        Term::Arithmetic(ArithmeticOp::Modulo, left, right, Kind::BigInt) => remainder_of_the_right(*left, *right),
        other => other,
    })
}

fn is_text(term: &Term) -> bool {
    matches!(term, Term::Value(_, Kind::Text) | Term::Field { kind: Kind::Text, .. })
}

fn without_case(predicate: Predicate) -> Predicate {
    let small = |term: Term| Term::Letters(Box::new(term), false);
    predicates(predicate, |part| match part {
        Predicate::Compare(op, left, right) if is_text(&left) && is_text(&right) => {
            Predicate::Compare(op, small(left), small(right))
        }
        other => other,
    })
}

fn has_is_true(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::Not(inside) if matches!(*inside, Predicate::IsNull(Term::Field { .. })) => Predicate::Known(true),
        other => other,
    })
}

fn short_list(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::OneOf(term, mut values) => {
            values.pop();
            Predicate::OneOf(term, values)
        }
        other => other,
    })
}

fn hop_is_never_missing(predicate: Predicate) -> Predicate {
    predicates(predicate, |part| match part {
        Predicate::Term(Term::Of(rows, inside)) => Predicate::IsTrue(Box::new(Predicate::Term(Term::Of(rows, inside)))),
        other => other,
    })
}

fn overflow_as_zero(predicate: Predicate) -> Predicate {
    terms(predicate, |term| match term {
        Term::Arithmetic(op @ (ArithmeticOp::Add | ArithmeticOp::Multiply), left, right, Kind::BigInt)
            if matches!((&*left, &*right), (Term::Field { .. }, Term::Field { .. } | Term::Value(..))) =>
        {
            let empty = |term: &Term| Predicate::IsNull(term.clone());
            let result = Term::Arithmetic(op, left.clone(), right.clone(), Kind::BigInt);
            let broken = Predicate::All(vec![
                empty(&result),
                Predicate::Not(Box::new(empty(&left))),
                Predicate::Not(Box::new(empty(&right))),
            ]);
            Term::If(Box::new(broken), Box::new(Term::Value(Value::BigInt(0), Kind::BigInt)), Box::new(result))
        }
        other => other,
    })
}

fn without_tenant(sql: String) -> String {
    forget(sql, "tenant_id")
}

fn without_realm(sql: String) -> String {
    forget(sql, "realm_id")
}

/// Takes the condition out of sub-selects, in which tables have names with a tilde.
fn forget(sql: String, column: &str) -> String {
    let mut parts = sql.split("\"~");
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        changed.push_str("\"~");
        match part.split_once('=') {
            Some((before, _)) if before.trim_end().ends_with(&format!(".\"{column}\"")) => {
                let name = part.split('.').next().unwrap_or_default();
                let rest = part.split_once(" AND ").map_or("", |(_, rest)| rest);
                changed.push_str(&format!("{name}.\"{column}\" IS NOT NULL AND {rest}"));
            }
            _ => changed.push_str(part),
        }
    }
    changed
}

/// `instr(a, b) > 0` to `a LIKE '%' || b || '%'`, which SQLite also has as a function.
fn by_like(sql: String) -> String {
    let Some((before, rest)) = sql.split_once("(instr(") else { return sql };
    let (mut depth, mut comma, mut end) = (0, None, None);
    for (at, sign) in rest.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = Some(at);
                break;
            }
            ')' => depth -= 1,
            ',' if depth == 0 => comma = Some(at),
            _ => {}
        }
    }
    let (Some(comma), Some(end)) = (comma, end) else { return sql };
    let (whole, part) = (&rest[..comma], rest[comma + 1..end].trim());
    let after = by_like(rest[end + 1..].to_owned());
    let whole = by_like(whole.to_owned());
    match after.strip_prefix(" > 0)") {
        Some(after) => format!("{before}(like('%' || {part} || '%', {whole}){})", "").trim_end().to_owned() + after,
        None => format!("{before}(instr({whole}, {part}){after}"),
    }
}

fn bytes(sql: String) -> String {
    sql.replace("length(", "octet_length(")
}
