//! Lists: the records that refer to one, what is filtered and made of them, and lists that are known.

use super::part::some_value;
use super::place::{Place, along, along_condition};
use super::{Local, Lowered, Lowering, Part, kind_of, refused, total};
use crate::predicate::{ArithmeticOp, Link, Rows};
use crate::{
    CompareOp, Comprehension, EntityIndex, Input, Kind, MacroKind, Node, Predicate, Slot, Term, Type, Val, eval,
};
use maq_value::{Kind as ValueKind, Value};

/// Where the elements of a list come from.
pub(super) enum Source<'n> {
    /// From the caller, who is not known.
    Unknown(Type),
    /// Known values; the keys of a map.
    Values(Vec<Val<'static>>),
    /// Written out, not all known.
    Items(Vec<&'n Node>),
    /// Records that refer to one.
    Rows(Children<'n>),
}

/// Records that refer to one, and what is made of them.
pub(super) struct Children<'n> {
    of: Place,
    entity: EntityIndex,
    /// The reference in their fields.
    field: u32,
    steps: Vec<Step<'n>>,
}

/// `filter` and `map`, which fail as a whole where one element does.
struct Step<'n> {
    slot: Slot,
    filter: Option<&'n Node>,
    transform: Option<&'n Node>,
}

/// The elements of a list of rows at their own level.
struct Elements {
    /// To the record that they refer to.
    walk: Vec<Rows>,
    rows: Rows,
    /// Which rows are elements.
    wanted: Predicate,
    /// Rows that make the whole list an error.
    broken: Predicate,
}

impl Elements {
    fn some(&self, condition: Predicate) -> Predicate {
        match self.wanted.clone().and(condition).where_true() {
            Predicate::Known(false) => Predicate::Known(false),
            condition => Predicate::Exists(self.rows.clone(), Box::new(condition)),
        }
    }

    fn some_broken(&self) -> Predicate {
        match self.broken.clone().where_true() {
            Predicate::Known(false) => Predicate::Known(false),
            broken => Predicate::Exists(self.rows.clone(), Box::new(broken)),
        }
    }

    /// True where some element makes the condition true, else an error where some makes it one.
    fn absorbing(&self, condition: Predicate) -> Predicate {
        let unknown = match total(&condition) {
            true => Predicate::Known(false),
            false => self.some(condition.clone().unknown()).and(Predicate::Unknown),
        };
        self.some(condition).or(unknown)
    }

    fn count(&self, condition: Predicate) -> Term {
        Term::Count(self.rows.clone(), Box::new(self.wanted.clone().and(condition).where_true()))
    }

    fn finish(&self, condition: Predicate) -> Predicate {
        along_condition(&self.walk, Predicate::choose(self.some_broken(), Predicate::Unknown, condition))
    }
}

