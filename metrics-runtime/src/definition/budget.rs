//! The largest number of series that a metric may have, checked by the compiler.

use super::label_spec::LabelSpec;
use crate::util::ConstText;
use crate::vocabulary::Kind;

/// The largest number of series that a metric may have, and how many it has for each combination of label values.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    metric: &'static str,
    buckets: usize,
    per_label_set: u64,
    limit: u64,
}

/// The series of a histogram in addition to those of its bounds: the bucket `+Inf`, the sum and the count.
const SERIES_WITHOUT_BUCKETS: u64 = 3;

/// The largest number of buckets of a histogram. The recorder keeps the row of a series in one piece, whose size is
/// limited, so a higher budget does not allow more.
pub(crate) const MAX_BUCKETS: usize = 1000;

impl Budget {
    /// The budget of a metric with at most `limit` series. `buckets` are those that a histogram will have.
    #[must_use]
    pub const fn new(metric: &'static str, kind: Kind, buckets: &[f64], limit: u64) -> Self {
        let buckets = buckets.len();
        Self { metric, buckets, per_label_set: series_per_label_set(kind, buckets), limit }
    }

    /// Checks that the labels make no more series than allowed, and that the metric does not have too many buckets.
    ///
    /// # Panics
    ///
    /// If a limit is exceeded. It runs in const evaluation, so the panic is a compile error, with its message.
    #[track_caller]
    pub const fn check(&self, labels: &[LabelSpec]) {
        // This comes first: with too many buckets, raising the budget would not help.
        assert!(self.buckets <= MAX_BUCKETS, "{}", self.explain_buckets().as_str());
        let mut series = Some(self.per_label_set as u128);
        let mut index = 0;
        while index < labels.len() {
            series = match series {
                Some(series) => series.checked_mul(labels[index].cardinality() as u128),
                None => None,
            };
            index += 1;
        }
        match series {
            Some(series) if series <= self.limit as u128 => {}
            series => panic!("{}", self.explain(labels, series).as_str()),
        }
    }

    /// The message for too many series:
    /// `` the metric `image_generation_seconds` can have 1089 series (3 `step` x 33 `workflow` x 11 …) ``
    const fn explain(&self, labels: &[LabelSpec], series: Option<u128>) -> ConstText {
        let mut text = ConstText::new().text("the metric `").text(self.metric).text("` can have ");
        text = match series {
            Some(series) => text.number(series),
            None => text.text("more series than can be counted").text(" ("),
        };
        if series.is_some() {
            text = text.text(" series (");
        }
        let mut index = 0;
        while index < labels.len() {
            if index > 0 {
                text = text.text(" x ");
            }
            text = text.number(labels[index].cardinality() as u128).text(" `").text(labels[index].name()).text("`");
            index += 1;
        }
        if self.per_label_set > 1 {
            text = if labels.is_empty() { text } else { text.text(" x ") };
            text = text.number(self.per_label_set as u128).text(" for ");
            text = text
                .number(self.buckets as u128)
                .text(if self.buckets == 1 { " bucket" } else { " buckets" })
                .text(", +Inf, sum and count");
        }
        text = text.text("), and its budget is ").number(self.limit as u128);
        text = text.text(": remove a label, use a label with fewer values, or allow more, ");
        if let Some(series) = series {
            text = text.text("for this metric with `max_series = ").number(series).text("`, ");
        }
        text.text("for all with `series-per-metric` under `[limits]` in `metrics.toml`")
    }

    /// The message for too many buckets.
    const fn explain_buckets(&self) -> ConstText {
        ConstText::new()
            .text("the metric `")
            .text(self.metric)
            .text("` has ")
            .number(self.buckets as u128)
            .text(" buckets, and a histogram can have at most ")
            .number(MAX_BUCKETS as u128)
            .text(": give fewer bounds, such as `buckets(0.001, 0.002, 0.004, ..)`: with each bound twice the one before it, 23 bounds reach from a millisecond to an hour")
    }
}

