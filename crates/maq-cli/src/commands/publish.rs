//! Releases, plans, publishing, going back.

use super::Context;
use crate::args::{PlanArgs, PublishArgs, ReleaseCommand, RollbackArgs, StatusArgs};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::Session;
use crate::{exit, progress, prompt, render};
use maq_app::refusals;
use maq_contract::{
    ApplyPlan, MakePlan, MakeRelease, Nothing, Plan, PublishResult, ReleaseSummary, Releases, TargetName, TargetStatus,
};
use serde_json::json;
use std::fmt::Write as _;

pub async fn plan(args: PlanArgs) -> CliResult<Done> {
    Session::open(&args.ws).await?.finish(async |session| planned(make(session, &args).await?)).await
}

pub async fn publish(args: PublishArgs, context: Context<'_>) -> CliResult<Done> {
    Session::open(&args.plan.ws)
        .await?
        .finish(async |session| {
            let plan = make(session, &args.plan).await?;
            if args.dry_run {
                return planned(plan);
            }
            if plan.findings.iter().any(maq_diag::Finding::is_error) {
                return Err(Failure::from(refusals::PLAN_REFUSED.with(&[])).with_findings(plan.findings));
            }
            if plan.empty && !args.with_data {
                let data = json!({ "plan": plan, "deployment": null, "rows": 0 });
                return Ok(Done::new(data, format!("nothing to change on {}", plan.target)));
            }
            context.output.say(described(&plan));
            prompt::confirm(&format!("publish to {}?", plan.target), args.yes, context.no_input)?;
            let request = ApplyPlan {
                target: plan.target.clone(),
                release: plan.release.clone(),
                plan: plan.digest.clone(),
                with_data: args.with_data,
            };
            let result: PublishResult = progress::ask(session, "publish.apply_plan", &request, context.output).await?;
            let mut text = match &result.deployment {
                Some(deployment) => {
                    format!("{} runs release {}", plan.target, render::short(&deployment.release))
                }
                None => format!("nothing to change on {}", plan.target),
            };
            if args.with_data {
                let _ = write!(text, ", with {} rows", result.rows);
            }
            let findings = plan.findings.clone();
            let data = json!({ "plan": plan, "deployment": result.deployment, "rows": result.rows });
            Ok(Done::new(data, text).with_findings(findings))
        })
        .await
}

pub async fn roll_back(args: RollbackArgs, context: Context<'_>) -> CliResult<Done> {
    Session::open(&args.ws)
        .await?
        .finish(async |session| {
            prompt::confirm(&format!("go back on {}?", args.target), args.yes, context.no_input)?;
            let request = TargetName { target: args.target.clone() };
            let result: PublishResult = session.ask("publish.roll_back", &request).await?;
            let text = match &result.deployment {
                Some(deployment) => format!("{} runs release {}", args.target, render::short(&deployment.release)),
                None => format!("nothing to change on {}", args.target),
            };
            Ok(Done::new(json!({ "deployment": result.deployment }), text))
        })
        .await
}

pub async fn status(args: StatusArgs) -> CliResult<Done> {
    Session::open(&args.ws)
        .await?
        .finish(async |session| {
            let request = TargetName { target: args.target };
            stated(session.ask("targets.get_status", &request).await?)
        })
        .await
}

pub async fn release(command: ReleaseCommand) -> CliResult<Done> {
    match command {
        ReleaseCommand::List { ws } => {
            Session::open(&ws)
                .await?
                .finish(async |session| {
                    let Releases { releases } = session.ask("releases.list_releases", &Nothing {}).await?;
                    let rows: Vec<[String; 6]> = releases.iter().map(release_row).collect();
                    let head = ["NUMBER", "DIGEST", "ENTITIES", "AT", "RUNS ON", "LABEL"];
                    Ok(Done::new(json!({ "releases": releases }), render::table(head, &rows)))
                })
                .await
        }
        ReleaseCommand::Make { ws, label } => {
            Session::open(&ws)
                .await?
                .finish(async |session| {
                    let release: ReleaseSummary = session.ask("releases.make_release", &MakeRelease { label }).await?;
                    let text = release.digest.clone();
                    Ok(Done::new(serde_json::to_value(release).map_err(maq_app::AppError::fault)?, text))
                })
                .await
        }
    }
}

fn release_row(release: &ReleaseSummary) -> [String; 6] {
    [
        release.number.to_string(),
        render::short(&release.digest).to_owned(),
        release.versions.len().to_string(),
        release.created_at.clone(),
        release.running_on.join(", "),
        release.label.clone().unwrap_or_default(),
    ]
}

async fn make(session: &Session, args: &PlanArgs) -> CliResult<Plan> {
    let request = MakePlan { target: args.target.clone(), release: args.release.clone() };
    session.ask("publish.make_plan", &request).await
}

fn planned(plan: Plan) -> CliResult<Done> {
    let text = described(&plan);
    let findings = plan.findings.clone();
    let code = if findings.iter().any(maq_diag::Finding::is_error) { exit::FINDINGS } else { exit::OK };
    let data = serde_json::to_value(plan).map_err(maq_app::AppError::fault)?;
    Ok(Done::new(data, text).with_findings(findings).with_code(code))
}

fn described(plan: &Plan) -> String {
    let number = plan.release_number;
    let mut text = format!("release {number} ({}) on {}", render::short(&plan.release), plan.target);
    if plan.empty {
        text.push_str(": nothing to change");
        return text;
    }
    for change in &plan.changes {
        let mark = if change.supported { "+" } else { "x" };
        let _ = write!(text, "\n  {mark} {}", change.summary);
    }
    let _ = write!(text, "\n{} changes, {} statements", plan.changes.len(), plan.ddl.len());
    text
}

/// A target's status; one that does not answer is an outcome with the exit code of the network.
pub fn stated(status: TargetStatus) -> CliResult<Done> {
    let mut text = match (&status.problem, &status.release) {
        (Some(problem), _) => format!("{}: {problem}", status.target),
        (None, Some(release)) => format!("{} runs release {}", status.target, render::short(release)),
        (None, None) => format!("{} runs nothing yet", status.target),
    };
    let rows: Vec<[String; 2]> =
        status.entities.iter().map(|entity| [entity.name.clone(), entity.version.clone()]).collect();
    if !rows.is_empty() {
        let _ = write!(text, "\n\n{}", render::table(["ENTITY", "VERSION"], &rows));
    }
    let code = if status.ok { exit::OK } else { exit::NETWORK };
    Ok(Done::new(serde_json::to_value(status).map_err(maq_app::AppError::fault)?, text).with_code(code))
}
