//! Values as literals and as calls that make them.

use super::Printer;
use crate::{Type, Val, functions};

/// A text as a literal, in single quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for letter in text.chars() {
        match letter {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('\'');
    out
}

fn bytes(bytes: &[u8]) -> String {
    let mut out = "b'".to_owned();
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('\'');
    out
}

/// A double as a literal; none when it has no literal.
fn double(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let text = format!("{value:?}");
    Some(if text.contains(['.', 'e']) { text } else { format!("{text}.0") })
}

/// The text that the conversion from text reads as this value.
fn shown(value: &Val<'_>) -> String {
    match functions::call("string", std::slice::from_ref(value), None) {
        Ok(Val::String(text)) => text.into_owned(),
        _ => String::new(),
    }
}

impl Printer {
    /// A value; `beside` is the type of what it stands beside, which its literal then takes.
    pub(super) fn constant(&mut self, value: &Val<'_>, beside: Option<&Type>) {
        let literal = |ty: Type| beside == Some(&ty);
        let call = |function: &str, text: &str| format!("{function}({})", quoted(text));
        let text = match value {
            Val::Null => "null".to_owned(),
            Val::Bool(value) => value.to_string(),
            Val::Int(value) => value.to_string(),
            Val::Uint(value) => format!("{value}u"),
            Val::Double(value) => double(*value).unwrap_or_else(|| call("double", &shown(&Val::Double(*value)))),
            Val::String(text) => quoted(text),
            Val::Bytes(value) => bytes(value),
            Val::Decimal(value) if literal(Type::Decimal) => value.to_string(),
            Val::Date(value) if literal(Type::Date) => quoted(&value.to_string()),
            Val::Time(value) if literal(Type::Time) => quoted(&value.to_string()),
            Val::Uuid(value) if literal(Type::Uuid) => quoted(&value.to_string()),
            Val::Decimal(value) => call("decimal", &value.to_string()),
            Val::Date(value) => call("date", &value.to_string()),
            Val::Time(value) => call("time", &value.to_string()),
            Val::Uuid(value) => call("uuid", &value.to_string()),
            Val::Timestamp(_) => call("timestamp", &shown(value)),
            Val::Duration(_) => call("duration", &shown(value)),
            Val::Opaque(kind, text) => call(if &**kind == "net.CIDR" { "cidr" } else { "ip" }, text),
            Val::Type(name) => name.to_string(),
            Val::List(items) => return self.list(items, beside),
            Val::Map(entries) => return self.map(entries),
            Val::Optional(None) => "optional.none()".to_owned(),
            Val::Optional(Some(inner)) => {
                self.text("optional.of(");
                self.constant(inner, None);
                ")".to_owned()
            }
            Val::Record(_) | Val::Records(_) => "record".to_owned(),
        };
        self.text(&text);
    }

    fn list(&mut self, items: &[Val<'_>], beside: Option<&Type>) {
        let element = match beside {
            Some(Type::List(element)) => Some(element.compared()),
            other => other,
        };
        self.text("[");
        for (place, item) in items.iter().enumerate() {
            self.text(if place > 0 { ", " } else { "" });
            self.constant(item, element);
        }
        self.text("]");
    }

    fn map(&mut self, entries: &[(Val<'_>, Val<'_>)]) {
        self.text("{");
        for (place, (key, value)) in entries.iter().enumerate() {
            self.text(if place > 0 { ", " } else { "" });
            self.constant(key, None);
            self.text(": ");
            self.constant(value, None);
        }
        self.text("}");
    }
}
