//! Exit codes, the same in every command.

use maq_contract::WireError;

/// It was done.
pub const OK: u8 = 0;
/// Findings, or a non-empty diff with `--exit-code`, or a request that cannot be done as it is.
pub const FINDINGS: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// What was named is not there.
pub const NOT_FOUND: u8 = 3;
/// Not allowed.
pub const NOT_ALLOWED: u8 = 4;
/// It does not fit what is there now.
pub const CONFLICT: u8 = 5;
/// A server or keychain cannot be reached.
pub const NETWORK: u8 = 6;
/// Our or the machine's failure.
pub const FAULT: u8 = 70;
/// Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a refusal or fault.
pub fn of(error: &WireError) -> u8 {
    if error.code.starts_with("usage/") {
        return USAGE;
    }
    if error.code == maq_app::refusals::JOB_CANCELLED.code {
        return INTERRUPTED;
    }
    match error.status {
        401 | 403 => NOT_ALLOWED,
        404 => NOT_FOUND,
        409 | 412 => CONFLICT,
        503 => NETWORK,
        500..=599 => FAULT,
        _ => FINDINGS,
    }
}
