//! What the columns of a table really hold: one question over all of its rows. The types have said most of it, so what
//! is counted are the values that no field takes: infinite ones, months, dates outside of the calendar. Whether JSON
//! comes in without loss only reading it tells; those columns alone are read through.

use super::catalogue::{Known, Relation};
use super::connection::{Pool, Row, ask};
use super::rows::stream_select;
use super::select::{Select, outgoing};
use maq_query::quote;
use maq_store::source::{ColumnProfile, NativeType, SourceColumn, SourceError, SourceTable, SqlValue, readings};
use std::sync::Arc;

/// Most different texts kept of a column, and most bytes of one.
const FEW: usize = 64;
const SHORT: usize = 64;
/// Numbers asked of each column.
const ASKED: usize = 6;

/// Profiles in the order of the table's columns.
pub(super) fn read(pool: &Arc<Pool>, known: &Known, table: &SourceTable) -> Result<Vec<ColumnProfile>, SourceError> {
    let Some(relation) = known.relation(&table.name) else {
        return Err(SourceError::NotFound(format!("{}, table {}", pool.location(), table.name)));
    };
    if table.columns.is_empty() {
        return Ok(Vec::new());
    }
    let sql = question(table, relation);
    let rows = pool.with(move |connection, opening| {
        Box::pin(async move { ask(connection, &sql).await.map_err(|error| opening.error(&error)) })
    })?;
    let numbers = rows.first().map(|row| row.list(0)).unwrap_or_default();
    let all: u64 = number(numbers.first());
    let mut profiles: Vec<ColumnProfile> = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let answers = numbers.get(1 + at * ASKED..1 + (at + 1) * ASKED).unwrap_or_default();
        let mut profile = profile(&relation.native(&column.name), answers, all);
        profile.few_texts = few_texts(rows.first(), 1 + at);
        profiles.push(profile);
    }
    read_json(pool, table, relation, &mut profiles)?;
    Ok(profiles)
}

/// One row: a list of all numbers, then for each column its few texts, where checks may ask for them.
fn question(table: &SourceTable, relation: &Relation) -> String {
    let mut numbers = vec!["count(*)::text".to_owned()];
    let mut texts = Vec::new();
    for column in &table.columns {
        let native = relation.native(&column.name);
        numbers.extend(asked(&format!("s.{}", quote(&column.name)), &native));
        texts.push(distinct(table, relation, column, &native));
    }
    format!("SELECT to_json(ARRAY[{}]), {} FROM {} AS s", numbers.join(", "), texts.join(", "), relation.from)
}

/// Filled, fitting, least, most, and two more by type.
fn asked(column: &str, native: &NativeType) -> [String; ASKED] {
    let value = outgoing(column, native);
    let filled = format!("count({column})::text");
    let none = || "NULL".to_owned();
    let counted = |condition: String| format!("(count(*) FILTER (WHERE {condition}))::text");
    let least = |what: &str| format!("min({what})::text");
    let most = |what: &str| format!("max({what})::text");
    let length = format!("length({value}::text)");
    match native {
        NativeType::Whole => [filled, none(), least(column), most(column), none(), none()],
        NativeType::Double => {
            let finite = format!("{column} NOT IN ('NaN', 'Infinity', '-Infinity')");
            let of = |name: &str| format!("({name}({column}) FILTER (WHERE {finite}))::text");
            [filled, counted(finite.clone()), of("min"), of("max"), none(), none()]
        }
        NativeType::Decimal { .. } | NativeType::Money => {
            let finite = format!("{value}::text NOT IN ('NaN', 'Infinity', '-Infinity')");
            let of = |what: String| format!("({what} FILTER (WHERE {finite}))::text");
            let (scale, whole) = (format!("scale(trim_scale({value}))"), format!("length(trunc(abs({value}))::text)"));
            let ends = [of(format!("min({value})")), of(format!("max({value})"))];
            let [low, high] = ends;
            [filled, counted(finite.clone()), low, high, of(format!("max({scale})")), of(format!("max({whole})"))]
        }
        NativeType::Boolean => [filled, none(), none(), none(), none(), none()],
        NativeType::Bytes => {
            let length = format!("octet_length({column})");
            [filled, none(), least(&length), most(&length), none(), none()]
        }
        NativeType::Date => {
            let fits = format!("{column} BETWEEN '0001-01-01' AND '9999-12-31'");
            [filled, counted(fits), least(&length), most(&length), none(), none()]
        }
        NativeType::LocalMoment | NativeType::Moment => {
            // The last instant that there is a name for, with room for its zone.
            let fits = format!("{column} >= '0001-01-02' AND {column} < '9999-12-30 22:00:00'");
            [filled, counted(fits), least(&length), most(&length), none(), none()]
        }
        NativeType::Time => {
            let fits = format!("{column} < '24:00:00'");
            [filled, counted(fits), least(&length), most(&length), none(), none()]
        }
        NativeType::Interval => {
            let fits = format!(
                "extract(year FROM {column}) = 0 AND extract(month FROM {column}) = 0
                     AND abs(extract(epoch FROM {column})) < 9000000000000"
            );
            [filled, counted(fits), least(&length), most(&length), none(), none()]
        }
        NativeType::Json | NativeType::List | NativeType::Object => [filled, none(), none(), none(), none(), none()],
        _ => [filled, none(), least(&length), most(&length), none(), none()],
    }
}

