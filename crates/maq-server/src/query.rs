//! The query of a list: keyset or page, sort, and filters as JSON or as `field[op]=value`.

use crate::problem::Problem;
use axum::http::StatusCode;
use maq_app::{ListRequest, Paging, Services};
use maq_value::Kind;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// What a list is asked for, and in which shape its answer goes.
#[derive(Debug)]
pub(crate) struct Asked {
    pub request: ListRequest,
    pub shape: Shape,
}

/// The shape of the answer's `meta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `next`.
    Keyset,
    /// `page`, `pageSize`, `total`.
    Page(u32),
}

/// Kinds of an entity's fields: a value in an address is text, and its field says what it is meant as.
#[derive(Debug, Default)]
pub(crate) struct Kinds(Vec<(Arc<str>, Kind)>);

impl Kinds {
    /// The kinds of a running entity. Nothing is told of one that does not run: the use case refuses it.
    pub async fn of(services: &Services, entity: &str) -> Kinds {
        let Ok(Some(entity)) = services.compiler.running(entity).await else { return Kinds::default() };
        let fields = entity.fields.iter().map(|field| (field.name.clone(), field.ty.kind()));
        let system = [("id".into(), entity.identity.kind()), ("rowVersion".into(), Kind::Integer)];
        Kinds(system.into_iter().chain(fields).collect())
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, kind)| *kind)
    }

    fn value(&self, field: &str, text: &str) -> Json {
        let parsed = || serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_owned()));
        match self.kind(field) {
            Some(Kind::Integer | Kind::Number | Kind::Bool | Kind::Json) => parsed(),
            _ => Json::String(text.to_owned()),
        }
    }
}

/// Reads a query. A parameter nobody knows is refused: a misspelt filter must not answer everything.
///
/// # Errors
/// `http/parameter-wrong`.
pub(crate) fn read(query: &str, kinds: &Kinds) -> Result<Asked, Problem> {
    let mut request = ListRequest::default();
    let (mut page, mut after, mut order, mut descending) = (None, None, None, false);
    let mut conditions: Vec<Json> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        match name.as_str() {
            "limit" | "pageSize" => request.limit = Some(number(&name, &value)?),
            "after" => after = Some(value),
            "page" => page = Some(number(&name, &value)?),
            "sort" => request.sort.extend(names(&value)),
            "expand" => request.expand.extend(names(&value)),
            "orderBy" => order = Some(value),
            "orderDir" => descending = direction(&value)?,
            "total" => request.with_total = flag(&name, &value)?,
            "filter" => conditions
                .push(serde_json::from_str(&value).map_err(|error| wrong(&name, &format!("it is no JSON: {error}")))?),
            other => conditions.push(condition(other, &value, kinds)?),
        }
    }
    if let Some(field) = order {
        request.sort.push(if descending { format!("-{field}") } else { field });
    }
    request.filter = match conditions.len() {
        0 => None,
        1 => conditions.pop(),
        _ => Some(Json::Object(Map::from_iter([("and".to_owned(), Json::Array(conditions))]))),
    };
    let shape = page.map_or(Shape::Keyset, Shape::Page);
    request.paging = match (page, after) {
        (Some(_), Some(_)) => return Err(wrong("page", "a page and a cursor cannot go together")),
        (Some(page), None) => {
            request.with_total = true;
            Paging::Page(page)
        }
        (None, after) => Paging::Keyset { after },
    };
    Ok(Asked { request, shape })
}

/// What a count is asked for: which records.
///
/// # Errors
/// `http/parameter-wrong`.
pub(crate) fn count(query: &str, kinds: &Kinds) -> Result<Option<Json>, Problem> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let name = decoded(pair.split_once('=').map_or(pair, |(name, _)| name))?;
        if name != "filter" && !name.contains('[') {
            return Err(wrong(&name, "a count takes filters, and gives one number"));
        }
    }
    Ok(read(query, kinds)?.request.filter)
}

/// What an export is asked for: which records, in which order, and as what.
///
/// # Errors
/// `http/parameter-wrong`.
pub(crate) fn export(query: &str, kinds: &Kinds) -> Result<(ListRequest, Format), Problem> {
    let (mut format, mut rest) = (Format::default(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match &*decoded(name)? {
            "format" => {
                format = match &*decoded(value)? {
                    "jsonl" => Format::JsonLines,
                    "csv" => Format::Csv,
                    _ => return Err(wrong(name, "it is `jsonl` or `csv`")),
                }
            }
            "limit" | "pageSize" | "page" | "after" | "total" | "expand" => {
                return Err(wrong(name, "an export gives every record that fits, and nothing beside them"));
            }
            _ => rest.push(pair),
        }
    }
    Ok((read(&rest.join("&"), kinds)?.request, format))
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// A record a line, as a list has it.
    #[default]
    JsonLines,
    /// RFC 4180, with a line of names.
    Csv,
}

/// Reads a query that knows what to expand and nothing else.
///
/// # Errors
/// `http/parameter-wrong`.
pub(crate) fn only_expand(query: &str) -> Result<Vec<String>, Problem> {
    let mut expand = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match &*decoded(name)? {
            "expand" => expand.extend(names(&decoded(value)?)),
            other => return Err(wrong(other, "it is none")),
        }
    }
    Ok(expand)
}

