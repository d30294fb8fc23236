//! Whether a statement's text asks for tenant and realm wherever it touches records. It reads the SQL that `maq-query`
//! writes, no more of the language than that: what it cannot follow it refuses.
//!
//! A statement is cut into blocks: the whole of it, and every bracket that begins with SELECT, INSERT, UPDATE, DELETE or
//! WITH. Each block must bind its own tables, in conditions that stand for the whole block: a condition inside other
//! brackets or beside an OR would not hold every row.

/// A word, a quoted name, a text, a place, or another sign.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A word as it stands, or a name without its quotes.
    Word { text: String, quoted: bool },
    /// `?1` or `$1`.
    Place(usize),
    /// A bracket with what is in it.
    Bracket(Vec<Token>),
    /// A text or a sign.
    Sign(char),
}

/// Internal tables that are as private as records: tenant and realm are bound there too.
const PRIVATE: &[&str] = &["meta_idempotency", "meta_decisions"];

/// Sees to it that every table of records in a statement is bound to the first two places.
pub(super) fn scoped(sql: &str) -> Result<(), String> {
    let tokens = read(sql)?;
    let mut bound = 0;
    block(&tokens, &mut Vec::new(), &mut bound)?;
    if bound == 0 { Err("it is marked as one on records and touches none".to_owned()) } else { Ok(()) }
}

/// Sees to it that a statement which is not marked touches no records.
pub(super) fn off_records(sql: &str) -> Result<(), String> {
    let tokens = read(sql)?;
    match first_word(&tokens).as_str() {
        "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" | "REPLACE" => {}
        word @ ("MERGE" | "TABLE" | "COPY" | "TRUNCATE") => return Err(format!("nobody looks into a {word} here")),
        // What changes tables or settings is no statement on rows.
        _ => return Ok(()),
    }
    let mut defined = Vec::new();
    match private_table(&tokens, &mut defined) {
        Some(table) => Err(format!("it touches the records of \"{table}\" and is not marked as one on records")),
        None => Ok(()),
    }
}

fn private_table(tokens: &[Token], defined: &mut Vec<String>) -> Option<String> {
    defined.extend(definitions(tokens));
    let here = tables(tokens).into_iter().find(|table| is_private(&table.name, defined)).map(|table| table.name);
    let inner = || {
        tokens.iter().find_map(|token| match token {
            Token::Bracket(inside) => private_table(inside, defined),
            _ => None,
        })
    };
    here.or_else(inner)
}

/// Records, or internal rows that are as private. The databases' own catalogues hold none.
fn is_private(name: &str, defined: &[String]) -> bool {
    let internal = ["meta_", "pg_", "sqlite_", "pragma_"].iter().any(|prefix| name.starts_with(prefix));
    let known = PRIVATE.contains(&name) || !internal;
    known && !defined.iter().any(|own| own == name)
}

/// Checks a block and the blocks in it, and counts the tables that are bound.
fn block(tokens: &[Token], defined: &mut Vec<String>, bound: &mut usize) -> Result<(), String> {
    defined.extend(definitions(tokens));
    for part in parts(tokens) {
        let private: Vec<Table> = tables(part).into_iter().filter(|table| is_private(&table.name, defined)).collect();
        for table in &private {
            match table.way {
                Way::Into => inserted(part, table)?,
                Way::Read => conditioned(part, table, private.len() == 1)?,
            }
            *bound += 1;
        }
    }
    brackets(tokens, defined, bound)
}

fn brackets(tokens: &[Token], defined: &mut Vec<String>, bound: &mut usize) -> Result<(), String> {
    for token in tokens {
        let Token::Bracket(inside) = token else { continue };
        match first_word(inside).as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" => block(inside, defined, bound)?,
            _ => brackets(inside, defined, bound)?,
        }
    }
    Ok(())
}

/// The names that WITH gives to blocks.
fn definitions(tokens: &[Token]) -> Vec<String> {
    let with = tokens.first().is_some_and(|token| is(token, "WITH"));
    let named = tokens.windows(3).filter_map(|window| match window {
        [Token::Word { text, .. }, by, Token::Bracket(_)] if with && is(by, "AS") => Some(text.clone()),
        // A recursive one lists its columns: `n(i) AS (...)`.
        [Token::Word { text, .. }, Token::Bracket(_), by] if with && is(by, "AS") => Some(text.clone()),
        _ => None,
    });
    named.collect()
}

/// The selects of a compound one.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let joins = |token: &Token| ["UNION", "EXCEPT", "INTERSECT"].iter().any(|word| is(token, word));
    tokens.split(joins).collect()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// Rows are found in it: read, changed, deleted.
    Read,
    /// Rows are put into it.
    Into,
}

#[derive(Debug)]
struct Table {
    name: String,
    /// What its columns are called by, where that is said.
    alias: String,
    way: Way,
}