/// The texts of a column that a check names, when they are few.
fn distinct(table: &SourceTable, relation: &Relation, column: &SourceColumn, native: &NativeType) -> String {
    let text =
        matches!(native, NativeType::Text(_) | NativeType::Filled(_) | NativeType::CaselessText | NativeType::Other);
    if !text || !table.checks.iter().any(|check| check.contains(&column.name)) {
        return "NULL".into();
    }
    let value = outgoing(&format!("d.{}", quote(&column.name)), native);
    format!(
        "(SELECT json_agg(t.v) FROM (SELECT DISTINCT {value}::text COLLATE \"C\" AS v FROM {} AS d
             WHERE d.{} IS NOT NULL LIMIT {}) AS t)",
        relation.from,
        quote(&column.name),
        FEW + 1
    )
}

fn few_texts(row: Option<&Row>, at: usize) -> Option<Vec<String>> {
    let row = row?;
    row.get(at)?;
    let mut texts: Vec<String> = row.list(at).into_iter().flatten().collect();
    texts.sort();
    (texts.len() <= FEW && texts.iter().all(|text| text.len() <= SHORT)).then_some(texts)
}

fn number<T: std::str::FromStr + Default>(answer: Option<&Option<String>>) -> T {
    answer.and_then(Option::as_deref).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The profile from the answers of [`asked`].
fn profile(native: &NativeType, answers: &[Option<String>], all: u64) -> ColumnProfile {
    let filled: u64 = number(answers.first());
    let fitting: u64 = number(answers.get(1));
    let parsed = |at: usize| answers.get(at).and_then(Option::as_deref).and_then(|text| text.parse::<f64>().ok());
    let numbers = parsed(2).zip(parsed(3));
    let mut found = ColumnProfile { nulls: all.saturating_sub(filled), ..ColumnProfile::default() };
    match native {
        NativeType::Whole => {
            found.integers = filled;
            if filled > 0 {
                found.integer_range = Some((number(answers.get(2)), number(answers.get(3))));
            }
            found.number_range = numbers;
            found.max_scale = (filled > 0).then_some(0);
            let digits = |(least, most): (i64, i64)| least.unsigned_abs().max(most.unsigned_abs()).max(1).ilog10() + 1;
            found.max_whole_digits = found.integer_range.map_or(0, digits);
            return found;
        }
        NativeType::Boolean => {
            found.integers = filled;
            found.integer_range = (filled > 0).then_some((0, 1));
            return found;
        }
        NativeType::Double | NativeType::Decimal { .. } | NativeType::Money => {
            found.reals = fitting;
            found.infinite = filled - fitting.min(filled);
            found.texts = found.infinite;
            found.number_range = numbers;
            found.max_scale = (fitting > 0).then(|| number(answers.get(4)));
            found.max_whole_digits = number(answers.get(5));
            return found;
        }
        NativeType::Bytes => found.blobs = filled,
        NativeType::Date => (found.date_texts, found.instant_texts) = (fitting, fitting),
        NativeType::LocalMoment | NativeType::Moment => found.instant_texts = fitting,
        NativeType::Time => found.time_texts = fitting,
        NativeType::Interval => found.duration_texts = fitting,
        NativeType::Uuid => found.uuid_texts = filled,
        _ => {}
    }
    if *native != NativeType::Bytes {
        found.texts = filled;
    }
    (found.min_length, found.max_length) = (number(answers.get(2)), number(answers.get(3)));
    // Postgres writes all of them in one way.
    found.instant_shapes = u32::from(found.instant_texts > 0);
    found
}

/// Reads the columns of JSON through.
fn read_json(
    pool: &Arc<Pool>,
    table: &SourceTable,
    relation: &Relation,
    profiles: &mut [ColumnProfile],
) -> Result<(), SourceError> {
    let is_json = |native: &NativeType| matches!(native, NativeType::Json | NativeType::List | NativeType::Object);
    let columns: Vec<(usize, NativeType)> = table
        .columns
        .iter()
        .map(|column| relation.native(&column.name))
        .enumerate()
        .filter(|(_, native)| is_json(native))
        .collect();
    let names = columns.iter().filter_map(|(at, native)| Some((table.columns.get(*at)?, native)));
    let values: Vec<String> =
        names.map(|(column, native)| outgoing(&format!("s.{}", quote(&column.name)), native)).collect();
    if values.is_empty() || table.row_count == 0 {
        return Ok(());
    }
    let sql = format!("SELECT {} FROM {} AS s", values.join(", "), relation.from);
    let natives = columns.iter().map(|(_, native)| native.clone()).collect();
    for row in stream_select(pool, Select { sql, natives })? {
        for ((at, _), cell) in columns.iter().zip(row?) {
            let (Some(profile), SqlValue::Text(text)) = (profiles.get_mut(*at), cell) else { continue };
            let length = text.chars().count() as u64;
            profile.min_length = if profile.max_length == 0 { length } else { profile.min_length.min(length) };
            profile.max_length = profile.max_length.max(length);
            profile.json_texts += u64::from(readings::json(&text).is_some());
        }
    }
    Ok(())
}
