//! Instants: microseconds since 1970-01-01T00:00:00Z, printed as RFC 3339 with six fraction digits at most.

use jiff::Timestamp;
use std::fmt;

/// A UTC instant in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// Reads RFC 3339 (`2026-11-21T03:39:49.5Z`, any offset).
    pub fn parse(text: &str) -> Option<Instant> {
        text.parse::<Timestamp>().ok().map(|stamp| Instant(stamp.as_microsecond()))
    }

    /// The system's clock now. Only hosts and `maq-app`'s default clock call this.
    pub fn now() -> Instant {
        Instant(Timestamp::now().as_microsecond())
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Instants of years with four digits.
const FOUR_DIGITS: std::ops::Range<i64> = -62_167_219_200_000_000..253_402_300_800_000_000;
const DAY: i64 = 86_400_000_000;

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if FOUR_DIGITS.contains(&self.0) {
            return f.write_str(written(self.0, &mut [0; WIDTH]));
        }
        match Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

/// As long as an instant with six fraction digits.
const WIDTH: usize = 27;

/// An instant of [`FOUR_DIGITS`]. Every record has two, and a formatter for every calendar takes most of what a page of
/// them takes.
fn written(micros: i64, text: &mut [u8; WIDTH]) -> &str {
    let (year, month, day) = civil(micros.div_euclid(DAY));
    let in_day = micros.rem_euclid(DAY);
    let (seconds, fraction) = (in_day / 1_000_000, in_day % 1_000_000);
    *text = *b"0000-00-00T00:00:00.000000Z";
    let parts = [(0, 4, year), (5, 2, month), (8, 2, day)];
    let of_day = [(11, 2, seconds / 3600), (14, 2, seconds / 60 % 60), (17, 2, seconds % 60), (20, 6, fraction)];
    for (start, digits, mut number) in parts.into_iter().chain(of_day) {
        for place in text.iter_mut().skip(start).take(digits).rev() {
            // A digit by construction.
            *place = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    let mut end = WIDTH - 1;
    while text.get(end - 1) == Some(&b'0') && end > 20 {
        end -= 1;
    }
    let end = if end == 20 { 19 } else { end };
    if let Some(last) = text.get_mut(end) {
        *last = b'Z';
    }
    text.get(..=end).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
}

/// Year, month and day of a day since 1970-01-01: "days to civil" of Howard Hinnant's `chrono`-compatible date
/// algorithms (howardhinnant.github.io/date_algorithms.html), for years that are not negative.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if FOUR_DIGITS.contains(&self.0) {
            return serializer.serialize_str(written(self.0, &mut [0; WIDTH]));
        }
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Instant::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_as_the_calendar_has_it() {
        let day = |day: i64| day * DAY;
        let days = (-719_600..=2_932_900).step_by(97).map(day);
        let odd = (0..40_000_i64).map(|step| FOUR_DIGITS.start + step * 7_886_804_123_457 + step);
        let edges = [
            FOUR_DIGITS.start - 1,
            FOUR_DIGITS.start,
            FOUR_DIGITS.end - DAY,
            -1,
            0,
            1,
            100_000,
            1_000_000,
            951_782_400_000_000,
            -2_203_977_600_000_000,
            day(11_016) - 1,
        ];
        for micros in days.chain(odd).chain(edges) {
            let Ok(stamp) = Timestamp::from_microsecond(micros) else { continue };
            assert_eq!(Instant(micros).to_string(), stamp.to_string());
            assert_eq!(serde_json::to_value(Instant(micros)).unwrap(), stamp.to_string());
        }
        assert_eq!(Instant(i64::MAX).to_string(), format!("{}us", i64::MAX));
    }
}