/// The tables that a block names itself.
fn tables(tokens: &[Token]) -> Vec<Table> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut from = false;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let way = if is(token, "INTO") { Way::Into } else { Way::Read };
        let names = is(token, "FROM")
            || is(token, "JOIN")
            || is(token, "INTO")
            || is(token, "UPDATE") && !before(tokens, at, "DO") && !before(tokens, at, "FOR")
            // The next of a list.
            || *token == Token::Sign(',') && from;
        if is(token, "FROM") && !before(tokens, at, "DISTINCT") {
            from = true;
        } else if ["WHERE", "SELECT", "ORDER", "GROUP", "LIMIT", "RETURNING", "ON", "SET"]
            .iter()
            .any(|end| is(token, end))
        {
            from = false;
        }
        if !names || before(tokens, at, "DISTINCT") {
            continue;
        }
        let Some(Token::Word { text, .. }) = tokens.get(at) else { continue };
        let mut name = text.clone();
        at += 1;
        // `schema.table`
        while let (Some(Token::Sign('.')), Some(Token::Word { text, .. })) = (tokens.get(at), tokens.get(at + 1)) {
            name.clone_from(text);
            at += 2;
        }
        // A function that answers rows.
        if way == Way::Read && matches!(tokens.get(at), Some(Token::Bracket(_))) {
            continue;
        }
        let alias = match (tokens.get(at), tokens.get(at + 1)) {
            (Some(by), Some(Token::Word { text, .. })) if is(by, "AS") => text.clone(),
            (Some(Token::Word { text, .. }), _) if !is_keyword(text) => text.clone(),
            _ => name.clone(),
        };
        found.push(Table { name, alias, way });
    }
    found
}

/// Whether the word before the one that was just read (`at` stands after it) is this one.
fn before(tokens: &[Token], at: usize, word: &str) -> bool {
    at.checked_sub(2).and_then(|before| tokens.get(before)).is_some_and(|token| is(token, word))
}

/// The block's conditions bind the table: `tenant_id` to the first place, `realm_id` to the second, each joined by AND
/// with all others.
fn conditioned(part: &[Token], table: &Table, alone: bool) -> Result<(), String> {
    let conditions = part.iter().position(|token| is(token, "WHERE") || is(token, "ON"));
    let conditions = conditions.and_then(|at| part.get(at..)).unwrap_or_default();
    let unbound = |column: &str| format!("it touches \"{}\" without asking for its {column}", table.name);
    if conditions.iter().any(|token| is(token, "OR")) {
        return Err(format!("it asks for \"{}\" with an OR beside tenant and realm", table.name));
    }
    for (column, place) in [("tenant_id", 1), ("realm_id", 2)] {
        let asks = conditions.windows(3).enumerate().any(|(at, window)| {
            let [Token::Word { text, .. }, Token::Sign('='), Token::Place(number)] = window else { return false };
            let whose = match at.checked_sub(2).and_then(|start| conditions.get(start..at)) {
                Some([Token::Word { text, .. }, Token::Sign('.')]) => Some(text),
                _ => None,
            };
            let own = whose.map_or(alone, |whose| *whose == table.alias || *whose == table.name);
            let first = at.saturating_sub(if whose.is_some() { 3 } else { 1 });
            let joined =
                conditions.get(first).is_some_and(|token| ["WHERE", "ON", "AND"].iter().any(|word| is(token, word)));
            text == column && *number == place && own && joined
        });
        if !asks {
            return Err(unbound(column));
        }
    }
    // A change must leave the row with its tenant.
    let set: &[Token] = match part.iter().position(|token| is(token, "SET")) {
        Some(start) => part.get(start..part.len() - conditions.len()).unwrap_or_default(),
        None => &[],
    };
    refuse_moving(set, table)
}

