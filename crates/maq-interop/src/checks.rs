//! Check constraints: those that say no more than least, largest, length or one of a list become limits of a field;
//! the others stay out, by name.

use maq_doc::FieldDoc;
use maq_store::source::ColumnProfile;
use serde_json::Value as Json;

/// What one part of a check says of one column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limit {
    pub column: String,
    pub says: Says,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Says {
    /// At least; `true` when the value itself is out.
    Least(f64, bool),
    /// At most; `true` when the value itself is out.
    Most(f64, bool),
    /// Characters at least and at most.
    Length(Option<u64>, Option<u64>),
    /// One of these texts.
    OneOf(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Symbol(String),
}

/// The limits a check says, when it says nothing else.
pub(crate) fn read(text: &str) -> Option<Vec<Limit>> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let limits = parser.conjunction(0)?;
    (parser.at == tokens.len()).then_some(limits)
}

/// Puts a limit into the field; false when the field's type, or what stands in the column, does not take it.
pub(crate) fn apply(limit: &Limit, field: &mut FieldDoc, profile: &ColumnProfile) -> bool {
    match (&limit.says, field.kind.as_str()) {
        (Says::Least(number, open), kind) => {
            let Some(json) = bound(*number, *open, kind, 1.0) else { return false };
            let breaks = profile.number_range.is_some_and(|(least, _)| least < *number || (*open && least <= *number));
            if breaks || field.min.is_some() {
                return false;
            }
            field.min = Some(json);
            true
        }
        (Says::Most(number, open), kind) => {
            let Some(json) = bound(*number, *open, kind, -1.0) else { return false };
            let breaks = profile.number_range.is_some_and(|(_, most)| most > *number || (*open && most >= *number));
            if breaks || field.max.is_some() {
                return false;
            }
            field.max = Some(json);
            true
        }
        (Says::Length(least, most), "string" | "text") => {
            if most.is_some_and(|most| profile.max_length > most) {
                return false;
            }
            if let Some(most) = most {
                field.max_length = Some(field.max_length.map_or(*most, |there| there.min(*most)));
            }
            field.min_length = field.min_length.or(*least);
            true
        }
        (Says::OneOf(values), "string" | "text") => {
            let known = profile.few_texts.as_ref();
            let fits = profile.texts == 0 || known.is_some_and(|texts| texts.iter().all(|text| values.contains(text)));
            if !fits || values.iter().any(String::is_empty) {
                return false;
            }
            field.kind = "enum".into();
            field.enum_values.clone_from(values);
            field.max_length = None;
            field.min_length = None;
            true
        }
        _ => false,
    }
}

/// Whether the field's limits admit its default.
pub(crate) fn admits_default(field: &FieldDoc) -> bool {
    let Some(default) = &field.default else { return true };
    let number = |json: &Json| json.as_f64().or_else(|| json.as_str()?.parse().ok());
    let within = |default: f64| {
        field.min.as_ref().and_then(number).is_none_or(|least| default >= least)
            && field.max.as_ref().and_then(number).is_none_or(|most| default <= most)
    };
    match (field.kind.as_str(), default) {
        ("enum", value) => value.as_str().is_some_and(|text| field.enum_values.iter().any(|known| known == text)),
        ("string" | "text", Json::String(text)) => {
            let length = text.chars().count() as u64;
            field.min_length.is_none_or(|least| length >= least) && field.max_length.is_none_or(|most| length <= most)
        }
        (_, value) => number(value).is_none_or(within),
    }
}

