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
    let count = |outcome| len(imported.objects.iter().filter(|object| object.outcome == outcome).count());
    ImportReport {
        source,
        counted: len(imported.objects.len()),
        imported: count(Outcome::Imported),
        changed: count(Outcome::Changed),
        refused: count(Outcome::Refused),
        objects: imported.objects.into_iter().map(object).collect(),
        findings: imported.findings,
        tables: imported.tables.into_iter().map(table).collect(),
        rows,
    }
}

fn object(object: ImportedObject) -> ImportObject {
    ImportObject {
        kind: object.kind.to_owned(),
        table: object.table,
        name: object.name,
        outcome: object.outcome.as_str().to_owned(),
        note: object.note,
    }
}

fn table(table: ImportedTable) -> ImportTable {
    ImportTable {
        name: table.name,
        entity: table.entity,
        fields: table.fields,
        references: table.references,
        rows: table.rows,
        findings: table.findings,
    }
}

fn len(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
