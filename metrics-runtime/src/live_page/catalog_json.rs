//! Writes the catalog for the live page: each metric, and each function with what it records.

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalog::{Catalog, DEFINITIONS, Metric, MetricLabel};
use crate::definition::{Definition, Event, Site};
use crate::recorder::Options;
use crate::util::json::{Object, push_number, push_object, push_text};

/// Writes the fields of the catalog. Its buckets are those of the page, which the options may have replaced.
pub(super) fn write(object: &mut Object<'_>, catalog: &Catalog, options: &Options) {
    object.object("global_labels", |labels| {
        for (name, value) in &options.global_labels {
            labels.text(name, value);
        }
    });
    object.list("metrics", catalog.metrics(), |json, metric| {
        let buckets = options.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice);
        push_object(json, |object| write_metric(object, metric, buckets));
    });
    object.list("functions", functions(catalog), |json, (definition, sites)| {
        push_object(json, |object| write_function(object, definition, &sites));
    });
}

fn write_metric(object: &mut Object<'_>, metric: &Metric, buckets: &[f64]) {
    object.text("name", metric.name());
    object.text("kind", metric.kind().as_str());
    if let Some(unit) = metric.unit() {
        object.text("unit", unit);
    }
    object.text("help", metric.help());
    object.list("labels", metric.labels(), |json, label: MetricLabel| {
        push_object(json, |object| {
            object.text("name", label.name());
            object.list("values", label.values(), |json, value| push_text(json, value));
            object.number("max_values", label.max_values());
        });
    });
    object.list("buckets", buckets, push_number);
}

fn write_function(object: &mut Object<'_>, definition: &Definition, sites: &[&Site]) {
    let place = definition.place;
    object.text("name", place.item);
    object.text("module", place.module);
    object.text("file", place.file);
    object.number("line", place.line);
    object.list("records", sites, |json, site| {
        push_object(json, |object| {
            object.text("metric", site.family.name);
            if let Some(event) = event(site.event) {
                object.text("event", event);
            }
            // The other functions of the metric have other values.
            object.object("fixed", |labels| {
                for label in site.family.labels.iter().filter(|label| label.is_fixed()) {
                    labels.text(label.name(), label.values().next().unwrap_or_default());
                }
            });
        });
    });
}

/// What a counter or a histogram counts. A gauge needs no word.
const fn event(event: Event) -> Option<&'static str> {
    match event {
        Event::Duration => Some("duration"),
        Event::Start => Some("start"),
        Event::End => Some("end"),
        Event::Ok => Some("ok"),
        Event::Failure | Event::FailureExceptCancelled => Some("failure"),
        _ => None,
    }
}

/// The annotated functions in the order of the source, with their sites; those of other packages come last. A site is left out if the program defines its
/// metric in another way.
fn functions(catalog: &Catalog) -> Vec<(&'static Definition, Vec<&'static Site>)> {
    let mut functions = BTreeMap::new();
    for definition in DEFINITIONS {
        let is_kept = |site: &&Site| {
            let metric = catalog.metric(site.family.name);
            // A time would look like an age there, and a value like a duration.
            !matches!(site.event, Event::Declared | Event::LastOk | Event::StartValue | Event::EndValue | Event::Item)
                && metric.is_some_and(|metric| metric.sites().iter().any(|kept| kept.is_at(definition.place)))
        };
        let sites: Vec<&Site> = definition.sites.iter().filter(is_kept).collect();
        if !sites.is_empty() {
            let place = definition.place;
            // The compiler gives the files of other packages by their whole path.
            let is_of_dependency = Path::new(place.file).is_absolute();
            functions.insert((is_of_dependency, place.file, place.line, place.module, place.item), (definition, sites));
        }
    }
    functions.into_values().collect()
}
