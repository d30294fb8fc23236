//! The wire: every request and answer of the studio, the ONE command table, and wire errors.
//!
//! Nothing but shapes. Documents, edits and findings are the same types the engines use; everything else that
//! crosses is written here. TypeScript is generated from this crate into `ui/src/contract`.

/// Wire structs: the same derives and renaming everywhere; optional members may be left out.
macro_rules! wire {
    ($( $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } )*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
            #[cfg_attr(feature = "ts", ts(optional_fields = nullable))]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($body)* }
        )*
    };
}

mod access;
mod command;
mod error;
mod event;
mod import;
mod policies;
mod publish;
mod records;
mod roles;
mod services;
mod workspace;

pub use access::*;
pub use command::{COMMANDS, CommandInfo, Tag};
pub use error::WireError;
pub use event::{Progress, StudioEvent};
pub use import::*;
pub use policies::*;
pub use publish::*;
pub use records::*;
pub use roles::*;
pub use services::*;
pub use workspace::*;

/// The empty request or answer.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
