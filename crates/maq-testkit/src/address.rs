//! The parts of a database URL that tests replace. Not a general reader of URLs: it knows the URLs that this crate and
//! `./dev` write.

use crate::fail;

/// `postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?QUERY]`, everything as it is written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub scheme: String,
    pub user: String,
    pub password: Option<String>,
    pub host: String,
    pub port: u16,
    pub database: String,
    /// With its question mark, or empty.
    pub query: String,
}

impl Address {
    #[track_caller]
    pub(crate) fn read(url: &str) -> Self {
        Self::parts(url).unwrap_or_else(|| {
            fail(&format!("`{url}` is no database URL of the form postgres://user@host:port/database"))
        })
    }

    fn parts(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (rest, query) =
            rest.split_once('?').map_or((rest, String::new()), |(rest, query)| (rest, format!("?{query}")));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority.rsplit_once('@').unwrap_or(("postgres", authority));
        let (user, password) =
            login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password.to_owned())));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (place, 5432),
        };
        (!host.is_empty()).then(|| Self {
            scheme: scheme.to_owned(),
            user: user.to_owned(),
            password,
            host: host.to_owned(),
            port,
            database: database.to_owned(),
            query,
        })
    }

    pub(crate) fn url(&self) -> String {
        let Self { scheme, user, host, port, database, query, .. } = self;
        let password = self.password.as_ref().map(|password| format!(":{password}")).unwrap_or_default();
        format!("{scheme}://{user}{password}@{host}:{port}/{database}{query}")
    }

    /// The same, at a port of this machine. The name `localhost` stays, because a certificate may be made out to it.
    pub(crate) fn at_port(mut self, port: u16) -> Self {
        if self.host != "localhost" {
            "127.0.0.1".clone_into(&mut self.host);
        }
        self.port = port;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for url in ["postgres://shop:secret@db.example:6000/orders?sslmode=require", "postgresql://me@localhost:1/a"] {
            assert_eq!(Address::read(url).url(), url);
        }
        assert_eq!(Address::read("postgres://me@host/a").url(), "postgres://me@host:5432/a");
    }

    #[test]
    fn only_host_and_port_are_replaced() {
        let moved = |url: &str| Address::read(url).at_port(7000).url();
        assert_eq!(moved("postgres://me:pw@10.0.0.1:5432/a?x=y"), "postgres://me:pw@127.0.0.1:7000/a?x=y");
        assert_eq!(moved("postgres://me@localhost:5432/a"), "postgres://me@localhost:7000/a");
    }
}
