//! One run: many conditions, every row, in memory and in a database.

use super::generate::Generator;
use super::rows::{Town, caller, context};
use super::values::NOW;
use super::walk::{Stored, walk_of};
use crate::fail;
use maq_expr::{Condition, Environment, Input, Known, Outcome, Predicate};
use maq_query::Statement;
use maq_query::record::ListQuery;
use maq_store::Store;
use std::fmt;
use std::sync::Arc;

/// Conditions of one statement, each asked in three ways.
const TOGETHER: usize = 20;

/// What to run.
pub struct Run<'a> {
    /// Where the conditions begin.
    pub seed: u64,
    /// Conditions times rows, at least.
    pub cases: usize,
    /// Changes a predicate before it is written: a planted bug.
    pub mutate: Option<&'a (dyn Fn(Predicate) -> Predicate + Sync)>,
    /// Changes the SQL before it is run: a planted bug.
    pub rewrite: Option<&'a (dyn Fn(String) -> String + Sync)>,
    /// Stops at the first difference.
    pub until_wrong: bool,
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// Conditions that were asked of every row.
    pub conditions: usize,
    /// Conditions times rows.
    pub cases: usize,
    /// Of these, how often each outcome came.
    pub outcomes: [usize; 3],
    /// Conditions that were no well-typed ones.
    pub ill_typed: usize,
    /// Well-typed conditions that cannot be lowered, with the reason.
    pub refused: Vec<String>,
    /// Rows on which memory and database differ.
    pub wrong: Vec<String>,
}

/// Lets a report be told and judged.
pub struct Tell<'a>(pub &'a Report);

impl fmt::Display for Tell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { conditions, cases, outcomes: [yes, no, error], ill_typed, refused, wrong } = self.0;
        let share = refused.len() as f64 * 100.0 / (refused.len() + conditions).max(1) as f64;
        write!(
            f,
            "{conditions} conditions, {cases} cases: {yes} true, {no} false, {error} errors; {share:.2} % refused; \
             {ill_typed} not well typed; {} wrong",
            wrong.len()
        )
    }
}

/// A condition with its predicate and what memory says of each row.
struct Asked {
    text: String,
    predicate: Predicate,
    expected: Vec<Option<bool>>,
}

/// Fails where memory and database differ, and where more than 5 % of the conditions are refused.
pub fn judge(report: &Report) {
    println!("{}", Tell(report));
    for refused in report.refused.iter().take(5) {
        println!("refused: {refused}");
    }
    if !report.wrong.is_empty() {
        let shown: Vec<&str> = report.wrong.iter().take(25).map(String::as_str).collect();
        fail(&format!("{}\n{}", Tell(report), shown.join("\n")));
    }
    if report.refused.len() * 20 > report.conditions + report.refused.len() {
        fail(&format!("too many conditions are refused: {}", Tell(report)));
    }
    if report.outcomes.iter().any(|count| count * 20 < report.cases) {
        fail(&format!("one outcome hardly comes: {}", Tell(report)));
    }
}

impl Run<'static> {
    /// A run of `cases`, or of as many as MAQUETTE_CASES says; from MAQUETTE_SEED.
    pub fn from_environment(cases: usize) -> Run<'static> {
        let read = |name: &str| -> Option<u64> { std::env::var(name).ok().and_then(|text| text.parse().ok()) };
        Run {
            seed: read("MAQUETTE_SEED").unwrap_or(1),
            cases: read("MAQUETTE_CASES").and_then(|cases| usize::try_from(cases).ok()).unwrap_or(cases),
            mutate: None,
            rewrite: None,
            until_wrong: false,
        }
    }
}

