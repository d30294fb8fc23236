//! What a list is asked for, and its reading: filter as JSON, sort by field names, cursor or page.

use super::sight::Sight;
use crate::AppResult;
use crate::error::refusals;
use maq_query::record::{CompareOp, FieldRef, Filter, ListQuery, Records, SortKey};
use maq_value::Value;
use serde_json::Value as Json;

/// Records a page when none are said, and at most.
const DEFAULT_LIMIT: u32 = 20;
/// Most records of a page.
pub const MAX_PAGE: u32 = 200;
/// How deep a filter may nest.
pub const MAX_FILTER_DEPTH: usize = 16;
/// Most records a page by number skips; a cursor goes as far as there are records.
pub const MAX_OFFSET: u64 = 1_000_000;
/// Most fields to sort by.
pub const MAX_SORT_KEYS: usize = 8;

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// `{"total": {"gt": 10}, "status": "open"}`: operators eq, ne, gt, gte, lt, lte, in, contains, startsWith,
    /// isNull; `and` and `or` hold lists of such objects, `not` holds one.
    pub filter: Option<Json>,
    /// Field names, `-` first for descending.
    pub sort: Vec<String>,
    /// 1 to 200; 20 when absent.
    pub limit: Option<u32>,
    /// A cursor, or a page by number.
    pub paging: Paging,
    /// Count all that match.
    pub with_total: bool,
    /// References to answer the records of, too: `customer`, `customer.region`.
    pub expand: Vec<String>,
}

/// How a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// After the cursor of the page before; from the start without one.
    Keyset {
        /// `next` of the page before.
        after: Option<String>,
    },
    /// The page of this number, from 1.
    Page(u32),
}

impl Default for Paging {
    fn default() -> Self {
        Paging::Keyset { after: None }
    }
}

/// The fields that a request may speak of.
pub(super) struct Askable<'a> {
    pub records: &'a Records,
    pub sight: &'a Sight<'a>,
}

impl Askable<'_> {
    /// The field of this name, where there is one.
    ///
    /// # Errors
    /// `policy/field-not-queryable`.
    fn field(&self, name: &str) -> AppResult<Option<FieldRef>> {
        let Some(field) = self.records.field(name) else { return Ok(None) };
        if self.sight.may_query(field) { Ok(Some(field)) } else { Err(self.sight.not_queryable(name)) }
    }
}

/// The request as a query.
pub(super) fn list_query(askable: &Askable<'_>, request: &ListRequest) -> AppResult<ListQuery> {
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let wrong_page = |reason: &str| refusals::DATA_PAGE_WRONG.with(&[("reason", reason)]);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(wrong_page(&format!("a limit of {limit}")));
    }
    let (after, offset) = match &request.paging {
        Paging::Keyset { after } => (after.clone(), 0),
        Paging::Page(0) => return Err(wrong_page("pages count from 1")),
        Paging::Page(page) => (None, u64::from(page - 1) * u64::from(limit)),
    };
    if offset > MAX_OFFSET {
        return Err(refusals::DATA_PAGE_TOO_FAR.with(&[("limit", &MAX_OFFSET.to_string())]));
    }
    if request.sort.len() > MAX_SORT_KEYS {
        return Err(refusals::DATA_SORT_TOO_LONG.with(&[("limit", &MAX_SORT_KEYS.to_string())]));
    }
    let sort = request.sort.iter().map(|key| sort_key(askable, key)).collect::<AppResult<Vec<SortKey>>>()?;
    Ok(ListQuery { filter: filter(askable, request.filter.as_ref())?, sort, limit, after, offset })
}

fn sort_key(askable: &Askable<'_>, key: &str) -> AppResult<SortKey> {
    let (name, descending) = match key.strip_prefix('-') {
        Some(name) => (name, true),
        None => (key, false),
    };
    let field = askable.field(name)?.ok_or_else(|| refusals::DATA_SORT_WRONG.with(&[("field", name)]))?;
    Ok(SortKey { field, descending })
}

