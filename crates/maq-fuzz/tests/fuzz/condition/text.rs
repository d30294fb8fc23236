//! Texts of conditions: mostly well typed on the model of [`super::model`], so that most of them are checked, evaluated
//! and written as SQL.

use maq_fuzz::Input;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ty {
    Bool,
    Int,
    Double,
    Decimal,
    Text,
    Status,
    Date,
    Time,
    Instant,
    Duration,
    Uuid,
}

const TYPES: [Ty; 11] = [
    Ty::Bool,
    Ty::Int,
    Ty::Double,
    Ty::Decimal,
    Ty::Text,
    Ty::Status,
    Ty::Date,
    Ty::Time,
    Ty::Instant,
    Ty::Duration,
    Ty::Uuid,
];

type Fields = &'static [(&'static str, Ty)];

/// Fields by entity, in the order of [`super::model::ENTITIES`].
const FIELDS: [Fields; 4] = [
    &[("id", Ty::Text), ("name", Ty::Text), ("code", Ty::Text), ("rowVersion", Ty::Int)],
    &[
        ("id", Ty::Int),
        ("name", Ty::Text),
        ("vip", Ty::Bool),
        ("since", Ty::Date),
        ("credit", Ty::Decimal),
        ("createdBy", Ty::Text),
    ],
    &[
        ("id", Ty::Uuid),
        ("title", Ty::Text),
        ("owner", Ty::Text),
        ("status", Ty::Status),
        ("total", Ty::Decimal),
        ("wide", Ty::Decimal),
        ("count", Ty::Int),
        ("big", Ty::Int),
        ("ratio", Ty::Double),
        ("rate", Ty::Double),
        ("open", Ty::Bool),
        ("due", Ty::Date),
        ("at", Ty::Time),
        ("sent", Ty::Instant),
        ("takes", Ty::Duration),
        ("key", Ty::Uuid),
        ("note", Ty::Text),
        ("createdAt", Ty::Instant),
    ],
    &[("id", Ty::Int), ("amount", Ty::Decimal), ("product", Ty::Text), ("quantity", Ty::Int)],
];

/// References by entity: name, target.
const REFERENCES: [&[(&str, usize)]; 4] = [&[], &[("region", 0)], &[("customer", 1), ("parent", 2)], &[("order", 2)]];

/// Child lists by entity: name, entity of the children.
const CHILDREN: [&[(&str, usize)]; 4] = [&[("customers", 1)], &[("orders", 2)], &[("lines", 3), ("parts", 2)], &[]];

const EMPTY_ONES: [&str; 6] = ["extra", "scan", "owner", "status", "note", "wide"];

/// What is in scope: a name and its entity; and how deep an expression may still be.
#[derive(Clone)]
pub struct Scope {
    names: Vec<(String, usize)>,
    depth: usize,
}

/// A condition on records of an entity.
pub fn condition(input: &mut Input<'_>, entity: usize) -> String {
    let depth = 1 + input.pick(4);
    boolean(input, &Scope { names: vec![("record".to_owned(), entity)], depth })
}

impl Scope {
    fn deeper(&self) -> Scope {
        Scope { depth: self.depth.saturating_sub(1), ..self.clone() }
    }

    fn with(&self, name: &str, entity: usize) -> Scope {
        let mut scope = self.deeper();
        scope.names.push((name.to_owned(), entity));
        scope
    }

    /// A record in scope, or one that it refers to.
    fn record(&self, input: &mut Input<'_>) -> (String, usize) {
        let (mut path, mut entity) = self.names[input.pick(self.names.len())].clone();
        for _ in 0..2 {
            if !input.once_in(4) {
                break;
            }
            let Some((name, target)) = input.one(REFERENCES[entity]) else { break };
            path = format!("{path}.{name}");
            entity = *target;
        }
        (path, entity)
    }

    fn field(&self, input: &mut Input<'_>, ty: Ty) -> Option<String> {
        let (path, entity) = self.record(input);
        let fits: Vec<_> = FIELDS[entity].iter().filter(|(_, field)| *field == ty).collect();
        input.one(&fits).map(|(name, _)| format!("{path}.{name}"))
    }
}

fn boolean(input: &mut Input<'_>, scope: &Scope) -> String {
    let inner = scope.deeper();
    if scope.depth == 0 {
        return match input.pick(5) {
            0 => "true".to_owned(),
            1 => "principal.flag".to_owned(),
            2 => has(input, scope),
            3 => scope.field(input, Ty::Bool).unwrap_or_else(|| "false".to_owned()),
            _ => comparison(input, scope),
        };
    }
    match input.pick(17) {
        0 => format!("!({})", boolean(input, &inner)),
        1 | 2 => format!("({} && {})", boolean(input, &inner), boolean(input, &inner)),
        3 | 4 => format!("({} || {})", boolean(input, &inner), boolean(input, &inner)),
        5 => format!("({} ? {} : {})", boolean(input, &inner), boolean(input, &inner), boolean(input, &inner)),
        6 => quantified(input, scope),
        7 => format!("({}).{}({})", value(input, &inner, Ty::Text), text_test(input), value(input, &inner, Ty::Text)),
        8 => one_of(input, &inner),
        9 => has(input, scope),
        10 => null_test(input, scope),
        11 => reference_test(input, scope),
        12 => format!("({}) {} ({})", boolean(input, &inner), ["==", "!="][input.pick(2)], boolean(input, &inner)),
        13 => scope.field(input, Ty::Bool).unwrap_or_else(|| "false".to_owned()),
        _ => comparison(input, &inner),
    }
}

