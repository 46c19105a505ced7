//! `description`, `buckets`, `crate`, and the defaults without them.

use metrics_runtime as renamed;
use metrics_runtime::{counted, counted_failure, in_flight, timed};

use super::support::{metrics, sure};

#[timed(histogram = "described_seconds", description = "What the \"user\" waits for.", buckets(0.5, 1, 2.5))]
fn described() {}

/// Draws one image: reads the prompt
/// and paints. Then it rests.
#[counted(counter = "documented_total")]
#[counted_failure(counter = "documented_failures_total")]
#[timed(histogram = "documented_seconds")]
fn documented() {}

#[in_flight(gauge = "plain_calls")]
#[timed(histogram = "plain_seconds")]
fn plain() {}

#[counted(counter = "renamed_total", on = ok, crate = renamed)]
#[renamed::timed(histogram = "renamed_seconds")]
fn through_another_name() {}

#[metrics_runtime::counted(counter = "by_path_total")]
#[metrics_runtime::timed(histogram = "by_path_seconds")]
fn by_path() {}

#[test]
fn the_help_text_is_the_description_or_says_what_is_measured() {
    described();
    documented();
    plain();
    let page = metrics().render();
    for line in [
        "# HELP described_seconds What the \"user\" waits for.",
        "# HELP documented_total Calls of `documented` that have started.",
        "# HELP documented_failures_total Calls of `documented` that did not end `ok`, by reason.",
        "# HELP documented_seconds Draws one image: reads the prompt and paints.",
        "# HELP plain_seconds Time spent in `plain`.",
        "# HELP plain_calls Calls of `plain` that have started and not ended.",
    ] {
        assert!(page.lines().any(|found| found == line), "`{line}` is not on the page:\n{page}");
    }
}

#[test]
fn buckets_are_those_of_the_site() {
    metrics();
    described();
    for bound in ["0.5", "1", "2.5", "+Inf"] {
        assert!(sure(&format!("described_seconds_bucket{{le=\"{bound}\"}}")) >= 1.0);
    }
    let page = metrics().render();
    assert_eq!(page.lines().filter(|line| line.starts_with("described_seconds_bucket")).count(), 4);
}

#[test]
fn the_default_buckets_are_used_without_an_option() {
    metrics();
    by_path();
    let page = metrics().render();
    let buckets = page.lines().filter(|line| line.starts_with("by_path_seconds_bucket")).count();
    assert_eq!(buckets, metrics_runtime::DEFAULT_BUCKETS.len() + 1);
    assert!(sure("by_path_total") >= 1.0);
}

#[test]
fn the_runtime_can_have_another_name() {
    metrics();
    through_another_name();
    assert_eq!(sure("renamed_total"), 1.0);
    assert_eq!(sure("renamed_seconds_count"), 1.0);
}
