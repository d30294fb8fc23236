//! Conditions as text: well typed, of every kind of node, with literals that are made to hurt.

mod lists;
mod literals;
mod places;
mod terms;

use super::random::Random;
use super::values;
use literals::{quoted, whole};
use maq_expr::{EntityIndex, EntityShape, Presence, Type};
use std::sync::Arc;

/// Writes conditions on records of one entity.
pub struct Generator<'a> {
    shapes: &'a [EntityShape],
    random: Random,
    scope: Vec<Root>,
    next: u32,
}

/// A record that a condition can speak of: `record`, or a macro's variable.
#[derive(Clone)]
struct Root {
    name: String,
    entity: EntityIndex,
    /// References walked to it.
    hops: u32,
}

/// A field that a condition can read.
struct Place {
    path: String,
    presence: Presence,
    ty: Type,
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl<'a> Generator<'a> {
    /// For records of `entity`.
    pub fn new(shapes: &'a [EntityShape], entity: EntityIndex, seed: u64) -> Generator<'a> {
        let scope = vec![Root { name: "record".to_owned(), entity, hops: 0 }];
        Generator { shapes, random: Random::new(seed), scope, next: 0 }
    }

    /// The next condition.
    pub fn condition(&mut self) -> String {
        let depth = 1 + self.random.below(4);
        self.next = 0;
        self.boolean(depth)
    }

    fn boolean(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.atom(0);
        }
        match self.random.below(20) {
            0 | 1 => format!("({} && {})", self.boolean(depth - 1), self.boolean(depth - 1)),
            2 | 3 => format!("({} || {})", self.boolean(depth - 1), self.boolean(depth - 1)),
            4 | 5 => format!("!({})", self.boolean(depth - 1)),
            6 => {
                let condition = self.boolean(depth - 1);
                format!("({condition} ? {} : {})", self.boolean(depth - 1), self.boolean(depth - 1))
            }
            7 => format!("({} == {})", self.boolean(depth - 1), self.boolean(depth - 1)),
            8..=11 => self.quantifier(depth - 1),
            _ => self.atom(depth),
        }
    }

    fn atom(&mut self, depth: usize) -> String {
        match self.random.below(24) {
            _ if self.random.percent(1) => self.refused(),
            0 | 1 => self.presence(),
            2 => self.is_null(),
            3 | 4 => self.membership(depth),
            5..=7 => self.text_test(depth),
            8 => self.truth(),
            9 => self.attribute(),
            10 => self.field_and_field(),
            11 => self.of_an_enum(),
            12 => self.small_arithmetic(),
            _ => self.comparison(depth),
        }
    }

    /// `true`, `false`, or a field of that type.
    fn truth(&mut self) -> String {
        match self.field(&Type::Bool) {
            Some(place) if self.random.percent(95) => place.path,
            _ => if self.random.percent(50) { "true" } else { "false" }.to_owned(),
        }
    }

    fn presence(&mut self) -> String {
        let places = self.places(|_| true);
        let place = self.random.pick(&places).path.clone();
        format!("has({place})")
    }

    fn is_null(&mut self) -> String {
        let places = self.places(|place| place.presence == Presence::Null);
        if places.is_empty() {
            return self.presence();
        }
        let path = self.random.pick(&places).path.clone();
        let sign = self.random.pick(&["==", "!="]);
        if self.random.percent(80) { format!("{path} {sign} null") } else { format!("null {sign} {path}") }
    }

    fn kinds() -> [Type; 10] {
        [
            Type::Int,
            Type::Double,
            Type::Decimal,
            Type::String,
            Type::Timestamp,
            Type::Duration,
            Type::Date,
            Type::Time,
            Type::Uuid,
            Type::Bool,
        ]
    }

    fn comparison(&mut self, depth: usize) -> String {
        let kinds = Self::kinds();
        let ty = self.random.pick(&kinds).clone();
        let sign = self.comparison_of(&ty);
        let left = self.value(&ty, depth.min(2));
        let right = if self.random.percent(65) { self.literal(&ty) } else { self.value(&ty, depth.min(2)) };
        if self.random.percent(15) { format!("{right} {sign} {left}") } else { format!("{left} {sign} {right}") }
    }

    fn comparison_of(&mut self, ty: &Type) -> &'static str {
        let signs = if *ty == Type::Uuid { &COMPARISONS[..2] } else { &COMPARISONS[..] };
        self.random.word(signs)
    }

    /// Two fields of one type, of any records.
    fn field_and_field(&mut self) -> String {
        let kinds = Self::kinds();
        let ty = self.random.pick(&kinds).clone();
        let (Some(left), Some(right)) = (self.field(&ty), self.field(&ty)) else { return self.comparison(0) };
        let sign = self.comparison_of(&ty);
        format!("{} {sign} {}", left.path, right.path)
    }

