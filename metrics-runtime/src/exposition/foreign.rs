//! The metrics of other crates, as `metrics-exporter-prometheus` writes them: in an order that changes from page to page.

use std::collections::BTreeMap;

/// Appends a page to ours, its metrics in the order of their names, their series in the order of their labels.
pub(crate) fn append_sorted(page: &mut String, foreign: &str) {
    let mut metrics: BTreeMap<&str, Metric<'_>> = BTreeMap::new();
    let mut current = "";
    for line in foreign.lines().filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE ")) {
            current = comment.split(' ').next().unwrap_or_default();
            metrics.entry(current).or_default().comments.push(line);
        } else {
            metrics.entry(current).or_default().add(line);
        }
    }
    for metric in metrics.values() {
        for line in metric.comments.iter().chain(metric.series.values().flatten()) {
            page.push_str(line);
            page.push('\n');
        }
    }
}

/// The lines of one metric.
#[derive(Default)]
struct Metric<'a> {
    comments: Vec<&'a str>,
    /// By the labels without `le` and `quantile`; the lines of one set keep their order.
    series: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Metric<'a> {
    fn add(&mut self, line: &'a str) {
        self.series.entry(label_set(line)).or_default().push(line);
    }
}

/// The labels of a line that its neighbours of the same histogram or summary have too. Both bounds are written last.
fn label_set(line: &str) -> String {
    let Some((_, rest)) = line.split_once('{') else { return String::new() };
    let labels = rest.rsplit_once('}').map_or(rest, |(labels, _)| labels);
    let bound = ["le=\"", "quantile=\""].into_iter().find_map(|bound| {
        // `quantile="` ends as `le="` begins.
        labels.rfind(bound).filter(|at| *at == 0 || labels[..*at].ends_with(','))
    });
    let own = bound.map_or(labels, |at| &labels[..at]);
    own.trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_names_and_labels() {
        let foreign = "\
# HELP b_total Second.
# TYPE b_total counter
b_total{x=\"2\"} 1
b_total{x=\"1\"} 1

# TYPE a summary
a{x=\"2\",quantile=\"0\"} 1
a{x=\"2\",quantile=\"1\"} 2
a_sum{x=\"2\"} 3
a{quantile=\"0.5\"} 7
a_sum 8

";
        let mut page = String::new();
        append_sorted(&mut page, foreign);
        let expected = "\
# TYPE a summary
a{quantile=\"0.5\"} 7
a_sum 8
a{x=\"2\",quantile=\"0\"} 1
a{x=\"2\",quantile=\"1\"} 2
a_sum{x=\"2\"} 3
# HELP b_total Second.
# TYPE b_total counter
b_total{x=\"1\"} 1
b_total{x=\"2\"} 1
";
        assert_eq!(page, expected);
    }
}
