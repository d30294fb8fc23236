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
    run::target("documents", bolero::check!(), documents::check);
}

#[test]
fn bundles() {
    run::target("bundles", bolero::check!(), bundles::check);
}

#[test]
fn records() {
    run::target("records", bolero::check!(), records::check);
}

#[test]
fn filters() {
    run::target("filters", bolero::check!(), filters::check);
}

#[test]
fn import() {
    run::target("import", bolero::check!(), import::check);
}

#[test]
fn http() {
    run::target("http", bolero::check!(), http::check);
}

#[test]
fn expression() {
    run::target("expression", bolero::check!(), expression::check);
}

#[test]
fn condition() {
    run::target("condition", bolero::check!(), condition::check);
}

#[test]
fn policies() {
    run::target("policies", bolero::check!(), policies::check);
}
