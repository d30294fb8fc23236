//! Bytes as choices. When they run out every choice is the first one, so that making anything comes to an end.

use arbitrary::Unstructured;

/// Texts that have broken somebody's program before.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "id",
    "tenant_id",
    "tenantId",
    "rowVersion",
    "__proto__",
    "null",
    "true",
    "é",
    "e\u{301}",
    "\u{202e}x",
    "\u{feff}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{ffff}",
    "\u{10ffff}",
    "😀",
    "%",
    "_",
    "\\",
    "'",
    "\"",
    "`",
    "' OR 1=1 --",
    "\"; DROP TABLE meta_store; --",
    "$1",
    "?1",
    "{}",
    "[",
    "0",
    "-0",
    "1e400",
    "NaN",
    "Infinity",
    "1_000",
    "٣",
    "0x10",
    "+1",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "0.00000000000000000000000000001",
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "-000001-01-01",
    "-009999-01-01",
    "9999-12-31",
    "+010000-01-01",
    "23:59:59.999999999",
    "24:00:00",
    "00:00:60",
    "9999-12-31T23:59:59.999999Z",
    "-009999-01-02T01:59:59Z",
    "2026-11-21T03:39:49.123456789+14:00",
    "2016-12-31T23:59:60Z",
    "PT9223372036854775807S",
    "-PT0.000001S",
    "P1D",
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67E55044-10B1-426F-9247-BB680E5FE0C8",
    "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8",
    "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
    "AA==",
    "AA",
    "ann@example.org",
    "https://example.org/%zz",
    "::ffff:1.2.3.4",
    "(a+)+$",
    "[",
    "(?i)a{1000}{1000}",
    "record.status == 'open'",
];

/// The bytes of one input, read as choices.
pub struct Input<'a>(Unstructured<'a>);

impl<'a> Input<'a> {
    /// Choices from `bytes`.
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input(Unstructured::new(bytes))
    }

    /// Whether all bytes are used up.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// One of `0..options`; 0 when there are none.
    pub fn pick(&mut self, options: usize) -> usize {
        match options {
            0 | 1 => 0,
            options => self.0.int_in_range(0..=options - 1).unwrap_or(0),
        }
    }

    /// One of a list; `None` when it is empty.
    pub fn one<'b, T>(&mut self, list: &'b [T]) -> Option<&'b T> {
        list.get(self.pick(list.len()))
    }

    /// True once in `times`, as long as there are bytes.
    pub fn once_in(&mut self, times: usize) -> bool {
        !self.is_over() && self.pick(times) == times.saturating_sub(1)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// A whole number of any size.
    pub fn number(&mut self) -> i64 {
        match self.pick(6) {
            0 => self.pick(10) as i64,
            1 => -(self.pick(300) as i64),
            2 => i64::MAX - self.pick(2) as i64,
            3 => i64::MIN + self.pick(2) as i64,
            4 => (1 << 53) + 1 - self.pick(3) as i64,
            _ => self.0.arbitrary().unwrap_or(0),
        }
    }

    /// A double that JSON can write.
    pub fn double(&mut self) -> f64 {
        const KNOWN: [f64; 12] = [
            0.0,
            -0.0,
            1.0,
            0.1,
            -1.5,
            1e21,
            1e-7,
            9_007_199_254_740_993.0,
            1.8e19,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
        ];
        if self.pick(3) > 0 {
            return self.one(&KNOWN).copied().unwrap_or(0.0);
        }
        let bits: u64 = self.0.arbitrary().unwrap_or(0);
        Some(f64::from_bits(bits)).filter(|double| double.is_finite()).unwrap_or(0.5)
    }

    /// A text: one that is known to hurt, a few letters, any characters, or a long one.
    pub fn text(&mut self) -> String {
        match self.pick(8) {
            0..=3 => self.known().to_owned(),
            4 | 5 => (0..self.pick(6)).map(|_| char::from(b'a' + (self.byte() % 26))).collect(),
            6 => {
                (0..self.pick(8)).filter_map(|_| char::from_u32(self.0.arbitrary().unwrap_or(65) % 0x11_0000)).collect()
            }
            _ => self.known().repeat([2, 49, 300].get(self.pick(3)).copied().unwrap_or(2)),
        }
    }

    /// A text that is known to hurt.
    pub fn known(&mut self) -> &'static str {
        self.one(TEXTS).copied().unwrap_or_default()
    }

    /// So many bytes, or as many as are left.
    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        self.0.bytes(count.min(self.0.len())).unwrap_or_default()
    }

    /// All bytes that are left.
    pub fn rest(&mut self) -> &'a [u8] {
        self.bytes(usize::MAX)
    }

    /// `bytes` with some of them changed, taken out, doubled or added.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.pick(4) {
            let at = self.pick(bytes.len());
            match self.pick(4) {
                0 => {
                    let flip = 1 << self.pick(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= flip;
                    }
                }
                1 => bytes.truncate(at),
                2 => bytes.insert(at.min(bytes.len()), self.byte()),
                _ => {
                    let end = (at + 1 + self.pick(16)).min(bytes.len());
                    let part: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_end_and_repeat() {
        let mut none = Input::new(&[]);
        assert_eq!((none.pick(7), none.text(), none.once_in(1)), (0, String::new(), false));
        let bytes: Vec<u8> = (0..=255).collect();
        let read = || {
            let mut input = Input::new(&bytes);
            (input.text(), input.number(), input.double().to_bits(), input.json(4), input.rest().to_vec())
        };
        assert_eq!(read(), read());
    }

    #[test]
    fn damage_of_nothing_is_something_that_can_be_read_on() {
        for seed in 0..=255_u8 {
            let mut bytes = Vec::new();
            Input::new(&[seed; 40]).damage(&mut bytes);
            assert!(bytes.len() < 40, "{seed}");
        }
    }
}
