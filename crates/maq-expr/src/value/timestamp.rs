//! Instants of the whole range of the specification: from year 1 to year 9999, in nanoseconds.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use maq_value::Instant;
use std::fmt;

const MIN_SECOND: i64 = -62_135_596_800;
const MAX_SECOND: i64 = 253_402_300_799;
const DAY: i64 = 86_400;

/// An instant between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: i32,
}

impl Timestamp {
    /// From seconds since 1970 and nanoseconds after them.
    pub fn new(seconds: i64, nanos: i32) -> Option<Timestamp> {
        let seconds = seconds.checked_add(i64::from(nanos.div_euclid(1_000_000_000)))?;
        let nanos = nanos.rem_euclid(1_000_000_000);
        (MIN_SECOND..=MAX_SECOND).contains(&seconds).then_some(Timestamp { seconds, nanos })
    }

    /// The instant of a record or a clock; a record may have one of the year 0 too.
    pub fn from_instant(instant: Instant) -> Timestamp {
        let seconds = instant.0.div_euclid(1_000_000);
        let nanos = (instant.0.rem_euclid(1_000_000) * 1000) as i32;
        Timestamp { seconds, nanos }
    }

    /// In microseconds, rounded down.
    pub fn instant(self) -> Instant {
        Instant(self.seconds * 1_000_000 + i64::from(self.nanos / 1000))
    }

    /// Seconds since 1970, rounded down.
    pub fn as_second(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after the second.
    pub fn subsec_nanosecond(self) -> i32 {
        self.nanos
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let (date, rest) = (text.get(..10)?, text.get(10..)?);
        let rest = rest.strip_prefix(['T', 't'])?;
        let (clock, rest) = (rest.get(..8)?, rest.get(8..)?);
        let digits = rest.strip_prefix('.').map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let (nanos, zone) = match digits {
            None => (0, rest),
            Some(0) => return None,
            Some(count) => {
                let fraction: String = rest.get(1..=count)?.chars().take(9).collect();
                (format!("{fraction:0<9}").parse::<i32>().ok()?, rest.get(1 + count..)?)
            }
        };
        let civil = DateTime::from_parts(parse_date(date)?, parse_clock(clock)?);
        let offset = if zone.eq_ignore_ascii_case("z") { 0 } else { parse_offset(zone, true)? };
        Timestamp::new(days(civil.date()) * DAY + clock_second(civil.time()) - i64::from(offset), nanos)
    }

    /// Moved by `duration`.
    pub fn checked_add(self, duration: SignedDuration) -> Option<Timestamp> {
        let seconds = self.seconds.checked_add(duration.as_secs())?;
        Timestamp::new(seconds, self.nanos + duration.subsec_nanos())
    }

    /// The time from `other` to this.
    pub fn since(self, other: Timestamp) -> SignedDuration {
        SignedDuration::new(self.seconds - other.seconds, self.nanos - other.nanos)
    }

    /// What a calendar and a clock show in `zone`: an IANA name, or an offset like `+02:00`; none for UTC.
    pub fn civil(self, zone: Option<&str>) -> Option<DateTime> {
        let offset = match zone {
            None | Some("UTC" | "Z") => 0,
            Some(zone) => match parse_offset(zone, false) {
                Some(offset) => offset,
                None => self.offset(&TimeZone::get(zone).ok()?).seconds(),
            },
        };
        let local = self.seconds + i64::from(offset);
        let date = date_of(local.div_euclid(DAY))?;
        let second = i32::try_from(local.rem_euclid(DAY)).ok()?;
        let time = Time::new(
            i8::try_from(second / 3600).ok()?,
            i8::try_from(second / 60 % 60).ok()?,
            i8::try_from(second % 60).ok()?,
            self.nanos,
        );
        Some(DateTime::from_parts(date, time.ok()?))
    }

    fn offset(self, zone: &TimeZone) -> Offset {
        let near = jiff::Timestamp::new(self.seconds, self.nanos).unwrap_or(jiff::Timestamp::MAX);
        zone.to_offset(near)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(civil) = self.civil(None) else { return write!(f, "{}s", self.seconds) };
        let (date, time) = (civil.date(), civil.time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), date.month(), date.day())?;
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if self.nanos != 0 {
            write!(f, ".{}", format!("{:09}", self.nanos).trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A date like 2026-11-21, and nothing else.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    Date::new(number(year)?, number(month)?, number(day)?).ok()
}

fn parse_clock(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || hour.len() != 2 || minute.len() != 2 || second.len() != 2 {
        return None;
    }
    Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()
}

/// Seconds of `+02:00`; without a sign only where it need not have one.
fn parse_offset(text: &str, signed: bool) -> Option<i32> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ if signed => return None,
        _ => (1, text),
    };
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number::<i32>(hours)?, number::<i32>(minutes)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn clock_second(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// Days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn date_of(days: i64) -> Option<Date> {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn the_whole_range_is_read_and_written() {
        for text in
            ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "2000-02-29T12:00:00Z", "9999-12-31T23:59:59.999999999Z"]
        {
            assert_eq!(Timestamp::parse(text).map(|it| it.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Timestamp::parse("2026-01-01T00:30:00+01:00"), Timestamp::parse("2025-12-31T23:30:00Z"));
        for text in ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01", ""] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
