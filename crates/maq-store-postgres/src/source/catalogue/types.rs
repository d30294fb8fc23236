//! Types: what the values of a column are, through domains, and what domains demand.

use super::super::connection::{Connection, ask};
use maq_store::source::NativeType;
use std::collections::HashMap;

/// A type of the database.
#[derive(Debug, Default)]
struct Type {
    schema: String,
    name: String,
    /// `b`, `c`, `d`, `e`, `m`, `p`, `r` of pg_type.
    kind: String,
    is_array: bool,
    base: String,
    base_modifier: i64,
    not_null: bool,
    default: Option<String>,
    labels: Vec<String>,
    checks: Vec<String>,
    loose: bool,
}

/// All types, by number.
pub(super) struct Types(HashMap<String, Type>);

/// A type seen through its domains.
pub(super) struct Seen {
    pub native: NativeType,
    /// Conditions of domains, over `VALUE`.
    pub checks: Vec<String>,
    /// NOT NULL of a domain.
    pub not_null: bool,
    /// DEFAULT of a domain, the outermost first.
    pub default: Option<String>,
    /// Equal values may be different texts.
    pub loose: bool,
}

pub(super) async fn read(connection: &mut Connection) -> Result<Types, sqlx::Error> {
    let sql = "SELECT t.oid, n.nspname, t.typname, t.typtype, t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A',
            t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault,
            (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid),
            (SELECT json_agg(pg_get_constraintdef(k.oid) ORDER BY k.oid) FROM pg_constraint k
                WHERE k.contypid = t.oid AND k.contype = 'c'),
            t.typcollation NOT IN (0, 100, 950) AND EXISTS (SELECT 1 FROM pg_collation l
                WHERE l.oid = t.typcollation AND NOT l.collisdeterministic)
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype <> 'p'";
    let mut types = HashMap::new();
    for row in ask(connection, sql).await? {
        let found = Type {
            schema: row.text(1),
            name: row.text(2),
            kind: row.text(3),
            is_array: row.is(4),
            base: row.text(5),
            base_modifier: row.number(6),
            not_null: row.is(7),
            default: row.get(8).map(str::to_owned),
            labels: row.list(9).into_iter().flatten().collect(),
            checks: row.list(10).into_iter().flatten().map(|check| condition(&check)).collect(),
            loose: row.is(11),
        };
        types.insert(row.text(0), found);
    }
    Ok(Types(types))
}

/// A check's text without its word and brackets.
fn condition(check: &str) -> String {
    let inner = check.strip_suffix(" NOT VALID").unwrap_or(check).strip_prefix("CHECK (");
    inner.and_then(|inner| inner.strip_suffix(')')).unwrap_or(check).to_owned()
}

impl Types {
    /// What values of type `oid` with a modifier are.
    pub fn seen(&self, oid: &str, modifier: i64) -> Seen {
        let mut seen =
            Seen { native: NativeType::Other, checks: Vec::new(), not_null: false, default: None, loose: false };
        let (mut oid, mut modifier) = (oid, modifier);
        // Domains over domains; a hundred of them is a ring, which Postgres does not allow.
        for _ in 0..100 {
            let Some(found) = self.0.get(oid) else { return seen };
            seen.loose |= found.loose;
            if found.kind != "d" {
                seen.native = native(found, modifier);
                // Types of extensions compare as they like.
                seen.loose |= found.schema != "pg_catalog" && found.kind == "b" && !found.is_array;
                return seen;
            }
            seen.checks.extend(found.checks.iter().cloned());
            seen.not_null |= found.not_null;
            seen.default = seen.default.or_else(|| found.default.clone());
            (oid, modifier) = (&found.base, found.base_modifier);
        }
        seen
    }
}

/// The kind of a type's values. Modifiers as in `src/backend/utils/adt` of Postgres: a length is kept with 4 more, the
/// digits of a number in two halves.
fn native(found: &Type, modifier: i64) -> NativeType {
    let length = u64::try_from(modifier - 4).ok().filter(|_| modifier > 4);
    if found.is_array {
        return NativeType::List;
    }
    match (found.kind.as_str(), found.schema.as_str(), found.name.as_str()) {
        ("e", _, _) => NativeType::Enum(found.labels.clone()),
        ("c", _, _) => NativeType::Object,
        (_, "pg_catalog", name) => match name {
            "int2" | "int4" | "int8" | "oid" => NativeType::Whole,
            "float4" | "float8" => NativeType::Double,
            "numeric" => NativeType::Decimal { limits: numeric_limits(modifier) },
            "money" => NativeType::Money,
            "bool" => NativeType::Boolean,
            "text" | "name" => NativeType::Text(None),
            "varchar" => NativeType::Text(length),
            "bpchar" => length.map_or(NativeType::Text(None), NativeType::Filled),
            "bytea" => NativeType::Bytes,
            "date" => NativeType::Date,
            "time" => NativeType::Time,
            "timestamp" => NativeType::LocalMoment,
            "timestamptz" => NativeType::Moment,
            "interval" => NativeType::Interval,
            "uuid" => NativeType::Uuid,
            "json" | "jsonb" => NativeType::Json,
            _ => NativeType::Other,
        },
        (_, _, "citext") => NativeType::CaselessText,
        _ => NativeType::Other,
    }
}

/// Digits in all and after the point; none where they are not limited, or counted from before the point.
fn numeric_limits(modifier: i64) -> Option<(u32, u32)> {
    let packed = u32::try_from(modifier - 4).ok().filter(|_| modifier >= 4)?;
    let (digits, scale) = (packed >> 16, packed & 0x7ff);
    (scale <= digits).then_some((digits, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_number_are_read_from_its_modifier() {
        for (modifier, limits) in [
            (-1, None),
            (4 + (12 << 16) + 2, Some((12, 2))),
            (4 + (5 << 16), Some((5, 0))),
            // numeric(3,-2) and numeric(2,5)
            (4 + (3 << 16) + 0x7fe, None),
            (4 + (2 << 16) + 5, None),
        ] {
            assert_eq!(numeric_limits(modifier), limits, "{modifier}");
        }
    }
}
