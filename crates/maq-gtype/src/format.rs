//! The known formats of text. Each says what a form or a database would call well-formed, no more: whether a mailbox
//! or a host exists is not asked.

use maq_ir::TextFormat;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` is of `format`.
pub(crate) fn is(format: TextFormat, text: &str) -> bool {
    match format {
        TextFormat::Email => is_email(text),
        TextFormat::Url => is_url(text),
        TextFormat::Phone => is_phone(text),
        TextFormat::Uuid => text.len() == 36 && uuid::Uuid::try_parse(text).is_ok(),
        TextFormat::Slug => is_slug(text),
        TextFormat::Hostname => is_hostname(text),
        TextFormat::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
        TextFormat::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
    }
}

/// The format in the words of a message.
pub(crate) fn describe(format: TextFormat) -> &'static str {
    match format {
        TextFormat::Email => "an email address like ann@example.com",
        TextFormat::Url => "an absolute url like https://example.com/page",
        TextFormat::Phone => "a phone number like +49 30 123456",
        TextFormat::Uuid => "a uuid",
        TextFormat::Slug => "a slug like spring-sale-2",
        TextFormat::Hostname => "a host name like db.example.com",
        TextFormat::Ipv4 => "an IPv4 address like 192.0.2.1",
        TextFormat::Ipv6 => "an IPv6 address like 2001:db8::1",
    }
}

/// The address of the HTML standard (a willful, practical subset of RFC 5322), with letters of any script before the
/// `@` as RFC 6531 has them.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let fits = |character: char| {
        character.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(character) || !character.is_ascii()
    };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(fits)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && is_hostname(domain)
}

/// A scheme and something after it (RFC 3986), without spaces and control characters.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_fits = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    let rest_fits = rest.chars().all(|character| !character.is_whitespace() && !character.is_control());
    let something = rest.strip_prefix("//").map_or(!rest.is_empty(), |rest| !rest.is_empty() && !rest.starts_with('/'));
    scheme_fits && rest_fits && (something || scheme.eq_ignore_ascii_case("file"))
}

/// Three to fifteen digits (E.164), a plus in front, spaces, dots, dashes and brackets between.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (3..=15).contains(&digits) && rest.bytes().all(|byte| byte.is_ascii_digit() || b" .-()/".contains(&byte))
}

fn is_slug(text: &str) -> bool {
    let fits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(fits)
}

/// Labels of letters, digits and inner dashes, 63 bytes each, 253 in all (RFC 1123).
fn is_hostname(text: &str) -> bool {
    let fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_takes_its_own_and_no_other() {
        let cases: [(TextFormat, &[&str], &[&str]); 8] = [
            (
                TextFormat::Email,
                &["ann@example.com", "a.b+c@mail.example", "jörg@example.de", "root@localhost"],
                &["ann", "@example.com", "ann@", "a b@example.com", "a..b@x.com", ".a@x.com", "ann@-x.com", "a@b@"],
            ),
            (
                TextFormat::Url,
                &["https://example.com/a?b=c#d", "mailto:ann@example.com", "file:///tmp/x", "urn:isbn:123"],
                &["example.com", "https://", "https:///x", "1http://x", "http://a b", "http:"],
            ),
            (
                TextFormat::Phone,
                &["+49 (30) 123-456", "555.0100", "+1/555/0100"],
                &["", "12", "+", "12a45", "1234567890123456", "49+30123"],
            ),
            (
                TextFormat::Uuid,
                &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
                &["67e5504410b1426f9247bb680e5fe0c8", "{67e55044-10b1-426f-9247-bb680e5fe0c8}", "x"],
            ),
            (TextFormat::Slug, &["a", "spring-sale-2"], &["", "-a", "a-", "a--b", "A", "a_b"]),
            (
                TextFormat::Hostname,
                &["localhost", "db.example.com", "1.example"],
                &["", "a..b", "-a.com", "a-.com", "a_b.com", "a.com."],
            ),
            (TextFormat::Ipv4, &["192.0.2.1"], &["192.0.2", "192.0.2.256", "01.2.3.4"]),
            (TextFormat::Ipv6, &["::1", "2001:db8::1", "::ffff:192.0.2.1"], &["192.0.2.1", ":::", "1::2::3"]),
        ];
        for (format, good, bad) in cases {
            for text in good {
                assert!(is(format, text), "{format:?} should take `{text}`");
            }
            for text in bad {
                assert!(!is(format, text), "{format:?} should not take `{text}`");
            }
        }
        assert!(!is(TextFormat::Hostname, &"a".repeat(64)));
        assert!(!is(TextFormat::Email, &format!("{}@x.com", "a".repeat(65))));
    }
}
