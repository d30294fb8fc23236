//! Starts a throw-away Postgres, prints the URL of its superuser, and keeps it until its standard input ends:
//! `./dev test` holds that input open for the whole run.

use maq_testkit::postgres::{Cluster, Options};
use std::io::{Read, Write};

fn main() -> std::io::Result<()> {
    let cluster = Cluster::start(Options::default());
    let mut output = std::io::stdout();
    writeln!(output, "{}", cluster.superuser_url("postgres"))?;
    output.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
