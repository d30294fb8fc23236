//! Deciding: every rule has a condition on record and principal, 10,000 different requests, nothing is remembered from
//! one to the next. With 20 rules and with 10,000 the requests are as many and as big, and each meets as many rules: what
//! differs is how many others there are. The requests together are larger than a cache, so that each is read from memory,
//! and so is most of what is known of 10,000 rules; beside that stands what a decision takes on a request that has just
//! been read.
//!
//! Peers: `cedar-policy`, `regorus` and `casbin` with the same rules and requests, `cel` with one condition. That they
//! answer as we do is checked before the clock starts.

mod casbin;
mod cedar;
mod cel;
mod regorus;
mod sample;

use self::casbin::Casbin;
use self::cedar::Cedar;
use self::cel::Cel;
use self::regorus::Rego;
use super::Failure;
use crate::measure::{in_millis, median, per_call, per_call_in};
use crate::report::{Better, Report};
use crate::samples::Dice;
use maq_expr::{Input, Outcome};
use maq_policy::{PolicySet, Request, RowFilter};
use maq_value::{Instant, Principal};
use sample::{Asked, Rule, known};
use std::hint::black_box;
use std::time::Instant as Clock;

const REQUESTS: usize = 10_000;

/// Requests and rounds of those who look at each rule, where there are many; also requests that are read together.
const FEW: usize = 60;
const FEW_ROUNDS: usize = 3;

/// Rounds over requests that have just been read.
const JUST_READ_ROUNDS: usize = 15;

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let now = Instant::now();
    let mut decided = Vec::new();
    for count in [20, 10_000] {
        let rules = sample::rules(count);
        let requests = sample::requests(REQUESTS, count);
        let ours = sample::policy_set(&rules)?;
        check_sample(&ours, &requests, now)?;
        let decide = per_call(&requests, |asked| ours.decide(&asked.request(now)));
        let just_read = per_call_just_read(&requests, |asked| ours.decide(&asked.request(now)));
        let allows = per_call(&requests, |asked| ours.allows(&asked.request(now)));
        let explain = per_call(&requests, |asked| drop(black_box(ours.explain(&asked.request(now)))));
        let filter = per_call(&requests, |asked| ours.filter(&known(&asked.principal, now), asked.action));
        let peers = peers(&rules, &requests, &ours, now)?;
        let id = |what: &str| format!("decide/{count}-rules{what}");
        report.add_with_peers(&id(""), "ns", Better::Lower, decide, None, &peers);
        report.add(&id("-just-read"), "ns", Better::Lower, just_read, None);
        report.add(&id("-yes-or-no"), "ns", Better::Lower, allows, None);
        // The least that an explanation takes is the decision.
        report.add(&id("-explain"), "ns", Better::Lower, explain, Some(decide));
        report.add(&id("-filter"), "ns", Better::Lower, filter, None);
        decided.push(decide);
        if count == 20 {
            one_condition(report, &rules, &requests, now)?;
            simulate(report, &ours, count, now);
        }
    }
    if let [few, many] = decided.as_slice() {
        report.add("decide/10000-rules-over-20", "x", Better::Lower, many / few, None);
    }
    Ok(())
}

/// Median over rounds of the nanoseconds one call takes on a request that has just been read, as a server's has: a few at
/// a time are copied before the clock starts. Each round goes once over all of them.
fn per_call_just_read<T>(requests: &[Asked], call: impl Fn(&Asked) -> T) -> f64 {
    let round = || {
        let times = requests.chunks(FEW).map(|few| {
            let few = few.to_vec();
            let start = Clock::now();
            for asked in &few {
                black_box(call(black_box(asked)));
            }
            start.elapsed().as_nanos() as f64
        });
        times.sum::<f64>() / requests.len() as f64
    };
    median((0..JUST_READ_ROUNDS).map(|_| round()).collect())
}

/// Some are allowed and some are not, and yes-or-no, the decision, the explanation and the filter are of one mind.
fn check_sample(ours: &PolicySet, requests: &[Asked], now: Instant) -> Result<(), Failure> {
    let mut allowed = 0;
    for asked in requests {
        let request = asked.request(now);
        let decision = ours.decide(&request);
        allowed += usize::from(decision.allowed);
        if decision.allowed != ours.allows(&request) || decision.allowed != ours.explain(&request).decision.allowed {
            return Err(format!("two answers for {asked:?}").into());
        }
        let filter = ours.filter(&request.known, asked.action).map_err(|refused| format!("{refused:?}"))?;
        if decision.allowed && matches!(filter, RowFilter::None) {
            return Err(format!("the filter leaves out {asked:?}").into());
        }
    }
    if allowed * 20 < requests.len() || allowed * 20 > requests.len() * 19 {
        return Err(format!("{allowed} of {} requests are allowed, which measures one way only", requests.len()).into());
    }
    Ok(())
}

