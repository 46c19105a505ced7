//! A page as the series of Prometheus.

use std::collections::{BTreeMap, BTreeSet};

use system_tests::Page;

use super::series::{Bits, Series, bits, bound_text};

/// The series of a page.
pub(crate) fn page_points(text: &str) -> BTreeMap<Series, Bits> {
    let page = Page::from(text.to_owned());
    let names = text.lines().filter(|line| !line.starts_with('#'));
    let names: BTreeSet<&str> =
        names.filter_map(|line| line.split(['{', ' ']).next()).filter(|name| !name.is_empty()).collect();
    let series = names.into_iter().flat_map(|name| {
        page.series(name).into_iter().map(move |(mut labels, value)| {
            if name.ends_with("_bucket") {
                let bound = labels.get("le").and_then(|bound| bound.parse().ok()).map(bound_text);
                labels.extend(bound.map(|bound| ("le".to_owned(), bound)));
            }
            ((name.to_owned(), labels), bits(value))
        })
    });
    series.collect()
}
