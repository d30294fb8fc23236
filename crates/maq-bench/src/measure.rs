//! Taking times.

use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

/// Median over rounds of the nanoseconds one call takes; a round goes once over `inputs`.
pub fn per_call<I, T>(inputs: &[I], call: impl FnMut(&I) -> T) -> f64 {
    per_call_in(ROUNDS, inputs, call)
}

/// The same in so many rounds, for what takes long.
pub fn per_call_in<I, T>(rounds: usize, inputs: &[I], mut call: impl FnMut(&I) -> T) -> f64 {
    let mut round = || {
        let start = Instant::now();
        for input in inputs {
            black_box(call(black_box(input)));
        }
        start.elapsed().as_nanos() as f64 / inputs.len() as f64
    };
    round();
    median((0..rounds).map(|_| round()).collect())
}

/// Median over a few runs of the milliseconds `run` takes; `prepare` is not counted.
pub fn millis<S, T>(runs: usize, mut prepare: impl FnMut() -> S, mut run: impl FnMut(S) -> T) -> f64 {
    let times = (0..runs).map(|_| {
        let state = prepare();
        let start = Instant::now();
        black_box(run(state));
        in_millis(start.elapsed())
    });
    median(times.collect())
}

/// A duration in milliseconds.
pub fn in_millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The one in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