/// What others take for the same answers.
fn peers(
    rules: &[Rule],
    requests: &[Asked],
    ours: &PolicySet,
    now: Instant,
) -> Result<Vec<(&'static str, f64)>, Failure> {
    let (asked, rounds) = match rules.len() {
        ..1000 => (requests, 5),
        _ => (requests.get(..FEW).unwrap_or(requests), FEW_ROUNDS),
    };
    let ours = |asked: &Asked| ours.allows(&asked.request(now));
    let cedar = Cedar::new(rules)?;
    let casbin = Casbin::new(rules, asked)?;
    let mut peers = vec![
        ("cedar-policy", peer("cedar-policy", rounds, asked, ours, |it| cedar.prepare(it), |it| cedar.allows(it))?),
        ("casbin", peer("casbin", rounds, asked, ours, |it| casbin.prepare(it), |it| casbin.allows(it))?),
    ];
    match Rego::new(rules) {
        Ok(rego) => {
            peers.push(("regorus", peer("regorus", rounds, asked, ours, |it| rego.prepare(it), |it| rego.allows(it))?))
        }
        Err(error) => eprintln!("  no regorus with {} rules: {error}", rules.len()),
    }
    Ok(peers)
}

/// Nanoseconds of one peer; its requests are made before the clock starts, and its answers are compared with ours.
fn peer<T>(
    name: &str,
    rounds: usize,
    requests: &[Asked],
    ours: impl Fn(&Asked) -> bool,
    prepare: impl Fn(&Asked) -> Result<T, Failure>,
    allows: impl Fn(&T) -> Result<bool, Failure>,
) -> Result<f64, Failure> {
    let prepared: Vec<T> = requests.iter().map(prepare).collect::<Result<_, _>>()?;
    for (asked, prepared) in requests.iter().zip(&prepared) {
        if allows(prepared)? != ours(asked) {
            return Err(format!("{name} answers otherwise for {asked:?}").into());
        }
    }
    Ok(per_call_in(rounds, &prepared, |prepared| allows(prepared).is_ok_and(|it| it)))
}

/// One condition on each of the records; each round takes the next of the conditions.
fn one_condition(report: &mut Report, rules: &[Rule], requests: &[Asked], now: Instant) -> Result<(), Failure> {
    let ours = sample::conditions(rules)?;
    let theirs = rules.iter().map(|rule| Cel::new(&rule.clause.on_cents())).collect::<Result<Vec<_>, _>>()?;
    let root = ::cel::Context::default();
    let bound: Vec<_> = requests.iter().map(|asked| cel::bind(&root, asked)).collect();
    let turns: Vec<usize> = (0..requests.len()).collect();
    let at = |turn: &usize| requests.get(*turn).zip(ours.get(turn % ours.len()));
    let us = |turn: &usize| {
        at(turn).is_some_and(|(asked, condition)| {
            let input = Input { known: Some(known(&asked.principal, now)), record: Some(&asked.row), variables: None };
            condition.evaluate(&input) == Outcome::True
        })
    };
    let them = |turn: &usize| {
        bound.get(*turn).zip(theirs.get(turn % theirs.len())).is_some_and(|(context, cel)| cel.holds(context))
    };
    let them_binding = |turn: &usize| {
        let found = requests.get(*turn).zip(theirs.get(turn % theirs.len()));
        found.is_some_and(|(asked, condition)| condition.holds(&cel::bind(&root, asked)))
    };
    if let Some(turn) = turns.iter().find(|turn| us(turn) != them(turn) || us(turn) != them_binding(turn)) {
        return Err(format!("cel answers otherwise for {:?}", requests.get(*turn)).into());
    }
    let peers = [("cel", per_call(&turns, them)), ("cel, binding", per_call(&turns, them_binding))];
    report.add_with_peers("decide/one-condition", "ns", Better::Lower, per_call(&turns, us), None, &peers);
    Ok(())
}

/// Every one of 1,000 principals does each of 4 things to each of 250 records.
fn simulate(report: &mut Report, ours: &PolicySet, rules: usize, now: Instant) {
    let mut dice = Dice(0x7369_6d75);
    let principals: Vec<Principal> = (0..1000).map(|number| sample::principal(&mut dice, number, rules).0).collect();
    let rows: Vec<_> = (0..250).map(|number| sample::row(number, &sample::invoice(&mut dice, "north"))).collect();
    let start = Clock::now();
    let mut allowed = 0u32;
    for principal in &principals {
        for record in &rows {
            for action in sample::ACTIONS {
                let request = Request { known: known(principal, now), action, record: Some(record) };
                allowed += u32::from(black_box(ours.decide(&request)).allowed);
            }
        }
    }
    black_box(allowed);
    report.add("decide/simulate-1000000", "ms", Better::Lower, in_millis(start.elapsed()), None);
}
