//! Which texts and numbers of a source are read as dates, instants, times, UUIDs and JSON. Profiles count with these,
//! conversions read with these, so that what was counted is what is converted. Only forms that lose nothing are read:
//! an offset other than `Z`, a seventh fraction digit or a JSON text with spaces stays text.

use maq_value::{Date, Instant, Time, Uuid};

/// `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    (bytes.len() == 10 && shaped(bytes, b"dddd-dd-dd")).then(|| text.parse().ok())?
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f` with up to six digits.
pub fn time(text: &str) -> Option<Time> {
    time_of_day(text)?.parse().ok()
}

/// `YYYY-MM-DD` alone (midnight) or with `T` or a space, a time and perhaps `Z`; without a zone it is taken as UTC.
pub fn instant(text: &str) -> Option<Instant> {
    if !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let (day, rest) = text.split_at(10);
    date(day)?;
    if rest.is_empty() {
        return Instant::parse(&format!("{day}T00:00:00Z"));
    }
    let clock = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('T'))?;
    let clock = time_of_day(clock.strip_suffix('Z').unwrap_or(clock))?;
    Instant::parse(&format!("{day}T{clock}Z"))
}

/// How an instant is written: length, separator, zone.
pub fn instant_shape(text: &str) -> (usize, u8, bool) {
    (text.len(), text.as_bytes().get(10).copied().unwrap_or(0), text.ends_with('Z'))
}

/// A UUID in lower case with dashes.
pub fn uuid(text: &str) -> Option<Uuid> {
    text.parse::<Uuid>().ok().filter(|uuid| uuid.to_string() == text)
}

/// The microseconds of `PT1.5S` or `-PT0.000001S`: seconds with up to six digits, nothing else.
pub fn duration(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let number = rest.strip_prefix("PT")?.strip_suffix('S')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros).map(|all| all * sign)
}

/// The text that [`duration`] reads.
pub fn duration_text(micros: i64) -> String {
    let (all, sign) = (micros.unsigned_abs(), if micros < 0 { "-" } else { "" });
    let text = format!("{sign}PT{}.{:06}", all / 1_000_000, all % 1_000_000);
    format!("{}S", text.trim_end_matches('0').trim_end_matches('.'))
}

/// JSON that is written again as it stands; `null` is not, because it would read as an empty column.
#[expect(clippy::cmp_owned, reason = "a JSON value equals a text when it is that text, not when it is written so")]
pub fn json(text: &str) -> Option<serde_json::Value> {
    serde_json::from_str::<serde_json::Value>(text).ok().filter(|json| !json.is_null() && json.to_string() == text)
}

/// The shortest text of a double that reads back as the same double.
pub fn number_text(value: f64) -> String {
    format!("{value:?}")
}

/// The time with seconds, when it is one. A leap second is not read: nothing here could keep it.
fn time_of_day(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    match bytes.len() {
        5 if shaped(bytes, b"dd:dd") => Some(format!("{text}:00")),
        8 if shaped(bytes, b"dd:dd:dd") => below_a_minute(text),
        10..=15 if shaped(bytes.get(..9)?, b"dd:dd:dd.") && bytes.iter().skip(9).all(u8::is_ascii_digit) => {
            below_a_minute(text)
        }
        _ => None,
    }
}

fn below_a_minute(text: &str) -> Option<String> {
    (text.get(6..8)? < "60").then(|| text.to_owned())
}

/// `d` is a digit, anything else itself.
fn shaped(bytes: &[u8], shape: &[u8]) -> bool {
    bytes.len() == shape.len()
        && bytes.iter().zip(shape).all(|(byte, form)| if *form == b'd' { byte.is_ascii_digit() } else { byte == form })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_only_in_one_form_and_only_when_they_exist() {
        assert_eq!(date("2024-02-29").unwrap().to_string(), "2024-02-29");
        for wrong in ["2023-02-29", "0000-00-00", "2024-2-9", "20240229", "2024-02-29 ", "", "12/31/2024", "２024-02-2"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instants_are_read_with_and_without_time_and_never_with_an_offset() {
        for (text, read) in [
            ("1996-07-04 00:00:00.000", "1996-07-04T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2024-02-29T13:45Z", "2024-02-29T13:45:00Z"),
            ("2024-02-29 13:45:01.123456", "2024-02-29T13:45:01.123456Z"),
        ] {
            assert_eq!(instant(text).unwrap().to_string(), read);
        }
        for wrong in [
            "2024-02-29 25:00",
            "2024-02-29T13:45:00+02:00",
            "2024-02-29 13:45:01.1234567",
            "2024-02-29 ",
            "2016-12-31 23:59:60",
        ] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_whole_microseconds() {
        for (text, micros) in [("PT0S", 0), ("PT1.5S", 1_500_000), ("-PT0.000001S", -1), ("PT100S", 100_000_000)] {
            assert_eq!((duration(text), duration_text(micros).as_str()), (Some(micros), text));
        }
        for wrong in ["P1D", "PTS", "PT1.1234567S", "PT1H", "PT+1S", "PT-1S", "PT99999999999999S", ""] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn uuids_and_json_are_read_only_when_nothing_is_lost() {
        assert!(uuid("67e55044-10b1-426f-9247-bb680e5fe0c8").is_some());
        assert!(uuid("67E55044-10b1-426f-9247-bb680e5fe0c8").is_none());
        assert!(json(r#"{"b":1,"a":[1.5,null]}"#).is_some());
        assert!(json(r#"{"b": 1}"#).is_none());
        assert!(json(r#"{"a":1,"a":2}"#).is_none());
    }
}
