//! What comes with decisions.

use crate::context::EntityContext;
use crate::fixes;
use crate::stages::policies::effect_of;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_doc::PolicyDoc;
use serde_json::Value as Json;

/// The kinds that come with the product.
const KINDS: [&str; 4] = ["audit", "notify", "requireReason", "requireMfa"];
/// Obligations of one policy that are looked at.
const TOLD: usize = 50;

/// Obligations say what is to be done, and with which decision.
pub(in crate::rules) fn obligations_are_understood(
    entity: EntityContext<'_>,
    policy: &PolicyDoc,
    out: &mut Vec<Finding>,
) {
    let path = ["policies", &*policy.id, "obligations"];
    let place = || entity.place(&path);
    for (at, one) in policy.obligations.iter().enumerate().take(TOLD) {
        // Obligations need no id, so a fix sets the whole list.
        let with = |change: &dyn Fn(&mut maq_doc::ObligationDoc)| {
            let mut all = policy.obligations.clone();
            all.get_mut(at).into_iter().for_each(change);
            fixes::set(&entity.doc.id, &path, serde_json::to_value(&all).unwrap_or(Json::Null))
        };
        let name = short(&policy.name);
        if one.kind.trim().is_empty() {
            out.push(Finding::new(catalogue::POLICY_OBLIGATION_WITHOUT_KIND, place(), &[("name", &*name)]));
        } else if !one.advice && !KINDS.contains(&&*one.kind) {
            let meant = did_you_mean(&short(&one.kind), KINDS);
            let params = [("name", &*name), ("kind", &*short(&one.kind)), ("hint", &*hint(meant))];
            let finding = Finding::new(catalogue::POLICY_OBLIGATION_KIND_UNKNOWN, place(), &params);
            out.push(match meant {
                Some(meant) => {
                    finding.with_fix(format!("Make it `{meant}`"), with(&|one| meant.clone_into(&mut one.kind)))
                }
                None => finding,
            });
        }
        let Some(on) = one.on.as_deref().filter(|on| effect_of(on).is_none()) else { continue };
        let meant = did_you_mean(&short(on), ["allow", "deny"]);
        let params = [("on", &*short(on)), ("hint", &*hint(meant))];
        let finding = Finding::new(catalogue::POLICY_OBLIGATION_ON_UNKNOWN, place(), &params);
        out.push(match meant {
            Some(meant) => finding.with_fix(format!("Make it `{meant}`"), with(&|one| one.on = Some(meant.to_owned()))),
            None => finding.with_fix("Take `on` away", with(&|one| one.on = None)),
        });
    }
}
