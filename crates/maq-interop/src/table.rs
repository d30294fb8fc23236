//! One table into one entity: columns, key, references, uniques, indexes, checks, in this order.

use crate::Draft;
use crate::checks;
use crate::defaults::{self, Default};
use crate::keys::Key;
use crate::names::{NameBook, field_name, label};
use crate::report::{Outcome, Report};
use crate::rows::{FieldPlan, TableLoad, id_plan};
use crate::strict;
use crate::types::{Why, choose, choose_in_key, mixes_classes};
use maq_diag::catalogue;
use maq_doc::{EntityDoc, FORMAT, FieldDoc, IdentityDoc, IndexDoc, SourceDoc, UniqueDoc};
use maq_store::source::{NativeType, Pick, SourceColumn, SourceForeignKey, SourceIndex};
use std::collections::BTreeMap;

/// A table while it becomes an entity.
struct Work<'a, 'b> {
    draft: &'a Draft<'a>,
    drafts: &'a [Draft<'a>],
    by_table: &'a BTreeMap<String, usize>,
    report: &'b mut Report,
    new_id: &'b mut dyn FnMut(&str) -> String,
    fields: NameBook,
    document: EntityDoc,
    picks: Vec<Pick>,
    plans: Vec<(String, FieldPlan)>,
}

/// Turns one table into its entity and the way its rows take.
pub(crate) fn import_table(
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    by_table: &BTreeMap<String, usize>,
    report: &mut Report,
    new_id: &mut dyn FnMut(&str) -> String,
) -> (EntityDoc, TableLoad) {
    let document = EntityDoc {
        format: FORMAT,
        id: draft.entity_id.clone(),
        name: draft.entity_name.clone(),
        class: "master".into(),
        source: Some(SourceDoc { name: draft.table.name.clone(), declared_type: None }),
        ..EntityDoc::default()
    };
    let mut work = Work {
        draft,
        drafts,
        by_table,
        report,
        new_id,
        fields: NameBook::of_fields(),
        document,
        picks: Vec::new(),
        plans: Vec::new(),
    };
    work.table_itself();
    work.columns();
    let key = work.key();
    work.foreign_keys();
    work.uniques();
    work.indexes();
    work.checks();
    let load = TableLoad {
        table: draft.table.name.clone(),
        entity_id: draft.entity_id.clone(),
        id: id_plan(&draft.key, key),
        picks: work.picks,
        fields: work.plans,
    };
    (work.document, load)
}

