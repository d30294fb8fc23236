//! What a principal sees of an entity's records: which rows, and what of their fields.
//!
//! The rows are a condition in every statement that reads, and the outcomes that decide over fields are columns of the
//! same statement, so that list, count, get and what a write answers cannot disagree.

use crate::AppError;
use crate::active::Engines;
use crate::error::refusals;
use maq_expr::{Known, Predicate};
use maq_ir::{EntityView, FieldIdx};
use maq_policy::{FieldRight, FieldRights, PolicySet, Refused, Request, RowFilter, RuleIndex, apply_mask};
use maq_query::Row;
use maq_query::record::{FieldRef, Filter, QueryError, Records};
use maq_value::Record;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// The rows on which `action` may be done. Where no rule reads the record one decision is enough.
pub(crate) fn rows(policies: &PolicySet, known: &Known<'_>, action: &str) -> Result<RowFilter, Refused> {
    if policies.mentions_records(known, action) {
        return policies.filter(known, action);
    }
    let request = Request { known: *known, action, record: None };
    Ok(if policies.allows(&request) { RowFilter::All } else { RowFilter::None })
}

/// What a principal sees of an entity's records.
pub(crate) struct Sight<'a> {
    view: EntityView<'a>,
    engines: &'a Engines,
    known: Known<'a>,
    rows: Option<Arc<Predicate>>,
    /// Rules whose outcome on a row decides over its fields; the outcomes come as columns of the row.
    rules: Vec<RuleIndex>,
    outcomes: Arc<[Predicate]>,
    /// The rights when no rule depends on the row.
    rights: Option<FieldRights>,
    queryable: OnceLock<Vec<bool>>,
    mask_key: &'a [u8],
}

