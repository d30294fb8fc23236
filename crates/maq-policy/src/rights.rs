//! What of a record may be read, as it is or through a mask, and what may be written: united, narrowed, taken.

use crate::rule::Rule;
use maq_ir::{FieldIdx, FieldRules, Mask};

/// How a field may be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum FieldRight {
    /// Not at all.
    #[default]
    Hidden,
    /// Through a mask.
    Masked(Mask),
    /// As it is.
    Readable,
}

/// The rights on the fields of one record. What every record has besides them (`id`, `rowVersion`, who and when) may
/// be read with the record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldRights {
    /// By place of the field in the entity; none is the right to all.
    fields: Option<Vec<(FieldRight, bool)>>,
}

impl FieldRights {
    /// Everything may be read and written.
    pub fn all() -> FieldRights {
        FieldRights { fields: None }
    }

    /// Nothing may.
    pub fn none(count: usize) -> FieldRights {
        FieldRights { fields: Some(vec![(FieldRight::Hidden, false); count]) }
    }

    /// True when no field is masked, hidden or kept from writing.
    pub fn is_all(&self) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.iter().all(|field| *field == (FieldRight::Readable, true)))
    }

    /// How a field may be read.
    pub fn read(&self, field: FieldIdx) -> &FieldRight {
        match &self.fields {
            None => &FieldRight::Readable,
            Some(fields) => fields.get(field.0 as usize).map_or(&FieldRight::Hidden, |(read, _)| read),
        }
    }

    /// Whether a field may be written.
    pub fn may_write(&self, field: FieldIdx) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.get(field.0 as usize).is_some_and(|(_, write)| *write))
    }

    /// With what `other` gives too.
    pub(crate) fn unite(&mut self, other: FieldRights) {
        match (&mut self.fields, other.fields) {
            (None, _) => {}
            (own, None) => *own = None,
            (Some(own), Some(other)) => {
                for (own, other) in own.iter_mut().zip(other) {
                    if rank(&other.0) > rank(&own.0) {
                        own.0 = other.0;
                    }
                    own.1 |= other.1;
                }
            }
        }
    }

    /// Only what `other` gives too.
    pub(crate) fn narrow(&mut self, other: &FieldRights, count: usize) {
        for (field, (read, write)) in self.list(count) {
            *read = lesser(read, other.read(field));
            *write &= other.may_write(field);
        }
    }

    fn list(&mut self, count: usize) -> impl Iterator<Item = (FieldIdx, &mut (FieldRight, bool))> {
        let fields = self.fields.get_or_insert_with(|| vec![(FieldRight::Readable, true); count]);
        (0u32..).map(FieldIdx).zip(fields)
    }

    /// Without what a deny takes away.
    pub(crate) fn take(&mut self, rules: &FieldRules, count: usize) {
        for (field, (read, write)) in self.list(count) {
            if rules.read.has(field) {
                *read = FieldRight::Hidden;
            } else if let Some(mask) = rules.masks.get(&field) {
                *read = lesser(read, &FieldRight::Masked(mask.clone()));
            }
            *write &= !rules.write.has(field);
        }
    }
}

/// What both show.
fn lesser(one: &FieldRight, other: &FieldRight) -> FieldRight {
    use FieldRight::Masked;
    match (one, other) {
        (Masked(Mask::Partial { start, end }), Masked(Mask::Partial { start: from, end: to })) => {
            Masked(Mask::Partial { start: *start.min(from), end: *end.min(to) })
        }
        (one, other) if rank(other) < rank(one) => other.clone(),
        (one, _) => one.clone(),
    }
}

/// How much is told.
fn rank(right: &FieldRight) -> (u8, u8, u64, u32) {
    match right {
        FieldRight::Hidden => (0, 0, 0, 0),
        // Of two masks the one that tells more, and always the same one, whatever the order of rules.
        FieldRight::Masked(Mask::Null) => (1, 0, 0, 0),
        FieldRight::Masked(Mask::Fixed(_)) => (1, 1, 0, 0),
        FieldRight::Masked(Mask::Hash) => (1, 2, 0, 0),
        FieldRight::Masked(Mask::Partial { start, end }) => (1, 3, u64::from(*start) + u64::from(*end), *start),
        FieldRight::Readable => (2, 0, 0, 0),
    }
}

/// What an allow gives.
pub(crate) fn given(rule: &Rule, count: usize) -> FieldRights {
    let Some(rules) = &rule.policy.fields else { return FieldRights::all() };
    let right = |field: FieldIdx| match rules.masks.get(&field) {
        Some(mask) => FieldRight::Masked(mask.clone()),
        None if rules.read.has(field) => FieldRight::Readable,
        None => FieldRight::Hidden,
    };
    let fields = (0u32..).map(FieldIdx).take(count).map(|field| (right(field), rules.write.has(field)));
    FieldRights { fields: Some(fields.collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maq_ir::FieldList;
    use std::collections::BTreeMap;

    fn masked(mask: Mask) -> FieldRules {
        let none = || FieldList::Some(Vec::new());
        FieldRules { read: none(), write: none(), masks: BTreeMap::from([(FieldIdx(0), mask)]) }
    }

    /// What a deny leaves of a mask that an allow gives.
    fn left(given: Mask, taken: Mask) -> FieldRight {
        let mut rights = FieldRights { fields: Some(vec![(FieldRight::Masked(given), true)]) };
        rights.take(&masked(taken), 1);
        rights.read(FieldIdx(0)).clone()
    }

    #[test]
    fn a_field_is_seen_through_the_mask_of_a_deny_at_most() {
        let partial = |start, end| Mask::Partial { start, end };
        let shown = FieldRight::Masked;
        assert_eq!(left(partial(2, 4), Mask::Null), shown(Mask::Null));
        assert_eq!(left(Mask::Hash, Mask::Null), shown(Mask::Null));
        assert_eq!(left(Mask::Null, partial(2, 4)), shown(Mask::Null));
        assert_eq!(left(partial(2, 4), Mask::Hash), shown(Mask::Hash));
        assert_eq!(left(partial(2, 4), partial(1, 6)), shown(partial(1, 4)));
        let mut all = FieldRights::all();
        all.take(&masked(Mask::Hash), 1);
        assert_eq!(*all.read(FieldIdx(0)), shown(Mask::Hash));
        all.narrow(&FieldRights { fields: Some(vec![(shown(partial(1, 1)), true)]) }, 1);
        assert_eq!(*all.read(FieldIdx(0)), shown(Mask::Hash));
    }
}
