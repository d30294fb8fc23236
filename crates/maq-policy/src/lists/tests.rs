use crate::samples::{condition, entity, policy, row};
use crate::{PolicySet, Request, RowFilter, no_context};
use maq_expr::Known;
use maq_ir::{Combining, Effect, Grantor, Policy};
use maq_value::{Instant, Principal};
use serde_json::json;

fn rules(count: usize, text: &str) -> Vec<Policy> {
    let condition = condition(text);
    let each = |at: usize| policy(&format!("p{at}"), Effect::Allow, &["read"], &[], 0);
    (0..count).map(|at| Policy { condition: Some(condition.clone()), ..each(at) }).collect()
}

fn with(name: &str, value: serde_json::Value) -> Principal {
    let mut ann = Principal::new("ann", &[]);
    ann.attributes.insert(name.to_owned(), value);
    ann
}

/// Why nothing is decided, on every face; none where something is.
fn told(policies: Vec<Policy>, ann: &Principal) -> Option<String> {
    let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, policies));
    let known = Known { principal: ann, context: no_context(), now: Instant(0) };
    let row = row(&[Some(true); 6]);
    let asked = Request { known, action: "read", record: Some(&row) };
    let refused = set.filter(&known, "read").map_err(|refused| refused.to_string());
    for decision in [set.decide(&asked), set.decide_with_evidence(&asked), set.explain(&asked).decision] {
        match &refused {
            Ok(rows) => assert_eq!(decision.allowed, *rows != RowFilter::None, "{decision:?}"),
            Err(why) => assert_eq!((decision.allowed, decision.reason()), (false, why.clone())),
        }
        assert_eq!(set.allows(&asked), decision.allowed);
    }
    refused.err()
}

fn parts(parts: u64) -> Option<String> {
    let why = "the conditions of the policies that apply at once have";
    Some(format!("{why} {parts} parts together, at most 10000 can be asked"))
}

const LOOP: &str = "principal.flags.exists(f, record.c0 == f)";

#[test]
fn each_element_that_is_looped_over_is_a_part() {
    for (count, size, why) in
        [(1, 9_999, None), (1, 10_001, parts(10_002)), (40, 249, None), (40, 1_000, parts(40_040)), (600, 4, None)]
    {
        let ann = with("flags", json!(vec![true; size]));
        assert_eq!(told(rules(count, LOOP), &ann), why, "{count} x {size}");
    }
    // What it is for others is nobody's trouble.
    assert_eq!(told(rules(600, LOOP), &with("other", json!(vec![true; 1_000]))), None);
}

#[test]
fn a_long_list_beside_in_is_a_part_for_sixteen_values() {
    let member = "record.c0 in principal.flags";
    assert_eq!(told(rules(500, member), &with("flags", json!(vec![true; 40]))), None);
    assert_eq!(told(rules(1, member), &with("flags", json!(vec![true; 40_000]))), None);
    assert_eq!(told(rules(500, member), &with("flags", json!(vec![true; 40_000]))), parts(1_250_500));
}

#[test]
fn loops_in_loops_are_as_much_as_they_become() {
    let nested = "principal.flags.exists(a, principal.flags.exists(b, record.c0 == a && record.c1 == b))";
    assert_eq!(told(rules(3, nested), &with("flags", json!(vec![true; 20]))), None);
    assert!(told(rules(1, nested), &with("flags", json!(vec![true; 200]))).is_some());
    let split = "principal.text.split(',').exists(t, record.c0 == (t == 'a'))";
    assert_eq!(told(rules(3, split), &with("text", json!("a,".repeat(100)))), None);
    assert!(told(rules(3, split), &with("text", json!("a,".repeat(8_000)))).is_some());
}

/// Which branch is taken is known only with who asks.
#[test]
fn every_branch_counts() {
    let long = vec!["record.c0"; 80].join(" || ");
    let chosen = format!("principal.vip ? ({long}) : record.c1");
    assert_eq!(told(rules(100, &chosen), &with("vip", json!(true))), None);
    let why = told(rules(200, &chosen), &with("vip", json!(true)));
    assert_eq!(told(rules(200, &chosen), &with("vip", json!(false))), why);
    assert!(why.is_some());
}

#[test]
fn the_roles_of_a_grantor_count_for_each_right_it_lends() {
    let lent = |roles: usize| {
        let roles = (0..roles).map(|at| format!("r{at}").into()).collect();
        let lent = Policy {
            grantor: Some(Grantor { user_id: "mia".into(), roles }),
            ..policy("lent", Effect::Allow, &["read"], &[], 0)
        };
        let own = Policy {
            principals: vec!["mia".into()],
            ..rules(1, "principal.roles.exists(r, record.c0 == (r == 'r0'))").remove(0)
        };
        vec![lent, own]
    };
    let ann = Principal::new("ann", &["x"]);
    assert_eq!(told(lent(100), &ann), None);
    assert!(told(lent(20_000), &ann).is_some());
}
