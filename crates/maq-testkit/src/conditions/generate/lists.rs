//! Macros over lists of records and of values.

use super::{COMPARISONS, Generator, Root};
use maq_expr::Type;

impl Generator<'_> {
    pub(super) fn quantifier(&mut self, depth: usize) -> String {
        if self.random.percent(15) {
            return self.over_values(depth);
        }
        let Some((variable, entity, hops, list)) = self.list() else { return self.atom(depth) };
        let way = self.random.below(12);
        self.scope.push(Root { name: variable.clone(), entity, hops });
        let body = self.boolean(depth.min(2));
        let text = match way {
            0..=4 => format!("{list}.exists({variable}, {body})"),
            5..=7 => format!("{list}.all({variable}, {body})"),
            8 => format!("{list}.exists_one({variable}, {body})"),
            9 => {
                let other = self.boolean(depth.min(1));
                format!("{list}.filter({variable}, {body}).exists({variable}, {other})")
            }
            10 => format!(
                "{list}.filter({variable}, {body}).size() {} {}",
                self.random.pick(&COMPARISONS),
                self.random.below(4)
            ),
            _ => format!("size({list}) {} {}", self.random.pick(&COMPARISONS), self.random.below(4)),
        };
        self.scope.pop();
        text
    }

    /// A macro over a list of values.
    pub(super) fn over_values(&mut self, depth: usize) -> String {
        let variable = self.variable();
        let Some(place) = self.field(&Type::String) else { return self.atom(depth) };
        let list = match self.random.below(3) {
            0 => "principal.roles".to_owned(),
            1 => "principal.regions".to_owned(),
            _ => format!("[{}, {}]", self.literal(&Type::String), self.literal(&Type::String)),
        };
        let function = self.random.pick(&["exists", "all", "exists_one"]);
        let test = match self.random.below(3) {
            0 => format!("{variable} == {}", place.path),
            1 => format!("{}.startsWith({variable})", place.path),
            _ => format!("{} != {variable} + 'b'", place.path),
        };
        format!("{list}.{function}({variable}, {test})")
    }
}
