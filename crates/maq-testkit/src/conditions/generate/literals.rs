//! Literals as they are written.

use super::Generator;
use crate::conditions::values;
use maq_expr::Type;
use std::fmt::Write as _;

impl Generator<'_> {
    pub(super) fn literal(&mut self, ty: &Type) -> String {
        let random = &mut self.random;
        match ty {
            Type::Int if random.percent(20) => whole(*random.pick(values::BIGS)),
            Type::Int if random.percent(50) => whole(random.below(30) as i64 - 10),
            Type::Int => whole(*random.pick(values::INTEGERS)),
            Type::Double => double(*random.pick(values::NUMBERS)),
            Type::Decimal => format!("decimal('{}')", random.pick(values::DECIMALS)),
            Type::String => quoted(random.word(values::TEXTS)),
            Type::Timestamp if random.percent(40) => "now".to_owned(),
            Type::Timestamp => {
                let at = maq_value::Instant(*random.pick(values::INSTANTS));
                match random.percent(10) {
                    true => format!(
                        "timestamp('{}')",
                        at.to_string().replace('Z', "").split('.').next().unwrap_or_default().to_owned()
                            + ".123456789Z"
                    ),
                    false => format!("timestamp('{at}')"),
                }
            }
            Type::Duration => format!(
                "duration('{}')",
                random.pick(&["0s", "1h", "-1h", "24h", "1us", "1500ms", "8760h", "2562047h", "1ns"])
            ),
            Type::Date => format!("date('{}')", random.pick(values::DATES)),
            Type::Time => format!("time('{}')", random.pick(values::TIMES)),
            Type::Uuid => format!("uuid('{}')", maq_value::Uuid::from_u128(*random.pick(values::UUIDS))),
            Type::Bool => if random.percent(50) { "true" } else { "false" }.to_owned(),
            _ => "null".to_owned(),
        }
    }
}

pub(super) fn whole(number: i64) -> String {
    if number < 0 { format!("({number})") } else { number.to_string() }
}

fn double(number: f64) -> String {
    let text = format!("{number:?}");
    let text = if text.contains(['.', 'e']) { text } else { text + ".0" };
    if number.is_sign_negative() { format!("({text})") } else { text }
}

/// A text literal.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' => literal.push_str("\\'"),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            letter if letter.is_ascii_graphic() || letter == ' ' => literal.push(letter),
            letter => drop(write!(literal, "\\U{:08x}", u32::from(letter))),
        }
    }
    literal.push('\'');
    literal
}
