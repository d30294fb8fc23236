//! Questions to the person, and secrets, which never stand in arguments.

use crate::failure::{CliResult, Failure};
use maq_keychain::Secret;
use std::ffi::OsString;
use std::io::{BufRead, IsTerminal, Write};

/// The variable that holds a token.
pub const TOKEN_VARIABLE: &str = "MAQUETTE_TOKEN";

/// Refuses a token or password among the arguments: every user of the machine can read those, and the shell keeps them.
///
/// # Errors
/// `usage/secret-in-argument`, without the secret.
pub fn refuse_secrets(arguments: &[OsString]) -> CliResult<()> {
    let secret = |text: &str| {
        let password = text.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.split_once('@'));
        let has_password = password.is_some_and(|(before, _)| before.contains(':'));
        text.contains("maq_admin_") || text.contains("maq_data_") || text.starts_with("--token=") || has_password
    };
    if !arguments.iter().skip(1).any(|argument| secret(&argument.to_string_lossy())) {
        return Ok(());
    }
    Err(Failure::usage(
        "usage/secret-in-argument",
        "an argument holds a token or password, which others on this machine can read",
        "set MAQUETTE_TOKEN, or leave it out and type it when asked; then revoke this one",
    ))
}

/// The token of a server: from the environment, else from standard input.
///
/// # Errors
/// `usage/token-missing`.
pub fn token(no_input: bool) -> CliResult<Secret> {
    let missing =
        || Failure::usage("usage/token-missing", "this needs the server's token", "set MAQUETTE_TOKEN, or pipe it in");
    if let Ok(token) = std::env::var(TOKEN_VARIABLE)
        && !token.trim().is_empty()
    {
        return Ok(Secret::new(token.trim()));
    }
    if no_input {
        return Err(missing());
    }
    let typed = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("token: ").map_err(|_| missing())?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|_| missing())?;
        line
    };
    if typed.trim().is_empty() { Err(missing()) } else { Ok(Secret::new(typed.trim())) }
}

/// Asks for the passphrase of the encrypted secrets file, twice where the file is new. None where nobody answers.
pub fn passphrase(path: &str, new: bool) -> Option<Secret> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let what = if new { "a passphrase for the new secrets file" } else { "the passphrase of the secrets file" };
    let typed = Secret::new(rpassword::prompt_password(format!("{what} {path}: ")).ok()?);
    if new && Secret::new(rpassword::prompt_password("the same again: ").ok()?) != typed {
        // A terminal that takes no message takes no passphrase either.
        let _ = writeln!(std::io::stderr(), "the two were not the same");
        return None;
    }
    Some(typed)
}

/// Asks for a yes. Where nobody can answer, it must have been given as `--yes`.
///
/// # Errors
/// `usage/confirmation-needed`, `usage/not-confirmed`.
pub fn confirm(question: &str, yes: bool, no_input: bool) -> CliResult<()> {
    if yes {
        return Ok(());
    }
    if no_input || !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "usage/confirmation-needed",
            "nobody is here to confirm this",
            "look at it with --dry-run, then say --yes",
        ));
    }
    // A terminal that takes no question takes no answer either.
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.is_ok() && ["y", "yes"].contains(&line.trim().to_lowercase().as_str()) {
        return Ok(());
    }
    Err(Failure::usage("usage/not-confirmed", "not confirmed; nothing was changed", "answer y to go on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_argument_is_refused_and_not_repeated() {
        let refused = |argument: &str| {
            let arguments: Vec<OsString> = ["maquette", argument].map(OsString::from).to_vec();
            refuse_secrets(&arguments).err().map(|failure| failure.error().title.clone())
        };
        for bad in ["maq_admin_00ff", "--x=maq_data_1", "--token=abc", "postgres://ann:secret@host/db"] {
            let title = refused(bad).unwrap();
            assert!(!title.contains("secret@") && !title.contains("00ff"), "{title}");
        }
        for good in ["https://host/a@b:c", "shop.maquette", "sqlite:/a:b"] {
            assert_eq!(refused(good), None, "{good}");
        }
    }
}
