//! How a target runs: first every kept input of `tests/fuzz/corpus/<target>/`, then as many random ones as the target
//! says, or as there is time for in `MAQUETTE_FUZZ_SECONDS`. An input that fails is shrunk, shown, and left under `target/fuzz/`; copied
//! into the corpus it is replayed for ever. `BOLERO_RANDOM_SEED` replays a seed, `cargo bolero test -p maq-fuzz TARGET`
//! goes by coverage.

use bolero::generator::ValueGenerator;
use bolero::{ByteSliceGenerator, TestTarget};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Longest input. Most choices take a byte or two.
const MOST_BYTES: usize = 2048;

thread_local! {
    /// What a target counts of its inputs: how deep they got.
    static NOTES: RefCell<BTreeMap<&'static str, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Counts an input that got to `place`, so that a target that tests nothing shows.
pub fn reached(place: &'static str) {
    NOTES.with_borrow_mut(|notes| *notes.entry(place).or_default() += 1);
}

/// An input, which is shown by the file it is left in.
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

type Target = TestTarget<ByteSliceGenerator, bolero::DefaultEngine, bolero::BorrowedInput>;

/// Checks `inputs` random inputs: a number and no time, so that a faster machine does not find what a slower one misses.
pub fn target(name: &str, inputs: usize, target: Target, check: impl Fn(&[u8])) {
    let kept = replay(name, &check);
    let (ran, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let check = AssertUnwindSafe(|bytes: &[u8]| {
        ran.fetch_add(1, Ordering::Relaxed);
        if fails(&check, bytes) && !failed.swap(true, Ordering::Relaxed) {
            let smallest = smaller(&check, bytes);
            keep(name, &smallest);
            check(&smallest);
        }
    });
    let seconds = std::env::var("MAQUETTE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    target
        .with_iterations(seconds.map_or(inputs, |_| usize::MAX))
        .with_test_time(seconds.map_or(Duration::MAX, Duration::from_secs))
        .with_max_len(MOST_BYTES * 2)
        .with_generator(bolero::generator::produce::<Vec<u8>>().with().len(0..=MOST_BYTES).map_gen(Bytes))
        .for_each(|bytes: &Bytes| check(&bytes.0));
    println!("fuzz {name}: {kept} kept and {} random inputs", ran.load(Ordering::Relaxed));
    NOTES.with_borrow(|notes| notes.iter().for_each(|(place, count)| println!("  {count:>8} {place}")));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn replay(name: &str, check: &impl Fn(&[u8])) -> usize {
    let Ok(folder) = fs::read_dir(root().join("tests/fuzz/corpus").join(name)) else { return 0 };
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in &files {
        let bytes = fs::read(file).unwrap();
        if panic::catch_unwind(AssertUnwindSafe(|| check(&bytes))).is_err() {
            panic!("the kept input {} fails", file.display());
        }
    }
    files.len()
}

fn fails(check: &impl Fn(&[u8]), bytes: &[u8]) -> bool {
    panic::catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err()
}

/// A smaller input that fails too: with parts left out, with bytes set to the first choice.
fn smaller(check: &impl Fn(&[u8]), bytes: &[u8]) -> Vec<u8> {
    let mut smallest = bytes.to_vec();
    let mut width = bytes.len().div_ceil(2);
    while width > 0 {
        let mut at = 0;
        while at < smallest.len() {
            let end = (at + width).min(smallest.len());
            let mut without = smallest.clone();
            without.drain(at..end);
            let mut zeroed = smallest.clone();
            zeroed[at..end].fill(0);
            if fails(check, &without) {
                smallest = without;
            } else {
                if zeroed != smallest && fails(check, &zeroed) {
                    smallest = zeroed;
                }
                at = end;
            }
        }
        width /= 2;
    }
    smallest
}

fn keep(name: &str, bytes: &[u8]) {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("fuzz");
    let file = folder.join(format!("{name}.failed"));
    fs::create_dir_all(&folder).and_then(|()| fs::write(&file, bytes)).unwrap();
    println!(
        "fuzz {name}: the smallest failing input is {}; mend it, then keep it in tests/fuzz/corpus/{name}/",
        file.display()
    );
}
