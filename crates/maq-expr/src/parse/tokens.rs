//! The tokens of a text, with their bytes. The crate `cel` keeps the place of one token for each node only; whole spans
//! are made from these. Broken literals and brackets that do not match are told here, in words for people, and so is
//! the nesting, before a recursive parser sees the text.

use crate::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Escaped,
    Number,
    Text,
    Sign,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
    /// The place of the bracket that belongs to this one; its own place otherwise.
    pub mate: usize,
}

/// Why a text has no tokens.
#[derive(Debug)]
pub(super) struct Broken {
    pub problem: String,
    pub span: Span,
    /// What would mend it: a title and a text for the span.
    pub repair: Option<(String, String)>,
}

/// Signs of two bytes, then of one.
const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%",
    "<", ">",
];

/// The tokens of `text`, and the text with its comments blanked out.
pub(super) fn tokens(text: &str) -> Result<(Vec<Token>, String), Broken> {
    let mut scanner = Scanner { text, at: 0, tokens: Vec::new(), open: Vec::new(), blanked: text.to_owned() };
    while let Some(first) = scanner.rest().chars().next() {
        scanner.token(first)?;
    }
    match scanner.open.pop() {
        Some(place) => {
            let span = scanner.tokens.get(place).map(|token| token.span).unwrap_or_default();
            Err(broken(format!("`{}` is never closed", span.of(text)), span))
        }
        None => Ok((scanner.tokens, scanner.blanked)),
    }
}

fn broken(problem: String, span: Span) -> Broken {
    Broken { problem, span, repair: None }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    open: Vec<usize>,
    blanked: String,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, length: usize) -> Span {
        Span { start: self.at as u32, end: (self.at + length) as u32 }
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        self.tokens.push(Token { kind, span: self.span(length), mate: self.tokens.len() });
        self.at += length;
    }

    fn token(&mut self, first: char) -> Result<(), Broken> {
        let rest = self.rest();
        match first {
            ' ' | '\t' | '\r' | '\n' | '\u{c}' => self.at += 1,
            '/' if rest.starts_with("//") => {
                let length = rest.find('\n').unwrap_or(rest.len());
                self.blanked.replace_range(self.at..self.at + length, &" ".repeat(length));
                self.at += length;
            }
            '"' | '\'' => self.text(0)?,
            'r' | 'R' | 'b' | 'B' if prefix(rest) > 0 => self.text(prefix(rest))?,
            'a'..='z' | 'A'..='Z' | '_' => self.push(TokenKind::Word, word(rest)),
            '`' => self.escaped()?,
            '0'..='9' => self.push(TokenKind::Number, number(rest)),
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
                self.push(TokenKind::Number, number(rest));
            }
            _ => self.sign(first)?,
        }
        Ok(())
    }

    fn sign(&mut self, first: char) -> Result<(), Broken> {
        let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) else {
            return Err(self.stray(first));
        };
        let place = self.tokens.len();
        self.push(TokenKind::Sign, sign.len());
        match *sign {
            "(" | "[" | "{" => self.open.push(place),
            ")" | "]" | "}" => self.close(place, sign)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, place: usize, sign: &str) -> Result<(), Broken> {
        let span = self.tokens.get(place).map(|token| token.span).unwrap_or_default();
        let Some(opened) = self.open.pop() else {
            return Err(broken(format!("`{sign}` closes nothing"), span));
        };
        let opener = self.tokens.get(opened).map(|token| token.span).unwrap_or_default().of(self.text);
        if !matches!((opener, sign), ("(", ")") | ("[", "]") | ("{", "}")) {
            return Err(broken(format!("`{opener}` is closed by `{sign}`"), span));
        }
        for (one, other) in [(opened, place), (place, opened)] {
            if let Some(token) = self.tokens.get_mut(one) {
                token.mate = other;
            }
        }
        Ok(())
    }

    fn stray(&self, first: char) -> Broken {
        let span = self.span(first.len_utf8());
        let instead = match first {
            '=' => Some("=="),
            '&' => Some("&&"),
            '|' => Some("||"),
            '“' | '”' | '„' => Some("\""),
            '‘' | '’' => Some("'"),
            _ => None,
        };
        let problem = match instead {
            Some(sign) => format!("`{first}` has no meaning, did you mean `{sign}`"),
            None if first.is_control() => "a control character stands here".to_owned(),
            None => format!("`{first}` has no meaning here"),
        };
        let repair = instead.map(|sign| (format!("Write `{sign}`"), sign.to_owned()));
        Broken { problem, span, repair }
    }

    fn escaped(&mut self) -> Result<(), Broken> {
        let rest = self.rest();
        match rest.get(1..).and_then(|inner| inner.find('`')) {
            Some(0) => Err(broken("the name between backticks is empty".to_owned(), self.span(2))),
            Some(length) => {
                self.push(TokenKind::Escaped, length + 2);
                Ok(())
            }
            None => Err(broken("the backtick is never closed".to_owned(), self.span(1))),
        }
    }

    /// A text or bytes, whose quote stands after `prefix` letters.
    fn text(&mut self, prefix: usize) -> Result<(), Broken> {
        let rest = self.rest();
        let raw = rest.get(..prefix).is_some_and(|letters| letters.contains(['r', 'R']));
        let bytes = rest.starts_with(['b', 'B']);
        let body = rest.get(prefix..).unwrap_or_default();
        let single = body.get(..1).unwrap_or_default();
        let triple = body.get(..3).filter(|three| three.bytes().all(|byte| Some(byte) == body.bytes().next()));
        let quote = triple.unwrap_or(single);
        let mut at = prefix + quote.len();
        loop {
            let here = rest.get(at..).unwrap_or_default();
            let Some(next) = here.chars().next() else { break };
            if here.starts_with(quote) {
                self.push(TokenKind::Text, at + quote.len());
                return Ok(());
            }
            if triple.is_none() && matches!(next, '\n' | '\r') {
                break;
            }
            at += match next {
                '\\' if !raw => match escape(here, bytes) {
                    Some(length) => length,
                    None => {
                        let length = here.chars().take(2).map(char::len_utf8).sum::<usize>();
                        let start = (self.at + at) as u32;
                        let wrong = here.get(..length).unwrap_or_default().escape_debug().to_string();
                        let span = Span { start, end: start + length as u32 };
                        let mut broken = broken(format!("`{wrong}` begins no escape that a text knows"), span);
                        if length == 2 {
                            broken.repair = Some(("Write a backslash as `\\\\`".to_owned(), format!("\\{wrong}")));
                        }
                        return Err(broken);
                    }
                },
                _ => next.len_utf8(),
            };
        }
        Err(broken(format!("the text that begins with `{quote}` never ends"), self.span(prefix + quote.len())))
    }
}

