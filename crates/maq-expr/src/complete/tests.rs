//! What is offered where.

use super::{Completion, CompletionKind, complete};
use crate::resolve::tests::shop;
use crate::{EntityIndex, Environment, FieldShape, Presence, Span, Type, renames, repaired};
use std::sync::Arc;

fn environment() -> Environment {
    let mut shop = shop();
    let mut entities = shop.entities.to_vec();
    let field = |name: &str, ty: Type, presence| FieldShape { name: name.into(), ty, presence };
    let kinds = Type::Enum(["open", "paid"].into_iter().map(Arc::from).collect());
    entities[0].fields.push(field("status", kinds, Presence::Required));
    entities[0].fields.push(field("note", Type::String, Presence::Null));
    entities[0].fields.push(field("due", Type::Date, Presence::Missing));
    shop.entities = entities.into();
    shop
}

/// Labels at the cursor, which is `|`.
fn labels(text: &str) -> Vec<String> {
    let cursor = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    complete(&text, cursor, &environment()).items.into_iter().map(|item| item.label).collect()
}

#[test]
fn fields_follow_records() {
    let fields = ["id", "amount", "customer", "status", "note", "due", "lines"];
    assert_eq!(labels("record.|"), fields);
    assert_eq!(labels("record.amount > 1 && record.|"), fields);
    assert_eq!(labels("record.customer.|"), ["id", "region"]);
    assert_eq!(labels("record.lines.exists(l, l.|"), ["id", "order"]);
    assert_eq!(labels("record.lines.filter(l, l.id > 1).exists(m, m.order.|"), fields);
    assert_eq!(labels("record.am|"), ["amount"]);
    assert_eq!(labels("principal.|"), ["userId", "tenantId", "realmId", "orgId", "roles"]);
    assert_eq!(labels("nobody.|"), Vec::<String>::new());
}

#[test]
fn methods_and_macros_follow_values() {
    assert!(labels("record.note.|").starts_with(&["size".into(), "startsWith".into(), "endsWith".into()]));
    assert_eq!(labels("record.note.st|"), ["startsWith", "lastIndexOf", "substring"]);
    assert_eq!(labels("record.lines.|"), ["exists", "all", "exists_one", "filter", "map", "sortBy", "size"]);
    assert!(labels("principal.roles.|").contains(&"join".to_owned()));
    assert!(labels("now.get|").contains(&"getFullYear".to_owned()));
}

#[test]
fn values_follow_signs() {
    assert_eq!(labels("record.status == |")[..2], ["'open'", "'paid'"]);
    assert_eq!(labels("record.status == '|"), ["'open'", "'paid'"]);
    assert_eq!(labels("record.status in ['open', \"p|"), ["\"open\"", "\"paid\""]);
    assert_eq!(labels("record.lines.exists(l, l.order.status != 'pa|"), ["'paid'"]);
    assert_eq!(labels("record.due <= |")[0], "today");
    assert_eq!(labels("record.note == 'op|"), Vec::<String>::new());
}

#[test]
fn names_come_first_and_functions_after() {
    assert_eq!(labels("|")[..5], ["record", "principal", "context", "now", "has"]);
    assert_eq!(labels("record.lines.exists(line, |")[0], "line");
    assert_eq!(labels("rec|"), ["record"]);
    assert_eq!(labels("today|"), ["today"]);
}

#[test]
fn a_choice_says_what_it_is() {
    let text = "record.am > 1";
    let found = complete(text, 9, &environment());
    assert_eq!(found.span, Span { start: 7, end: 9 });
    let amount = Completion {
        label: "amount".into(),
        kind: CompletionKind::Field,
        detail: Some("int".into()),
        info: None,
        insert: None,
    };
    assert_eq!(found.items, [amount]);
    let method = complete("record.note.ends", 16, &environment()).items.remove(0);
    let expected = Completion {
        label: "endsWith".into(),
        kind: CompletionKind::Function,
        detail: Some("string.endsWith(string) -> bool".into()),
        info: Some("the text ends so".into()),
        insert: Some("endsWith(".into()),
    };
    assert_eq!(method, expected);
}

#[test]
fn no_text_and_no_cursor_is_too_odd() {
    for text in ["'", "((", ")]}", "a.b.", ".", "é.|", "record..", "x.exists(", "record.lines.exists(l,", "\\", "''''"]
    {
        for cursor in 0..text.len() + 3 {
            complete(text, cursor, &environment());
        }
    }
}

#[test]
fn a_rename_rewrites_every_mention_of_the_field_and_nothing_else() {
    let renamed = |text: &str, entity: u32, old: &str, new: &str| {
        repaired(text, &renames(text, &environment(), EntityIndex(entity), old, new))
    };
    assert_eq!(
        renamed("has(record.note) && record . note == 'note' && record.customer.region == 'note'", 0, "note", "remark"),
        "has(record.remark) && record . remark == 'note' && record.customer.region == 'note'"
    );
    assert_eq!(
        renamed("record.lines.exists(id, id.id == record.id && id.order.id == 1)", 1, "id", "number"),
        "record.lines.exists(id, id.number == record.id && id.order.id == 1)"
    );
    assert_eq!(renamed("record.lines.size() > 1", 0, "lines", "items"), "record.items.size() > 1");
    assert_eq!(renamed("record.`note` == 'a'", 0, "note", "remark"), "record.remark == 'a'");
    assert_eq!(renamed("record.nothing == 1", 0, "note", "remark"), "record.nothing == 1");
}
