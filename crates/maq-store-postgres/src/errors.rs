//! What Postgres and the network say, in the words of the ports. Codes: appendix A of the manual of PostgreSQL.

use maq_store::{Refused, StoreError};
use sqlx::postgres::PgDatabaseError;

/// Why a unit of work, or a part of it, did not go through.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Its own doing.
    Refused(Refused),
    /// Another unit was faster; the same one may go through when it is run again.
    Collided(StoreError),
    /// The store's or the machine's doing.
    Broken(StoreError),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Failure::Refused(refused)
    }
}

impl Failure {
    /// A statement's error: constraints are refusals, everything else is not.
    pub(crate) fn of(location: &str, error: &sqlx::Error) -> Failure {
        let Some(database) = database_error(error) else { return Failure::Broken(store_error(location, error)) };
        if let Some(refused) = refusal(database) {
            return Failure::Refused(refused);
        }
        match database.code() {
            // Serialisation, deadlock.
            "40001" | "40P01" => Failure::Collided(StoreError::Unavailable("another change was faster".into())),
            _ => Failure::Broken(store_error(location, error)),
        }
    }

    /// The error that is answered.
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Failure::Refused(refused) => StoreError::Refused(refused),
            Failure::Collided(error) | Failure::Broken(error) => error,
        }
    }
}

fn database_error(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The code of an error that Postgres answered.
pub(crate) fn code(error: &sqlx::Error) -> Option<&str> {
    database_error(error).map(PgDatabaseError::code)
}

/// The refusal behind a constraint error, with what Postgres names: the constraint, or the column.
fn refusal(error: &PgDatabaseError) -> Option<Refused> {
    let constraint = || error.constraint().unwrap_or_default().to_owned();
    Some(match error.code() {
        "23505" | "23P01" => Refused::Unique(constraint()),
        "23503" => Refused::ForeignKey(constraint()),
        "23514" => Refused::Check(constraint()),
        "23502" => {
            let column = error.column().unwrap_or_default();
            Refused::NotNull(error.table().map_or(column.to_owned(), |table| format!("{table}.{column}")))
        }
        // Too large a number, a character the database cannot hold, too long a value for an index.
        "22003" | "22021" | "22P05" | "54000" => Refused::Check(error.message().to_owned()),
        _ => return None,
    })
}

/// An error that is no refusal.
pub(crate) fn store_error(location: &str, error: &sqlx::Error) -> StoreError {
    let location = location.to_owned();
    let Some(database) = database_error(error) else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                StoreError::Unavailable(format!("{location}: {}", plain(error)))
            }
            sqlx::Error::Configuration(_) => StoreError::NotAStore { location, reason: plain(error) },
            _ => StoreError::Fault(format!("{location}: {}", plain(error))),
        };
    };
    let message = database.message().to_owned();
    match database.code() {
        // What a pooler says when it knows no such setting.
        _ if message.contains("unsupported startup parameter") => hidden_pooler(&location),
        "28P01" | "28000" | "42501" => StoreError::Permission(location),
        "3D000" | "3F000" => StoreError::NotFound(location),
        "53100" => StoreError::DiskFull(location),
        "XX001" | "XX002" => StoreError::Corrupt { location, reason: message },
        // Not in time, a lock not had in time, a standby that became read-only.
        "57014" | "55P03" | "25006" => StoreError::Unavailable(format!("{location}: {message}")),
        code if ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(format!("{location}: {message}"))
        }

        code => StoreError::Fault(format!("{location}: {message} ({code})")),
    }
}

/// The words of an error without what it was caused by twice.
fn plain(error: &sqlx::Error) -> String {
    error.to_string().replace("error communicating with database: ", "")
}

/// A pooler of transactions that the address does not tell of.
pub(crate) fn hidden_pooler(location: &str) -> StoreError {
    let reason = "a connection pooler stands in between: add `pgbouncer=true` to the address".into();
    StoreError::NotAStore { location: location.to_owned(), reason }
}

/// What a caller gets once the store is closed.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}
