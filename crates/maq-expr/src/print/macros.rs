//! Macros, as they are written.

use super::{Level, Printer};
use crate::{Comprehension, Kind, MacroKind, Node};
use std::sync::Arc;

impl Printer {
    /// A variable of a macro; those of `cel.block` have no name of their own.
    pub(super) fn local(&mut self, name: &str) {
        let mut parts = name.split(':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("@it"), Some(depth), Some(place)) => self.text(&format!("cel.iterVar({depth}, {place})")),
            (Some("@ac"), Some(depth), Some(place)) => self.text(&format!("cel.accuVar({depth}, {place})")),
            _ => match name.strip_prefix("@index") {
                Some(index) => self.text(&format!("cel.index({index})")),
                None => self.text(name),
            },
        }
    }

    pub(super) fn comprehension(&mut self, inner: &Comprehension) {
        self.node(&inner.range, Level::Member);
        self.text(match inner.kind {
            MacroKind::All => ".all(",
            MacroKind::Exists => ".exists(",
            MacroKind::ExistsOne => ".exists_one(",
            MacroKind::Filter => ".filter(",
            MacroKind::Map => ".map(",
            MacroKind::TransformList => ".transformList(",
            MacroKind::TransformMap => ".transformMap(",
            MacroKind::TransformMapEntry => ".transformMapEntry(",
            MacroKind::SortBy => ".sortBy(",
        });
        let mut names = vec![&inner.first.1];
        names.extend(inner.second.as_ref().map(|(_, name)| name));
        for (place, name) in names.iter().enumerate() {
            self.text(if place > 0 { ", " } else { "" });
            self.local(name);
        }
        self.within(&names, |this| {
            for part in inner.filter.iter().chain(&inner.transform) {
                this.text(", ");
                this.node(part, Level::Choice);
            }
        });
        self.text(")");
    }

    pub(super) fn bind(&mut self, name: &Arc<str>, value: &Node, body: &Node) {
        if name.starts_with("@index") {
            return self.block(name, value, body);
        }
        self.text("cel.bind(");
        self.text(name);
        self.text(", ");
        self.node(value, Level::Choice);
        self.text(", ");
        self.within(&[name], |this| this.node(body, Level::Choice));
        self.text(")");
    }

    /// `cel.block([a, b], c)` resolves to names inside of each other.
    fn block(&mut self, name: &Arc<str>, value: &Node, body: &Node) {
        let (mut values, mut body, mut index) = (vec![value], body, index_of(name));
        while let Kind::Bind { name, value, body: inner, .. } = &body.kind
            && index_of(name).is_some_and(|next| Some(next) == index.map(|index| index + 1))
        {
            values.push(value);
            index = index_of(name);
            body = inner;
        }
        self.text("cel.block([");
        self.separated(values);
        self.text("], ");
        self.node(body, Level::Choice);
        self.text(")");
    }
}

fn index_of(name: &str) -> Option<u64> {
    name.strip_prefix("@index")?.parse().ok()
}
