//! Plans the objectives: what counts as good, and which metric counts all calls.

use proc_macro2::Span;

use crate::analyse::objective::{check_percent, check_under};
use crate::diagnostic::Diagnostics;
use crate::names::{snake_case, unraw};
use crate::parse::attribute::Attribute;
use crate::parse::function::Function;
use crate::parse::grammar::Keyed;
use crate::parse::objective::{Objective, example};
use crate::plan::duplicates::metric_name;
use crate::plan::model::{Event, LabelPlan, LabelPlanValue, ObjectivePlan, SitePlan};

/// Plans the objective of one attribute. [`find_totals`] finds its total, when all attributes are planned.
pub(crate) fn plan_objective(
    (attribute, event): (Attribute, Event),
    labels: &[LabelPlan],
    Keyed { key, value }: Keyed<Objective>,
    diagnostics: &mut Diagnostics,
) -> Option<ObjectivePlan> {
    let Objective { percent, under, is_complete } = value;
    let errors_before = diagnostics.len();
    let is_timed = event == Event::Duration;
    if !is_timed && !event.is_failure() {
        diagnostics.at(
            key,
            "the objective of a counter is about the calls that fail: write `on = failure`, and count all calls with an \
             attribute of its own",
        );
        return None;
    }
    let share = percent.as_ref().map(|percent| percent.value);
    match share.map(|share| (share.span, check_percent(share.value))) {
        Some((span, Err(problem))) => diagnostics.at(span, problem),
        None if is_complete => diagnostics.at(
            key,
            format!("an objective needs the share of the calls that must be good: write `{}`", example(attribute)),
        ),
        _ => {}
    }
    match &under {
        // Without both the message about `percent` shows both.
        None if is_timed && is_complete && percent.is_some() => diagnostics.at(
            key,
            format!(
                "the objective of a histogram needs `under`, the seconds within which a good call ends: write `{}`",
                example(attribute)
            ),
        ),
        Some(Keyed { value, .. }) if is_timed => {
            if let Err(problem) = check_under(value.value) {
                diagnostics.at(value.span, problem);
            }
        }
        Some(Keyed { key, .. }) => diagnostics.at(
            *key,
            "a counter of failures knows no durations: remove `under`, or give it to the objective of `#[timed]`",
        ),
        None => {}
    }
    refuse_other_outcomes(labels, diagnostics);
    let percent = share?.value;
    let under = under.map(|under| under.value);
    (is_complete && diagnostics.len() == errors_before).then_some(ObjectivePlan { key, percent, under, total: None })
}

/// Rules tell good calls from bad ones by the label `outcome`, so it must be the built-in one.
fn refuse_other_outcomes(labels: &[LabelPlan], diagnostics: &mut Diagnostics) {
    let is_built_in = |label: &LabelPlan| {
        matches!(
            label.value,
            LabelPlanValue::Outcome | LabelPlanValue::Failure | LabelPlanValue::FailureExceptCancelled
        )
    };
    for label in labels.iter().filter(|label| label.name == "outcome" && !is_built_in(label)) {
        diagnostics.at(
            label.span,
            "an objective reads the label `outcome` as how the call ended, and here it is another value: give it another \
             name",
        );
    }
}

/// Finds the attribute that counts all calls for each objective of failures.
pub(crate) fn find_totals(sites: &mut [Option<SitePlan>], function: &Function, diagnostics: &mut Diagnostics) {
    for at in 0..sites.len() {
        let Some(SitePlan { event, objective: Some(ObjectivePlan { key, .. }), metric, .. }) = &sites[at] else {
            continue;
        };
        if !event.is_failure() {
            continue;
        }
        let (key, (name, _)) = (*key, metric_name(metric));
        let is_of_this_metric = |site: &&SitePlan| metric_name(&site.metric).0 == name;
        if let Some(other) = sites.iter().flatten().filter(is_of_this_metric).find(|site| !site.event.is_failure()) {
            let span = metric_name(&other.metric).1;
            diagnostics.at(
                span,
                format!(
                    "`{name}` has an objective of failures, and here it counts other calls too: give it another name"
                ),
            );
            continue;
        }
        let total = [Event::Duration, Event::End, Event::Start]
            .into_iter()
            .find_map(|event| sites.iter().position(|site| site.as_ref().is_some_and(|site| site.event == event)));
        // An attribute with a mistake may be the one that is missing.
        if total.is_none() && sites.iter().all(Option::is_some) {
            report_missing_total(function, key, diagnostics);
        }
        if let Some(SitePlan { objective: Some(objective), .. }) = &mut sites[at] {
            objective.total = total;
        }
    }
}

fn report_missing_total(function: &Function, key: Span, diagnostics: &mut Diagnostics) {
    let name = unraw(&function.signature.ident);
    let metric = snake_case(&name);
    diagnostics.at(
        key,
        format!(
            "an objective compares the failures with all calls, and no attribute of `{name}` counts all calls: add \
             `#[counted(counter = \"{metric}_calls_total\")]` or `#[timed(histogram = \"{metric}_seconds\")]`"
        ),
    );
}
