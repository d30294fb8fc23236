//! The targets. Each takes bytes; see [`run`] for how they are chosen, kept and replayed.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bundles;
mod condition;
mod documents;
mod expression;
mod filters;
mod http;
mod import;
mod policies;
mod records;
mod run;
mod samples;
mod world;

#[test]
fn documents() {
    run::target("documents", 4_000, bolero::check!(), documents::check);
}

#[test]
fn bundles() {
    run::target("bundles", 10_000, bolero::check!(), bundles::check);
}

#[test]
fn records() {
    run::target("records", 16_000, bolero::check!(), records::check);
}

#[test]
fn filters() {
    run::target("filters", 4_000, bolero::check!(), filters::check);
}

#[test]
fn import() {
    run::target("import", 7_000, bolero::check!(), import::check);
}

#[test]
fn http() {
    run::target("http", 150, bolero::check!(), http::check);
}

#[test]
fn expression() {
    run::target("expression", 3_000, bolero::check!(), expression::check);
}

#[test]
fn condition() {
    run::target("condition", 3_000, bolero::check!(), condition::check);
}

#[test]
fn policies() {
    run::target("policies", 2_500, bolero::check!(), policies::check);
}
