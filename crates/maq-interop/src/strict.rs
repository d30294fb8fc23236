//! Expressions as Postgres writes them back: with a cast on every literal, `= ANY (ARRAY[…])` in place of IN, brackets
//! around everything. What is left without them is what a person wrote, and can be read.

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Text(String),
    Number(String),
    Symbol(String),
}

/// Numbers as types call themselves.
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
/// Text as types call themselves.
const TEXTS: [&str; 5] = ["text", "character varying", "character", "bpchar", "public.citext"];

/// A check without casts and arrays, where leaving them out changes nothing.
pub(crate) fn plain_check(text: &str) -> Option<String> {
    let plain = without_arrays(without_casts(&tokens(text)?)?);
    Some(written(&plain))
}

/// A default without the cast of its literal; any other as it stands.
pub(crate) fn plain_default(text: &str) -> String {
    let plain = tokens(text).and_then(|tokens| without_casts(&tokens));
    match plain.as_deref() {
        Some(
            literal @ ([Token::Text(_) | Token::Number(_) | Token::Word(_)] | [Token::Symbol(_), Token::Number(_)]),
        ) => written(literal),
        _ => text.to_owned(),
    }
}

fn written(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        if !out.is_empty() && !out.ends_with('-') {
            out.push(' ');
        }
        match token {
            Token::Word(text) | Token::Number(text) | Token::Symbol(text) => out.push_str(text),
            Token::Quoted(name) => out.push_str(&format!("\"{}\"", name.replace('"', "\"\""))),
            Token::Text(text) => out.push_str(&format!("'{}'", text.replace('\'', "''"))),
        }
    }
    out
}

/// Takes casts off: of literals all of them, of columns those that compare the same values. None when another remains.
fn without_casts(tokens: &[Token]) -> Option<Vec<Token>> {
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if *token != Token::Symbol("::".into()) {
            out.push(token.clone());
            continue;
        }
        let (name, next) = type_name(tokens, at)?;
        at = next;
        let (numeric, textual) = (NUMBERS.contains(&name.as_str()), TEXTS.contains(&name.trim_end_matches("[]")));
        match out.last()? {
            Token::Number(_) if numeric => {}
            Token::Text(text) if numeric => {
                let number = Token::Number(text.clone());
                text.parse::<f64>().ok().filter(|number| number.is_finite())?;
                *out.last_mut()? = number;
            }
            Token::Text(text) if name == "timestamp with time zone" => {
                let text = text.strip_suffix("+00").map_or(text.clone(), |moment| format!("{moment}Z"));
                *out.last_mut()? = Token::Text(text);
            }
            Token::Text(_) => {}
            Token::Word(word) if word.eq_ignore_ascii_case("null") => {}
            Token::Symbol(close) if close == "]" && textual => {}
            Token::Symbol(close) if close == ")" => {
                let inside = bracketed(&out)?;
                let literal = matches!(inside, [Token::Number(_)] | [Token::Symbol(_), Token::Number(_)]);
                let column = matches!(inside, [Token::Word(_) | Token::Quoted(_)]);
                let array = matches!(inside, [Token::Word(word), ..] if word == "ARRAY");
                let exact = ["numeric", "double precision"].contains(&name.as_str());
                let fits = (literal && numeric) || (column && (textual || exact)) || (array && textual);
                fits.then_some(())?;
                if literal {
                    let inside = inside.to_vec();
                    out.truncate(out.len() - inside.len() - 2);
                    out.extend(inside);
                }
            }
            _ => return None,
        }
    }
    Some(out)
}

