//! The table of functions and operators: what they take and give. Read by the checker of both profiles and by
//! completion.

mod table;

use crate::Type;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// In which profile a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    Both,
    Standard,
    Model,
}

/// One overload.
#[derive(Debug)]
pub(crate) struct Signature {
    /// Full name (`math.abs`), or the sign of an operator.
    pub name: &'static str,
    /// Where it counts.
    pub profile: In,
    /// Called as a method: the first parameter is the target.
    pub member: bool,
    /// Parameters, the target of a method first.
    pub params: Vec<Type>,
    /// The last parameter may come several times.
    pub repeated: bool,
    /// What it gives.
    pub result: Type,
    /// As people read it: `string.startsWith(string) -> bool`.
    pub text: String,
    /// One line on what it does.
    pub about: &'static str,
}

static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    table::ROWS.iter().filter_map(|(profile, on, text, about)| read(*profile, on, text, about)).collect()
});

static BY_NAME: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&'static str, Vec<usize>> = HashMap::new();
    for (place, signature) in SIGNATURES.iter().enumerate() {
        by_name.entry(signature.name).or_default().push(place);
    }
    by_name
});

/// Every overload, in the order of the table.
pub(crate) fn all() -> &'static [Signature] {
    &SIGNATURES
}

/// The overloads of a name in a profile.
pub(crate) fn of(name: &str, model: bool) -> impl Iterator<Item = &'static Signature> {
    let places = BY_NAME.get(name).map(Vec::as_slice).unwrap_or_default();
    places.iter().filter_map(|place| SIGNATURES.get(*place)).filter(move |signature| signature.is_of(model))
}

impl Signature {
    /// The parameter that an argument is for.
    pub fn param(&self, place: usize) -> Option<&Type> {
        match self.params.get(place) {
            None if self.repeated => self.params.last(),
            found => found,
        }
    }

    /// Whether it takes so many arguments.
    pub fn takes(&self, count: usize) -> bool {
        count == self.params.len() || self.repeated && count > self.params.len()
    }

    /// Whether it counts in the model profile (true) or in the standard one.
    pub fn is_of(&self, model: bool) -> bool {
        match self.profile {
            In::Both => true,
            In::Model => model,
            In::Standard => !model,
        }
    }
}

/// A row: `startsWith(string) -> bool` on `string`. An operator is written `+(int, int) -> int`.
fn read(profile: In, on: &'static str, row: &'static str, about: &'static str) -> Option<Signature> {
    let (call, result) = row.rsplit_once(" -> ")?;
    let (name, params) = call.split_once('(')?;
    let mut types = Vec::new();
    if !on.is_empty() {
        types.push(type_of(on)?);
    }
    let mut repeated = false;
    for param in split(params.strip_suffix(')')?) {
        repeated = param.ends_with("...");
        types.push(type_of(param.trim_end_matches("..."))?);
    }
    let operator = !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name == "in";
    let text = match (operator, types.as_slice()) {
        (true, [left, right]) => format!("{left} {name} {right} -> {result}"),
        (true, [operand]) => format!("{name}{operand} -> {result}"),
        _ if on.is_empty() => row.to_owned(),
        _ => format!("{on}.{row}"),
    };
    Some(Signature {
        name,
        profile,
        member: !on.is_empty(),
        params: types,
        repeated,
        result: type_of(result)?,
        text,
        about,
    })
}

/// The parts between commas that stand in no brackets.
fn split(text: &'static str) -> Vec<&'static str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn type_of(text: &'static str) -> Option<Type> {
    if let Some((outer, inner)) = text.split_once('(') {
        let inner = split(inner.strip_suffix(')')?).into_iter().map(type_of).collect::<Option<Vec<Type>>>()?;
        return match (outer, inner.as_slice()) {
            ("list", [element]) => Some(Type::List(Arc::new(element.clone()))),
            ("map", [key, value]) => Some(Type::Map(Arc::new(key.clone()), Arc::new(value.clone()))),
            ("optional", [inner]) => Some(Type::Optional(Arc::new(inner.clone()))),
            ("type", [inner]) => Some(Type::Type(Arc::new(inner.clone()))),
            _ => None,
        };
    }
    Some(match text {
        "dyn" => Type::Dyn,
        "null" => Type::Null,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        "decimal" => Type::Decimal,
        "date" => Type::Date,
        "time" => Type::Time,
        "uuid" => Type::Uuid,
        "net.IP" | "net.CIDR" => Type::Opaque(text.into()),
        _ if text.len() == 1 => Type::Param(text.into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_can_be_read() {
        assert_eq!(all().len(), table::ROWS.len());
        let wrong: Vec<&str> = all().iter().filter(|row| row.about.is_empty()).map(|row| row.text.as_str()).collect();
        assert_eq!(wrong, Vec::<&str>::new());
    }
}
