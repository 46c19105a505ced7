//! Checks that an objective fits its metrics, which several functions may record, and writes the error if it does not.

use super::conflict::CatalogConflict;
use super::metric::Metric;
use super::objective::Objective;
use crate::definition::{Definition, Event, Place};

/// Checks that objectives of one metric are the same. They are sorted by metric.
pub(super) fn check_numbers(objectives: &[Objective]) -> Result<(), CatalogConflict> {
    objectives.windows(2).try_for_each(|pair| {
        let [one, other] = pair else { return Ok(()) };
        if one.metric() != other.metric() || one.asks_for_the_same(other) {
            return Ok(());
        }
        let (first, second) = (one.describe(), other.describe());
        Err(conflict(
            one,
            format!(
                "asks for {first}, but the one at {} for {second}; an objective is one of the whole metric: make them \
                 agree, or give one of the metrics another name",
                other.site()
            ),
        ))
    })
}

/// Checks that the metric still has the bucket: a site that gives none takes the buckets of another site.
pub(super) fn check_bound(objective: &Objective, metric: &Metric) -> Result<(), CatalogConflict> {
    match objective.under() {
        Some(under) if !metric.buckets().iter().any(|bound| bound.to_bits() == under.to_bits()) => Err(conflict(
            objective,
            format!(
                "counts the calls under {under} s, which is not a bucket bound of the metric: another of its sites gives \
                 it the buckets {:?}; write the buckets here too, with one bound as `under`",
                metric.buckets()
            ),
        )),
        _ => Ok(()),
    }
}

/// Checks that a counter of failures and its total count the same calls: every function that records one of them records both,
/// and neither counts anything else. What hand-written code records is not known.
pub(super) fn check_total(objective: &Objective, definitions: &[Definition]) -> Result<(), CatalogConflict> {
    let (metric, total) = (objective.metric(), objective.total());
    if objective.under().is_some() {
        return Ok(());
    }
    for definition in definitions {
        let event_of = |name: &str, is_expected: &dyn Fn(Event) -> bool| {
            let events = definition.sites.iter().filter(|site| site.family.name == name).map(|site| site.event);
            let mut events = events.filter(|event| *event != Event::Declared);
            let first = events.next();
            events.find(|event| !is_expected(*event)).or(first)
        };
        let failures = event_of(metric, &Event::is_failure);
        let all = event_of(total, &|event| event == objective.spec.total.event);
        if failures.is_some_and(|event| !event.is_failure()) {
            return Err(counts_other_calls(objective, metric, definition.place));
        }
        if all.is_some_and(|event| event != objective.spec.total.event) {
            return Err(counts_other_calls(objective, total, definition.place));
        }
        let (has, lacks) = match (failures, all) {
            (Some(_), None) => (metric, total),
            (None, Some(_)) => (total, metric),
            _ => continue,
        };
        return Err(conflict(
            objective,
            format!(
                "compares the failures with all calls in `{total}`, but {} records `{has}` without `{lacks}`: give it \
                 both attributes, or give `{has}` another name there",
                definition.place
            ),
        ));
    }
    Ok(())
}

fn counts_other_calls(objective: &Objective, metric: &str, place: &Place) -> CatalogConflict {
    let total = objective.total();
    conflict(
        objective,
        format!(
            "compares the failures with all calls in `{total}`, but {place} counts other calls in `{metric}`: give that \
             one another name"
        ),
    )
}

fn conflict(objective: &Objective, problem: String) -> CatalogConflict {
    CatalogConflict::objective(objective.metric(), objective.site().to_string(), problem)
}
