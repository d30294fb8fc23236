//! The type of a field where the source's type alone says what a column holds. Values that the field's type cannot say
//! (infinity, months, a year 10000, more than 28 digits) make it a text field, in which all of them stand as written.

use super::{Chosen, Why, is_safe};
use maq_store::source::{ColumnProfile, NativeType};

/// Chooses the type of a column.
pub(super) fn choose(native: &NativeType, profile: &ColumnProfile) -> Chosen {
    let filled = profile.filled();
    let when = |fits: u64, kind: &'static str| if fits == filled { Chosen::of(kind) } else { as_text() };
    let read_as = |chosen: Chosen, how: &'static str| {
        let read_as = (chosen.why == Why::Declared).then_some(how);
        Chosen { read_as, ..chosen }
    };
    if profile.invalid_texts > 0 {
        return Chosen::of("bytes").because(Why::Mixed);
    }
    match native {
        NativeType::Whole if is_safe(profile) => Chosen::of("integer"),
        NativeType::Whole => Chosen::of("bigint").because(Why::Widened),
        NativeType::Double => when(profile.reals, "number"),
        NativeType::Decimal { limits } => decimal(*limits, profile),
        NativeType::Money => read_as(decimal(Some((19, 2)), profile), "which is read as a number without its currency"),
        NativeType::Boolean => Chosen::of("boolean"),
        NativeType::Text(None) => Chosen::of("text"),
        NativeType::Text(longest) => Chosen { max_length: *longest, ..Chosen::of("string") },
        NativeType::Filled(length) => read_as(
            Chosen { max_length: Some(*length), ..Chosen::of("string") },
            "whose blanks at the end are taken off",
        ),
        NativeType::CaselessText => {
            read_as(Chosen::of("text"), "which is compared without regard to case; its field is compared by bytes")
        }
        NativeType::Bytes => Chosen::of("bytes"),
        NativeType::Date => when(profile.date_texts, "date"),
        NativeType::Time => when(profile.time_texts, "time"),
        NativeType::Moment => when(profile.instant_texts, "datetime"),
        NativeType::LocalMoment => {
            read_as(when(profile.instant_texts, "datetime"), "which has no zone and is read as UTC")
        }
        NativeType::Interval => read_as(when(profile.duration_texts, "duration"), "of which a day is read as 24 hours"),
        NativeType::Uuid => Chosen::of("uuid"),
        NativeType::Enum(labels) if !labels.is_empty() && labels.iter().all(|label| !label.is_empty()) => {
            Chosen { enum_values: labels.clone(), ..Chosen::of("enum") }
        }
        NativeType::Enum(_) => {
            read_as(Chosen::of("text"), "which has no labels, or an empty one: its field takes any text")
        }
        NativeType::Json => when(profile.json_texts, "json"),
        NativeType::List => read_as(when(profile.json_texts, "list"), "an array, which is read as a list in JSON"),
        NativeType::Object => {
            read_as(when(profile.json_texts, "object"), "a row type, which is read as an object in JSON")
        }
        NativeType::Other => Chosen::of("text").because(Why::NoCounterpart),
    }
}

fn as_text() -> Chosen {
    Chosen::of("text").because(Why::Mixed)
}

/// A decimal field with room for all digits, when there are 28 at most.
fn decimal(limits: Option<(u32, u32)>, profile: &ColumnProfile) -> Chosen {
    if profile.reals != profile.filled() {
        return as_text();
    }
    let (scale, whole) = (profile.max_scale.unwrap_or(0), profile.max_whole_digits.max(1));
    let of =
        |precision, scale, why| Chosen { precision: Some(precision), scale: Some(scale), why, ..Chosen::of("decimal") };
    match limits {
        Some((digits, after)) if digits <= 28 && scale <= after && whole <= (digits - after).max(1) => {
            of(digits, after, Why::Declared)
        }
        None if scale <= 6 && whole <= 12 => of(18, scale.max(2), Why::Declared),
        _ if whole + scale <= 28 => of(28, scale.max(2).min(28 - whole), Why::Widened),
        _ => as_text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_decides_where_every_value_fits_and_text_keeps_the_rest() {
        let texts = |instants| ColumnProfile { texts: 2, instant_texts: instants, ..ColumnProfile::default() };
        let numbers = |whole, scale, infinite| ColumnProfile {
            reals: 2,
            texts: infinite,
            infinite,
            max_whole_digits: whole,
            max_scale: Some(scale),
            ..ColumnProfile::default()
        };
        let numeric = |limits| NativeType::Decimal { limits };
        for (native, profile, kind, why) in [
            (NativeType::Moment, texts(2), "datetime", Why::Declared),
            (NativeType::Moment, texts(1), "text", Why::Mixed),
            (NativeType::Interval, texts(0), "text", Why::Mixed),
            (NativeType::Double, numbers(1, 0, 1), "text", Why::Mixed),
            (numeric(Some((12, 2))), numbers(10, 2, 0), "decimal", Why::Declared),
            (numeric(Some((2, 2))), numbers(1, 2, 0), "decimal", Why::Declared),
            (numeric(Some((40, 10))), numbers(20, 4, 0), "decimal", Why::Widened),
            (numeric(None), numbers(20, 9, 0), "text", Why::Mixed),
            (numeric(None), numbers(3, 6, 0), "decimal", Why::Declared),
            (numeric(None), numbers(1, 1, 1), "text", Why::Mixed),
            (NativeType::Enum(vec!["a".into(), String::new()]), texts(0), "text", Why::Declared),
            (NativeType::Other, texts(0), "text", Why::NoCounterpart),
        ] {
            let chosen = choose(&native, &profile);
            assert_eq!((chosen.kind, chosen.why), (kind, why), "{native:?}");
        }
        let local = choose(&NativeType::LocalMoment, &texts(2));
        assert_eq!(local.read_as, Some("which has no zone and is read as UTC"));
    }
}