fn text_test(input: &mut Input<'_>) -> &'static str {
    ["startsWith", "endsWith", "contains"][input.pick(3)]
}

fn comparison(input: &mut Input<'_>, scope: &Scope) -> String {
    let ty = TYPES[input.pick(TYPES.len())];
    let sign = ["==", "!=", "<", "<=", ">", ">="][input.pick(6)];
    // A literal is of the type of what stands beside it, so one side is a field.
    let (one, other) = match scope.field(input, ty) {
        Some(field) if input.pick(2) == 0 => (field, value(input, scope, ty)),
        _ => (value(input, scope, ty), value(input, scope, ty)),
    };
    if input.pick(4) == 0 { format!("{other} {sign} {one}") } else { format!("{one} {sign} {other}") }
}

fn one_of(input: &mut Input<'_>, scope: &Scope) -> String {
    let ty = [Ty::Text, Ty::Int, Ty::Status, Ty::Decimal, Ty::Date, Ty::Uuid][input.pick(6)];
    let item = scope.field(input, ty).unwrap_or_else(|| value(input, scope, ty));
    let list = match (ty, input.pick(4)) {
        (Ty::Text, 0) => "principal.texts".to_owned(),
        (Ty::Text, 1) => "principal.roles".to_owned(),
        (Ty::Int, 0) => "principal.numbers".to_owned(),
        _ => {
            let items: Vec<String> = (0..input.pick(4)).map(|_| literal(input, ty)).collect();
            format!("[{}]", items.join(", "))
        }
    };
    format!("{item} in {list}")
}

fn has(input: &mut Input<'_>, scope: &Scope) -> String {
    let (path, entity) = scope.record(input);
    let mut names: Vec<&str> = FIELDS[entity].iter().map(|(name, _)| *name).collect();
    names.extend(REFERENCES[entity].iter().map(|(name, _)| *name));
    if entity == 2 {
        names.extend(["extra", "scan"]);
    }
    match input.pick(6) {
        0 => format!("has(principal.{})", ["text", "orgId", "numbers", "nothing"][input.pick(4)]),
        _ => format!("has({path}.{})", input.one(&names).copied().unwrap_or("id")),
    }
}

fn null_test(input: &mut Input<'_>, scope: &Scope) -> String {
    let (path, entity) = scope.record(input);
    let name = match entity {
        2 => EMPTY_ONES[input.pick(EMPTY_ONES.len())],
        1 => "region",
        3 => "product",
        _ => "code",
    };
    format!("{path}.{name} {} null", ["==", "!="][input.pick(2)])
}

fn reference_test(input: &mut Input<'_>, scope: &Scope) -> String {
    let (path, entity) = scope.record(input);
    let Some((name, target)) = input.one(REFERENCES[entity]).copied() else { return comparison(input, scope) };
    let other = match (target, input.pick(3)) {
        (0, 0) => "principal.text".to_owned(),
        (0, _) => "'north'".to_owned(),
        (1, 0) => "principal.owner".to_owned(),
        (1, _) => "2".to_owned(),
        (_, 0) => format!("{path}.id"),
        _ => "'00000000-0000-0000-0000-000000000003'".to_owned(),
    };
    format!("{path}.{name} {} {other}", ["==", "!="][input.pick(2)])
}

fn quantified(input: &mut Input<'_>, scope: &Scope) -> String {
    let lists: Vec<(String, usize)> = scope
        .names
        .iter()
        .flat_map(|(path, entity)| CHILDREN[*entity].iter().map(move |(name, to)| (format!("{path}.{name}"), *to)))
        .collect();
    let Some((list, entity)) = input.one(&lists).cloned() else { return comparison(input, scope) };
    let name = ["l", "m", "n", "o"][scope.names.len() % 4];
    let body = boolean(input, &scope.with(name, entity));
    match input.pick(12) {
        0..=4 => format!("{list}.exists({name}, {body})"),
        5..=8 => format!("{list}.all({name}, {body})"),
        9 => format!("{list}.exists_one({name}, {body})"),
        10 => format!("size({list}) {} {}", [">", "==", "<="][input.pick(3)], input.pick(4)),
        _ => format!("{list}.filter({name}, {body}).size() > {}", input.pick(3)),
    }
}

/// An expression of a type.
fn value(input: &mut Input<'_>, scope: &Scope, ty: Ty) -> String {
    let inner = scope.deeper();
    let choice = if scope.depth == 0 { input.pick(3) } else { input.pick(7) };
    match choice {
        0 => literal(input, ty),
        1 | 2 => match scope.field(input, ty) {
            Some(field) => field,
            None => literal(input, ty),
        },
        3 => attribute(input, ty),
        4 => {
            let (one, other) = (value(input, &inner, ty), value(input, &inner, ty));
            format!("({} ? {one} : {other})", boolean(input, &inner))
        }
        _ => operation(input, &inner, ty),
    }
}

fn attribute(input: &mut Input<'_>, ty: Ty) -> String {
    match ty {
        Ty::Bool => "principal.flag".to_owned(),
        Ty::Int => "principal.number".to_owned(),
        Ty::Double => "principal.ratio".to_owned(),
        Ty::Decimal => "principal.price".to_owned(),
        Ty::Text => {
            ["principal.text", "principal.userId", "principal.tenantId", "context.text"][input.pick(4)].to_owned()
        }
        Ty::Date => ["principal.day", "today('Europe/Berlin')", "today('UTC')"][input.pick(3)].to_owned(),
        Ty::Instant => "now".to_owned(),
        _ => literal(input, ty),
    }
}

fn operation(input: &mut Input<'_>, scope: &Scope, ty: Ty) -> String {
    let two = |input: &mut Input<'_>, sign: &str| {
        let (one, other) = (value(input, scope, ty), value(input, scope, ty));
        format!("({one} {sign} {other})")
    };
    match ty {
        Ty::Bool => boolean(input, scope),
        Ty::Int => match input.pick(9) {
            0 => format!("size({})", value(input, scope, Ty::Text)),
            1 => format!("-({})", value(input, scope, Ty::Int)),
            2 => {
                let parts = ["getFullYear", "getMonth", "getDayOfWeek", "getHours", "getDate", "getDayOfYear"];
                format!("({}).{}()", value(input, scope, Ty::Instant), parts[input.pick(6)])
            }
            at => two(input, ["+", "-", "*", "/", "%", "+"][at - 3]),
        },
        Ty::Double => match input.pick(5) {
            0 => format!("double({})", value(input, scope, Ty::Int)),
            at => two(input, ["+", "-", "*", "/"][at - 1]),
        },
        Ty::Decimal => match input.pick(5) {
            0 => {
                let (one, other) = (value(input, scope, Ty::Decimal), value(input, scope, Ty::Decimal));
                format!("div({one}, {other}, {})", input.pick(6))
            }
            1 => format!("-({})", value(input, scope, Ty::Decimal)),
            at => two(input, ["+", "-", "*"][at - 2]),
        },
        Ty::Text => two(input, "+"),
        Ty::Instant => {
            format!("({} {} {})", value(input, scope, ty), ["+", "-"][input.pick(2)], value(input, scope, Ty::Duration))
        }
        Ty::Duration => match input.pick(3) {
            0 => format!("({} - {})", value(input, scope, Ty::Instant), value(input, scope, Ty::Instant)),
            at => two(input, ["+", "-"][at - 1]),
        },
        _ => literal(input, ty),
    }
}

