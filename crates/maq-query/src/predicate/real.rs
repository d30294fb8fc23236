//! Doubles on Postgres, which fails a statement where a result is too large or too small to be a double. Zones of the
//! operands in which that cannot be are told first; in the others the result is tried with both operands scaled by
//! powers of two, which changes nothing else about it.

use super::refused;
use crate::record::QueryError;
use maq_expr::ArithmeticOp;

/// Two to the power of `exponent`, as Postgres reads it.
fn two(exponent: i32) -> String {
    format!("{:e}::DOUBLE PRECISION", 2_f64.powi(exponent))
}

/// Empty where the result is not finite.
pub(super) fn written(op: ArithmeticOp, left: &str, right: &str) -> Result<String, QueryError> {
    let chosen = match op {
        ArithmeticOp::Add | ArithmeticOp::Subtract => {
            let sign = super::arithmetic::word(op);
            format!(
                "CASE WHEN abs(x) < 8e307 AND abs(y) < 8e307 THEN x {sign} y WHEN abs(x) < 1e280 OR abs(y) < 1e280 \
                 THEN x {sign} y WHEN abs(x * 0.25 {sign} y * 0.25) < {} THEN x {sign} y END",
                two(1022)
            )
        }
        ArithmeticOp::Multiply => product(),
        ArithmeticOp::Divide => quotient(),
        ArithmeticOp::Modulo => return Err(refused("doubles have no remainder")),
    };
    Ok(format!("(SELECT {chosen} FROM (SELECT {left} AS x, {right} AS y LIMIT 1) AS t)"))
}

/// `result` where the scaled magnitude `s` is one of a double, else the nearest of the smallest double and zero.
fn small(scaled: &str, result: &str) -> String {
    format!(
        "(SELECT CASE WHEN s >= 1 THEN {result} WHEN s > 0.5 THEN sign(x) * sign(y) * '5e-324'::DOUBLE PRECISION \
         ELSE 0 END FROM (SELECT {scaled} AS s LIMIT 1) AS u)"
    )
}

fn product() -> String {
    let large = format!(
        "CASE WHEN abs((x * {down}) * (y * {down})) < {limit} THEN x * y END",
        down = two(-520),
        limit = two(-16)
    );
    let tiny = small(&format!("(abs(x) * {up}) * (abs(y) * {up})", up = two(537)), "x * y");
    format!(
        "CASE WHEN x IS NULL OR y IS NULL THEN NULL WHEN x = 0 OR y = 0 THEN 0 WHEN abs(x) >= 1 AND abs(y) >= 1 THEN {large} WHEN abs(x) >= 1 OR abs(y) >= \
         1 THEN x * y WHEN abs(x) > {floor} AND abs(y) > {floor} THEN x * y ELSE {tiny} END",
        floor = two(-400)
    )
}

fn quotient() -> String {
    let tiny = small(&format!("(abs(x) * {}) / (abs(y) * {})", two(540), two(-534)), "x / y");
    format!(
        "CASE WHEN x IS NULL OR y IS NULL OR y = 0 THEN NULL WHEN x = 0 THEN 0 WHEN abs(y) < 1 THEN CASE WHEN abs(y) >= {low} THEN CASE WHEN \
         abs(x) < 1 THEN x / y WHEN abs((x * {down}) / y) < {limit} THEN x / y END WHEN abs(x) < {rather_low} THEN x / \
         y WHEN abs(x) >= {high} THEN NULL WHEN abs((x * {down}) / (y * {up})) < 4096 THEN x / y END WHEN abs(x) >= 1 \
         THEN x / y WHEN abs(x) >= {low} AND abs(y) <= {up} THEN x / y ELSE {tiny} END",
        low = two(-500),
        down = two(-512),
        limit = two(512),
        rather_low = two(-100),
        high = two(540),
        up = two(500),
    )
}
