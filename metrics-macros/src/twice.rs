//! One metric at two attributes of one function: what would count a call twice, or be two things under one name.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;

use crate::diagnostic::Diagnostics;
use crate::grammar::source;
use crate::plan::{Event, LabelPlan, LabelPlanValue, MetricPlan, SitePlan};

/// Reports each attribute whose metric another one records as well.
pub fn check<'a>(sites: impl Iterator<Item = &'a SitePlan>, diagnostics: &mut Diagnostics) {
    let sites: Vec<&SitePlan> = sites.collect();
    for (at, site) in sites.iter().enumerate() {
        let (name, span) = named(&site.metric);
        let mut others = sites[..at].iter().filter(|other| named(&other.metric).0 == name);
        if let Some(problem) = others.find_map(|other| problem(&name, other, site)) {
            diagnostics.at(span, problem);
        }
    }
}

/// What must be wrong about two attributes that record one metric. Nothing may be: where their labels have other
/// values, or where the one records a call only if the other does not.
fn problem(name: &str, one: &SitePlan, other: &SitePlan) -> Option<String> {
    let (same_names, same_values) = compared(&one.labels, &other.labels);
    let (first, second) = (calls(one.event), calls(other.event));
    // Of a declared metric the compiler checks kind and labels.
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
                "`{name}` stands twice on this function, with other labels here, and a metric has one set of labels: \
                 give one of them another name"
            )
        } else {
            format!("`{name}` would count two things, {first} and {second}: give one of them another name")
        });
    }
    if !same_values || !overlap(one.event, other.event) {
        return None;
    }
    Some(if one.event == other.event {
        format!("`{name}` stands twice on this function, so each call would be recorded twice: remove one")
    } else {
        format!(
            "`{name}` would count two things, {first} and {second}: give one of them another name, or both a label \
             that tells them apart"
        )
    })
}

/// A metric by its name, or by the path of its declaration, and where that stands.
fn named(metric: &MetricPlan) -> (String, Span) {
    match metric {
        MetricPlan::Own { name, span, .. } => (name.clone(), *span),
        MetricPlan::Declared(path) => (source(path), path.span()),
    }
}

/// Whether a call may be recorded at both.
fn overlap(one: Event, other: Event) -> bool {
    !matches!((one, other), (Event::Ok, Event::Failure) | (Event::Failure, Event::Ok))
}

fn calls(event: Event) -> &'static str {
    match event {
        Event::Start => "calls that start",
        Event::Ok => "calls that end `ok`",
        Event::Failure => "calls that fail",
        Event::End | Event::Duration | Event::InFlight => "calls that end",
    }
}

/// Whether both have labels of the same names, and whether these have the same values.
fn compared(one: &[LabelPlan], other: &[LabelPlan]) -> (bool, bool) {
    let found = |label: &LabelPlan| other.iter().find(|other| other.name == label.name).map(|other| &other.value);
    let same_names = one.len() == other.len() && one.iter().all(|label| found(label).is_some());
    let same_values = one.iter().all(|label| found(label).is_some_and(|value| written(value) == written(&label.value)));
    (same_names, same_names && same_values)
}

/// The value as it was written; the built-in ones by names that no expression has.
fn written(value: &LabelPlanValue) -> String {
    match value {
        LabelPlanValue::Parameter(parameter) => parameter.to_string(),
        LabelPlanValue::Expression(expression) => expression.to_token_stream().to_string(),
        LabelPlanValue::Result { pattern, expression } => {
            format!("|{}| {}", pattern.to_token_stream(), expression.to_token_stream())
        }
        LabelPlanValue::Outcome | LabelPlanValue::Failure => "<outcome>".to_owned(),
        LabelPlanValue::Reason => "<reason>".to_owned(),
    }
}
