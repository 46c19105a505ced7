//! The objective of an attribute as constant data.

use super::site::{Definition, Place, Site};
use crate::util::ConstText;
use crate::vocabulary::DEFAULT_BUCKETS;

/// The share of the calls that must be good, of the calls that a site records.
///
/// It is an entry of its own, which sites do not know, so that a function without an objective has no data for it.
#[derive(Debug)]
pub struct ObjectiveSpec {
    pub(crate) place: &'static Place,
    /// The site that has the objective.
    pub(crate) site: &'static Site,
    /// The site that counts all calls.
    pub(crate) total: &'static Site,
    pub(crate) percent: f64,
    pub(crate) under: Option<f64>,
}

impl ObjectiveSpec {
    /// At least `percent` of the calls that this site of the function times must end within `under` seconds.
    ///
    /// # Panics
    ///
    /// If `under` is not a bucket bound of the histogram. It runs in const evaluation, so the panic is a compile error, with
    /// its message.
    #[must_use]
    #[track_caller]
    pub const fn of_durations(function: Definition, site: usize, percent: f64, under: f64) -> Self {
        let site = &function.sites[site];
        let buckets = site.family.buckets;
        let bounds = if buckets.is_empty() { DEFAULT_BUCKETS } else { buckets };
        assert!(has_bound(bounds, under), "{}", explain(site.family.name, under, bounds, buckets.is_empty()).as_str());
        Self { place: function.place, site, total: site, percent, under: Some(under) }
    }

    /// At least `percent` of the calls that the site `total` of the function counts must not be counted by this site, which
    /// counts failures.
    #[must_use]
    pub const fn of_failures(function: Definition, site: usize, total: usize, percent: f64) -> Self {
        let sites = function.sites;
        Self { place: function.place, site: &sites[site], total: &sites[total], percent, under: None }
    }
}

const fn has_bound(bounds: &[f64], bound: f64) -> bool {
    let mut at = 0;
    while at < bounds.len() {
        if bounds[at].to_bits() == bound.to_bits() {
            return true;
        }
        at += 1;
    }
    false
}

/// A text holds about as many bounds.
const MAX_LISTED: usize = 50;

/// The message for an `under` that is not a bucket bound:
/// `` `under = 250` is not a bucket bound of `image_generation_seconds`: write `under = 120` or `under = 300`, or … ``
const fn explain(metric: &str, under: f64, bounds: &[f64], are_default: bool) -> ConstText {
    let mut text = ConstText::new()
        .text("`under = ")
        .seconds(under)
        .text("` is not a bucket bound of `")
        .text(metric)
        .text("`, and only at its bounds a histogram knows how many calls were faster: write ");
    // The bounds increase.
    let mut above = 0;
    while above < bounds.len() && bounds[above] < under {
        above += 1;
    }
    if above > 0 {
        text = text.text("`under = ").seconds(bounds[above - 1]).text("`");
    }
    if above > 0 && above < bounds.len() {
        text = text.text(" or ");
    }
    if above < bounds.len() {
        text = text.text("`under = ").seconds(bounds[above]).text("`");
    }
    text = if are_default {
        text.text(", or give `buckets(…)` with ").seconds(under).text("; the bounds, the default ones, are ")
    } else {
        text.text(", or add ").seconds(under).text(" to its `buckets(…)`; its bounds are ")
    };
    let mut at = 0;
    while at < bounds.len() && at < MAX_LISTED {
        if at > 0 {
            text = text.text(", ");
        }
        text = text.seconds(bounds[at]);
        at += 1;
    }
    if at < bounds.len() { text.text(", …") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_offers_the_neighbours() {
        let text = explain("draw_seconds", 0.25, &[0.1, 0.5, 1.0], false);
        assert_eq!(
            text.as_str(),
            "`under = 0.25` is not a bucket bound of `draw_seconds`, and only at its bounds a histogram knows how many \
             calls were faster: write `under = 0.1` or `under = 0.5`, or add 0.25 to its `buckets(…)`; its bounds are \
             0.1, 0.5, 1"
        );
    }

    #[test]
    fn below_the_first_bound_and_above_the_last_there_is_one_neighbour() {
        let below = explain("draw_seconds", 0.000_001, DEFAULT_BUCKETS, true);
        assert!(below.as_str().contains("write `under = 0.005`, or give `buckets(…)` with 0.000001; "));
        let above = explain("draw_seconds", 300.0, DEFAULT_BUCKETS, true);
        assert!(above.as_str().contains("write `under = 10`, or give "), "{}", above.as_str());
        assert!(above.as_str().ends_with("are 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10"));
    }

    #[test]
    fn a_long_list_of_bounds_is_cut_between_two() {
        let bounds: Vec<f64> = (1..=1000).map(|at| f64::from(at) * 1_000.123_456).collect();
        let text = explain("a_metric_with_a_long_name_seconds", 0.5, &bounds, false);
        assert!(text.as_str().ends_with(", …"), "{}", text.as_str());
        assert!(text.as_str().contains(", 50006.1728, …"), "{}", text.as_str());
    }
}