impl Lowering<'_> {
    /// The value of a node that speaks of nothing from outside.
    pub(super) fn known(&self, node: &Node) -> Option<Val<'static>> {
        if let Kind::Constant(value) = &node.kind {
            return Some(value.clone());
        }
        let mut outside = false;
        super::visit(node, &mut |part| {
            outside |= match &part.kind {
                Kind::Variable(_) => true,
                Kind::Local(slot, _) => self.locals.contains_key(&slot.0),
                _ => false,
            };
        });
        if outside {
            return None;
        }
        let nothing = Input { known: None, record: None, variables: None };
        eval::evaluate(node, &nothing).ok().map(Val::into_owned)
    }

    pub(super) fn source<'n>(&mut self, node: &'n Node) -> Lowered<Source<'n>> {
        match self.known(node) {
            Some(Val::List(values)) => return Ok(Source::Values(values.to_vec())),
            Some(Val::Map(entries)) => return Ok(Source::Values(entries.iter().map(|(key, _)| key.clone()).collect())),
            _ => {}
        }
        if !self.speaks_of_rows(node) {
            let element = match &node.ty {
                Type::List(element) | Type::Map(element, _) => (**element).clone(),
                _ => Type::String,
            };
            return Ok(Source::Unknown(element));
        }
        match &node.kind {
            Kind::Children { operand, index, .. } => {
                let of = self.place(operand)?;
                let shape = self.environment.entity(of.entity);
                let Some(child) = shape.and_then(|shape| shape.children.get(*index as usize)) else {
                    return refused(node, "a list that its entity does not have");
                };
                Ok(Source::Rows(Children { of, entity: child.entity, field: child.field, steps: Vec::new() }))
            }
            Kind::List(items) if items.iter().all(|(_, optional)| !optional) => {
                Ok(Source::Items(items.iter().map(|(item, _)| item).collect()))
            }
            Kind::Comprehension(inner) if inner.second.is_none() => {
                let Source::Rows(mut children) = self.source(&inner.range)? else {
                    return refused(node, "a list that is made of another list of values");
                };
                let transform = match inner.kind {
                    MacroKind::Filter => None,
                    MacroKind::Map => inner.transform.as_ref(),
                    _ => return refused(node, "a list that is made in this way"),
                };
                children.steps.push(Step { slot: inner.first.0, filter: inner.filter.as_ref(), transform });
                Ok(Source::Rows(children))
            }
            _ => refused(node, "a list that is chosen or computed"),
        }
    }

    /// Does `make` for an element of the rows, at its level.
    fn elements<T>(
        &mut self,
        children: &Children<'_>,
        make: impl FnOnce(&mut Self, Local) -> Lowered<T>,
    ) -> Lowered<(Elements, T)> {
        let of = children.of.clone();
        let (walk, (rows, wanted, broken, made)) = self.at(&of, |lowering, level| {
            let own = lowering.new_level();
            let link = Link::Children { level, field: children.field };
            let rows = Rows { level: own, entity: children.entity, link };
            let mut element = Local::Row(own, children.entity);
            let (mut wanted, mut broken) = (Predicate::Known(true), Predicate::Known(false));
            for step in &children.steps {
                if let Some(filter) = step.filter {
                    let fits = lowering.with(step.slot.0, element.clone(), |inside| inside.condition(filter))?;
                    if !total(&fits) {
                        broken = broken.or(wanted.clone().and(fits.clone().unknown()));
                    }
                    wanted = wanted.and(fits);
                }
                if let Some(transform) = step.transform {
                    let part = lowering.with(step.slot.0, element.clone(), |inside| inside.value(transform))?;
                    broken = broken.or(wanted.clone().and(part.is_error()));
                    element = Local::Part(Box::new(part));
                }
            }
            let made = make(lowering, element)?;
            Ok((rows, wanted, broken, made))
        })?;
        Ok((Elements { walk, rows, wanted, broken }, made))
    }

    /// Whether some element, which is a value, makes the condition true; an error where the list is one.
    pub(super) fn some_element(
        &mut self,
        node: &Node,
        children: &Children<'_>,
        condition: impl FnOnce(&mut Self, Part) -> Lowered<Predicate>,
    ) -> Lowered<Predicate> {
        let (elements, condition) = self.elements(children, |lowering, element| match element {
            Local::Part(part) => condition(lowering, *part),
            Local::Row(..) => refused(node, "a record in a list of records"),
        })?;
        Ok(elements.finish(elements.some(condition)))
    }

    pub(super) fn count(&mut self, _: &Node, children: &Children<'_>) -> Lowered<Part> {
        let (elements, ()) = self.elements(children, |_, _| Ok(()))?;
        let counted = unless(elements.some_broken(), elements.count(Predicate::Known(true)));
        Ok(Part::new(along(&elements.walk, counted.term)))
    }

    /// `exists`, `all` and `exists_one`.
    pub(super) fn quantifier(&mut self, node: &Node, comprehension: &Comprehension) -> Lowered<Predicate> {
        let (Some(body), MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne) =
            (&comprehension.filter, comprehension.kind)
        else {
            return refused(node, "a macro that gives a list as a condition");
        };
        match self.source(&comprehension.range)? {
            Source::Unknown(element) => {
                let Some(kind) = kind_of(&element) else { return refused(node, "elements that are no single values") };
                if let Some(count) = self.elements {
                    let each = |at| {
                        let part = some_value(kind, &element);
                        self.with_variables(comprehension, at, part, |inside| inside.condition(body))
                    };
                    return Ok(over(comprehension.kind, (0..count).map(each).collect::<Lowered<_>>()?));
                }
                self.with_variables(comprehension, 0, Part::error(kind), |inside| inside.condition(body))?;
                Ok(Predicate::Unknown)
            }
            Source::Values(values) => {
                let mut conditions = Vec::with_capacity(values.len());
                for (at, value) in values.iter().enumerate() {
                    let part = super::constant(node, value)?;
                    conditions.push(self.with_variables(comprehension, at, part, |inside| inside.condition(body))?);
                }
                Ok(over(comprehension.kind, conditions))
            }
            Source::Items(items) => {
                let (mut conditions, mut broken) = (Vec::new(), Predicate::Known(false));
                for (at, item) in items.into_iter().enumerate() {
                    let part = self.value(item)?;
                    broken = broken.or(part.is_error());
                    conditions.push(self.with_variables(comprehension, at, part, |inside| inside.condition(body))?);
                }
                Ok(Predicate::choose(broken, Predicate::Unknown, over(comprehension.kind, conditions)))
            }
            Source::Rows(children) => {
                if comprehension.second.is_some() {
                    return refused(node, "the number of a record in a list");
                }
                let slot = comprehension.first.0.0;
                let (elements, condition) = self.elements(&children, |lowering, element| {
                    lowering.with(slot, element, |inside| inside.condition(body))
                })?;
                let result = match comprehension.kind {
                    MacroKind::All => elements.absorbing(condition.negated()).negated(),
                    MacroKind::ExistsOne => {
                        let one = Term::Value(Value::BigInt(1), ValueKind::BigInt);
                        let counted = Predicate::Compare(CompareOp::Eq, elements.count(condition.clone()), one);
                        let broken = match total(&condition) {
                            true => Predicate::Known(false),
                            false => elements.some(condition.unknown()),
                        };
                        Predicate::choose(broken, Predicate::Unknown, counted)
                    }
                    _ => elements.absorbing(condition),
                };
                Ok(elements.finish(result))
            }
        }
    }

    fn with_variables<T>(
        &mut self,
        comprehension: &Comprehension,
        at: usize,
        element: Part,
        then: impl FnOnce(&mut Self) -> Lowered<T>,
    ) -> Lowered<T> {
        let first = comprehension.first.0.0;
        match &comprehension.second {
            None => self.with(first, Local::Part(Box::new(element)), then),
            Some((second, _)) => {
                let index = Part::value(Value::BigInt(i64::try_from(at).unwrap_or(i64::MAX)), ValueKind::BigInt);
                let second = second.0;
                self.with(first, Local::Part(Box::new(index)), |inside| {
                    inside.with(second, Local::Part(Box::new(element)), then)
                })
            }
        }
    }
}

