//! What Postgres and the network say, in the words of the port. Codes: appendix A of the manual of PostgreSQL.

use maq_store::source::SourceError;
use sqlx::postgres::PgDatabaseError;
use std::io::ErrorKind;

/// An error as the port says it.
pub(super) fn source_error(location: &str, error: &sqlx::Error) -> SourceError {
    let unreadable = |reason: String| SourceError::Unreadable { location: location.to_owned(), reason };
    if let Some(database) = answered(error) {
        let message = database.message();
        return match database.code() {
            "28P01" => unreadable("the password is refused".into()),
            "28000" => unreadable(format!("the login is refused: {message}")),
            "3D000" => SourceError::NotFound(location.to_owned()),
            "XX001" | "XX002" => SourceError::Damaged { location: location.to_owned(), reason: message.to_owned() },
            "57P01" | "57P02" => unreadable(format!("the connection broke off: {message}")),
            _ if message.contains("unsupported startup parameter") => {
                unreadable("a connection pooler stands in between: add `pgbouncer=true` to the address".into())
            }
            _ => unreadable(message.to_owned()),
        };
    }
    match error {
        sqlx::Error::Io(error) => unreadable(match error.kind() {
            ErrorKind::ConnectionRefused => "nothing answers at this host and port".into(),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => "the connection broke off".into(),
            _ => format!("the host cannot be reached: {error}"),
        }),
        sqlx::Error::Tls(error) => unreadable(format!("no safe connection (TLS): {error}")),
        other => unreadable(other.to_string()),
    }
}

/// What the database itself answered, when it did.
pub(super) fn answered(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// Why one table cannot be read while the rest can; none when the whole connection is in trouble.
pub(super) fn of_one_table(error: &sqlx::Error) -> Option<String> {
    let database = answered(error)?;
    let fatal = ["08", "53", "57", "58", "XX"].iter().any(|class| database.code().starts_with(class));
    (!fatal).then(|| database.message().to_owned())
}
