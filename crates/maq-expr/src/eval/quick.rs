//! Comparisons of what stands in a record, on the principal or in the text of a rule: most conditions are made of
//! these, and they are answered without making a value. Whatever is not plain goes the long way, errors too.

use super::machine::{Machine, Watch};
use crate::plain::{Plain, PlainType};
use crate::{BinaryOp, Kind, Node, Row, Type, Val, Variable};

impl<'a, W: Watch<'a>> Machine<'a, W> {
    /// The plain value of a node that has one without an evaluation.
    #[inline]
    pub(super) fn plain(&self, node: &'a Node) -> Option<Plain<'a>> {
        match &node.kind {
            Kind::Constant(value) => Plain::of(value),
            Kind::Field { operand, index, .. } => {
                let (_, value) = self.near(operand)?.record.0.get(*index as usize)?;
                Plain::of_field(value, matches!(node.ty, Type::Nullable(_)))
            }
            Kind::Select { operand, field, optional: false }
                if matches!(operand.kind, Kind::Variable(Variable::Principal)) =>
            {
                let principal = self.input.known.as_ref()?.principal;
                match &**field {
                    "userId" => Some(Plain::Text(&principal.user_id)),
                    "tenantId" => Some(Plain::Text(&principal.tenant_id)),
                    "realmId" => Some(Plain::Text(&principal.realm_id)),
                    "orgId" | "roles" => None,
                    name => Plain::of_attribute(principal.attributes.get(name)?, PlainType::of(&node.ty)?),
                }
            }
            _ => None,
        }
    }

    /// The record that a name stands for.
    #[inline]
    fn near(&self, node: &Node) -> Option<&'a Row> {
        match &node.kind {
            Kind::Variable(Variable::Record) => self.input.record,
            Kind::Local(slot, _) => match self.locals.get(slot.0 as usize) {
                Some(Ok(Val::Record(row))) => Some(row),
                _ => None,
            },
            _ => None,
        }
    }

    /// A comparison of plain values; none when it takes the long way.
    #[inline]
    pub(super) fn compared(&self, op: BinaryOp, left: &'a Node, right: &'a Node) -> Option<bool> {
        if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::In) {
            return None;
        }
        self.plain(left)?.compared(op, self.plain(right)?)
    }
}
