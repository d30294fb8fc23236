//! Compiling 1,000 entities from nothing, and again after one edit. Floor: reading the same documents from JSON text.

use super::Failure;
use crate::measure::{median, millis};
use crate::report::{Better, Report};
use crate::samples;
use maq_compile::{CompileOptions, IncrementalCompiler, compile};
use maq_doc::Document;
use std::sync::Arc;
use std::time::Instant;

const ENTITIES: usize = 1000;

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let documents = samples::documents(ENTITIES)?;
    let options = CompileOptions::default();
    let compiled = compile(&documents, &options);
    if compiled.has_errors() || compiled.model.len() != ENTITIES {
        return Err(format!("the sample does not compile: {:?}", compiled.findings.first()).into());
    }
    let text = serde_json::to_string(&samples::entity_documents(ENTITIES)?)?;
    let floor = millis(5, || (), |()| serde_json::from_str::<Vec<Document>>(&text));
    let ours = millis(5, || (), |()| compile(&documents, &options));
    report.add("compile/1000-entities", "ms", Better::Lower, ours, Some(floor));

    let mut compiler = IncrementalCompiler::new();
    let mut documents = documents;
    compiler.compile(&documents, &options);
    let mut times = Vec::new();
    for edit in 0..50 {
        let at = (edit * 37) % ENTITIES;
        if let Some(slot) = documents.get_mut(at)
            && let Document::Entity(entity) = &**slot
        {
            let mut entity = entity.clone();
            if let Some(field) = entity.fields.first_mut() {
                field.max_length = Some(30 + edit as u64);
            }
            *slot = Arc::new(Document::Entity(entity));
        }
        let start = Instant::now();
        std::hint::black_box(compiler.compile(&documents, &options));
        times.push(crate::measure::in_millis(start.elapsed()));
    }
    report.add("compile/recompile-one-of-1000", "ms", Better::Lower, median(times), None);
    Ok(())
}
