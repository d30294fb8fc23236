//! What unique keys and indexes have in common: a name, and a list of fields.

use crate::context::EntityContext;
use crate::fixes;
use crate::naming::free_name;
use crate::stages::constraints::is_comparable;
use crate::words::{hint, short};
use maq_diag::{CodeInfo, Finding, catalogue};
use std::collections::HashSet;

/// Wrong fields of one list that are told.
const TOLD: usize = 20;

/// A unique key or an index, and the codes of what can be wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub entity: EntityContext<'a>,
    /// `uniques` or `indexes`.
    pub list: &'static str,
    pub id: &'a str,
    pub name: &'a str,
    pub fields: &'a [String],
    pub codes: &'static Codes,
}

/// The codes of one kind of list.
pub(super) struct Codes {
    pub no_fields: &'static CodeInfo,
    pub field_unknown: &'static CodeInfo,
    pub field_repeated: &'static CodeInfo,
    pub field_not_comparable: &'static CodeInfo,
    pub name_taken: &'static CodeInfo,
}

pub(super) const UNIQUE: Codes = Codes {
    no_fields: catalogue::UNIQUE_NO_FIELDS,
    field_unknown: catalogue::UNIQUE_FIELD_UNKNOWN,
    field_repeated: catalogue::UNIQUE_FIELD_REPEATED,
    field_not_comparable: catalogue::UNIQUE_FIELD_NOT_COMPARABLE,
    name_taken: catalogue::UNIQUE_NAME_TAKEN,
};

pub(super) const INDEX: Codes = Codes {
    no_fields: catalogue::INDEX_NO_FIELDS,
    field_unknown: catalogue::INDEX_FIELD_UNKNOWN,
    field_repeated: catalogue::INDEX_FIELD_REPEATED,
    field_not_comparable: catalogue::INDEX_FIELD_NOT_INDEXABLE,
    name_taken: catalogue::INDEX_NAME_TAKEN,
};

impl<'a> Key<'a> {
    fn finding(self, code: &'static CodeInfo, key: &str, params: &[(&str, &str)]) -> Finding {
        let mut all = vec![("name", self.name), ("entity", &*self.entity.doc.name)];
        all.extend_from_slice(params);
        let all: Vec<_> = all.into_iter().map(|(key, value)| (key, short(value))).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(key, value)| (*key, &**value)).collect();
        Finding::new(code, self.entity.place(&[self.list, self.id, key]), &all)
    }

    /// The finding with the fix that removes the whole key.
    pub fn with_removal(self, finding: Finding) -> Finding {
        finding.with_fix(
            format!("Remove `{}`", short(self.name)),
            fixes::remove(&self.entity.doc.id, &[self.list, self.id]),
        )
    }

    /// The finding with the fix that makes the list `fields`; without any the key goes.
    fn with_fields(self, finding: Finding, title: &str, fields: Vec<&str>) -> Finding {
        if fields.is_empty() {
            return self.with_removal(finding);
        }
        finding.with_fix(title, fixes::set(&self.entity.doc.id, &[self.list, self.id, "fields"], fields))
    }

    fn without(self, name: &str) -> Vec<&'a str> {
        self.fields.iter().map(String::as_str).filter(|listed| *listed != name).collect()
    }

    /// What is wrong with the name of a key whose name an earlier one has.
    pub fn name_is_taken(self, taken: &HashSet<&str>) -> Finding {
        let name = free_name(self.name, |name| taken.contains(name));
        let edits = fixes::set(&self.entity.doc.id, &[self.list, self.id, "name"], name.as_str());
        self.finding(self.codes.name_taken, "name", &[]).with_fix(format!("Rename it to `{}`", short(&name)), edits)
    }

    /// What is wrong with the list of fields.
    pub fn fields_can_be_used(self, out: &mut Vec<Finding>) {
        if self.fields.is_empty() {
            out.push(self.with_removal(self.finding(self.codes.no_fields, "fields", &[])));
        }
        let mut seen = HashSet::new();
        let mut repeated = None;
        let mut told = 0;
        for name in self.fields {
            if !seen.insert(name.as_str()) {
                repeated = repeated.or(Some(name));
                continue;
            }
            let finding = self.unknown(name).or_else(|| self.not_comparable(name));
            if let Some(finding) = finding.filter(|_| told < TOLD) {
                told += 1;
                out.push(finding);
            }
        }
        if let Some(name) = repeated {
            let mut seen = HashSet::new();
            let once = self.fields.iter().map(String::as_str).filter(|name| seen.insert(*name)).collect();
            let finding = self.finding(self.codes.field_repeated, "fields", &[("field", name)]);
            out.push(self.with_fields(finding, "Keep each field once", once));
        }
    }

    fn unknown(self, name: &str) -> Option<Finding> {
        if self.entity.fields.position(name).is_some() {
            return None;
        }
        let is_possible = |other: &str| {
            let field = self.entity.field(other).and_then(|field| field.ty());
            field.is_some_and(is_comparable) && !self.fields.iter().any(|listed| listed == other)
        };
        let meant = self.entity.fields.suggest(name, is_possible);
        let hint = hint(meant);
        let finding = self.finding(self.codes.field_unknown, "fields", &[("field", name), ("hint", &hint)]);
        Some(match meant {
            None => self.with_fields(finding, "Take it out", self.without(name)),
            Some(meant) => {
                let listed = self.fields.iter().map(String::as_str);
                let mut put = false;
                let fields = listed.filter_map(|listed| {
                    if listed != name { Some(listed) } else { (!std::mem::replace(&mut put, true)).then_some(meant) }
                });
                self.with_fields(finding, &format!("Use `{meant}`"), fields.collect())
            }
        })
    }

    fn not_comparable(self, name: &str) -> Option<Finding> {
        let field = self.entity.field(name).filter(|field| field.ty().is_some_and(|ty| !is_comparable(ty)))?;
        let params = [("field", name), ("type", field.doc.kind.as_str())];
        let finding = self.finding(self.codes.field_not_comparable, "fields", &params);
        Some(self.with_fields(finding, "Take it out", self.without(name)))
    }

    /// That another has the same fields.
    pub fn repeats(self, code: &'static CodeInfo, other: &str) -> Finding {
        self.with_removal(self.finding(code, "fields", &[("other", other)]))
    }
}