impl<'a> Sight<'a> {
    /// What may be read; none when that is nothing.
    ///
    /// # Errors
    /// [`Refused`], when the conditions cannot be asked of the store: nothing may be read then either.
    pub fn of(
        view: EntityView<'a>,
        engines: &'a Engines,
        known: Known<'a>,
        mask_key: &'a [u8],
    ) -> Result<Option<Sight<'a>>, Refused> {
        let rows = match rows(engines.enforced(), &known, "read")? {
            RowFilter::All => None,
            RowFilter::None => return Ok(None),
            RowFilter::Where(rows) => Some(Arc::new(rows)),
        };
        let (rules, outcomes): (Vec<_>, Vec<_>) =
            engines.enforced().field_conditions(&known, "read")?.into_iter().unzip();
        let rights = rules.is_empty().then(|| engines.enforced().field_rights(&known, "read", &|_| None));
        Ok(Some(Sight {
            view,
            engines,
            known,
            rows,
            rules,
            outcomes: outcomes.into(),
            rights,
            queryable: OnceLock::new(),
            mask_key,
        }))
    }

    /// The statements on these records.
    pub fn records(&self) -> &'a Records {
        &self.engines.records
    }

    /// The names of what some record may show, in the order of a record.
    pub fn names(&self) -> Vec<Arc<str>> {
        let width = self.records().width();
        // That they can be told was seen before.
        let somewhere = self.rights.is_none().then(|| self.engines.enforced().shown_somewhere(&self.known));
        let somewhere = somewhere.and_then(Result::ok).unwrap_or_default();
        let is_shown = |at| match (&self.rights, field_at(at, width)) {
            (_, None) => true,
            (Some(rights), Some(field)) => !matches!(rights.read(field), FieldRight::Hidden),
            (None, Some(field)) => somewhere.get(field.0 as usize).copied().unwrap_or_default(),
        };
        self.records().names().enumerate().filter(|(at, _)| is_shown(*at)).map(|(_, name)| name.clone()).collect()
    }

    /// The condition on rows; none for all of them.
    pub fn rows(&self) -> Option<&Arc<Predicate>> {
        self.rows.as_ref()
    }

    /// What every statement answers besides the cells of a row.
    pub fn outcomes(&self) -> &Arc<[Predicate]> {
        &self.outcomes
    }

    /// True when what is seen is the same on every row, and all of it.
    pub fn is_whole(&self) -> bool {
        self.rows.is_none() && self.rights.as_ref().is_some_and(FieldRights::is_all)
    }

    /// True when it must be asked of each row what is seen of it.
    pub fn depends_on_row(&self) -> bool {
        self.rows.is_some() || self.rights.is_none()
    }

    /// `filter` on the rows that are seen.
    pub fn narrowed(&self, filter: Filter) -> Filter {
        match (&self.rows, filter) {
            (None, filter) => filter,
            (Some(rows), Filter::All) => Filter::Predicate(rows.clone()),
            (Some(rows), filter) => Filter::And(vec![Filter::Predicate(rows.clone()), filter]),
        }
    }

    /// Whether a field may be filtered and sorted by.
    pub fn may_query(&self, field: FieldRef) -> bool {
        let FieldRef::Field(field) = field else { return true };
        if self.rights.as_ref().is_some_and(FieldRights::is_all) {
            return true;
        }
        let queryable = self.queryable.get_or_init(|| self.engines.enforced().queryable(&self.known));
        queryable.get(field.0 as usize).copied().unwrap_or_default()
    }

    /// The refusal of a field that may not be filtered and sorted by.
    pub fn not_queryable(&self, field: &str) -> AppError {
        let params = [("user", &*self.known.principal.user_id), ("resource", self.view.name()), ("field", field)];
        refusals::POLICY_FIELD_NOT_QUERYABLE.with(&params)
    }

    /// The record in a row that tells the outcomes too: without what is hidden, and with masks.
    pub fn record(&self, row: &(impl Row + ?Sized)) -> Result<Record, QueryError> {
        let mut record = self.records().decode_row(row)?;
        self.cover(&mut record, row);
        Ok(record)
    }

    /// The same as JSON at the end of `out`.
    pub fn write_json(&self, row: &impl Row, out: &mut Vec<u8>) -> Result<(), QueryError> {
        let rights = self.rights_on(row);
        let width = self.records().width();
        let mut object = self.records().begin_object(row, out);
        for at in 0..width {
            match right_at(at, width, &rights) {
                FieldRight::Readable => object.add(at)?,
                FieldRight::Hidden => {}
                FieldRight::Masked(mask) => object.add_changed(at, |value| apply_mask(mask, value, self.mask_key))?,
            }
        }
        object.end();
        Ok(())
    }

    /// Takes out of a record what its row's outcomes do not let see.
    pub fn cover(&self, record: &mut Record, row: &(impl Row + ?Sized)) {
        cover(record, &self.rights_on(row), self.mask_key);
    }

    /// Whether the values at these places of a record are seen as they are.
    pub fn shows(&self, row: &(impl Row + ?Sized), places: impl IntoIterator<Item = usize>) -> bool {
        let (rights, width) = (self.rights_on(row), self.records().width());
        let is_seen = |at| matches!(right_at(at, width, &rights), FieldRight::Readable);
        places.into_iter().all(is_seen)
    }

    /// The rights on a row, by its outcomes.
    fn rights_on(&self, row: &(impl Row + ?Sized)) -> Cow<'_, FieldRights> {
        if let Some(rights) = &self.rights {
            return Cow::Borrowed(rights);
        }
        let outcomes = self.records().outcomes(row);
        let told = |rule: RuleIndex| {
            let at = self.rules.iter().position(|other| *other == rule)?;
            outcomes.get(at).copied().flatten()
        };
        Cow::Owned(self.engines.enforced().field_rights(&self.known, "read", &told))
    }

    /// Takes out of a record all that is not seen on every row: what is left when its row is not there to be asked.
    pub fn cover_unasked(&self, record: &mut Record) {
        let width = self.records().width();
        let kept = |at| field_at(at, width).is_none_or(|field| self.may_query(FieldRef::Field(field)));
        keep(record, kept);
    }
}

/// Leaves only what every record has: who may not read a record learns no more of it from a write.
pub(super) fn cover_all(record: &mut Record) {
    let width = record.0.len();
    keep(record, |at| field_at(at, width).is_none());
}

/// A record as `rights` let it be seen.
pub(crate) fn cover(record: &mut Record, rights: &FieldRights, mask_key: &[u8]) {
    if rights.is_all() {
        return;
    }
    let width = record.0.len();
    let cells = std::mem::take(&mut record.0).into_iter().enumerate();
    record.0 = cells
        .filter_map(|(at, (name, value))| match right_at(at, width, rights) {
            FieldRight::Readable => Some((name, value)),
            FieldRight::Hidden => None,
            FieldRight::Masked(mask) => Some((name, apply_mask(mask, &value, mask_key))),
        })
        .collect();
}

fn keep(record: &mut Record, kept: impl Fn(usize) -> bool) {
    let cells = std::mem::take(&mut record.0).into_iter().enumerate();
    record.0 = cells.filter(|(at, _)| kept(*at)).map(|(_, cell)| cell).collect();
}

/// How what stands at a place of a record may be read. What every record has is always seen.
fn right_at(place: usize, width: usize, rights: &FieldRights) -> &FieldRight {
    field_at(place, width).map_or(&FieldRight::Readable, |field| rights.read(field))
}

/// The field at a place of a whole record: it begins with `id` and ends with the five members that every record has.
fn field_at(place: usize, width: usize) -> Option<FieldIdx> {
    let at = place.checked_sub(1).filter(|_| place + 5 < width)?;
    u32::try_from(at).ok().map(FieldIdx)
}