/// Checks that the labels stay within the metric's budget, and computes the stride of each. The last label has the
/// stride 1.
///
/// # Panics
///
/// If the labels make more series than the budget allows. It runs in const evaluation, so the panic is a compile error.
#[must_use]
#[track_caller]
pub const fn labels<const N: usize>(budget: Budget, mut labels: [LabelSpec; N]) -> [LabelSpec; N] {
    budget.check(&labels);
    let mut stride: u32 = 1;
    let mut index = N;
    while index > 0 {
        index -= 1;
        labels[index].stride = stride;
        stride = match stride.checked_mul(labels[index].cardinality()) {
            Some(stride) => stride,
            None => panic!("the labels of this metric make more series than can be kept"),
        };
    }
    labels
}

/// The number of combinations of label values, which is the number of slots.
#[must_use]
pub const fn series(labels: &[LabelSpec]) -> usize {
    let mut series = 1;
    let mut index = 0;
    while index < labels.len() {
        series *= labels[index].cardinality() as usize;
        index += 1;
    }
    series
}

/// The number of series for each combination of label values.
pub(crate) const fn series_per_label_set(kind: Kind, buckets: usize) -> u64 {
    match kind {
        Kind::Histogram => buckets as u64 + SERIES_WITHOUT_BUCKETS,
        Kind::Counter | Kind::Gauge => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::LabelData;

    fn label(name: &'static str, cardinality: usize) -> LabelSpec {
        LabelSpec::new(name, LabelData { cardinality, none: None, value: |_| Some("x"), capped: || None })
    }

    #[test]
    fn the_message_shows_the_factors_of_the_product() {
        let budget = Budget::new("image_generation_seconds", Kind::Histogram, &[1.0; 8], 1000);
        let labels = [label("step", 3), label("workflow", 33)];
        let text = budget.explain(&labels, Some(3 * 33 * 11));
        assert_eq!(
            text.as_str(),
            "the metric `image_generation_seconds` can have 1089 series (3 `step` x 33 `workflow` x 11 for 8 buckets, \
             +Inf, sum and count), and its budget is 1000: remove a label, use a label with fewer values, or allow more, \
             for this metric with `max_series = 1089`, for all with `series-per-metric` under `[limits]` in `metrics.toml`"
        );
    }

    #[test]
    fn a_metric_can_use_its_whole_budget_and_no_more() {
        let labels = [label("step", 10), label("workflow", 100)];
        Budget::new("calls_total", Kind::Counter, &[], 1000).check(&labels);
        let more = std::panic::catch_unwind(|| Budget::new("calls_total", Kind::Counter, &[], 999).check(&labels));
        assert!(more.is_err());
    }

    #[test]
    fn no_budget_allows_more_than_the_largest_number_of_buckets() {
        let budget = |buckets| Budget::new("call_seconds", Kind::Histogram, buckets, u64::MAX);
        budget(&[1.0; MAX_BUCKETS]).check(&[]);
        let more = budget(&[1.0; MAX_BUCKETS + 1]);
        assert!(std::panic::catch_unwind(|| more.check(&[])).is_err());
        assert_eq!(
            more.explain_buckets().as_str(),
            "the metric `call_seconds` has 1001 buckets, and a histogram can have at most 1000: give fewer bounds, such \
             as `buckets(0.001, 0.002, 0.004, ..)`: with each bound twice the one before it, 23 bounds reach from a \
             millisecond to an hour"
        );
    }

    #[test]
    fn a_product_that_overflows_exceeds_the_budget() {
        let labels = [label("one", u32::MAX as usize - 1); 5];
        let overflow = std::panic::catch_unwind(|| Budget::new("calls_total", Kind::Counter, &[], 1000).check(&labels));
        let message = overflow.expect_err("it is more than 1000");
        let message = message.downcast_ref::<String>().expect("the panic has a message");
        assert!(message.starts_with("the metric `calls_total` can have more series than can be counted (42949"));
    }
}
