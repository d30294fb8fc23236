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

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Instant::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}