/// What is put in carries the first two places in the columns of tenant and realm.
fn inserted(part: &[Token], table: &Table) -> Result<(), String> {
    let lists: Vec<&Vec<Token>> = part
        .iter()
        .filter_map(|token| match token {
            Token::Bracket(inside) => Some(inside),
            _ => None,
        })
        .collect();
    let unbound = |column: &str| format!("it puts rows into \"{}\" without its {column}", table.name);
    let columns = lists.first().map(|list| split(list)).unwrap_or_default();
    let values: Vec<Vec<&[Token]>> = match part.iter().position(|token| is(token, "VALUES")) {
        Some(start) => {
            let rows = part.get(start + 1..).unwrap_or_default().iter();
            let rows = rows.take_while(|token| matches!(token, Token::Bracket(_) | Token::Sign(',')));
            rows.filter_map(|token| if let Token::Bracket(row) = token { Some(split(row)) } else { None }).collect()
        }
        None => {
            let select = part.iter().position(|token| is(token, "SELECT")).and_then(|at| part.get(at + 1..));
            let select = select.unwrap_or_default();
            let end = select.iter().position(|token| is(token, "FROM") || is(token, "WHERE")).unwrap_or(select.len());
            vec![split(select.get(..end).unwrap_or_default())]
        }
    };
    for (column, place) in [("tenant_id", 1), ("realm_id", 2)] {
        let at = columns.iter().position(|name| matches!(name, [Token::Word { text, .. }] if text == column));
        let at = at.ok_or_else(|| unbound(column))?;
        let bound = |row: &Vec<&[Token]>| row.get(at).is_some_and(|value| **value == [Token::Place(place)]);
        if values.is_empty() || !values.iter().all(bound) {
            return Err(unbound(column));
        }
    }
    // An upsert changes the row it meets, which must be one of the same tenant.
    let Some(start) = part.iter().position(|token| is(token, "CONFLICT")) else { return Ok(()) };
    let changes = part.get(start..).unwrap_or_default();
    let target = match changes.get(1) {
        Some(Token::Bracket(key)) => split(key),
        _ => Vec::new(),
    };
    let names = |column: &str| target.iter().any(|name| matches!(name, [Token::Word { text, .. }] if text == column));
    if changes.iter().any(|token| is(token, "SET")) && !(names("tenant_id") && names("realm_id")) {
        return Err(format!("it may change a row of \"{}\" that is not of its tenant and realm", table.name));
    }
    refuse_moving(
        changes.iter().position(|token| is(token, "SET")).and_then(|at| changes.get(at..)).unwrap_or_default(),
        table,
    )
}

fn refuse_moving(set: &[Token], table: &Table) -> Result<(), String> {
    let moves = set.windows(2).any(|window| {
        matches!(window, [Token::Word { text, .. }, Token::Sign('=')] if text == "tenant_id" || text == "realm_id")
    });
    if moves { Err(format!("it moves rows of \"{}\" to another tenant or realm", table.name)) } else { Ok(()) }
}

fn split(list: &[Token]) -> Vec<&[Token]> {
    list.split(|token| *token == Token::Sign(',')).collect()
}

fn first_word(tokens: &[Token]) -> String {
    match tokens.first() {
        Some(Token::Word { text, quoted: false }) => text.to_ascii_uppercase(),
        _ => String::new(),
    }
}

fn is(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word { text, quoted: false } if text.eq_ignore_ascii_case(word))
}

fn is_keyword(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "WHERE",
        "SET",
        "ON",
        "ORDER",
        "GROUP",
        "LIMIT",
        "RETURNING",
        "VALUES",
        "SELECT",
        "JOIN",
        "LEFT",
        "INNER",
        "CROSS",
        "USING",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "HAVING",
        "FOR",
        "DEFAULT",
        "INDEXED",
        "NOT",
        "AND",
        "OFFSET",
    ];
    WORDS.iter().any(|own| own.eq_ignore_ascii_case(word))
}

/// Cuts a text into tokens, brackets nested.
fn read(sql: &str) -> Result<Vec<Token>, String> {
    let mut open: Vec<Vec<Token>> = vec![Vec::new()];
    let mut rest = sql.chars().peekable();
    let broken = || "its text cannot be read".to_owned();
    while let Some(sign) = rest.next() {
        let token = match sign {
            _ if sign.is_whitespace() => continue,
            '(' => {
                open.push(Vec::new());
                continue;
            }
            ')' => Token::Bracket(open.pop().ok_or_else(broken)?),
            '"' | '\'' => {
                let mut text = String::new();
                loop {
                    match rest.next().ok_or_else(broken)? {
                        end if end == sign => match rest.next_if_eq(&sign) {
                            Some(doubled) => text.push(doubled),
                            None => break,
                        },
                        other => text.push(other),
                    }
                }
                if sign == '"' { Token::Word { text, quoted: true } } else { Token::Sign('\'') }
            }
            '-' if rest.next_if_eq(&'-').is_some() => {
                while rest.next_if(|sign| *sign != '\n').is_some() {}
                continue;
            }
            '?' | '$' => {
                let mut digits = String::new();
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                digits.parse().map_or(Token::Sign(sign), Token::Place)
            }
            _ if sign.is_alphabetic() || sign == '_' => {
                let mut text = String::from(sign);
                while let Some(more) = rest.next_if(|more| more.is_alphanumeric() || *more == '_') {
                    text.push(more);
                }
                Token::Word { text, quoted: false }
            }
            other => Token::Sign(other),
        };
        open.last_mut().ok_or_else(broken)?.push(token);
    }
    match (open.pop(), open.is_empty()) {
        (Some(tokens), true) => Ok(tokens),
        _ => Err(broken()),
    }
}