    fn membership(&mut self, depth: usize) -> String {
        let kinds = Self::kinds();
        let ty = self.random.pick(&kinds[..9]).clone();
        let left = self.value(&ty, depth.min(1));
        let lists: &[&str] = match ty {
            Type::String => &["principal.regions", "principal.roles", "context.names", "principal.places"],
            Type::Int => &["principal.numbers"],
            Type::Decimal => &["principal.prices"],
            Type::Timestamp => &["principal.instants"],
            _ => &[],
        };
        if !lists.is_empty() && self.random.percent(20) {
            return format!("{left} in {}", self.random.pick(lists));
        }
        if self.random.percent(15)
            && let Some((variable, entity, hops, list)) = self.list()
        {
            self.scope.push(Root { name: variable.clone(), entity, hops });
            let element = self.own_field(&ty);
            self.scope.pop();
            if let Some(element) = element {
                return format!("{left} in {list}.map({variable}, {element})");
            }
        }
        let count = self.random.below(5);
        let mut items: Vec<String> = (0..count).map(|_| self.literal(&ty)).collect();
        if self.random.percent(15)
            && let Some(place) = self.field(&ty)
        {
            items.push(place.path);
        }
        if items.is_empty() {
            items.push(self.literal(&ty));
        }
        let not = if self.random.percent(25) { "!" } else { "" };
        format!("{not}({left} in [{}])", items.join(", "))
    }

    /// What no database answers as the evaluator does.
    fn refused(&mut self) -> String {
        let text = self.value(&Type::String, 0);
        let (day, at) = (self.value(&Type::Date, 0), self.value(&Type::Timestamp, 0));
        match self.random.below(5) {
            0 => format!("{text}.matches('^[a-z]+$')"),
            1 => format!("{at}.getHours('Europe/Berlin') >= 8"),
            2 => format!("{day} + duration('24h') > date('2026-01-01')"),
            3 => format!("string({day}).startsWith('2026-')"),
            _ => format!("{text}.split(',').size() > 1"),
        }
    }

    /// Arithmetic with results that are compared with numbers near them.
    fn small_arithmetic(&mut self) -> String {
        if self.random.percent(30)
            && let Some(place) = self.field(&Type::String)
        {
            let comparison = *self.random.pick(&COMPARISONS);
            return format!("{}.size() {comparison} {}", place.path, self.random.below(6));
        }
        let Some(place) = self.field(&Type::Int) else { return self.truth() };
        let sign = self.random.word(&["/", "%", "*", "+", "-"]);
        let by = match self.random.percent(25) {
            true => whole(*self.random.pick(values::BIGS)),
            false => whole(self.random.below(7) as i64 - 3),
        };
        let comparison = *self.random.pick(&COMPARISONS);
        format!("({} {sign} {by}) {comparison} {}", place.path, whole(self.random.below(9) as i64 - 4))
    }

    /// A field that is one of some texts.
    fn of_an_enum(&mut self) -> String {
        let places = self.places(|place| matches!(place.ty, Type::Enum(_)));
        if places.is_empty() {
            return self.truth();
        }
        let place = self.random.pick(&places);
        let Type::Enum(values) = &place.ty else { return "true".to_owned() };
        let (one, other) = (self.random.pick::<Arc<str>>(values), self.random.pick::<Arc<str>>(values));
        let (one, other) = (quoted(one), quoted(other));
        match self.random.below(4) {
            0 => format!("{} in [{one}, {other}]", place.path),
            1 => format!("{}.startsWith({one})", place.path),
            2 => format!("{} != {one}", place.path),
            _ => format!("{} == {one}", place.path),
        }
    }

    fn text_test(&mut self, depth: usize) -> String {
        let left = self.value(&Type::String, depth.min(2));
        let right = if self.random.percent(75) { self.literal(&Type::String) } else { self.value(&Type::String, 0) };
        let function = self.random.pick(&["startsWith", "endsWith", "contains"]);
        format!("{left}.{function}({right})")
    }

    /// A comparison with what the caller brings.
    fn attribute(&mut self) -> String {
        let (ty, name) = *self.random.pick(&[
            (0, "principal.userId"),
            (0, "principal.region"),
            (0, "principal.orgId"),
            (0, "principal.nothing"),
            (0, "context.channel"),
            (1, "principal.limit"),
            (2, "principal.budget"),
            (3, "principal.rate"),
            (4, "principal.active"),
            (4, "has(principal.region)"),
            (4, "has(principal.nothing)"),
            (5, "now"),
            (6, "today('Europe/Berlin')"),
        ]);
        let ty = match ty {
            0 => Type::String,
            1 => Type::Int,
            2 => Type::Decimal,
            3 => Type::Double,
            4 => Type::Bool,
            5 => Type::Timestamp,
            _ => Type::Date,
        };
        let Some(place) = self.field(&ty) else { return self.truth() };
        let sign = if name == "principal.orgId" { "==" } else { self.comparison_of(&ty) };
        format!("{} {sign} {name}", place.path)
    }
}