/// The names in a list with commas.
fn names(list: &str) -> impl Iterator<Item = String> {
    list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Reads a query that knows a limit and nothing else.
///
/// # Errors
/// `http/parameter-wrong`.
pub(crate) fn only_limit(query: &str) -> Result<Option<u32>, Problem> {
    let mut limit = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "limit" => limit = Some(number(name, &decoded(value)?)?),
            other => return Err(wrong(other, "it is none")),
        }
    }
    Ok(limit)
}

/// `total[gt]=10`, `status[in]=open,paid`, `status[eq]=open`.
fn condition(name: &str, value: &str, kinds: &Kinds) -> Result<Json, Problem> {
    let unknown = || wrong(name, "it is none; filters are written `field[op]=value`");
    let (field, rest) = name.split_once('[').ok_or_else(unknown)?;
    let op = rest.strip_suffix(']').ok_or_else(unknown)?;
    let value = match op {
        "in" => Json::Array(value.split(',').map(|part| kinds.value(field, part)).collect()),
        "isNull" => Json::Bool(flag(name, value)?),
        "contains" | "startsWith" => Json::String(value.to_owned()),
        _ => kinds.value(field, value),
    };
    let compared = Json::Object(Map::from_iter([(op.to_owned(), value)]));
    Ok(Json::Object(Map::from_iter([(field.to_owned(), compared)])))
}

fn number(name: &str, value: &str) -> Result<u32, Problem> {
    value.parse().map_err(|_| wrong(name, &format!("`{value}` is no whole number")))
}

fn flag(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "true" | "1" | "" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(wrong(name, &format!("`{other}` is neither true nor false"))),
    }
}

fn direction(value: &str) -> Result<bool, Problem> {
    match value.to_ascii_lowercase().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(wrong("orderDir", "it is asc or desc")),
    }
}

/// `+` and `%XX` as in forms.
fn decoded(text: &str) -> Result<String, Problem> {
    if text.contains("%00") {
        return Err(wrong(text, "it has a NUL character"));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
                let mut decoded = [0_u8];
                hex::decode_to_slice(digits, &mut decoded).map_err(|_| wrong(text, "it breaks off after `%`"))?;
                bytes.extend(decoded);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong(text, "it is not UTF-8"))
}

fn wrong(name: &str, reason: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "http/parameter-wrong",
        format!("the parameter `{name}` cannot be read: {reason}"),
        "use limit, after, sort, filter, total, field[op], or page, pageSize, orderBy, orderDir",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kinds() -> Kinds {
        Kinds(vec![
            ("total".into(), Kind::Decimal),
            ("count".into(), Kind::Integer),
            ("open".into(), Kind::Bool),
            ("name".into(), Kind::Text),
        ])
    }

    fn asked(query: &str) -> Asked {
        read(query, &kinds()).unwrap()
    }

    #[test]
    fn values_become_what_their_field_is() {
        let filter = |query: &str| asked(query).request.filter.unwrap();
        assert_eq!(filter("total[gt]=10"), json!({"total": {"gt": "10"}}));
        assert_eq!(filter("count[in]=1,2"), json!({"count": {"in": [1, 2]}}));
        assert_eq!(filter("open[eq]=true"), json!({"open": {"eq": true}}));
        assert_eq!(filter("name[startsWith]=12"), json!({"name": {"startsWith": "12"}}));
        assert_eq!(filter("name%5Beq%5D=A%26B+C"), json!({"name": {"eq": "A&B C"}}));
        assert_eq!(
            filter("count[gte]=1&filter={\"name\":\"x\"}"),
            json!({"and": [{"count": {"gte": 1}}, {"name": "x"}]})
        );
    }

    #[test]
    fn the_reference_pages_and_ours_are_both_read() {
        let reference = asked("page=2&pageSize=5&orderBy=name&orderDir=desc");
        assert_eq!(reference.shape, Shape::Page(2));
        assert_eq!((reference.request.limit, reference.request.with_total), (Some(5), true));
        assert_eq!((reference.request.sort, reference.request.paging), (vec!["-name".to_owned()], Paging::Page(2)));
        let ours = asked("limit=7&after=abc&sort=-name,count&total=true");
        assert_eq!(ours.shape, Shape::Keyset);
        assert_eq!(ours.request.sort, ["-name", "count"]);
        assert_eq!(ours.request.paging, Paging::Keyset { after: Some("abc".into()) });
        assert!(ours.request.with_total);
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        for bad in [
            "limt=3",
            "limit=x",
            "page=1&after=a",
            "orderDir=up",
            "filter={",
            "name[eq=1",
            "a=%4",
            "name[contains]=a%00",
        ] {
            assert!(read(bad, &kinds()).is_err(), "{bad}");
        }
    }
}
