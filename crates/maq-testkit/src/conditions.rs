//! Generated conditions against generated rows: what the evaluator says of every row, and what a database says.

mod bugs;
mod generate;
mod model;
mod random;
mod rows;
mod run;
mod values;
mod walk;

pub use bugs::{BUGS, Bug};
pub use generate::Generator;
pub use model::{CUSTOMER, LINE, ORDER, REGION, model};
pub use random::Random;
pub use rows::{Town, caller, context};
pub use run::{Report, Run, Tell, judge};
pub use values::NOW;
