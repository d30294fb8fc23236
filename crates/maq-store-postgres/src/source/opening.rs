//! The address of a source, and what it must not be.

use super::connection::{Connection, ask, literal};
use maq_store::source::SourceError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;
use url::Url;

/// Where a source is and what of it is read.
pub(super) struct Opening {
    pub options: PgConnectOptions,
    /// The address for people, without a password.
    pub location: String,
    /// The schemas asked for; all when none.
    pub schemas: Vec<String>,
}

impl Opening {
    /// Reads an address.
    pub fn read(text: &str) -> Result<Opening, SourceError> {
        let unreadable = |location: &str, reason: String| SourceError::Unreadable { location: location.into(), reason };
        let mut url = Url::parse(text)
            .map_err(|error| unreadable("postgres://…", format!("the address cannot be read: {error}")))?;
        let (mut schemas, mut pooled, mut rest) = (Vec::new(), false, Vec::new());
        for (key, value) in url.query_pairs() {
            match &*key {
                "schema" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    schemas.extend(names.map(str::to_owned));
                }
                "pgbouncer" => pooled = value == "true",
                _ => rest.push((key.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        let location = location(&url, &schemas);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        let mut options = PgConnectOptions::from_str(url.as_str())
            .map_err(|error| unreadable(&location, format!("the address cannot be read: {error}")))?
            .application_name("maquette")
            .statement_cache_capacity(0)
            .disable_statement_logging();
        if pooled {
            options = options.extra_float_digits(None);
        }
        Ok(Opening { options, location, schemas })
    }

    /// A condition on `n`, a row of pg_namespace.
    pub fn schema_condition(&self) -> String {
        if self.schemas.is_empty() {
            return "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'".into();
        }
        let names: Vec<String> = self.schemas.iter().map(|name| literal(name)).collect();
        format!("n.nspname IN ({})", names.join(", "))
    }
}

fn location(url: &Url, schemas: &[String]) -> String {
    let mut shown = url.clone();
    // An address that can have no password has none to take away.
    let _ = shown.set_password(None);
    if !schemas.is_empty() {
        shown.set_query(Some(&format!("schema={}", schemas.join(","))));
    }
    shown.to_string()
}

/// Refuses a schema that is not there, and a Maquette store.
pub(super) async fn examine(connection: &mut Connection, opening: &Opening) -> Result<(), SourceError> {
    let there = ask(connection, "SELECT nspname FROM pg_namespace").await.map_err(|error| opening.error(&error))?;
    for schema in &opening.schemas {
        if !there.iter().any(|row| row.text(0) == *schema) {
            let reason = format!("there is no schema `{schema}`");
            return Err(SourceError::Unreadable { location: opening.location.clone(), reason });
        }
    }
    let sql = format!(
        "SELECT n.nspname FROM pg_namespace n WHERE {} AND (SELECT count(*) FROM pg_class c
         WHERE c.relnamespace = n.oid AND c.relname IN ('meta_store', 'meta_audit')) = 2",
        opening.schema_condition()
    );
    let own = ask(connection, &sql).await.map_err(|error| opening.error(&error))?;
    if own.is_empty() { Ok(()) } else { Err(SourceError::OwnStore(opening.location.clone())) }
}

impl Opening {
    /// An error at this place.
    pub fn error(&self, error: &sqlx::Error) -> SourceError {
        super::trouble::source_error(&self.location, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_without_its_secrets() {
        let opening = Opening::read("postgres://ann:s3cret@db.test:5433/shop?schema=a,%20b&sslmode=disable").unwrap();
        assert_eq!(opening.location, "postgres://ann@db.test:5433/shop?schema=a,b");
        assert_eq!(opening.schemas, ["a", "b"]);
        assert_eq!(opening.schema_condition(), "n.nspname IN ('a', 'b')");
        let wrong = Opening::read("postgres://ann:s3cret@:bad").err().unwrap().to_string();
        assert!(!wrong.contains("s3cret") && wrong.contains("the address cannot be read"), "{wrong}");
    }
}
