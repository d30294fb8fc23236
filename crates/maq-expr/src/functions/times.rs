//! Parts of instants, durations, dates and times; durations as text.

use crate::eval::{Attempt, Failure};
use crate::{Timestamp, Val};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use maq_value::Instant;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>], now: Option<Instant>) -> Option<Attempt<'a>> {
    match (function, args) {
        ("today", [Val::String(zone)]) => {
            let Some(now) = now else { return Some(Err(Failure::invalid("nobody says what time it is"))) };
            Some(civil(Timestamp::from_instant(now), Some(zone)).map(|(date, _)| Val::Date(date)))
        }
        (_, [Val::Timestamp(at)]) => known(function).then(|| of_instant(function, *at, None)),
        (_, [Val::Timestamp(at), Val::String(zone)]) => known(function).then(|| of_instant(function, *at, Some(zone))),
        (_, [Val::Date(date)]) => of_date(function, *date).map(|part| Ok(Val::Int(part))),
        (_, [Val::Time(time)]) => of_time(function, *time).map(|part| Ok(Val::Int(part))),
        (_, [Val::Duration(duration)]) => of_duration(function, *duration).map(|part| Ok(Val::Int(part))),
        _ => None,
    }
}

fn known(function: &str) -> bool {
    of_date(function, Date::constant(1970, 1, 1)).is_some() || of_time(function, Time::midnight()).is_some()
}

fn civil(at: Timestamp, zone: Option<&str>) -> Result<(Date, Time), Failure> {
    let civil = at.civil(zone).ok_or_else(|| Failure::invalid("no such time zone"))?;
    Ok((civil.date(), civil.time()))
}

fn of_instant<'a>(function: &str, at: Timestamp, zone: Option<&str>) -> Attempt<'a> {
    let (date, time) = civil(at, zone)?;
    of_date(function, date)
        .or_else(|| of_time(function, time))
        .map(Val::Int)
        .ok_or_else(|| super::no_overload(function))
}

/// Months, days of a month and days of a year are counted from 0, except for `getDate`.
fn of_date(function: &str, date: Date) -> Option<i64> {
    Some(match function {
        "getFullYear" => i64::from(date.year()),
        "getMonth" => i64::from(date.month()) - 1,
        "getDate" => i64::from(date.day()),
        "getDayOfMonth" => i64::from(date.day()) - 1,
        "getDayOfWeek" => i64::from(date.weekday().to_sunday_zero_offset()),
        "getDayOfYear" => i64::from(date.day_of_year()) - 1,
        _ => return None,
    })
}

fn of_time(function: &str, time: Time) -> Option<i64> {
    Some(match function {
        "getHours" => i64::from(time.hour()),
        "getMinutes" => i64::from(time.minute()),
        "getSeconds" => i64::from(time.second()),
        "getMilliseconds" => i64::from(time.subsec_nanosecond()) / 1_000_000,
        _ => return None,
    })
}

/// Whole hours, minutes and seconds of all of it; milliseconds after the second.
fn of_duration(function: &str, duration: SignedDuration) -> Option<i64> {
    Some(match function {
        "getHours" => duration.as_secs() / 3600,
        "getMinutes" => duration.as_secs() / 60,
        "getSeconds" => duration.as_secs(),
        "getMilliseconds" => i64::from(duration.subsec_nanos()) / 1_000_000,
        _ => return None,
    })
}

/// Seconds with a fraction: `90s`, `-0.5s`.
pub(super) fn shown(duration: SignedDuration) -> String {
    let sign = if duration.is_negative() { "-" } else { "" };
    let size = duration.unsigned_abs();
    let fraction = format!("{:09}", size.subsec_nanos());
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{}s", size.as_secs()),
        fraction => format!("{sign}{}.{fraction}s", size.as_secs()),
    }
}

/// Reads `1h30m`, `-1.5s`, `100ms`. The inner none is a duration beyond every range.
pub(super) fn read(text: &str) -> Option<Option<SignedDuration>> {
    const UNITS: [(&str, i128); 7] = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
    ];
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Some(SignedDuration::ZERO));
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanos: i128 = 0;
    let mut beyond = false;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(end);
        let (name, unit) = UNITS.iter().find(|(name, _)| after.starts_with(name))?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let fraction: String = fraction.chars().take(18).collect();
        let parts =
            (if whole.is_empty() { "0" } else { whole }).parse::<i128>().ok().and_then(|it| it.checked_mul(*unit));
        beyond |= parts.is_none_or(|parts| parts > i128::from(u64::MAX));
        nanos = nanos.saturating_add(parts.unwrap_or(0));
        if !fraction.is_empty() {
            let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
            nanos += fraction.parse::<i128>().ok()? * unit / scale;
        }
        rest = after.get(name.len()..)?;
    }
    let nanos = if negative { -nanos } else { nanos };
    let second = 1_000_000_000;
    if beyond || nanos.abs() > i128::from(u64::MAX) {
        return Some(None);
    }
    let (seconds, rest) = (i64::try_from(nanos / second).ok()?, i32::try_from(nanos % second).ok()?);
    Some(Some(SignedDuration::new(seconds, rest)))
}
