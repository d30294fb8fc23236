//! Sample models to start from.

use crate::failure::{CliResult, Failure};
use maq_doc::{Document, read_document};
use serde_json::Value as Json;

/// Names and texts: each text is a list of documents.
const SAMPLES: [(&str, &str); 2] =
    [("invoicing", include_str!("samples/invoicing.json")), ("shop", include_str!("samples/shop.json"))];

/// The documents of the sample `name`.
///
/// # Errors
/// `usage/sample-unknown`.
pub fn sample(name: &str) -> CliResult<Vec<Document>> {
    let Some((_, text)) = SAMPLES.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = SAMPLES.iter().map(|(known, _)| *known).collect();
        let help = format!("there are {}", names.join(", "));
        return Err(Failure::usage("usage/sample-unknown", format!("there is no sample `{name}`"), &help));
    };
    let documents: Vec<Json> = serde_json::from_str(text).map_err(maq_app::AppError::fault)?;
    let read = documents.into_iter().map(|json| {
        read_document(name, json).map_err(|findings| maq_app::AppError::fault(format!("{findings:?}")).into())
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_can_be_read() {
        for (name, _) in SAMPLES {
            assert!(sample(name).unwrap().len() >= 5, "{name}");
        }
        assert_eq!(sample("none").unwrap_err().error().code, "usage/sample-unknown");
    }
}
