//! The servers a workspace publishes to.

use super::Context;
use super::publish::stated;
use crate::args::TargetCommand;
use crate::failure::CliResult;
use crate::output::Done;
use crate::session::Session;
use crate::{prompt, render};
use maq_contract::{Nothing, TargetName, TargetStatus, Targets};
use serde_json::json;

pub async fn target(command: TargetCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        TargetCommand::Add { ws, name, url, no_trust_key } => {
            let token = prompt::token(context.no_input)?;
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let targets = &session.services.targets;
                    let status = targets.add_target(&session.actor, &name, &url, token, !no_trust_key).await?;
                    let data =
                        json!({ "target": name, "url": url, "release": status.release, "trusted": !no_trust_key });
                    let kept = session.services.secrets_kept_in();
                    context.output.say(format!("the token is {kept}"));
                    Ok(Done::new(data, format!("added {name}")))
                })
                .await
        }
        TargetCommand::List { ws } => {
            Session::open(&ws)
                .await?
                .finish(async |session| {
                    let Targets { targets } = session.ask("targets.list_targets", &Nothing {}).await?;
                    let rows: Vec<[String; 2]> =
                        targets.iter().map(|target| [target.name.clone(), target.url.clone()]).collect();
                    Ok(Done::new(json!({ "targets": targets }), render::table(["NAME", "ADDRESS"], &rows)))
                })
                .await
        }
        TargetCommand::Test { ws, name } => {
            Session::open(&ws)
                .await?
                .finish(async |session| {
                    let request = TargetName { target: name };
                    stated(session.ask::<_, TargetStatus>("targets.get_status", &request).await?)
                })
                .await
        }
        TargetCommand::Remove { ws, name } => {
            Session::open(&ws)
                .await?
                .finish(async |session| {
                    let request = TargetName { target: name.clone() };
                    session.ask::<_, Nothing>("targets.remove_target", &request).await?;
                    Ok(Done::new(json!({ "removed": name }), format!("removed {name}")))
                })
                .await
        }
    }
}
