//! SQL text in pieces: enough of a tokenizer to find constraints in a CREATE TABLE and to read a CHECK or a DEFAULT.
//! Strings, all four ways to quote a name, comments and nested brackets are told apart; grammar is not checked, because
//! the database that keeps the text has done so.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An unquoted word: a keyword or a name.
    Word,
    /// A name in double quotes, backticks or square brackets.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A number, without sign.
    Number,
    /// `x'…'`.
    Blob,
    /// Anything else: operators, brackets, commas.
    Symbol,
}

/// A token with its value and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The name, text or digits without quotes; a symbol as it stands.
    pub value: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Token {
    /// True for the unquoted `word`, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.value.eq_ignore_ascii_case(word)
    }

    /// True for the symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.value == symbol
    }

    /// The name, when it may be one. SQLite takes a text in single quotes as a name too.
    pub fn as_name(&self) -> Option<&str> {
        matches!(self.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Text).then_some(&*self.value)
    }
}

/// All tokens of `sql`; comments and blanks are left out.
pub fn tokens(sql: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        let (kind, end, value) = next(sql, at, first);
        if let Some(kind) = kind {
            out.push(Token { kind, value, start: at, end });
        }
        at = end;
    }
    out
}

fn next(sql: &str, at: usize, first: char) -> (Option<TokenKind>, usize, String) {
    let rest = sql.get(at..).unwrap_or_default();
    let after = |len: usize| rest.get(len..).unwrap_or_default();
    match first {
        _ if first.is_whitespace() || first == '\u{feff}' => (None, at + first.len_utf8(), String::new()),
        '-' if rest.starts_with("--") => (None, at + rest.find('\n').map_or(rest.len(), |end| end + 1), String::new()),
        '/' if rest.starts_with("/*") => {
            (None, at + after(2).find("*/").map_or(rest.len(), |end| end + 4), String::new())
        }
        '\'' => quoted(rest, at, '\'', TokenKind::Text),
        '"' => quoted(rest, at, '"', TokenKind::Quoted),
        '`' => quoted(rest, at, '`', TokenKind::Quoted),
        '[' => {
            let close = rest.find(']').unwrap_or(rest.len());
            let value = rest.get(1..close).unwrap_or_default().to_owned();
            (Some(TokenKind::Quoted), (at + close + 1).min(sql.len()), value)
        }
        'x' | 'X' if after(1).starts_with('\'') => {
            let (_, end, value) = quoted(after(1), at + 1, '\'', TokenKind::Blob);
            (Some(TokenKind::Blob), end, value)
        }
        _ if first.is_ascii_digit() || (first == '.' && after(1).starts_with(|c: char| c.is_ascii_digit())) => {
            let len = number_length(rest);
            (Some(TokenKind::Number), at + len, rest.get(..len).unwrap_or_default().replace('_', ""))
        }
        _ if is_word(first) => {
            let len = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            (Some(TokenKind::Word), at + len, rest.get(..len).unwrap_or_default().to_owned())
        }
        _ => {
            let symbol = ["<=", ">=", "<>", "!=", "==", "||", "<<", ">>", "->"]
                .into_iter()
                .find(|symbol| rest.starts_with(symbol))
                .map_or_else(|| first.to_string(), str::to_owned);
            (Some(TokenKind::Symbol), at + symbol.len(), symbol)
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}

/// A doubled quote inside is one quote.
fn quoted(rest: &str, at: usize, quote: char, kind: TokenKind) -> (Option<TokenKind>, usize, String) {
    let mut value = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        if character != quote {
            value.push(character);
        } else if characters.next_if(|(_, following)| *following == quote).is_some() {
            value.push(quote);
        } else {
            return (Some(kind), at + offset + 1, value);
        }
    }
    (Some(kind), at + rest.len(), value)
}

fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize, test: fn(&u8) -> bool| {
        from + bytes.iter().skip(from).take_while(|byte| test(byte) || **byte == b'_').count()
    };
    if rest.starts_with("0x") || rest.starts_with("0X") {
        return digits(2, u8::is_ascii_hexdigit);
    }
    let mut end = digits(0, u8::is_ascii_digit);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1, u8::is_ascii_digit);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign, u8::is_ascii_digit);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

