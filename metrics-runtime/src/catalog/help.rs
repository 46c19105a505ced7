//! Finds metrics whose places give several help texts, of which none is worth more than the others.

use super::help_source::HelpSource;
use super::metric::Metric;
use super::note::CatalogNote;
use crate::definition::Event;

/// So many help texts are shown at most.
const MAX_SHOWN: usize = 4;

/// The note for a metric that has several help texts, of which none is worth more than the others.
pub(super) fn note(metric: &Metric) -> Option<CatalogNote> {
    if metric.is_read() {
        // Nothing can give the age of the oldest call another text.
        return None;
    }
    let mut texts: Vec<(&'static str, Vec<String>)> = Vec::new();
    for site in metric.best_described() {
        let text = site.family.help;
        match texts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, places)) => places.push(site.to_string()),
            None => texts.push((text, vec![site.to_string()])),
        }
    }
    if texts.len() < 2 {
        return None;
    }
    let shown = |(text, places): &(&str, Vec<String>)| {
        let more = places.len() - 1;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("\"{text}\" at {}{more}", places[0])
    };
    let mut helps: Vec<String> = texts.iter().take(MAX_SHOWN).map(shown).collect();
    if let Some(more @ 1..) = texts.len().checked_sub(MAX_SHOWN) {
        helps.push(format!("{more} more"));
    }
    let advice = match metric.best_described().next().map(|site| site.help) {
        Some(HelpSource::Declaration) => "declare it once",
        Some(HelpSource::Description) => {
            "keep one `description`, or declare the metric with `metrics_runtime::declare_metrics!`"
        }
        _ if metric.sites.iter().all(|site| site.records(Event::LastOk)) => {
            "declare the metric with `metrics_runtime::declare_metrics!`, with the same labels"
        }
        _ => {
            "write `description = \"…\"` at one of the attributes, or declare the metric with \
             `metrics_runtime::declare_metrics!`"
        }
    };
    Some(CatalogNote::helps(metric.name(), helps.join(", "), advice))
}
