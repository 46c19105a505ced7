//! One metric at two attributes of one function: it must not count a call twice, or two things under one name.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;

use crate::diagnostic::Diagnostics;
use crate::plan::model::{Event, LabelPlan, LabelPlanValue, MetricPlan, SitePlan};
use crate::tokens::text::to_source;

/// Reports each attribute that records the metric of an earlier one, if that is a mistake.
pub(crate) fn check_duplicates<'a>(sites: impl Iterator<Item = &'a SitePlan>, diagnostics: &mut Diagnostics) {
    let sites: Vec<&SitePlan> = sites.collect();
    for (at, site) in sites.iter().enumerate() {
        let (name, span) = metric_name(&site.metric);
        let mut others = sites[..at].iter().filter(|other| metric_name(&other.metric).0 == name);
        if let Some(problem) = others.find_map(|other| problem(&name, other, site)) {
            diagnostics.at(span, problem);
        }
    }
}

/// Reports each metric for the age of the oldest call whose name another metric of the function has.
pub(crate) fn check_ages<'a>(sites: impl Iterator<Item = &'a SitePlan>, diagnostics: &mut Diagnostics) {
    let sites: Vec<&SitePlan> = sites.collect();
    for (at, oldest) in sites.iter().enumerate().filter_map(|(at, site)| Some((at, site.oldest.as_ref()?))) {
        let is_recorded = sites.iter().any(|site| metric_name(&site.metric).0 == oldest.name);
        let mut others = sites[..at].iter().filter_map(|site| site.oldest.as_ref());
        if is_recorded || others.any(|other| other.name == oldest.name) {
            let message = format!(
                "`{}` is the name of another metric of this function: give the age of the oldest call a name of its own",
                oldest.name
            );
            diagnostics.at(oldest.span, message);
        }
    }
}

/// What is wrong with two attributes that record one metric. Nothing is wrong if the values of their labels differ, or
/// if one of them records a call only when the other does not.
fn problem(name: &str, one: &SitePlan, other: &SitePlan) -> Option<String> {
    let (same_names, same_values) = compare_labels(&one.labels, &other.labels);
    let (first, second) = (counted_calls(one.event), counted_calls(other.event));
    // The compiler checks kind and labels of a declared metric.
    let is_own = matches!(other.metric, MetricPlan::Own { .. });
    if one.kind != other.kind {
        return is_own.then(|| {
            format!(
                "`{name}` is a {} at another attribute of this function and a {} here: give one of them another name",
                one.kind.name(),
                other.kind.name()
            )
        });
    }
    if is_own && !same_names {
        return Some(if one.event == other.event {
            format!(
                "`{name}` is recorded twice by this function, with different labels, and a metric has one set of \
                 label names: give one of them another name"
            )
        } else {
            format!("`{name}` would count two things, {first} and {second}: give one of them another name")
        });
    }
    if !same_values || !may_overlap(one.event, other.event) {
        return None;
    }
    Some(if one.event == Event::LastOk && other.event == Event::LastOk {
        format!("`{name}` is recorded twice by this function: remove one of them")
    } else if one.event == other.event {
        format!("`{name}` is recorded twice by this function, so each call would count twice: remove one of them")
    } else {
        format!(
            "`{name}` would count two things, {first} and {second}: give one of them another name, or give both a \
             label that distinguishes them"
        )
    })
}

/// The name of a metric, or the path of its declaration, and where it stands.
pub(crate) fn metric_name(metric: &MetricPlan) -> (String, Span) {
    match metric {
        MetricPlan::Own { name, span, .. } => (name.clone(), *span),
        MetricPlan::Declared(path) => (to_source(path), path.span()),
    }
}

/// Whether both may record the same call.
fn may_overlap(one: Event, other: Event) -> bool {
    !((one == Event::Ok && other.is_failure()) || (one.is_failure() && other == Event::Ok))
}

/// The calls that a site counts, for a message.
fn counted_calls(event: Event) -> &'static str {
    match event {
        Event::Start | Event::StartValue => "calls that start",
        Event::Item => "items",
        Event::Ok | Event::LastOk => "calls that end `ok`",
        Event::Failure | Event::FailureExceptCancelled => "calls that fail",
        Event::End | Event::Duration | Event::InFlight | Event::EndValue => "calls that end",
    }
}

/// Whether both have labels with the same names, and whether those have the same values.
fn compare_labels(one: &[LabelPlan], other: &[LabelPlan]) -> (bool, bool) {
    let found = |label: &LabelPlan| other.iter().find(|other| other.name == label.name).map(|other| &other.value);
    let same_names = one.len() == other.len() && one.iter().all(|label| found(label).is_some());
    let same_values =
        one.iter().all(|label| found(label).is_some_and(|value| value_text(value) == value_text(&label.value)));
    (same_names, same_names && same_values)
}

/// The value as it was written; a built-in value as a text that no expression has.
fn value_text(value: &LabelPlanValue) -> String {
    match value {
        LabelPlanValue::Parameter(parameter) => parameter.to_string(),
        LabelPlanValue::Expression(expression) => expression.to_token_stream().to_string(),
        LabelPlanValue::Result { pattern, expression } => {
            format!("|{}| {}", pattern.to_token_stream(), expression.to_token_stream())
        }
        LabelPlanValue::Outcome | LabelPlanValue::Failure | LabelPlanValue::FailureExceptCancelled => {
            "<outcome>".to_owned()
        }
        LabelPlanValue::Reason { .. } => "<reason>".to_owned(),
    }
}
