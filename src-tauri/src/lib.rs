//! The desktop window: one `rpc` command (and `cancel`), one event bridge, a file picker.
//!
//! No rules, no SQL and no use case live here: a call goes to `maq-rpc` as it comes, and its answer goes back as it is.
//! The same router answers the browser, so what works in one window works in the other.

mod bridge;
mod core;
mod location;
mod rpc;
mod window;

use std::process::ExitCode;
use tauri::Manager;

/// Opens the window and returns when it is closed.
pub fn run() -> ExitCode {
    let built = tauri::Builder::default()
        // First, so that a second start hands its arguments over before it opens a workspace.
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| window::bring_to_front(app)))
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(tauri::generate_handler![rpc::rpc, rpc::cancel])
        .setup(|app| {
            let handle = app.handle().clone();
            let place = location::choose(&handle, std::env::args_os().nth(1));
            let core = tauri::async_runtime::block_on(core::Core::open(&place));
            if core.is_open() {
                location::remember(&handle, &place);
            }
            bridge::start(handle.clone(), &core);
            app.manage(core);
            window::open(&handle, &place)?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|handle, event| {
                if let tauri::RunEvent::Exit = event {
                    let core = handle.state::<core::Core>();
                    tauri::async_runtime::block_on(core.close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the studio's window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
