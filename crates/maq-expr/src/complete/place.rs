//! Where the cursor stands: after a dot, after a sign, in a text, in a macro.

use super::rough::{Locals, element, rough};
use crate::{Environment, Limits, Type, parse};

/// What is known of the cursor's place.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The word that is being written.
    pub word: String,
    /// Where it begins.
    pub start: usize,
    /// Type of what stands before the dot.
    pub after_dot: Option<Type>,
    /// What stands before the dot, as it is written.
    pub operand: String,
    /// Type of what the word is compared with.
    pub beside: Option<Type>,
    /// The quote of the text that is being written.
    pub quote: Option<char>,
    /// Variables of the macros around.
    pub locals: Locals,
}

pub(super) fn at(before: &str, environment: &Environment) -> Place {
    let locals = locals(before, environment);
    if let Some((quote, start)) = open_text(before) {
        let outside = before.get(..start).unwrap_or_default();
        let word = before.get(start + quote.len_utf8()..).unwrap_or_default().to_owned();
        let beside = beside(outside, environment, &locals);
        return Place { word, start, beside, quote: Some(quote), locals, ..Place::default() };
    }
    let start = before.trim_end_matches(is_word).len();
    let (rest, word) = before.split_at_checked(start).unwrap_or_default();
    let mut place = Place { word: word.to_owned(), start, locals, ..Place::default() };
    match rest.trim_end().strip_suffix('.') {
        Some(operand) => {
            let operand = last_operand(operand);
            place.after_dot = Some(type_of(operand, environment, &place.locals));
            place.operand = operand.to_owned();
        }
        None => place.beside = beside(rest, environment, &place.locals),
    }
    place
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn type_of(text: &str, environment: &Environment, locals: &Locals) -> Type {
    match parse(text, Limits::default()) {
        Ok(syntax) => rough(&syntax, environment, locals),
        Err(_) => Type::Wrong,
    }
}

/// Quote and place of a text that is not closed.
fn open_text(before: &str) -> Option<(char, usize)> {
    let mut open: Option<(char, usize)> = None;
    let mut escaped = false;
    for (at, letter) in before.char_indices() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if letter == '\\' => escaped = true,
            Some((quote, _)) if letter == quote => open = None,
            None if matches!(letter, '\'' | '"') => open = Some((letter, at)),
            _ => {}
        }
    }
    open
}

/// The operand at the end of a text: names, dots, and what stands in brackets.
fn last_operand(text: &str) -> &str {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut place = letters.len();
    let letter = |place: usize| letters.get(place).map(|(_, letter)| *letter);
    while let Some(last) = place.checked_sub(1).and_then(letter) {
        match last {
            ')' | ']' | '}' => match opening(&letters, place - 1) {
                Some(open) => place = open,
                None => break,
            },
            '\'' | '"' => match (0..place - 1).rev().find(|at| letter(*at) == Some(last)) {
                Some(open) => place = open,
                None => break,
            },
            '.' | '`' => place -= 1,
            other if is_word(other) => place -= 1,
            _ => break,
        }
    }
    let start = letters.get(place).map_or(text.len(), |(at, _)| *at);
    text.get(start..).unwrap_or_default()
}

/// The bracket that a closing one belongs to.
fn opening(letters: &[(usize, char)], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for place in (0..=close).rev() {
        let letter = letters.get(place)?.1;
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None => match letter {
                '\'' | '"' => quote = Some(letter),
                ')' | ']' | '}' => depth += 1,
                '(' | '[' | '{' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(place);
                    }
                }
                _ => {}
            },
        }
    }
    None
}

/// The type of what a value at the end would be compared with: `a == `, `a in [b, `.
fn beside(text: &str, environment: &Environment, locals: &Locals) -> Option<Type> {
    let text = text.trim_end();
    let signs = ["==", "!=", "<=", ">=", "<", ">"];
    if let Some(left) = signs.iter().find_map(|sign| text.strip_suffix(sign)) {
        return Some(type_of(last_operand(left.trim_end()), environment, locals)).filter(|ty| *ty != Type::Wrong);
    }
    if !text.ends_with(['[', ',']) {
        return None;
    }
    let list = text.get(..text.rfind('[')?)?.trim_end();
    let left = list.strip_suffix("in")?;
    left.ends_with(char::is_whitespace)
        .then(|| type_of(last_operand(left.trim_end()), environment, locals))
        .filter(|ty| *ty != Type::Wrong)
}

/// The variables of the macros that are open at the end of a text.
fn locals(before: &str, environment: &Environment) -> Locals {
    const MACROS: [&str; 9] =
        ["all", "exists", "exists_one", "existsOne", "filter", "map", "transformList", "sortBy", "bind"];
    let letters: Vec<(usize, char)> = before.char_indices().collect();
    let mut open: Vec<usize> = Vec::new();
    let mut quote = None;
    for (place, (_, letter)) in letters.iter().enumerate() {
        match (quote, letter) {
            (Some(closing), letter) if *letter == closing => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(*letter),
            (None, '(' | '[' | '{') => open.push(place),
            (None, ')' | ']' | '}') => {
                open.pop();
            }
            _ => {}
        }
    }
    let mut locals = Locals::new();
    for place in open {
        let Some((at, '(')) = letters.get(place) else { continue };
        let (head, inside) = (before.get(..*at).unwrap_or_default(), before.get(at + 1..).unwrap_or_default());
        let name_start = head.trim_end_matches(is_word).len();
        let (target, name) = head.split_at_checked(name_start).unwrap_or_default();
        let Some(target) = target.strip_suffix('.').filter(|_| MACROS.contains(&name)) else { continue };
        let mut parts = inside.split(',');
        let variable = parts.next().unwrap_or_default().trim().to_owned();
        if variable.is_empty() || !variable.chars().all(is_word) || !inside.contains(',') {
            continue;
        }
        let ty = match (name, last_operand(target)) {
            ("bind", "cel") => type_of(parts.next().unwrap_or_default().trim(), environment, &locals),
            (_, range) => element(&type_of(range, environment, &locals)),
        };
        locals.push((variable, ty));
    }
    locals
}