impl<'a> Work<'a, '_> {
    fn name(&self) -> &'a str {
        &self.draft.table.name
    }

    fn table_itself(&mut self) {
        let (table, entity) = (self.name(), &self.draft.entity_name);
        let mut notes: Vec<String> = Vec::new();
        if table != entity {
            self.document.label = Some(label(table));
            self.report.finding(catalogue::IMPORT_TABLE_RENAMED, table, "", &[("name", entity)]);
            notes.push(format!("is called {entity}"));
        }
        if let Some(by) = &self.draft.table.partitioned {
            self.report.finding(catalogue::IMPORT_PARTITIONED, table, "", &[("by", by)]);
            notes.push("its partitions come in as one".into());
        }
        if !self.draft.table.inherits.is_empty() {
            let parents = self.draft.table.inherits.join(", ");
            self.report.finding(catalogue::IMPORT_INHERITANCE, table, "", &[("parents", &parents)]);
            notes.push("inherits no more".into());
        }
        self.document.description = self.description(self.draft.table.comment.as_deref(), "");
        let outcome = if notes.is_empty() { Outcome::Imported } else { Outcome::Changed };
        self.report.object("table", table, table, outcome, (!notes.is_empty()).then(|| notes.join(", ")));
    }

    /// A comment as a description, which has an end.
    fn description(&mut self, comment: Option<&str>, column: &str) -> Option<String> {
        const LONGEST: usize = 4_000;
        let comment = comment.filter(|comment| !comment.is_empty())?;
        if comment.chars().count() > LONGEST {
            self.report.finding(catalogue::IMPORT_COMMENT_CUT, self.draft.table.name.as_str(), column, &[]);
        }
        Some(comment.chars().take(LONGEST).collect())
    }

    fn profile(&self, column: &str) -> maq_store::source::ColumnProfile {
        let at = self.draft.table.columns.iter().position(|known| self.draft.same(&known.name, column));
        at.and_then(|at| self.draft.profiles.get(at)).cloned().unwrap_or_default()
    }

    fn pick(&mut self, pick: Pick) -> usize {
        match self.picks.iter().position(|there| *there == pick) {
            Some(at) => at,
            None => {
                self.picks.push(pick);
                self.picks.len() - 1
            }
        }
    }

    /// The field that a column became.
    fn field(&self, column: &str) -> Option<usize> {
        self.document
            .fields
            .iter()
            .position(|field| field.source.as_ref().is_some_and(|source| self.draft.same(&source.name, column)))
    }

    /// What the source's type says of a column.
    fn native(&self, column: &str) -> Option<&NativeType> {
        self.draft.table.columns.iter().find(|known| known.name == column)?.native.as_ref()
    }

    fn is_id(&self, column: &str) -> bool {
        self.draft.key.column().is_some_and(|key| self.draft.same(key, column))
    }

    /// Whether the column is part of the primary key or of a unique one.
    fn is_in_key(&self, column: &str) -> bool {
        let table = self.draft.table;
        let same = |part: &String| self.draft.same(part, column);
        table.primary_key.iter().any(same)
            || table.uniques.iter().any(|unique| unique.columns.iter().flatten().any(same))
    }

    // ---- columns ----------------------------------------------------------------------------------------------------

    fn columns(&mut self) {
        for column in &self.draft.table.columns {
            if self.is_id(&column.name) {
                self.key_column(column);
            } else {
                self.column(column);
            }
        }
    }

    fn key_column(&mut self, column: &SourceColumn) {
        let kind = match self.draft.key {
            Key::Text(_) => "text",
            Key::Uuid(_) => "uuid",
            _ => "integer",
        };
        self.document.identity =
            IdentityDoc { kind: kind.into(), source: Some(column.name.clone()), derived_from: Vec::new() };
        if let Some(comment) = &column.comment {
            // The id is no field that could have a description.
            let about = format!("{}: {comment}", column.name);
            let all = self.document.description.take().map_or(about.clone(), |table| format!("{table}\n\n{about}"));
            self.document.description = self.description(Some(&all), &column.name);
        }
        let note = (column.name != "id").then(|| "is the record's id".to_owned());
        let outcome = if note.is_some() { Outcome::Changed } else { Outcome::Imported };
        self.report.object("column", self.name(), &column.name, outcome, note);
        if column.default.is_some() {
            let note = Some("an id takes no default".to_owned());
            self.report.object("default", self.name(), &column.name, Outcome::Refused, note);
        }
    }

    fn column(&mut self, column: &SourceColumn) {
        let table = self.name();
        let profile = self.profile(&column.name);
        let wanted = field_name(&column.name);
        let name = self.fields.take(&wanted);
        let mut notes: Vec<String> = Vec::new();
        let mut field = FieldDoc {
            id: (self.new_id)("fld"),
            name: name.clone(),
            source: Some(SourceDoc {
                name: column.name.clone(),
                declared_type: Some(column.declared_type.clone()).filter(|text| !text.is_empty()),
            }),
            required: column.not_null && profile.nulls == 0,
            ..FieldDoc::default()
        };
        if name != column.name {
            field.label = Some(label(&column.name));
            self.report.finding(catalogue::IMPORT_NAME_CHANGED, table, &column.name, &[("name", &name)]);
            notes.push(format!("is called {name}"));
        }
        field.description = self.description(column.comment.as_deref(), &column.name);
        let chosen =
            if self.is_in_key(&column.name) { choose_in_key(column, &profile) } else { choose(column, &profile) };
        chosen.apply(&mut field);
        let params = [("declared", column.declared_type.as_str()), ("type", chosen.kind)];
        let code = match chosen.why {
            Why::Declared => None,
            Why::Mixed => Some(catalogue::IMPORT_MIXED_VALUES),
            Why::Widened => Some(catalogue::IMPORT_TYPE_WIDENED),
            Why::NoCounterpart => Some(catalogue::IMPORT_TYPE_UNKNOWN),
        };
        if let Some(code) = code {
            self.report.finding(code, table, &column.name, &params);
            notes.push(format!("is of type {}", chosen.kind));
        }
        let drawn =
            (column.identity == Some("identity")).then_some("an identity, whose next numbers are no longer drawn");
        for how in chosen.read_as.into_iter().chain(drawn) {
            let params = [("declared", column.declared_type.as_str()), ("how", how)];
            self.report.finding(catalogue::IMPORT_READ_AS, table, &column.name, &params);
            notes.push(format!("is {declared}, {how}", declared = column.declared_type));
        }
        if column.not_null && profile.nulls > 0 {
            self.report.finding(catalogue::IMPORT_NULL_IN_REQUIRED, table, &column.name, &[]);
            notes.push("is optional".into());
        }
        if column.generated {
            self.report.finding(catalogue::IMPORT_GENERATED, table, &column.name, &[]);
            notes.push("is stored, no longer computed".into());
        }
        if column.collation.is_some() {
            let collation = column.collation.as_deref().unwrap_or_default();
            self.report.finding(catalogue::IMPORT_COLLATION, table, &column.name, &[("collation", collation)]);
            notes.push("is compared by bytes".into());
        }
        self.default(column, &mut field);
        let outcome = if notes.is_empty() { Outcome::Imported } else { Outcome::Changed };
        let note = (!notes.is_empty()).then(|| notes.join(", "));
        self.report.object("column", table, &column.name, outcome, note);
        let at = self.pick(Pick::Column(column.name.clone()));
        self.plans.push((field.id.clone(), FieldPlan::Cell(at)));
        self.document.fields.push(field);
    }

    fn default(&mut self, column: &SourceColumn, field: &mut FieldDoc) {
        let Some(text) = &column.default else { return };
        let table = self.name();
        let plain = if self.draft.is_strict() { strict::plain_default(text) } else { text.clone() };
        match defaults::read(&plain, field) {
            Default::Value(value) => {
                field.default = Some(value);
                self.report.object("default", table, &column.name, Outcome::Imported, None);
            }
            Default::Null => {
                let note = Some("NULL is what an empty field holds anyway".to_owned());
                self.report.object("default", table, &column.name, Outcome::Changed, note);
            }
            Default::Expression => {
                self.report.finding(catalogue::IMPORT_DEFAULT, table, &column.name, &[("default", text)]);
                let note = Some(format!("`{text}` is no value of type {}", field.kind));
                self.report.object("default", table, &column.name, Outcome::Refused, note);
            }
        }
    }

    // ---- keys -------------------------------------------------------------------------------------------------------

    /// Puts the key into the document; answers the picked cells it is made of.
    fn key(&mut self) -> Vec<usize> {
        let table = self.name();
        let columns = self.draft.table.primary_key.join(", ");
        match self.draft.key.clone() {
            Key::Integer(column) | Key::Text(column) | Key::Uuid(column) => {
                self.report.object("primaryKey", table, &columns, Outcome::Imported, None);
                vec![self.pick(Pick::Column(column))]
            }
            Key::Derived(columns_of_key) => {
                self.document.identity = IdentityDoc { derived_from: columns_of_key.clone(), ..IdentityDoc::default() };
                self.report.finding(catalogue::IMPORT_KEY_DERIVED, table, "", &[("columns", &columns)]);
                let kept = self.add_unique("key", &columns_of_key);
                if !kept {
                    self.report.finding(catalogue::IMPORT_INDEX, table, "", &[("name", &columns)]);
                }
                let words = if kept { "the columns stay a unique key" } else { "the columns stay plain fields" };
                let note = Some(format!("a uuid is the id, {words}"));
                self.report.object("primaryKey", table, &columns, Outcome::Changed, note);
                columns_of_key.into_iter().map(|column| self.pick(Pick::Column(column))).collect()
            }
            Key::RowNumber { instead_of } => {
                self.document.identity = IdentityDoc { derived_from: vec!["rowid".into()], ..IdentityDoc::default() };
                if instead_of.is_empty() {
                    self.report.finding(catalogue::IMPORT_NO_KEY, table, "", &[]);
                } else {
                    self.report.finding(catalogue::IMPORT_NULL_IN_KEY, table, "", &[("columns", &columns)]);
                    let note = Some("it is empty in places: a uuid is the id".to_owned());
                    self.report.object("primaryKey", table, &columns, Outcome::Changed, note);
                    self.add_unique("key", &instead_of);
                }
                vec![self.pick(Pick::RowId)]
            }
        }
    }

    /// A unique key over columns; one field alone is unique by itself. False when the columns do not all take it.
    fn add_unique(&mut self, name: &str, columns: &[String]) -> bool {
        let fields: Vec<usize> = columns.iter().filter_map(|column| self.field(column)).collect();
        let names: Vec<String> =
            fields.iter().filter_map(|at| self.document.fields.get(*at)).map(|field| field.name.clone()).collect();
        let comparable = fields.iter().filter_map(|at| self.document.fields.get(*at)).all(is_comparable)
            && !columns.iter().any(|column| mixes_classes(&self.profile(column)));
        if fields.len() != columns.len() || !comparable || fields.is_empty() {
            return false;
        }
        if let ([at], Some(field)) =
            (fields.as_slice(), fields.first().and_then(|at| self.document.fields.get_mut(*at)))
        {
            let _ = at;
            field.unique = true;
            return true;
        }
        if self.document.uniques.iter().any(|there| there.fields == names) {
            return true;
        }
        let taken = |name: &str| self.document.uniques.iter().any(|there| there.name == name);
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
        self.document.uniques.push(UniqueDoc { id: (self.new_id)("unq"), name, fields: names });
        true
    }

    // ---- references -------------------------------------------------------------------------------------------------

    fn foreign_keys(&mut self) {
        let table = self.draft.table;
        for key in &table.foreign_keys {
            let name = format!("{} -> {}", key.columns.join(", "), key.target);
            match self.foreign_key(key) {
                Ok(note) => {
                    let outcome = if note.is_some() { Outcome::Changed } else { Outcome::Imported };
                    self.report.object("foreignKey", &table.name, &name, outcome, note);
                }
                Err(reason) => {
                    self.report.object("foreignKey", &table.name, &name, Outcome::Refused, Some(reason));
                }
            }
        }
    }

    /// Makes the reference; answers what was changed about it, or why it stays out.
    fn foreign_key(&mut self, key: &SourceForeignKey) -> Result<Option<String>, String> {
        let table = self.name();
        let columns = key.columns.join(", ");
        let drafts = self.drafts;
        let target = self.by_table.get(&self.draft.name_key(&key.target)).and_then(|at| drafts.get(*at));
        let Some(target) = target else {
            self.report.finding(catalogue::IMPORT_TARGET_MISSING, table, &columns, &[("target", &key.target)]);
            return Err(format!("there is no table {} to point to", key.target));
        };
        if key.orphans > 0 {
            let params = [("target", key.target.as_str()), ("rows", &*key.orphans.to_string())];
            self.report.finding(catalogue::IMPORT_ORPHANS, table, &columns, &params);
            return Err(format!("{} rows point to nothing: the columns stay plain fields", key.orphans));
        }
        let mut notes: Vec<String> = Vec::new();
        let plain = self.takes_place_of_column(key, target);
        let at = match plain {
            Some(at) => at,
            None => match self.reference_beside(key, target) {
                Some(at) => {
                    notes.push("is a reference beside its columns".into());
                    at
                }
                None => {
                    self.report.finding(catalogue::IMPORT_TARGET_NO_KEY, table, &columns, &[("target", &key.target)]);
                    return Err("the columns it points to identify no record".into());
                }
            },
        };
        let Some(field) = self.document.fields.get_mut(at) else { return Err("its field is gone".into()) };
        field.kind = "reference".into();
        field.reference_to = Some(target.entity_name.clone());
        (field.max_length, field.min_length, field.precision, field.scale) = (None, None, None, None);
        (field.default, field.min, field.max) = (None, None, None);
        field.enum_values.clear();
        match key.on_delete.to_uppercase().as_str() {
            "CASCADE" => field.on_delete = Some("cascade".into()),
            "SET NULL" if !field.required => field.on_delete = Some("setNull".into()),
            "SET NULL" | "SET DEFAULT" => notes.push(format!("ON DELETE {} became restrict", key.on_delete)),
            _ => {}
        }
        if !["NO ACTION", "RESTRICT", ""].contains(&key.on_update.to_uppercase().as_str()) {
            notes.push(format!("ON UPDATE {}: ids never change", key.on_update));
        }
        Ok((!notes.is_empty()).then(|| notes.join(", ")))
    }

    /// The field of the key's one column, when it holds exactly the ids of the target.
    fn takes_place_of_column(&self, key: &SourceForeignKey, target: &Draft<'_>) -> Option<usize> {
        let ([column], [to]) = (key.columns.as_slice(), key.target_columns.as_slice()) else { return None };
        if !target.key.column().is_some_and(|id| target.same(id, to)) {
            return None;
        }
        let profile = self.profile(column);
        let fits = match target.key {
            Key::Integer(_) => profile.integers == profile.filled(),
            Key::Uuid(_) => self.native(column) == Some(&NativeType::Uuid),
            _ => profile.texts == profile.filled() && profile.invalid_texts == 0,
        };
        let at = self.field(column).filter(|_| fits)?;
        self.document.fields.get(at).filter(|field| field.kind != "reference").map(|_| at)
    }

    /// A reference field beside the columns: the target's id is looked up, or derived from its key.
    fn reference_beside(&mut self, key: &SourceForeignKey, target: &Draft<'_>) -> Option<usize> {
        if !identifies(&key.target_columns, target) {
            return None;
        }
        let lookup = |want: &str| Pick::Lookup {
            columns: key.columns.clone(),
            target: target.table.name.clone(),
            target_columns: key.target_columns.clone(),
            want: want.to_owned(),
        };
        let plan = match &target.key {
            Key::Integer(column) | Key::Text(column) | Key::Uuid(column) => FieldPlan::Cell(self.pick(lookup(column))),
            Key::Derived(columns) => {
                let cells = columns.iter().map(|column| self.pick(lookup(column))).collect();
                FieldPlan::Derived(target.entity_id.clone(), cells)
            }
            Key::RowNumber { .. } if !target.table.primary_key.is_empty() || key.target_columns.is_empty() => {
                return None;
            }
            Key::RowNumber { .. } => FieldPlan::Derived(target.entity_id.clone(), vec![self.pick(lookup("rowid"))]),
        };
        let mut letters = target.entity_name.chars();
        let first: String = letters.next().map(|first| first.to_lowercase().collect()).unwrap_or_default();
        let name = self.fields.take(&format!("{first}{}", letters.as_str().get(..40).unwrap_or(letters.as_str())));
        let field = FieldDoc { id: (self.new_id)("fld"), name, kind: "reference".into(), ..FieldDoc::default() };
        self.plans.push((field.id.clone(), plan));
        self.document.fields.push(field);
        Some(self.document.fields.len() - 1)
    }

    // ---- uniques, indexes, checks -----------------------------------------------------------------------------------

    fn uniques(&mut self) {
        let table = self.draft.table;
        for unique in &table.uniques {
            let (outcome, note) = self.unique(unique);
            self.report.object("unique", &table.name, &unique.name, outcome, note);
        }
    }

    fn unique(&mut self, unique: &SourceIndex) -> (Outcome, Option<String>) {
        let Some(columns) = self.plain_columns(unique) else {
            self.report.finding(catalogue::IMPORT_INDEX, self.name(), "", &[("name", &unique.name)]);
            return (Outcome::Refused, Some("it is partial or over an expression".into()));
        };
        if columns.iter().any(|column| self.is_id(column)) {
            return (Outcome::Changed, Some("the id is unique anyway".into()));
        }
        let may_be_empty =
            |column: &String| self.draft.table.columns.iter().any(|known| known.name == *column && !known.not_null);
        let empty_once = unique.nulls_not_distinct && columns.iter().any(may_be_empty);
        if !self.add_unique("unique", &columns) {
            self.report.finding(catalogue::IMPORT_INDEX, self.name(), "", &[("name", &unique.name)]);
            return (Outcome::Refused, Some("a column of it is of a type that has no unique keys".into()));
        }
        if empty_once {
            self.report.finding(catalogue::IMPORT_EMPTY_ONCE, self.name(), "", &[("name", &unique.name)]);
            return (Outcome::Changed, Some("rows in which it is empty do not collide".into()));
        }
        match &unique.collation {
            Some(collation) => (Outcome::Changed, Some(format!("compared by bytes, not {collation}"))),
            None => (Outcome::Imported, None),
        }
    }

    fn indexes(&mut self) {
        let table = self.draft.table;
        for index in &table.indexes {
            let (outcome, note) = self.index(index);
            self.report.object("index", &table.name, &index.name, outcome, note);
        }
    }

    fn index(&mut self, index: &SourceIndex) -> (Outcome, Option<String>) {
        let Some(columns) = self.plain_columns(index) else {
            self.report.finding(catalogue::IMPORT_INDEX, self.name(), "", &[("name", &index.name)]);
            return (Outcome::Refused, Some("it is partial or over an expression".into()));
        };
        let kept: Vec<&String> = columns.iter().filter(|column| !self.is_id(column)).collect();
        if kept.is_empty() {
            return (Outcome::Changed, Some("the id has an index of its own".into()));
        }
        let fields: Vec<&FieldDoc> =
            kept.iter().filter_map(|column| self.document.fields.get(self.field(column)?)).collect();
        if fields.len() != kept.len() || !fields.iter().all(|field| is_comparable(field)) {
            self.report.finding(catalogue::IMPORT_INDEX, self.name(), "", &[("name", &index.name)]);
            return (Outcome::Refused, Some("a column of it is of a type that has no indexes".into()));
        }
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        let repeats_unique = self.document.uniques.iter().any(|unique| unique.fields == names)
            || matches!(fields.as_slice(), [field] if field.unique);
        if repeats_unique || self.document.indexes.iter().any(|there| there.fields == names) {
            return (Outcome::Changed, Some("another index serves the same fields".into()));
        }
        let mut notes: Vec<&str> = Vec::new();
        if kept.len() != columns.len() {
            notes.push("without the id");
        }
        if index.descending {
            notes.push("read in both directions");
        }
        if index.collation.is_some() {
            notes.push("compared by bytes");
        }
        self.document.indexes.push(IndexDoc { id: (self.new_id)("idx"), name: index.name.clone(), fields: names });
        let outcome = if notes.is_empty() { Outcome::Imported } else { Outcome::Changed };
        (outcome, (!notes.is_empty()).then(|| notes.join(", ")))
    }

    /// The columns of an index over plain columns and all rows.
    fn plain_columns(&self, index: &SourceIndex) -> Option<Vec<String>> {
        let searches_otherwise = index.method.as_deref().is_some_and(|method| method != "hash");
        if index.partial || searches_otherwise {
            return None;
        }
        index.columns.iter().cloned().collect()
    }

    fn checks(&mut self) {
        let table = self.draft.table;
        for check in &table.checks {
            let shown: String = check.chars().take(80).collect();
            if self.check(check) {
                self.report.object("check", &table.name, &shown, Outcome::Imported, None);
            } else {
                self.report.finding(catalogue::IMPORT_CHECK, &table.name, "", &[("check", &shown)]);
                let note = Some("it says more than limits of one field".to_owned());
                self.report.object("check", &table.name, &shown, Outcome::Refused, note);
            }
        }
    }

    /// All limits of a check or none.
    fn check(&mut self, text: &str) -> bool {
        let plain = self.draft.is_strict().then(|| strict::plain_check(text)).flatten();
        let Some(limits) = checks::read(plain.as_deref().unwrap_or(text)) else { return false };
        let before = self.document.fields.clone();
        for limit in &limits {
            let profile = self.profile(&limit.column);
            let at = self.field(&limit.column);
            let field = at.and_then(|at| self.document.fields.get_mut(at));
            if !field.is_some_and(|field| checks::apply(limit, field, &profile)) {
                self.document.fields = before;
                return false;
            }
        }
        for limit in &limits {
            if let Some(at) = self.field(&limit.column) {
                self.refuse_default_outside(at);
            }
        }
        true
    }

    /// A default that its own check does not admit stays out.
    fn refuse_default_outside(&mut self, at: usize) {
        let Some(field) = self.document.fields.get_mut(at) else { return };
        if checks::admits_default(field) {
            return;
        }
        let shown = field.default.take().map(|value| value.to_string()).unwrap_or_default();
        let column = field.source.as_ref().map(|source| source.name.clone()).unwrap_or_default();
        let table = self.draft.table.name.as_str();
        self.report.finding(catalogue::IMPORT_DEFAULT, table, &column, &[("default", &shown)]);
        let note = Some(format!("{shown} is outside the column's own check"));
        self.report.change_object("default", table, &column, Outcome::Refused, note);
    }
}

/// Whether the columns are a key of the table: its primary key or a whole unique one.
fn identifies(columns: &[String], target: &Draft<'_>) -> bool {
    let same = |key: &[String]| {
        key.len() == columns.len() && key.iter().all(|part| columns.iter().any(|column| target.same(column, part)))
    };
    let whole = |unique: &SourceIndex| -> Option<Vec<String>> {
        if unique.partial { None } else { unique.columns.iter().cloned().collect() }
    };
    same(&target.table.primary_key) || target.table.uniques.iter().filter_map(whole).any(|unique| same(&unique))
}

/// Whether values can be compared by an index or a unique key.
fn is_comparable(field: &FieldDoc) -> bool {
    !["bytes", "json", "object", "list"].contains(&field.kind.as_str())
}