/// The letters before a quote: `r`, `b`, `br`, whatever their case; 0 when no quote follows.
fn prefix(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let quote = |place: usize| matches!(bytes.get(place), Some(b'"' | b'\''));
    match (bytes.first(), bytes.get(1)) {
        (Some(b'b' | b'B'), Some(b'r' | b'R')) if quote(2) => 2,
        (Some(b'r' | b'R' | b'b' | b'B'), _) if quote(1) => 1,
        _ => 0,
    }
}

fn word(rest: &str) -> usize {
    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = |from: usize| from + usize::from(matches!(bytes.get(from), Some(b'u' | b'U')));
    if rest.starts_with("0x") {
        let hex = bytes.iter().skip(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
        return if hex == 0 { 1 } else { unsigned(2 + hex) };
    }
    let whole = digits(0);
    let mut at = whole;
    if bytes.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            return at + 1 + sign + exponent;
        }
    }
    if at == whole { unsigned(at) } else { at }
}

/// Bytes of the escape at the start of `here`.
fn escape(here: &str, bytes: bool) -> Option<usize> {
    let hex = |count: usize| {
        let digits = here.get(2..2 + count)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(2 + count)
    };
    match here.as_bytes().get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => Some(2),
        b'x' | b'X' => hex(2),
        b'u' if !bytes => hex(4),
        b'U' if !bytes => hex(8),
        b'0'..=b'3' => {
            let digits = here.get(2..4)?;
            digits.bytes().all(|byte| matches!(byte, b'0'..=b'7')).then_some(4)
        }
        _ => None,
    }
}
