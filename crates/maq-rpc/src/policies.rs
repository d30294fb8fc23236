//! Policies of drafts: the table, conditions while they are written, trying them out.

mod trial;

use crate::call::Call;
use maq_app::{AppResult, Who};
use maq_contract::{
    CheckCondition, CompleteCondition, CompletionItem, Completions, ConditionCheck, ConditionProblem, ConditionRepair,
    DraftEntity, MatrixCell, MatrixRow, PolicyMatrix, PolicyRef, TryAnswer, TryPolicies,
};
use maq_expr::{CompletionKind, Problem, Span};
use maq_ir::Combining;
use maq_policy::{Possible, RuleRef, Verdict};

impl Call<'_> {
    pub async fn policies_read_matrix(&self, request: DraftEntity) -> AppResult<PolicyMatrix> {
        let matrix = self.services.policy_studio.matrix(self.actor, &request.entity_id).await?;
        let rows = matrix.rows.into_iter().map(|row| {
            let (kind, name) = match row.who {
                Who::Role(name) => ("role", name),
                Who::Everyone => ("everyone", "*".to_owned()),
                Who::User(name) => ("user", name),
            };
            MatrixRow { kind: kind.to_owned(), name, cells: row.cells.into_iter().map(cell).collect() }
        });
        Ok(PolicyMatrix {
            combining: matrix.combining.word().to_owned(),
            algorithms: Combining::ALL.iter().map(|known| known.word().to_owned()).collect(),
            actions: matrix.actions,
            rows: rows.collect(),
        })
    }

    pub async fn policies_check_condition(&self, request: CheckCondition) -> AppResult<ConditionCheck> {
        let CheckCondition { entity_id, text } = request;
        let checked = self.services.policy_studio.check(self.actor, &entity_id, &text).await?;
        Ok(ConditionCheck {
            problems: checked.problems.into_iter().map(problem).collect(),
            canonical: checked.canonical,
        })
    }

    pub async fn policies_complete_condition(&self, request: CompleteCondition) -> AppResult<Completions> {
        let CompleteCondition { entity_id, text, offset } = request;
        let found = self.services.policy_studio.complete(self.actor, &entity_id, &text, offset as usize).await?;
        let items = found.items.into_iter().map(|item| CompletionItem {
            kind: kind_of(item.kind).to_owned(),
            label: item.label,
            detail: item.detail,
            info: item.info,
            insert: item.insert,
        });
        Ok(Completions { span: span(found.span), items: items.collect() })
    }

    pub async fn policies_try_draft(&self, request: TryPolicies) -> AppResult<TryAnswer> {
        let entity_id = request.entity_id.clone();
        let request = trial::request(request)?;
        self.services.policy_studio.try_out(self.actor, &entity_id, &request).await.map(trial::answer)
    }
}

pub(crate) fn cell(found: Possible) -> MatrixCell {
    let verdict = match found.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny => "deny",
        Verdict::Conditional => "conditional",
        Verdict::Nothing => "nothing",
    };
    let refs = |rules: Vec<RuleRef>| {
        rules.into_iter().map(|rule| PolicyRef { id: rule.id.to_string(), name: rule.name.to_string() }).collect()
    };
    MatrixCell {
        verdict: verdict.to_owned(),
        deciding: refs(found.deciding),
        shadowed: refs(found.shadowed),
        limits_fields: found.limits_fields,
    }
}

fn problem(problem: Problem) -> ConditionProblem {
    let params = problem.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let repairs = problem.repairs.into_iter().map(|repair| ConditionRepair {
        title: repair.title,
        span: span(repair.span),
        text: repair.text,
    });
    ConditionProblem {
        code: problem.code.code.to_owned(),
        severity: problem.code.severity,
        message: maq_diag::catalogue::render(problem.code.message, &params),
        help: maq_diag::catalogue::render(problem.code.help, &params),
        span: span(problem.span),
        repairs: repairs.collect(),
        params,
    }
}

fn span(span: Span) -> (u32, u32) {
    (span.start, span.end)
}

fn kind_of(kind: CompletionKind) -> &'static str {
    match kind {
        CompletionKind::Field => "field",
        CompletionKind::Reference => "reference",
        CompletionKind::List => "list",
        CompletionKind::Variable => "variable",
        CompletionKind::Function => "function",
        CompletionKind::Macro => "macro",
        CompletionKind::Value => "value",
        CompletionKind::Keyword => "keyword",
    }
}