fn literal(input: &mut Input<'_>, ty: Ty) -> String {
    let known: &[&str] = match ty {
        Ty::Bool => &["true", "false"],
        Ty::Int => &["0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "0x10", "2"],
        Ty::Double => &["0.0", "1.5", "-0.0", "1e300", "0.1", "5e-324"],
        Ty::Decimal => &["0", "12.5", "-0.01", "99999999999999.99", "0.0000000001", "decimal('7.00')", "7"],
        Ty::Text => &[
            "''",
            "'a'",
            "\"it's\"",
            "'%'",
            "'_'",
            "'a%b_c\\\\'",
            "'ä'",
            "'😀'",
            "r'\\'",
            "'north'",
            "'A'",
            "'\\u0000'",
        ],
        Ty::Status => &["'draft'", "'open'", "\"it's\""],
        Ty::Date => &["'2024-02-29'", "date('2026-11-20')", "'0001-01-01'"],
        Ty::Time => &["'13:45:00'", "time('23:59:59.999999')", "'00:00'"],
        Ty::Instant => &["timestamp('2026-11-21T03:39:49.5Z')", "now", "timestamp('0001-01-01T00:00:00Z')"],
        Ty::Duration => &["duration('90m')", "duration('-1us')", "duration('0s')", "duration('87600h')"],
        Ty::Uuid => &["'67e55044-10b1-426f-9247-bb680e5fe0c8'", "uuid('00000000-0000-0000-0000-000000000001')"],
    };
    input.one(known).copied().unwrap_or("true").to_owned()
}
