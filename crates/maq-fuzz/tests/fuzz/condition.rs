//! Conditions near well-typed ones, on a model with rows in memory and in SQLite: what is checked is evaluated,
//! explained, partially evaluated, printed and written as SQL, and all of them say the same of every row.

pub mod model;
pub mod text;

use crate::expression::check_problems;
use crate::run::reached;
use maq_expr::{Condition, Input as Asked, Known, Node, Outcome, Predicate, Row, Val, evaluate};
use maq_fuzz::Input;
use maq_policy::Walks;
use maq_value::Principal;
use model::{NOW, SHOP, all, principals};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static CONTEXT: LazyLock<Map<String, Json>> =
    LazyLock::new(|| Map::from_iter([("text".to_owned(), json!("a")), ("number".to_owned(), json!(3))]));

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    // Mostly what has the most kinds of fields.
    let entity = [2, 2, 2, 1, 3, 0][input.pick(6)];
    let text = text::condition(&mut input, entity);
    let condition = match Condition::compile(&text, &SHOP.environments[entity]) {
        Ok((condition, problems)) => {
            check_problems(&problems, &text);
            condition
        }
        Err(problems) => {
            reached("conditions refused by the checker");
            return check_problems(&problems, &text);
        }
    };
    reached("conditions checked");
    let all = principals();
    let principal = input.one(&all).expect("there are principals");
    let rows = SHOP.rows(entity, &Walks::of(&condition.root));
    let told = answers(&condition, &rows, principal);
    check_printed(&condition, &rows, entity, principal, &told);
    check_residual(&condition, &rows, principal, &told);
    check_rows(&condition, &rows, entity, principal, &told);
}

fn known(principal: &Principal) -> Known<'_> {
    Known { principal, context: &CONTEXT, now: NOW }
}

fn asked<'a>(principal: &'a Principal, row: &'a Row) -> Asked<'a> {
    Asked { known: Some(known(principal)), record: Some(row), variables: None }
}

/// What a condition says of each row; none is an error.
fn answers(condition: &Condition, rows: &[Row], principal: &Principal) -> Vec<Option<bool>> {
    let answer = |row| {
        let asked = asked(principal, row);
        let outcome = condition.evaluate(&asked);
        let explained = condition.explain(&asked).value().cloned();
        match outcome {
            Outcome::Error(error) => {
                // Null where a truth value is asked for has a value, and says nothing.
                let is_told = matches!(explained, Some(Ok(Val::Bool(_))));
                assert!(!is_told, "{error} is explained as {explained:?}: {}", condition.text);
                None
            }
            outcome => {
                let holds = outcome == Outcome::True;
                assert_eq!(explained, Some(Ok(Val::Bool(holds))), "explained: {}", condition.text);
                Some(holds)
            }
        }
    };
    rows.iter().map(answer).collect()
}

fn check_printed(condition: &Condition, rows: &[Row], entity: usize, principal: &Principal, told: &[Option<bool>]) {
    let printed = condition.print();
    let (again, _) = Condition::compile(&printed, &SHOP.environments[entity])
        .unwrap_or_else(|problems| panic!("`{}` is printed as `{printed}`: {problems:?}", condition.text));
    assert_eq!(again.print(), printed, "printed twice: `{}`", condition.text);
    assert_eq!(answers(&again, rows, principal), told, "`{}` is printed as `{printed}`", condition.text);
}

fn check_residual(condition: &Condition, rows: &[Row], principal: &Principal, told: &[Option<bool>]) {
    let residual: Node = condition.residual(&known(principal));
    for (row, told) in rows.iter().zip(told) {
        // Nothing is left that would be read from who asks.
        let nobody = Principal::new("nobody", &[]);
        let holds = match evaluate(&residual, &asked(&nobody, row)) {
            Ok(Val::Bool(holds)) => Some(holds),
            _ => None,
        };
        assert_eq!(holds, *told, "what is left of `{}`, of {:?}", condition.text, row.record);
    }
}

fn check_rows(condition: &Condition, own: &[Row], entity: usize, principal: &Principal, told: &[Option<bool>]) {
    let predicate: Predicate = match condition.lower(Some(&known(principal))) {
        Ok(predicate) => predicate,
        Err(refused) => {
            let (start, end) = (refused.span.start as usize, refused.span.end as usize);
            assert!(condition.text.get(start..end).is_some(), "{refused:?} lies outside of {}", condition.text);
            return reached("conditions that no database answers");
        }
    };
    reached("conditions asked of SQLite");
    let records = &SHOP.records[entity];
    let statement = records
        .list_with(&SHOP.scope, &all(), std::slice::from_ref(&predicate))
        .unwrap_or_else(|error| panic!("{error}: {} as {predicate:?}", condition.text));
    assert!(statement.is_scoped());
    let text = statement.sql.to_string();
    let rows = SHOP.read(statement);
    for ((row, told), own) in rows.iter().zip(told).zip(own) {
        let outcome = records.outcomes(row);
        let about = || format!("`{}` of {:?} by {}: {text}", condition.text, own.record, principal.user_id);
        assert_eq!(outcome, [*told], "SQLite and memory differ: {}", about());
        if told.is_some() {
            reached("rows answered alike");
        }
    }
    assert_eq!(rows.len(), told.len());
}

#[test]
fn the_model_has_its_rows() {
    let lines =
        SHOP.environments[2].entities[2].children.iter().position(|child| &*child.name == "lines").unwrap() as u32;
    let walks = Walks { children: BTreeMap::from([(lines, Walks::default())]), ..Walks::default() };
    let orders = SHOP.rows(2, &walks);
    assert!(orders.iter().any(|row| !row.children[&lines].is_empty()), "orders have lines");
    assert!(orders.iter().any(|row| row.children[&lines].is_empty()), "and some have none");
}