impl Run<'_> {
    /// Runs it.
    pub async fn run(&self, town: &Town, store: &dyn Store) -> Report {
        let stored = town.stored(store).await;
        let environment = Arc::new(Environment::model(town.shapes.clone(), town.entity()));
        let mut generator = Generator::new(&town.shapes, town.entity(), self.seed);
        let (principal, context) = (caller(), context());
        let known = Known { principal: &principal, context: &context, now: NOW };
        let mut report = Report::default();
        let mut waiting = Vec::new();
        let mut written = 0;
        while report.cases < self.cases && (report.wrong.is_empty() || !self.until_wrong) {
            written += 1;
            if written > 400 && report.conditions * 10 < written {
                fail(&format!("hardly any condition is well typed: {}", Tell(&report)));
            }
            let text = generator.condition();
            let Some(asked) = ask(text, &environment, &known, town, &stored, &mut report) else { continue };
            report.conditions += 1;
            report.cases += asked.expected.len();
            for outcome in &asked.expected {
                let [yes, no, error] = &mut report.outcomes;
                *match outcome {
                    Some(true) => yes,
                    Some(false) => no,
                    None => error,
                } += 1;
            }
            waiting.push(asked);
            if waiting.len() == TOGETHER {
                self.compare(town, store, &stored, &waiting, &mut report).await;
                waiting.clear();
            }
        }
        self.compare(town, store, &stored, &waiting, &mut report).await;
        report
    }

    async fn compare(&self, town: &Town, store: &dyn Store, stored: &Stored<'_>, asked: &[Asked], report: &mut Report) {
        let changed = |predicate: Predicate| match self.mutate {
            Some(mutate) => mutate(predicate),
            None => predicate,
        };
        let mut extras = Vec::with_capacity(asked.len() * 3);
        for asked in asked {
            let predicate = changed(asked.predicate.clone());
            extras.extend([predicate.clone(), predicate.clone().where_true(), predicate.where_false()]);
        }
        let Some(records) = town.records.get(town.entity().0 as usize) else { return };
        let query = ListQuery { limit: 1000, ..ListQuery::default() };
        let mut statement = match records.list_with(&town.scope, &query, &extras) {
            Ok(statement) => statement,
            Err(error) => return report.wrong.push(format!("it cannot be written: {error}")),
        };
        if let Some(rewrite) = self.rewrite {
            statement = Statement { sql: rewrite(statement.sql.to_string()).into(), ..statement };
            // A planted hole between tenants is found without being asked, or the count of the whole run would have it.
            if let Err(wrong) = maq_store::recorder::check(&statement) {
                return report.wrong.push(wrong);
            }
        }
        let sql = statement.sql.clone();
        let rows = match store.read(statement).await {
            Ok(rows) => rows.0,
            Err(error) if asked.len() > 1 => {
                // One of them is at fault: which?
                for one in asked {
                    Box::pin(self.compare(town, store, stored, std::slice::from_ref(one), report)).await;
                }
                let _ = error;
                return;
            }
            Err(error) => {
                let text = asked.first().map_or("", |asked| asked.text.as_str());
                return report.wrong.push(format!("{error}\n  {text}\n  {sql}"));
            }
        };
        let in_memory = stored.of(town.entity());
        let mut told = vec![false; asked.len()];
        for (at, row) in rows.iter().enumerate() {
            let outcomes = records.outcomes(row);
            for (number, asked) in asked.iter().enumerate() {
                let expected = asked.expected.get(at).copied().flatten();
                let found = |way: usize| outcomes.get(number * 3 + way).copied().flatten();
                let agrees = found(0) == expected
                    && (found(1) == Some(true)) == (expected == Some(true))
                    && (found(2) == Some(false)) == (expected == Some(false));
                // A condition is told once.
                if !agrees && !told.get_mut(number).is_none_or(|told| std::mem::replace(told, true)) {
                    let record = in_memory.get(at).map(|record| record.to_json().to_string()).unwrap_or_default();
                    let found: Vec<Option<bool>> = (0..3).map(found).collect();
                    report.wrong.push(format!(
                        "{}\n  memory {expected:?}, database {found:?}\n  {record}\n  {:?}",
                        asked.text, asked.predicate
                    ));
                }
            }
        }
    }
}

fn ask(
    text: String,
    environment: &Arc<Environment>,
    known: &Known<'_>,
    town: &Town,
    stored: &Stored<'_>,
    report: &mut Report,
) -> Option<Asked> {
    let Ok((condition, _)) = Condition::compile(&text, environment) else {
        report.ill_typed += 1;
        return None;
    };
    let ever = condition.lower(None);
    let predicate = match (condition.lower(Some(known)), ever) {
        (Ok(predicate), Ok(_)) => predicate,
        (Err(_), Ok(_)) => {
            report.wrong.push(format!("it can be lowered for every caller, and not for this one: {text}"));
            return None;
        }
        (_, Err(refused)) => {
            report.refused.push(format!("{}: {text}", refused.what));
            return None;
        }
    };
    let walk = walk_of(&condition.root);
    let expected = stored.of(town.entity()).iter().map(|record| {
        let row = stored.row(town.entity(), record, &walk);
        let input = Input { known: Some(*known), record: Some(&row), variables: None };
        match condition.evaluate(&input) {
            Outcome::True => Some(true),
            Outcome::False => Some(false),
            Outcome::Error(_) => None,
        }
    });
    let expected = expected.collect();
    Some(Asked { text, predicate, expected })
}
