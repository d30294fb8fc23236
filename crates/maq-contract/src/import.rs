//! Import: preview, run, report.

use maq_diag::Finding;

wire! {
    /// Asks what an import would do; changes nothing.
    pub struct PreviewImport {
        /// Path of a SQLite file (postgres:// comes later).
        pub source: String,
    }

    /// Runs an import, all or nothing.
    pub struct RunImport {
        /// Path of a SQLite file.
        pub source: String,
        /// Take the rows too: publishes to `local`.
        pub with_data: bool,
        /// Named starter policies to add; none by default.
        pub starter_policy: Option<String>,
        /// Only these source tables; all when absent.
        pub tables: Option<Vec<String>>,
    }

    /// What became, or would become, of every object of the source.
    pub struct ImportReport {
        /// Where from.
        pub source: String,
        /// One line for every object the source's catalogue holds.
        pub objects: Vec<ImportObject>,
        /// How many objects the catalogue holds.
        pub counted: u32,
        /// How many came in as they are.
        pub imported: u32,
        /// How many came in changed.
        pub changed: u32,
        /// How many stayed out.
        pub refused: u32,
        /// What was found, with table and column and what was done.
        pub findings: Vec<Finding>,
        /// Tables, for choosing.
        pub tables: Vec<ImportTable>,
        /// Rows that came in (0 in a preview).
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub rows: u64,
    }

    /// One object of the source's catalogue.
    pub struct ImportObject {
        /// `table`, `column`, `primaryKey`, `foreignKey`, `unique`, `index`, `check`, `default`, `view`, `trigger`.
        pub kind: String,
        /// The table it belongs to.
        pub table: String,
        /// Its name, or its columns.
        pub name: String,
        /// `imported`, `changed` or `refused`.
        pub outcome: String,
        /// What it became, or why it stayed out.
        pub note: Option<String>,
    }

    /// One table of the source.
    pub struct ImportTable {
        /// Its name in the source.
        pub name: String,
        /// The entity it becomes; none when refused.
        pub entity: Option<String>,
        /// Fields it gets.
        pub fields: u32,
        /// References among them.
        pub references: u32,
        /// Rows counted.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub rows: u64,
        /// Findings about it.
        pub findings: u32,
    }
}
