//! Checks that the sites of a metric agree on its definition, and writes the error if they do not.

use super::conflict::CatalogConflict;
use super::metric::{Metric, Site};
use crate::definition::{Family, LabelSpec, Source};

/// Checks that all sites of a metric agree on its kind, numbers, values, labels and buckets.
pub(super) fn check(metric: &Metric) -> Result<(), CatalogConflict> {
    let first = metric.family();
    let all = || metric.sites.iter().map(|site| site.family);
    if all().any(|family| family.kind != first.kind) {
        return Err(conflict(metric, "kind", MAKE_THEM_AGREE, |family| Some(family.kind.to_string()), |_, _| true));
    }
    if metric.sites.iter().any(|site| site.is_fractional != metric.is_fractional()) {
        let numbers =
            |family: &Family| metric.sites.iter().find(|site| std::ptr::eq(site.family, family)).map(describe_numbers);
        return Err(conflict(metric, "numbers", MAKE_THEM_AGREE, numbers, |_, _| true));
    }
    if metric.sites.iter().any(|site| !have_same_values(site, &metric.sites[0])) {
        let values =
            |family: &Family| metric.sites.iter().find(|site| std::ptr::eq(site.family, family)).map(describe_values);
        return Err(conflict(metric, "values", MAKE_THEM_AGREE, values, |_, _| true));
    }
    if !all().all(|family| have_same_labels(first, family)) {
        let is_capped = all().any(|family| family.labels.iter().any(|label| label.capped().is_some()));
        let advice = if is_capped { USE_ONE_TYPE } else { MAKE_THEM_AGREE };
        // Different labels can have the same description, if none of their values is known yet.
        return Err(conflict(metric, "labels", advice, |family| Some(describe_labels(family)), have_same_labels));
    }
    // A site that names no buckets takes those of the other sites.
    if all().any(|family| !family.buckets.is_empty() && family.buckets != metric.buckets()) {
        let describe = |family: &Family| (!family.buckets.is_empty()).then(|| format!("{:?}", family.buckets));
        return Err(conflict(metric, "buckets", MAKE_THEM_AGREE, describe, |_, _| true));
    }
    Ok(())
}

/// The error for a metric whose sites disagree. It lists each definition with its sites. Sites share a definition if
/// `describe` gives them the same text and `is_same` holds.
fn conflict(
    metric: &Metric,
    what: &'static str,
    advice: &'static str,
    describe: impl Fn(&Family) -> Option<String>,
    is_same: impl Fn(&Family, &Family) -> bool,
) -> CatalogConflict {
    let mut definitions: Vec<(&Family, String, Vec<String>)> = Vec::new();
    for site in &metric.sites {
        let Some(definition) = describe(site.family) else { continue };
        let same =
            definitions.iter_mut().find(|(family, known, _)| *known == definition && is_same(family, site.family));
        match same {
            Some((_, _, places)) => places.push(site.to_string()),
            None => definitions.push((site.family, definition, vec![site.to_string()])),
        }
    }
    let definitions =
        definitions.into_iter().map(|(_, definition, places)| format!("{definition} at {}", places.join(" and ")));
    let definitions = definitions.collect::<Vec<_>>().join(", but ");
    CatalogConflict::sites(metric.name(), what, definitions, advice)
}

/// The error for two metrics that would have the same name on the page.
pub(super) fn name_conflict(name: String, one: &Metric, other: &Metric) -> CatalogConflict {
    CatalogConflict::names(name, describe_metric(one), describe_metric(other))
}

/// ``the counter `jobs_total` at src/a.rs:1 and src/b.rs:2``
fn describe_metric(metric: &Metric) -> String {
    let places: Vec<String> = metric.sites.iter().map(Site::to_string).collect();
    format!("the {} `{}` at {}", metric.kind(), metric.name(), places.join(" and "))
}

const MAKE_THEM_AGREE: &str = "make them agree";
const USE_ONE_TYPE: &str = "give the label the same type at all sites, because each type keeps its own values";

fn have_same_labels(one: &Family, other: &Family) -> bool {
    let mut pairs = one.labels.iter().zip(other.labels);
    one.labels.len() == other.labels.len() && pairs.all(|(one, other)| one.agrees_with(other))
}

fn have_same_values(one: &Site, other: &Site) -> bool {
    match [one, other].map(|site| site.reading.map(|reading| reading.source)) {
        [None, None] | [Some(Source::Process(_)), Some(Source::Process(_))] => true,
        #[cfg(feature = "exporter")]
        [Some(Source::Indexed(_)), Some(Source::Indexed(_))]
        | [Some(Source::OfAllProcesses(_)), Some(Source::OfAllProcesses(_))] => true,
        [Some(Source::Oldest(one)), Some(Source::Oldest(other))] => one.gauge.name == other.gauge.name,
        _ => false,
    }
}

/// Where the values of a site come from.
fn describe_values(site: &Site) -> String {
    match site.reading.map(|reading| reading.source) {
        None => "recorded values".to_owned(),
        Some(Source::Process(_)) => "those of the process".to_owned(),
        #[cfg(feature = "exporter")]
        Some(Source::Indexed(_)) => "those of the exports".to_owned(),
        #[cfg(feature = "exporter")]
        Some(Source::OfAllProcesses(_)) => "those of the processes".to_owned(),
        Some(Source::Oldest(oldest)) => format!("the ages of the calls in `{}`", oldest.gauge.name),
    }
}

/// What a site of a counter counts.
fn describe_numbers(site: &Site) -> String {
    if site.is_fractional { "numbers with fractions" } else { "whole numbers" }.to_owned()
}

fn describe_labels(family: &Family) -> String {
    let labels: Vec<String> = family.labels.iter().map(describe_label).collect();
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}

/// A label's name with its values. A capped label gets its values while the program runs, so its type stands for them.
fn describe_label(label: &LabelSpec) -> String {
    let (name, max_values) = (label.name(), label.cardinality());
    if let Some(capped) = label.capped() {
        return format!("{name} (up to {max_values} values of `{}`)", capped.type_name());
    }
    let values: Vec<&str> = label.values().collect();
    if values.is_empty() {
        let values = if max_values == 1 { "value" } else { "values" };
        return format!("{name} ({max_values} {values}, none known so far)");
    }
    format!("{name} ({})", values.join(", "))
}