/// A macro over elements that are known one by one.
fn over(kind: MacroKind, conditions: Vec<Predicate>) -> Predicate {
    match kind {
        MacroKind::All => conditions.into_iter().fold(Predicate::Known(true), Predicate::and),
        MacroKind::ExistsOne => {
            let whole = |number| Box::new(Term::Value(Value::BigInt(number), ValueKind::BigInt));
            let ones = conditions.into_iter().map(|condition| Term::If(Box::new(condition), whole(1), whole(0)));
            match sum(ones.collect()) {
                Some(sum) => Predicate::Compare(CompareOp::Eq, sum, *whole(1)),
                None => Predicate::Known(false),
            }
        }
        _ => conditions.into_iter().fold(Predicate::Known(false), Predicate::or),
    }
}

/// The sum of all, by halves: a database takes no chain that is as deep as a list is long.
fn sum(mut terms: Vec<Term>) -> Option<Term> {
    while terms.len() > 1 {
        let mut halves = Vec::with_capacity(terms.len().div_ceil(2));
        let mut rest = terms.into_iter();
        while let Some(left) = rest.next() {
            halves.push(match rest.next() {
                Some(right) => Term::Arithmetic(ArithmeticOp::Add, Box::new(left), Box::new(right), ValueKind::BigInt),
                None => left,
            });
        }
        terms = halves;
    }
    terms.pop()
}

/// A term that is empty where the condition is true.
pub(super) fn unless(broken: Predicate, term: Term) -> Part {
    if broken == Predicate::Known(false) {
        return Part::new(term);
    }
    let nothing = Term::Value(Value::Null, ValueKind::BigInt);
    Part::new(Term::If(Box::new(broken), Box::new(nothing), Box::new(term)))
}
