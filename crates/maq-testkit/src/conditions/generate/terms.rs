//! Values of every type: fields, and what is computed of them.

use super::Generator;
use super::literals::quoted;
use maq_expr::Type;

const PARTS: [&str; 10] = [
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
];

impl Generator<'_> {
    /// A value of a type.
    pub(super) fn value(&mut self, ty: &Type, depth: usize) -> String {
        if depth > 0 && self.random.percent(35) {
            return self.computed(ty, depth - 1);
        }
        match self.field(ty) {
            Some(place) => place.path,
            None => self.literal(ty),
        }
    }

    pub(super) fn computed(&mut self, ty: &Type, depth: usize) -> String {
        if self.random.percent(15) {
            let condition = self.atom(0);
            return format!("({condition} ? {} : {})", self.value(ty, depth), self.value(ty, depth));
        }
        let two = |generator: &mut Self, signs: &[&str], left: &Type, right: &Type| {
            let sign = *generator.random.pick(signs);
            let (left, right) = (generator.value(left, depth), generator.value(right, depth));
            format!("({left} {sign} {right})")
        };
        let number = matches!(ty, Type::Int | Type::Double | Type::Decimal);
        if number && self.random.percent(20) {
            return self.math(ty, depth);
        }
        match ty {
            Type::Int if self.random.percent(8) => format!("int({})", self.value(&Type::Timestamp, 0)),
            Type::Int if self.random.percent(12) => {
                let part = self.random.pick(&PARTS[6..]);
                format!("{}.{part}()", self.value(&Type::Duration, 0))
            }
            Type::Int if self.random.percent(10) => {
                format!("{}.indexOf({})", self.value(&Type::String, depth), self.literal(&Type::String))
            }
            Type::Int if self.random.percent(25) => format!("size({})", self.value(&Type::String, depth)),
            Type::Int if self.random.percent(20) => {
                let at = self.value(&Type::Timestamp, 0);
                let part = self.random.pick(&PARTS);
                let zone = self.random.pick(&["", "'UTC'", "'+02:00'", "'-11:30'"]);
                format!("{at}.{part}({zone})")
            }
            Type::Int if self.random.percent(10) => format!("(-{})", self.value(&Type::Int, depth)),
            Type::Int => match self.random.percent(50) {
                true => two(self, &["+", "-", "*", "/", "%"], ty, ty),
                false => {
                    let left = self.value(ty, depth);
                    let sign = *self.random.pick(&["+", "-", "*", "/", "%"]);
                    format!("({left} {sign} {})", self.literal(ty))
                }
            },
            Type::Double if self.random.percent(25) => format!("double({})", self.value(&Type::Int, depth)),
            Type::Double => two(self, &["+", "-", "*", "/"], ty, ty),
            Type::Decimal if self.random.percent(15) => {
                let (left, right) = (self.value(ty, depth), self.value(ty, depth));
                format!("div({left}, {right}, {})", self.random.pick(&[0, 1, 2, 4, 5, 12, 20, 28]))
            }
            Type::Decimal if self.random.percent(20) => two(self, &["+", "-", "*"], ty, &Type::Int),
            Type::Decimal => two(self, &["+", "-", "*", "%"], ty, ty),
            Type::String if self.random.percent(20) => {
                let function = self.random.pick(&["lowerAscii", "upperAscii"]);
                format!("{}.{function}()", self.value(ty, depth))
            }
            Type::String if self.random.percent(35) => self.of_texts(depth),
            Type::String if self.random.percent(15) => {
                let ty = self.random.pick(&[Type::Int, Type::Uuid, Type::Bool]).clone();
                match self.field(&ty) {
                    Some(place) => format!("string({})", place.path),
                    None => self.literal(&Type::String),
                }
            }
            Type::String => two(self, &["+"], ty, ty),
            Type::Timestamp => two(self, &["+", "-"], ty, &Type::Duration),
            Type::Duration if self.random.percent(60) => two(self, &["-"], &Type::Timestamp, &Type::Timestamp),
            Type::Duration if self.random.percent(40) => two(self, &["-"], &Type::Date, &Type::Date),
            Type::Duration => two(self, &["+", "-"], ty, ty),
            Type::Bool => format!("({})", self.atom(0)),
            _ => self.literal(ty),
        }
    }

    pub(super) fn of_texts(&mut self, depth: usize) -> String {
        let text = self.value(&Type::String, depth);
        let (start, end) = (self.random.below(5) as i64 - 1, self.random.below(7));
        match self.random.below(6) {
            0 => format!("{text}.charAt({start})"),
            1 => format!("{text}.substring({start})"),
            2 => format!("{text}.substring({start}, {end})"),
            3 => format!("{text}.trim()"),
            4 => format!("{text}.reverse()"),
            _ => format!(
                "{text}.replace({}, {})",
                quoted(self.random.word(&["a", "%", "ab", "\u{1F600}"])),
                self.literal(&Type::String)
            ),
        }
    }

    pub(super) fn math(&mut self, ty: &Type, depth: usize) -> String {
        let value = self.value(ty, depth);
        let fraction = if self.random.percent(50) { Type::Double } else { Type::Decimal };
        match (self.random.below(5), ty) {
            (0, _) => format!("math.greatest({value}, {})", self.value(ty, depth)),
            (1, _) => format!("math.least({value}, {})", self.value(ty, depth)),
            (2, Type::Int) => format!("int({})", self.value(&fraction, depth)),
            (2 | 3, Type::Double | Type::Decimal) => {
                format!("math.{}({value})", self.random.pick(&["ceil", "floor", "round", "trunc"]))
            }
            (3, Type::Int) => format!("math.sign({value})"),
            _ => format!("math.abs({value})"),
        }
    }
}
