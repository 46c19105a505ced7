//! Whether the sites of a metric agree on what it is, and how a disagreement reads.

use super::conflict::CatalogConflict;
use super::metric::{Metric, Site};
use crate::definition::{Family, LabelSpec};

/// Whether all sites of a metric agree on what it is.
pub(super) fn check(metric: &Metric) -> Result<(), CatalogConflict> {
    let first = metric.family();
    let all = || metric.sites.iter().map(|site| site.family);
    if all().any(|family| family.kind != first.kind) {
        return Err(conflict(metric, "kind", AGREE, |family| Some(family.kind.to_string()), |_, _| true));
    }
    if !all().all(|family| have_same_labels(first, family)) {
        let is_capped = all().any(|family| family.labels.iter().any(|label| label.capped().is_some()));
        let advice = if is_capped { AGREE_ON_TYPE } else { AGREE };
        // Two labels without values may read the same.
        return Err(conflict(metric, "labels", advice, |family| Some(labels_of(family)), have_same_labels));
    }
    // A site without buckets takes those of the others.
    if all().any(|family| !family.buckets.is_empty() && family.buckets != metric.buckets()) {
        let describe = |family: &Family| (!family.buckets.is_empty()).then(|| format!("{:?}", family.buckets));
        return Err(conflict(metric, "buckets", AGREE, describe, |_, _| true));
    }
    Ok(())
}

/// Gives the places of each opinion: sites have one opinion where it reads the same and is the same.
fn conflict(
    metric: &Metric,
    what: &'static str,
    advice: &'static str,
    describe: impl Fn(&Family) -> Option<String>,
    is_same: impl Fn(&Family, &Family) -> bool,
) -> CatalogConflict {
    let mut opinions: Vec<(&Family, String, Vec<String>)> = Vec::new();
    for site in &metric.sites {
        let Some(opinion) = describe(site.family) else { continue };
        let same = opinions.iter_mut().find(|(family, known, _)| *known == opinion && is_same(family, site.family));
        match same {
            Some((_, _, places)) => places.push(site.to_string()),
            None => opinions.push((site.family, opinion, vec![site.to_string()])),
        }
    }
    let opinions = opinions.into_iter().map(|(_, opinion, places)| format!("{opinion} at {}", places.join(" and ")));
    let opinions = opinions.collect::<Vec<_>>().join(", but ");
    CatalogConflict::sites(metric.name(), what, opinions, advice)
}

/// Two metrics would have the same name on the page.
pub(super) fn name_conflict(name: String, one: &Metric, other: &Metric) -> CatalogConflict {
    CatalogConflict::names(name, with_places(one), with_places(other))
}

/// ``the counter `jobs_total` at src/a.rs:1 and src/b.rs:2``
fn with_places(metric: &Metric) -> String {
    let places: Vec<String> = metric.sites.iter().map(Site::to_string).collect();
    format!("the {} `{}` at {}", metric.kind(), metric.name(), places.join(" and "))
}

const AGREE: &str = "make them agree";
const AGREE_ON_TYPE: &str = "give the label one type at all of them, since each type keeps its own values";

fn have_same_labels(one: &Family, other: &Family) -> bool {
    let mut pairs = one.labels.iter().zip(other.labels);
    one.labels.len() == other.labels.len() && pairs.all(|(one, other)| one.agrees_with(other))
}

fn labels_of(family: &Family) -> String {
    let labels: Vec<String> = family.labels.iter().map(label_of).collect();
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}

/// The label with its values; where they come with time, with where they come from.
fn label_of(label: &LabelSpec) -> String {
    let (name, most) = (label.name(), label.cardinality());
    if let Some(capped) = label.capped() {
        return format!("{name} (up to {most} values of `{}`)", capped.type_name());
    }
    let values: Vec<&str> = label.values().collect();
    if values.is_empty() {
        let values = if most == 1 { "value" } else { "values" };
        return format!("{name} ({most} {values}, none known so far)");
    }
    format!("{name} ({})", values.join(", "))
}