/// The filter of a request.
pub(super) fn filter(askable: &Askable<'_>, json: Option<&Json>) -> AppResult<Filter> {
    match json {
        None | Some(Json::Null) => Ok(Filter::All),
        Some(json) => read(askable, json, 0),
    }
}

fn wrong<T>(reason: &str) -> AppResult<T> {
    Err(refusals::DATA_FILTER_WRONG.with(&[("reason", reason)]))
}

fn read(askable: &Askable<'_>, json: &Json, depth: usize) -> AppResult<Filter> {
    if depth > MAX_FILTER_DEPTH {
        return Err(refusals::DATA_FILTER_TOO_DEEP.with(&[("limit", &MAX_FILTER_DEPTH.to_string())]));
    }
    let Some(object) = json.as_object() else { return wrong("expected an object") };
    let mut parts = Vec::with_capacity(object.len());
    for (key, value) in object {
        let part = match key.as_str() {
            "and" => Filter::And(read_list(askable, key, value, depth)?),
            "or" => Filter::Or(read_list(askable, key, value, depth)?),
            "not" => Filter::Not(Box::new(read(askable, value, depth + 1)?)),
            field => read_field(askable, field, value)?,
        };
        parts.push(part);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::And(parts) })
}

fn read_list(askable: &Askable<'_>, key: &str, json: &Json, depth: usize) -> AppResult<Vec<Filter>> {
    match json.as_array() {
        Some(list) if !list.is_empty() => list.iter().map(|part| read(askable, part, depth + 1)).collect(),
        _ => wrong(&format!("`{key}` needs a list of filters")),
    }
}

fn read_field(askable: &Askable<'_>, name: &str, json: &Json) -> AppResult<Filter> {
    let Some(field) = askable.field(name)? else { return wrong(&format!("there is no field `{name}`")) };
    let kind = askable.records.kind(field).unwrap_or(maq_value::Kind::Text);
    let value = |json: &Json| {
        Value::from_json(json, kind)
            .map_err(|error| refusals::DATA_FILTER_WRONG.with(&[("reason", &format!("`{name}`: {error}"))]))
    };
    let Some(operators) = json.as_object() else {
        return Ok(Filter::Compare { field, op: CompareOp::Eq, value: value(json)? });
    };
    let mut parts = Vec::with_capacity(operators.len());
    for (operator, operand) in operators {
        let compare = |op| -> AppResult<Filter> { Ok(Filter::Compare { field, op, value: value(operand)? }) };
        let text = || match operand.as_str() {
            Some(text) if text.contains('\0') => wrong(&format!("`{name}`: no text holds U+0000")),
            Some(text) => Ok(text.to_owned()),
            None => wrong(&format!("`{name}`: `{operator}` needs text")),
        };
        let part = match operator.as_str() {
            "eq" => compare(CompareOp::Eq)?,
            "ne" => compare(CompareOp::Ne)?,
            "gt" => compare(CompareOp::Gt)?,
            "gte" => compare(CompareOp::Gte)?,
            "lt" => compare(CompareOp::Lt)?,
            "lte" => compare(CompareOp::Lte)?,
            "in" => match operand.as_array() {
                Some(list) => Filter::In { field, values: list.iter().map(value).collect::<AppResult<_>>()? },
                None => return wrong(&format!("`{name}`: `in` needs a list")),
            },
            "contains" => Filter::Contains { field, text: text()? },
            "startsWith" => Filter::StartsWith { field, text: text()? },
            "isNull" => match operand.as_bool() {
                Some(yes) => Filter::IsNull { field, yes },
                None => return wrong(&format!("`{name}`: `isNull` needs true or false")),
            },
            other => return wrong(&format!("`{name}`: there is no operator `{other}`")),
        };
        parts.push(part);
    }
    match parts.len() {
        0 => wrong(&format!("`{name}` has no operator")),
        1 => Ok(parts.remove(0)),
        _ => Ok(Filter::And(parts)),
    }
}
