//! Who works on a shared workspace.

use crate::args::MemberCommand;
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::render;
use crate::session::Session;
use maq_contract::{Member, MemberRef, Members, Nothing, PutMember};
use serde_json::json;
use std::path::Path;

pub async fn member(command: MemberCommand) -> CliResult<Done> {
    match command {
        MemberCommand::Add { ws, user, roles } => put(&ws, user, roles, false).await,
        MemberCommand::Role { ws, user, roles } => put(&ws, user, roles, true).await,
        MemberCommand::List { ws } => {
            let list = async |session: &Session| {
                let found: Members = session.ask("members.list_members", &Nothing {}).await?;
                let row = |member: &Member| {
                    [
                        member.user_id.clone(),
                        member.roles.join(", "),
                        member.created_at.clone(),
                        member.created_by.clone(),
                    ]
                };
                let rows: Vec<[String; 4]> = found.members.iter().map(row).collect();
                let text = if rows.is_empty() {
                    format!("no members: it belongs to whoever can open it, {} now", found.you)
                } else {
                    render::table(["MEMBER", "ROLES", "SINCE", "BY"], &rows)
                };
                Ok(Done::new(
                    json!({ "members": found.members, "you": found.you, "yourRoles": found.your_roles }),
                    text,
                ))
            };
            Session::open(&ws).await?.finish(list).await
        }
        MemberCommand::Remove { ws, user } => {
            let remove = async |session: &Session| {
                let request = MemberRef { user_id: user.clone() };
                session.ask::<_, Nothing>("members.remove_member", &request).await?;
                Ok(Done::new(json!({ "removed": user }), format!("removed {user}")))
            };
            Session::open(&ws).await?.finish(remove).await
        }
    }
}

async fn put(ws: &Path, user: String, roles: Vec<String>, must_be_there: bool) -> CliResult<Done> {
    let put = async |session: &Session| {
        if must_be_there {
            let found: Members = session.ask("members.list_members", &Nothing {}).await?;
            if !found.members.iter().any(|member| member.user_id == user) {
                let title = format!("`{user}` is no member of this workspace");
                return Err(Failure::of("access/member-not-found", 404, title, "`maquette member add` brings them in"));
            }
        }
        let request = PutMember { user_id: user, roles };
        let member: Member = session.ask("members.put_member", &request).await?;
        let text = format!("{}: {}", member.user_id, member.roles.join(", "));
        Ok(Done::new(json!(member), text))
    };
    Session::open(ws).await?.finish(put).await
}