/// What is found in the text of a CREATE TABLE and in no pragma.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableText {
    /// CHECK constraints of columns and of the table, in order, without the word and its brackets.
    pub checks: Vec<String>,
    /// Column name and collation, for columns that name one.
    pub collations: Vec<(String, String)>,
    /// The module of a virtual table.
    pub virtual_module: Option<String>,
}

/// Reads a CREATE TABLE or CREATE VIRTUAL TABLE.
pub fn table_text(sql: &str) -> TableText {
    let all = tokens(sql);
    let mut found = TableText::default();
    if all.get(1).is_some_and(|token| token.is_word("virtual")) {
        let using = all.iter().position(|token| token.is_word("using"));
        found.virtual_module = using.and_then(|at| all.get(at + 1)).map(|token| token.value.clone());
        return found;
    }
    let Some(open) = all.iter().position(|token| token.is_symbol("(")) else { return found };
    let mut depth = 0_usize;
    let mut column: Option<&str> = None;
    let mut starts_item = false;
    for (at, token) in all.iter().enumerate().skip(open) {
        if token.is_symbol("(") {
            depth += 1;
            starts_item = depth == 1;
            continue;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        } else if depth == 1 && token.is_symbol(",") {
            starts_item = true;
            continue;
        } else if depth == 1 {
            if starts_item {
                column = token.as_name();
            } else if token.is_word("collate")
                && let (Some(column), Some(name)) = (column, all.get(at + 1).and_then(Token::as_name))
            {
                found.collations.push((column.to_owned(), name.to_owned()));
            }
            if token.is_word("check") {
                found.checks.extend(bracketed(sql, &all, at + 1));
            }
        }
        starts_item = false;
    }
    found
}

/// The text between the bracket at token `open` and the one that closes it.
fn bracketed(sql: &str, all: &[Token], open: usize) -> Option<String> {
    let start = all.get(open).filter(|token| token.is_symbol("("))?;
    let mut depth = 0_usize;
    for token in all.iter().skip(open) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth -= 1;
            if depth == 0 {
                return sql.get(start.end..token.start).map(|text| text.trim().to_owned());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_wherever_they_stand_and_nowhere_else() {
        let sql = "CREATE TABLE [a (b] -- CHECK (no)\n(
            \"x,y\" TEXT DEFAULT 'CHECK (no)' COLLATE NOCASE CHECK (\"x,y\" <> ')' /* ( */),
            `check` INT CONSTRAINT c1 CHECK ((`check`) > (0)) DEFAULT (1 + (2)),
            z AS (CASE WHEN 1 THEN ')' END) STORED,
            CONSTRAINT [t (] CHECK(length(z) <= 3 and z in ('it''s', \"b\")), FOREIGN KEY (z) REFERENCES q (w)
        ) STRICT";
        assert_eq!(
            table_text(sql),
            TableText {
                checks: vec![
                    "\"x,y\" <> ')' /* ( */".into(),
                    "(`check`) > (0)".into(),
                    "length(z) <= 3 and z in ('it''s', \"b\")".into()
                ],
                collations: vec![("x,y".into(), "NOCASE".into())],
                virtual_module: None,
            }
        );
    }

    #[test]
    fn a_virtual_table_says_its_module() {
        let found = table_text("CREATE VIRTUAL TABLE IF NOT EXISTS docs USING fts5(title, body, CHECK (x))");
        assert_eq!(found, TableText { virtual_module: Some("fts5".into()), ..TableText::default() });
    }

    #[test]
    fn literals_and_operators_are_told_apart() {
        let read = |sql: &str| tokens(sql).into_iter().map(|token| (token.kind, token.value)).collect::<Vec<_>>();
        use TokenKind::*;
        assert_eq!(
            read("a>=-1.5e3 x'0F' 0x1F .5 'q''' \"w\"\"\" größe<>b"),
            [
                (Word, "a"),
                (Symbol, ">="),
                (Symbol, "-"),
                (Number, "1.5e3"),
                (Blob, "0F"),
                (Number, "0x1F"),
                (Number, ".5"),
                (Text, "q'"),
                (Quoted, "w\""),
                (Word, "größe"),
                (Symbol, "<>"),
                (Word, "b")
            ]
            .map(|(kind, value)| (kind, value.to_owned()))
        );
    }

    #[test]
    fn broken_text_ends_without_harm() {
        for sql in ["", "'", "[", "/*", "--", "CREATE TABLE x (CHECK (", "CREATE TABLE", "x'", "\"é", ")))("] {
            table_text(sql);
        }
    }
}
