//! What a record, the principal and the context hold.

use super::machine::{Machine, Outcome, Watch};
use super::{ErrorKind, EvalError, Failure};
use crate::plain::{MANY_ROLES, Plain, attribute_text};
use crate::{Kind, Loaded, Node, Row, Type, Val, Variable};
use maq_value::Value;
use serde_json::Value as Json;
use std::sync::Arc;

fn missing(node: &Node, name: &str) -> EvalError {
    Failure::new(ErrorKind::Missing, format!("`{name}` is not there")).at(node.id)
}

/// What is found behind a chain of names on the principal or the context.
enum Attribute<'a> {
    Value(Val<'a>),
    Json(&'a Json),
    Absent,
}

impl<'a, W: Watch<'a>> Machine<'a, W> {
    /// The record that a node stands for.
    fn row(&mut self, node: &'a Node) -> Result<&'a Row, EvalError> {
        match &node.kind {
            Kind::Variable(Variable::Record) => self.input.record.ok_or_else(|| missing(node, "record")),
            Kind::Field { operand, index, name } => match self.row(operand)?.references.get(index) {
                Some(Loaded::Found(row)) => Ok(row),
                Some(Loaded::Absent) | None => Err(missing(node, name)),
            },
            Kind::Local(slot, name) => match self.locals.get(slot.0 as usize) {
                Some(Ok(Val::Record(row))) => Ok(row),
                Some(Err(error)) => Err(error.clone()),
                _ => Err(missing(node, name)),
            },
            _ => match self.value(node)? {
                Val::Record(row) => Ok(row),
                _ => Err(Failure::new(ErrorKind::NoOverload, "this is no record").at(node.id)),
            },
        }
    }

    pub fn field(&mut self, node: &'a Node, operand: &'a Node, index: u32) -> Outcome<'a> {
        let row = self.row(operand)?;
        match row.record.0.get(index as usize) {
            Some((_, value)) if !value.is_absent() => Ok(Val::of_value(value)),
            found => match &node.ty {
                Type::Nullable(_) => Ok(Val::Null),
                Type::Dyn if matches!(found, Some((_, Value::Null))) => Ok(Val::Null),
                _ => Err(missing(node, name_of(node))),
            },
        }
    }

    pub fn children(&mut self, node: &'a Node, operand: &'a Node, index: u32) -> Outcome<'a> {
        let row = self.row(operand)?;
        match row.children.get(&index) {
            Some(rows) => Ok(Val::Records(rows)),
            None => Err(Failure::invalid(format!("the records of `{}` were not read", name_of(node))).at(node.id)),
        }
    }

    pub fn select(&mut self, node: &'a Node, operand: &'a Node, field: &Arc<str>, optional: bool) -> Outcome<'a> {
        if !optional && let Some(attribute) = self.attribute(operand, field) {
            return match attribute {
                Attribute::Value(value) => Ok(value),
                Attribute::Json(json) => match Val::of_json_as(json, &node.ty) {
                    Some(value) => Ok(value),
                    None if json.is_null() => Err(missing(node, field)),
                    None => Err(Failure::conversion("an attribute is not of the type that is asked for").at(node.id)),
                },
                Attribute::Absent => Err(missing(node, field)),
            };
        }
        let operand = self.value(operand)?;
        self.selected(node, &operand, &Val::text(field.to_string()), optional)
    }

    /// An entry of a map, an element of a list, or the same inside of an optional.
    pub fn selected(&mut self, node: &'a Node, operand: &Val<'a>, key: &Val<'a>, optional: bool) -> Outcome<'a> {
        let (inner, optional) = match operand {
            Val::Optional(None) => return Ok(Val::Optional(None)),
            Val::Optional(Some(inner)) => (&**inner, true),
            other => (other, optional),
        };
        if let Val::Map(entries) = inner {
            self.charge(entries.len() as u64 / 8, node.id)?;
        }
        let found = super::parts::part(inner, key).map_err(|failure| failure.at(node.id))?;
        match (found, optional) {
            (found, true) => Ok(Val::Optional(found.map(Arc::new))),
            (Some(value), false) => {
                self.charge(value.copying(), node.id)?;
                Ok(value)
            }
            (None, false) => Err(match inner {
                Val::Map(_) => Failure::new(ErrorKind::Missing, "no such key"),
                _ => Failure::invalid("an index is beyond the list"),
            }
            .at(node.id)),
        }
    }

    pub fn has(&mut self, node: &'a Node, selection: &'a Node) -> Outcome<'a> {
        let present = match &selection.kind {
            Kind::Field { operand, index, .. } => {
                let row = self.row(operand)?;
                row.record.0.get(*index as usize).is_some_and(|(_, value)| !value.is_absent())
            }
            Kind::Children { operand, .. } => {
                self.row(operand)?;
                true
            }
            Kind::Select { operand, field, optional: false } => match self.attribute(operand, field) {
                Some(Attribute::Value(value)) => value != Val::Null,
                Some(Attribute::Json(json)) => !json.is_null(),
                Some(Attribute::Absent) => false,
                None => {
                    let operand = self.value(operand)?;
                    return self.has_entry(node, &operand, field);
                }
            },
            _ => return Err(Failure::invalid("`has` asks about a selection").at(node.id)),
        };
        Ok(Val::Bool(present))
    }

    fn has_entry(&mut self, node: &'a Node, operand: &Val<'a>, field: &Arc<str>) -> Outcome<'a> {
        match operand {
            Val::Map(entries) => {
                self.charge(entries.len() as u64 / 8, node.id)?;
                let found = entries.iter().any(|(key, _)| matches!(key, Val::String(key) if **key == **field));
                Ok(Val::Bool(found))
            }
            Val::Optional(None) => Ok(Val::Bool(false)),
            Val::Optional(Some(inner)) => self.has_entry(node, inner, field),
            _ => Err(super::operators::no_overload("has").at(node.id)),
        }
    }

    /// The attribute `field` of an operand that is the principal or the context, or an object in one of them.
    fn attribute(&self, operand: &'a Node, field: &str) -> Option<Attribute<'a>> {
        let known = self.input.known.as_ref();
        let json = |found: Option<&'a Json>| Some(found.map_or(Attribute::Absent, Attribute::Json));
        match &operand.kind {
            Kind::Variable(Variable::Principal) => {
                let Some(principal) = known.map(|known| known.principal) else { return Some(Attribute::Absent) };
                let text = |text: &'a str| Some(Attribute::Value(Val::text(text)));
                match field {
                    "userId" => text(&principal.user_id),
                    "tenantId" => text(&principal.tenant_id),
                    "realmId" => text(&principal.realm_id),
                    "orgId" => {
                        let id = principal.org_id.as_deref();
                        Some(Attribute::Value(id.map_or(Val::Null, Val::text)))
                    }
                    "roles" => {
                        let roles = principal.roles.iter().map(|role| Val::text(role.as_str()));
                        Some(Attribute::Value(Val::List(roles.collect())))
                    }
                    _ => json(principal.attributes.get(field)),
                }
            }
            Kind::Variable(Variable::Context) => json(known.and_then(|known| known.context.get(field))),
            Kind::Select { operand, field: outer, optional: false } => match self.attribute(operand, outer)? {
                Attribute::Json(object @ Json::Object(_)) => json(object.get(field)),
                Attribute::Absent => Some(Attribute::Absent),
                Attribute::Json(_) | Attribute::Value(_) => None,
            },
            _ => None,
        }
    }

    /// `a in b`, without making a list of what stands written or in an attribute.
    pub fn member(&mut self, node: &'a Node, left: &'a Node, right: &'a Node) -> Outcome<'a> {
        if !W::WATCHES
            && let Some(outcome) = self.member_of_known(node, left, right)
        {
            return outcome;
        }
        let left = self.value(left)?;
        let right = self.value(right)?;
        self.charge(right.weight(1 << 20), node.id)?;
        super::operators::contains(&left, &right).map_err(|failure| failure.at(node.id))
    }

    /// Membership in a list that needs no evaluation.
    fn member_of_known(&mut self, node: &'a Node, left: &'a Node, right: &'a Node) -> Option<Outcome<'a>> {
        match &right.kind {
            Kind::List(items) if items.iter().all(|(item, flag)| !flag && constant(item)) => {
                let values = items.iter().filter_map(|(item, _)| match &item.kind {
                    Kind::Constant(value) => Some(value),
                    _ => None,
                });
                Some(self.among(node, left, items.len(), values))
            }
            Kind::Constant(Val::List(items)) => Some(self.among(node, left, items.len(), items.iter())),
            Kind::Select { operand, field, optional: false } => {
                let principal = matches!(operand.kind, Kind::Variable(Variable::Principal));
                if principal && &**field == "roles" {
                    let roles = self.input.known.as_ref().map(|known| known.principal.roles.as_slice());
                    let roles = roles.unwrap_or_default();
                    if roles.len() <= MANY_ROLES
                        && let Some(Plain::Text(role)) = self.plain(left)
                    {
                        return Some(Ok(Val::Bool(roles.iter().any(|other| other == role))));
                    }
                    return None;
                }
                match (&right.ty, self.attribute(operand, field)) {
                    (Type::List(inner), Some(Attribute::Json(Json::Array(items)))) => {
                        Some(self.in_json(right, left, items, inner))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn among<'v>(
        &mut self,
        node: &'a Node,
        left: &'a Node,
        count: usize,
        mut values: impl Iterator<Item = &'v Val<'v>> + Clone,
    ) -> Outcome<'a> {
        self.charge(count as u64 / 4, node.id)?;
        if let Some(plain) = self.plain(left) {
            let equal = |value: &'v Val<'v>| Plain::of(value).and_then(|value| plain.equals(value));
            let mut known = values.clone().map(equal);
            // One that takes the long way may be equal; the rest is told by the plain ones.
            if known.clone().all(|equal| equal.is_some()) {
                return Ok(Val::Bool(known.any(|equal| equal == Some(true))));
            }
        }
        let left = self.value(left)?;
        Ok(Val::Bool(values.any(|value| value.equals(&left))))
    }

    fn in_json(&mut self, list: &'a Node, left: &'a Node, items: &'a [Json], inner: &Type) -> Outcome<'a> {
        let left = self.value(left)?;
        self.charge(items.len() as u64 / 4, list.id)?;
        let mut found = false;
        for item in items {
            match (item, &left, inner) {
                (Json::String(text), Val::String(left), Type::String | Type::Enum(_))
                    if attribute_text(text).is_some() =>
                {
                    found |= **left == **text;
                }
                _ => match Val::of_json_as(item, inner) {
                    Some(value) => found |= value.equals(&left),
                    None => {
                        let failure = Failure::conversion("an attribute is not of the type that is asked for");
                        return Err(failure.at(list.id));
                    }
                },
            }
        }
        Ok(Val::Bool(found))
    }
}

fn constant(node: &Node) -> bool {
    matches!(node.kind, Kind::Constant(_))
}

fn name_of(node: &Node) -> &str {
    match &node.kind {
        Kind::Field { name, .. } | Kind::Children { name, .. } => name,
        _ => "it",
    }
}
