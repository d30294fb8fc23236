//! Hosts: the studio on this machine, a server.

use super::Context;
use crate::args::{InitArgs, ServeArgs, StudioArgs};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::{place_of, server_place};
use maq_app::{DecisionOptions, Options};
use maq_server::studio::{self, StudioOptions};
use maq_server::{ServeOptions, serve as serve_api};
use maq_store::StoreKind;
use serde_json::json;
use std::path::PathBuf;

pub async fn studio(args: StudioArgs, context: Context<'_>) -> CliResult<Done> {
    let path = match args.ws {
        Some(path) => path,
        None => own_workspace()?,
    };
    let place = place_of(&path)?;
    let (services, made) = maq_host::open_workspace(&place).await?;
    if made {
        context.output.say(format!("made {}", place.location()));
    }
    let ui = args.ui.or_else(built_page);
    if ui.is_none() {
        context.output.say("the studio's page is not built: run `./dev studio`, or name its folder with --ui");
    }
    let router = maq_rpc::Router::for_person(services, &maq_host::person_id()).await?;
    let studio = studio::serve(router, StudioOptions { listen: args.listen, ui }).await?;
    let url = studio.url();
    context.output.say("the studio runs; this address opens it once, in one browser (Ctrl-C ends it):");
    context.output.announce(&json!({ "ok": true, "url": url }), &url);
    if !args.no_open && !context.no_input && !context.output.is_json() {
        open_browser(&url);
    }
    studio.running().until_stopped().await;
    Ok(Done::default())
}

pub async fn init(args: InitArgs, context: Context<'_>) -> CliResult<Done> {
    let place = server_place(&args.store, args.admin_store.as_deref())?;
    let services = maq_host::create(&place, StoreKind::Server).await?;
    let token = services.access.init_server().await;
    services.close().await;
    let token = token?;
    context.output.say(format!(
        "made the server's store {}\nits admin token is shown this once; keep it where you keep passwords:",
        place.location()
    ));
    Ok(Done::new(json!({ "store": place.location(), "token": token }), token))
}

pub async fn serve(args: ServeArgs, context: Context<'_>) -> CliResult<Done> {
    let place = server_place(&args.store, args.admin_store.as_deref())?;
    let decisions = DecisionOptions { allows_per_mille: args.logged_allows, ..DecisionOptions::default() };
    let settings = Options { outbox: args.outbox, decisions, ..Options::default() };
    let services = maq_host::open_with(&place, StoreKind::Server, settings).await?;
    let options = ServeOptions { listen: args.listen, allow_remote: args.allow_remote, ..ServeOptions::default() };
    let running = match serve_api(services.clone(), options).await {
        Ok(running) => running,
        Err(error) => {
            services.close().await;
            return Err(error.into());
        }
    };
    let url = running.url();
    context.output.say("the server runs (Ctrl-C ends it):");
    context.output.announce(&json!({ "ok": true, "url": url }), &url);
    running.until_stopped().await;
    context.output.say("the server has ended");
    Ok(Done::default())
}

/// The workspace of a person who names none.
fn own_workspace() -> CliResult<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let missing = || Failure::usage("usage/no-workspace", "no workspace is named", "give the path of a workspace");
    let folder = data.or_else(home).ok_or_else(missing)?.join("maquette");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    Ok(folder.join("My workspace.maquette"))
}

/// The built page beside the program, or in the repository the program was built in.
fn built_page() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?.join("ui");
    let shared = program.parent()?.join("../share/maquette/ui");
    let in_repository = program.ancestors().skip(1).take(5).map(|folder| folder.join("ui/dist"));
    let candidates = [beside, shared].into_iter().chain(in_repository);
    candidates.into_iter().find(|folder| folder.join("index.html").is_file())
}

/// Opens the address where there is a display; where there is none, it stands on the terminal.
fn open_browser(url: &str) {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if display || cfg!(target_os = "macos") {
        use std::process::Stdio;
        let opened = std::process::Command::new(program).arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if let Err(error) = opened {
            tracing::debug!(%error, "no browser was opened");
        }
    }
}