/// What stands in the last bracket.
fn bracketed(tokens: &[Token]) -> Option<&[Token]> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token {
            Token::Symbol(symbol) if symbol == ")" => depth += 1,
            Token::Symbol(symbol) if symbol == "(" => {
                depth -= 1;
                if depth == 0 {
                    return tokens.get(at + 1..tokens.len() - 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A type's name at a place, with its schema, without its numbers, and where it ends.
fn type_name(tokens: &[Token], start: usize) -> Option<(String, usize)> {
    const FOLLOWING: [&str; 6] = ["varying", "precision", "with", "without", "time", "zone"];
    let mut at = start;
    let mut name = match tokens.get(at)? {
        Token::Word(word) | Token::Quoted(word) => word.clone(),
        _ => return None,
    };
    at += 1;
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) if FOLLOWING.contains(&word.as_str()) => name.push_str(&format!(" {word}")),
            Some(Token::Symbol(dot)) if dot == "." => {
                at += 1;
                match tokens.get(at)? {
                    Token::Word(word) | Token::Quoted(word) => name.push_str(&format!(".{word}")),
                    _ => return None,
                }
            }
            Some(Token::Symbol(open)) if open == "(" => {
                while !matches!(tokens.get(at)?, Token::Symbol(close) if close == ")") {
                    at += 1;
                }
            }
            Some(Token::Symbol(open)) if open == "[" => {
                matches!(tokens.get(at + 1)?, Token::Symbol(close) if close == "]").then_some(())?;
                at += 1;
                name.push_str("[]");
            }
            _ => return Some((name, at)),
        }
        at += 1;
    }
}

/// `= ANY (ARRAY['a', 'b'])` is `IN ('a', 'b')`.
fn without_arrays(tokens: Vec<Token>) -> Vec<Token> {
    let symbol = |text: &str| Token::Symbol(text.into());
    let mut out: Vec<Token> = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let any = |token: &Token| matches!(token, Token::Word(word) if word == "ANY");
        if token == symbol("=") && rest.peek().is_some_and(any) {
            rest.next();
            out.extend([Token::Word("IN".into()), symbol("(")]);
            let mut depth = 0_usize;
            for token in rest.by_ref() {
                match &token {
                    Token::Symbol(open) if open == "(" => depth += 1,
                    Token::Symbol(close) if close == ")" => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    Token::Symbol(bracket) if bracket == "[" || bracket == "]" => {}
                    Token::Word(word) if word == "ARRAY" => {}
                    _ => out.push(token),
                }
            }
            out.push(symbol(")"));
        } else if matches!(&token, Token::Word(word) if word == "char_length" || word == "character_length") {
            out.push(Token::Word("length".into()));
        } else {
            out.push(token);
        }
    }
    out
}

/// The tokens; none where a text is written with escapes.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let letters: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    let run = |from: usize, test: fn(char) -> bool| {
        let length = letters.iter().skip(from).take_while(|letter| test(**letter)).count();
        (letters.iter().skip(from).take(length).collect::<String>(), from + length)
    };
    while let Some(letter) = letters.get(at).copied() {
        match letter {
            _ if letter.is_whitespace() => at += 1,
            '\'' | '"' => {
                let mut value = String::new();
                at += 1;
                loop {
                    let next = *letters.get(at)?;
                    at += 1;
                    if next != letter {
                        value.push(next);
                    } else if letters.get(at) == Some(&letter) {
                        value.push(letter);
                        at += 1;
                    } else {
                        break;
                    }
                }
                out.push(if letter == '"' { Token::Quoted(value) } else { Token::Text(value) });
            }
            _ if letter.is_ascii_digit() => {
                let (number, end) = run(at, |letter| letter.is_ascii_alphanumeric() || letter == '.');
                out.push(Token::Number(number));
                at = end;
            }
            _ if letter.is_alphabetic() || letter == '_' => {
                let (word, end) = run(at, |letter| letter.is_alphanumeric() || "_$".contains(letter));
                if matches!(word.as_str(), "E" | "B" | "X" | "U") && letters.get(end) == Some(&'\'') {
                    return None;
                }
                out.push(Token::Word(word));
                at = end;
            }
            _ => {
                let two: String = letters.iter().skip(at).take(2).collect();
                let symbol = if ["::", "<=", ">=", "<>", "||"].contains(&two.as_str()) { two } else { letter.into() };
                at += symbol.chars().count();
                out.push(Token::Symbol(symbol));
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks;

    #[test]
    fn checks_read_as_they_were_written() {
        for (text, plain) in [
            ("(price > (0)::numeric)", Some("( price > 0 )")),
            ("(n >= '-5'::integer)", Some("( n >= -5 )")),
            (
                "((state)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))",
                Some("( ( state ) IN ( 'a' , 'it''s' ) )"),
            ),
            ("(char_length((\"my Code\")::text) <= 4)", Some("( length ( ( \"my Code\" ) ) <= 4 )")),
            ("((n)::integer > 4)", None),
            ("(date(at) > '2020-01-01'::date)", Some("( date ( at ) > '2020-01-01' )")),
        ] {
            assert_eq!(plain_check(text).as_deref(), plain, "{text}");
        }
        assert!(checks::read(&plain_check("(price > (0)::numeric)").unwrap()).is_some());
        assert!(checks::read(&plain_check("((a >= 0) AND (a <= '100'::numeric))").unwrap()).is_some());
    }

    #[test]
    fn defaults_lose_the_cast_of_their_literal_only() {
        for (text, plain) in [
            ("'new'::text", "'new'"),
            ("'-1'::integer", "-1"),
            ("(0)::numeric", "0"),
            ("('-1.5'::numeric)::double precision", "-1.5"),
            ("'a'::public.mood", "'a'"),
            ("NULL::character varying(5)", "NULL"),
            ("'2020-01-01 00:00:00+00'::timestamp with time zone", "'2020-01-01 00:00:00Z'"),
            ("nextval('s'::regclass)", "nextval('s'::regclass)"),
            ("(now() + '1 day'::interval)", "(now() + '1 day'::interval)"),
            ("true", "true"),
            ("-1", "-1"),
        ] {
            assert_eq!(plain_default(text), plain, "{text}");
        }
    }
}
