//! Import: preview, run, report.

use crate::call::Call;
use maq_app::{AppResult, ImportRequest, ImportSummary, ImportedObject, ImportedTable, Outcome};
use maq_contract::{ImportObject, ImportReport, ImportTable, PreviewImport, RunImport};

impl Call<'_> {
    pub async fn import_preview(&self, request: PreviewImport) -> AppResult<ImportReport> {
        self.services.importer.preview(self.actor, &request.source, None).await.map(report)
    }

    pub async fn import_run(&self, request: RunImport) -> AppResult<ImportReport> {
        let RunImport { source, with_data, starter_policy, tables } = request;
        let request = ImportRequest { source, with_data, starter_policy, tables };
        self.services.importer.run(self.actor, request, &self.job()).await.map(report)
    }
}

fn report(summary: ImportSummary) -> ImportReport {
    let ImportSummary { source, imported, rows } = summary;
    let count = |wanted: Outcome| imported.objects.iter().filter(|object| object.outcome == wanted).count() as u32;
    let (whole, changed, refused) = (count(Outcome::Imported), count(Outcome::Changed), count(Outcome::Refused));
    let object = |object: ImportedObject| ImportObject {
        kind: object.kind.to_owned(),
        table: object.table,
        name: object.name,
        outcome: object.outcome.as_str().to_owned(),
        note: object.note,
    };
    let table = |table: ImportedTable| ImportTable {
        name: table.name,
        entity: table.entity,
        fields: table.fields,
        references: table.references,
        rows: table.rows,
        findings: table.findings,
    };
    ImportReport {
        source,
        counted: imported.objects.len() as u32,
        imported: whole,
        changed,
        refused,
        objects: imported.objects.into_iter().map(object).collect(),
        findings: imported.findings,
        tables: imported.tables.into_iter().map(table).collect(),
        rows,
    }
}