/// The largest whole number up to which doubles are exact.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// The bound as a field writes it. Open bounds are exact only on whole numbers.
fn bound(number: f64, open: bool, kind: &str, step: f64) -> Option<Json> {
    let number = match kind {
        "integer" | "bigint" if open => number + step,
        _ if open => return None,
        _ => number,
    };
    match kind {
        // Beyond 2^53 the double is no longer the number that was written.
        "integer" if number.fract() == 0.0 && number.abs() <= EXACT => Some(Json::from(number as i64)),
        "bigint" if number.fract() == 0.0 && number.abs() <= EXACT => Some(Json::String((number as i64).to_string())),
        "number" => serde_json::Number::from_f64(number).map(Json::Number),
        "decimal" if number.abs() <= EXACT => Some(Json::String(number.to_string())),
        _ => None,
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn symbol(&mut self, wanted: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Symbol(symbol)) if symbol == wanted);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, wanted: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Name(name)) if name.eq_ignore_ascii_case(wanted));
        self.at += usize::from(there);
        there
    }

    /// Parts joined by AND.
    fn conjunction(&mut self, depth: usize) -> Option<Vec<Limit>> {
        if depth > 32 {
            return None;
        }
        let mut limits = self.part(depth)?;
        while self.word("AND") {
            limits.extend(self.part(depth)?);
        }
        Some(limits)
    }

    fn part(&mut self, depth: usize) -> Option<Vec<Limit>> {
        let start = self.at;
        if self.symbol("(") {
            // Brackets around a part, or around the operand of one.
            if let Some(limits) = self.conjunction(depth + 1)
                && self.symbol(")")
            {
                return Some(limits);
            }
            self.at = start;
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<Vec<Limit>> {
        if let Some(number) = self.number() {
            let operator = self.operator()?;
            let column = self.column()?;
            return one(column, turned(&operator)?, number);
        }
        if self.word("length") {
            self.symbol("(").then_some(())?;
            let column = self.column()?;
            self.symbol(")").then_some(())?;
            let operator = self.operator()?;
            let number = self.number().filter(|number| number.fract() == 0.0 && *number >= 0.0)? as u64;
            let (least, most) = match operator.as_str() {
                "<=" => (None, Some(number)),
                "<" => (None, Some(number.checked_sub(1)?)),
                ">=" => (Some(number), None),
                ">" => (Some(number + 1), None),
                "=" | "==" => (Some(number), Some(number)),
                _ => return None,
            };
            return Some(vec![Limit { column, says: Says::Length(least, most) }]);
        }
        let column = self.column()?;
        if self.word("BETWEEN") {
            let least = self.number()?;
            self.word("AND").then_some(())?;
            let most = self.number()?;
            let limit = |says| Limit { column: column.clone(), says };
            return Some(vec![limit(Says::Least(least, false)), limit(Says::Most(most, false))]);
        }
        if self.word("IN") {
            self.symbol("(").then_some(())?;
            let mut values = Vec::new();
            loop {
                match self.peek() {
                    Some(Token::Text(text)) => values.push(text.clone()),
                    _ => return None,
                }
                self.at += 1;
                if !self.symbol(",") {
                    break;
                }
            }
            self.symbol(")").then_some(())?;
            return Some(vec![Limit { column, says: Says::OneOf(values) }]);
        }
        let operator = self.operator()?;
        let number = self.number()?;
        one(column, operator, number)
    }

    fn operator(&mut self) -> Option<String> {
        match self.peek() {
            Some(Token::Symbol(symbol)) if ["<", "<=", ">", ">=", "=", "=="].contains(&symbol.as_str()) => {
                let symbol = symbol.clone();
                self.at += 1;
                Some(symbol)
            }
            _ => None,
        }
    }

    fn column(&mut self) -> Option<String> {
        let start = self.at;
        if self.symbol("(") {
            let column = self.column().filter(|_| self.symbol(")"));
            if column.is_none() {
                self.at = start;
            }
            return column;
        }
        match self.peek() {
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.at += 1;
                Some(name)
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<f64> {
        let start = self.at;
        if self.symbol("(") {
            let number = self.number().filter(|_| self.symbol(")"));
            if number.is_none() {
                self.at = start;
            }
            return number;
        }
        let sign = if self.symbol("-") { -1.0 } else { 1.0 };
        match self.peek() {
            Some(Token::Number(number)) => {
                let number = *number;
                self.at += 1;
                Some(sign * number)
            }
            _ => {
                self.at = start;
                None
            }
        }
    }
}

fn turned(operator: &str) -> Option<String> {
    let turned = match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => return None,
    };
    Some(turned.to_owned())
}

fn one(column: String, operator: String, number: f64) -> Option<Vec<Limit>> {
    let says = match operator.as_str() {
        ">" => Says::Least(number, true),
        ">=" => Says::Least(number, false),
        "<" => Says::Most(number, true),
        "<=" => Says::Most(number, false),
        _ => return None,
    };
    Some(vec![Limit { column, says }])
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        at += 1;
        match letter {
            space if space.is_whitespace() => {}
            '[' | '"' | '`' => {
                let end = if letter == '[' { ']' } else { letter };
                let (name, next) = quoted(&letters, at, end)?;
                tokens.push(Token::Name(name));
                at = next;
            }
            '\'' => {
                let (text, next) = quoted(&letters, at, '\'')?;
                tokens.push(Token::Text(text));
                at = next;
            }
            digit if digit.is_ascii_digit() || digit == '.' => {
                let start = at - 1;
                while letters.get(at).is_some_and(|next| next.is_ascii_alphanumeric() || *next == '.') {
                    at += 1;
                }
                let number: String = letters.get(start..at)?.iter().collect();
                tokens.push(Token::Number(number.parse().ok()?));
            }
            first if first.is_alphabetic() || first == '_' => {
                let start = at - 1;
                while letters.get(at).is_some_and(|next| next.is_alphanumeric() || *next == '_' || *next == '$') {
                    at += 1;
                }
                tokens.push(Token::Name(letters.get(start..at)?.iter().collect()));
            }
            '<' | '>' | '=' => {
                let mut symbol = letter.to_string();
                if letters.get(at).is_some_and(|next| "=>".contains(*next)) {
                    symbol.extend(letters.get(at));
                    at += 1;
                }
                tokens.push(Token::Symbol(symbol));
            }
            '(' | ')' | ',' | '-' => tokens.push(Token::Symbol(letter.to_string())),
            // Anything else makes an expression that says more.
            _ => return None,
        }
    }
    Some(tokens)
}

fn quoted(letters: &[char], start: usize, end: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut at = start;
    loop {
        let letter = *letters.get(at)?;
        at += 1;
        if letter != end {
            text.push(letter);
        } else if end != ']' && letters.get(at) == Some(&end) {
            text.push(end);
            at += 1;
        } else {
            return Some((text, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_written_only_where_it_is_exact() {
        assert_eq!(bound(5.0, true, "integer", 1.0), Some(Json::from(6)));
        assert_eq!(bound(-EXACT, false, "bigint", 1.0), Some(Json::from("-9007199254740991")));
        for kind in ["integer", "bigint", "decimal"] {
            assert_eq!(bound(1e20, false, kind, 1.0), None, "{kind}");
            assert_eq!(bound(EXACT, kind != "decimal", kind, 1.0).is_some(), kind == "decimal", "{kind}");
        }
    }

    #[test]
    fn simple_checks_are_read_and_others_are_not() {
        let limit = |column: &str, says| Limit { column: column.into(), says };
        let cases = [
            ("[Quantity]>(0)", Some(vec![limit("Quantity", Says::Least(0.0, true))])),
            (
                "[Discount]>=(0) AND [Discount]<=(1)",
                Some(vec![limit("Discount", Says::Least(0.0, false)), limit("Discount", Says::Most(1.0, false))]),
            ),
            (
                "((age between -1 and 150))",
                Some(vec![limit("age", Says::Least(-1.0, false)), limit("age", Says::Most(150.0, false))]),
            ),
            ("state IN ('new', 'it''s')", Some(vec![limit("state", Says::OneOf(vec!["new".into(), "it's".into()]))])),
            ("length(\"a b\") = 4", Some(vec![limit("a b", Says::Length(Some(4), Some(4)))])),
            ("0 < x", Some(vec![limit("x", Says::Least(0.0, true))])),
            ("age % 2 = 1 OR state IS NULL", None),
            ("a > b", None),
            ("x > 1 OR x < 0", None),
            ("x <> 1", None),
            ("typeof(x) = 'text'", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
