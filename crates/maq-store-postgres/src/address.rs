//! Where a store is: a `postgres://` URL with a few parameters of our own.

use maq_store::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;
use url::Url;

/// Connections of a pool, unless the address says otherwise.
const CONNECTIONS: usize = 10;

/// A database and what of it is meant.
///
/// Besides what libpq knows (`sslmode`, `sslrootcert`, `host`, ...), an address may say `workspace=<name>` (schema
/// `ws_<name>`), `pgbouncer=true` (transaction pooling in between: no session state, no prepared statements kept) and
/// `connections=<n>`. Passwords may stand in the address, in `PGPASSWORD` or in the password file.
#[derive(Clone)]
pub struct Address {
    pub(crate) options: PgConnectOptions,
    pub(crate) workspace: Option<String>,
    pub(crate) pgbouncer: bool,
    pub(crate) connections: usize,
    location: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.location)
    }
}

impl Address {
    /// Whether a text is the address of a Postgres.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] with what is wrong with it; never with a password.
    pub fn parse(text: &str) -> Result<Address, StoreError> {
        let unreadable = |location: &str, reason: String| StoreError::NotAStore { location: location.into(), reason };
        let mut url = Url::parse(text)
            .map_err(|error| unreadable("postgres://…", format!("the address cannot be read: {error}")))?;
        let location = without_secrets(&url);
        let (mut workspace, mut pgbouncer, mut connections, mut rest) = (None, false, CONNECTIONS, Vec::new());
        for (key, value) in url.query_pairs() {
            match &*key {
                "workspace" => workspace = Some(value.into_owned()),
                "pgbouncer" => {
                    pgbouncer =
                        value.parse().map_err(|_| unreadable(&location, "pgbouncer is true or false".into()))?;
                }
                "connections" => {
                    let wrong = || unreadable(&location, "connections is a number from 1 to 1000".into());
                    connections = value.parse().ok().filter(|it| (1..=1000).contains(it)).ok_or_else(wrong)?;
                }
                _ => rest.push((key.into_owned(), value.into_owned())),
            }
        }
        if let Some(name) = workspace.as_deref().filter(|name| !is_workspace_name(name)) {
            let reason = format!(
                "`{name}` cannot be a workspace's name: it has 1 to 60 small letters, digits and `_`, a letter first"
            );
            return Err(unreadable(&location, reason));
        }
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        let options = PgConnectOptions::from_str(url.as_str())
            .map_err(|error| unreadable(&location, format!("the address cannot be read: {error}")))?
            .application_name("maquette")
            .disable_statement_logging();
        Ok(Address { options, workspace, pgbouncer, connections, location })
    }

    /// The address for people, without a password.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The name of the workspace it means; a server's address has none.
    pub fn workspace(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// This login for the workspace or server that another address means.
    pub(crate) fn of_the_same(&self, other: &Address) -> Address {
        Address { workspace: other.workspace.clone(), ..self.clone() }
    }

    /// The schemas of the store, records' first.
    pub(crate) fn schemas(&self) -> Vec<String> {
        match &self.workspace {
            Some(name) => vec![format!("ws_{name}")],
            None => vec!["data".to_owned(), "meta".to_owned()],
        }
    }

    /// The schema of the meta tables.
    pub(crate) fn meta_schema(&self) -> String {
        self.schemas().pop().unwrap_or_default()
    }

    /// Names in statements are looked up in the store's schemas only; temporary tables never stand before them.
    pub(crate) fn search_path(&self) -> String {
        format!("{},pg_temp", self.schemas().join(","))
    }

    /// What a connection is opened with.
    pub(crate) fn connect_options(&self) -> PgConnectOptions {
        let options = self.options.clone();
        if self.pgbouncer {
            // A pooler in between takes no settings; each transaction makes its own.
            return options.extra_float_digits(None).statement_cache_capacity(0);
        }
        options.statement_cache_capacity(500).options([
            ("search_path", self.search_path()),
            ("default_transaction_read_only", "on".to_owned()),
            ("statement_timeout", "60s".to_owned()),
            ("idle_in_transaction_session_timeout", "60s".to_owned()),
            ("jit", "off".to_owned()),
        ])
    }
}

fn is_workspace_name(name: &str) -> bool {
    let rest = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    name.len() <= 60 && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(rest)
}

fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    // Neither can fail on an address with a host; without one there is no password.
    let _ = shown.set_password(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| ["workspace", "host", "port", "dbname"].contains(&&**key))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    shown.set_query(None);
    if !kept.is_empty() {
        shown.query_pairs_mut().extend_pairs(kept);
    }
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address = Address::parse("postgres://ann:s3cret@db.test:5433/shop?workspace=shop&sslpassword=x").unwrap();
        assert_eq!(address.location(), "postgres://ann@db.test:5433/shop?workspace=shop");
        assert_eq!(format!("{address:?}"), address.location());
        assert_eq!(address.search_path(), "ws_shop,pg_temp");
        assert_eq!((address.options.get_host(), address.options.get_port()), ("db.test", 5433));
    }

    #[test]
    fn a_server_has_two_schemas() {
        let address = Address::parse("postgresql://ann@localhost/shop?pgbouncer=true&connections=3").unwrap();
        assert_eq!((address.search_path().as_str(), address.pgbouncer), ("data,meta,pg_temp", true));
        assert_eq!((address.meta_schema().as_str(), address.connections), ("meta", 3));
    }

    #[test]
    fn a_wrong_address_is_refused_in_words() {
        let reason = |text: &str| Address::parse(text).unwrap_err().to_string();
        assert!(reason("postgres://ann:s3cret@h/d?workspace=A%3B").contains("`A;` cannot be a workspace's name"));
        assert!(reason("postgres://ann:s3cret@h/d?connections=0").contains("a number from 1 to 1000"));
        for text in ["postgres://ann:s3cret@h:x/d", "postgres://ann:s3cret@h/d?sslmode=wrong"] {
            assert!(!reason(text).contains("s3cret"), "{}", reason(text));
        }
    }
}
