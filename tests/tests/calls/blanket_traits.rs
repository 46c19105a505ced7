//! A module where traits for every type are in scope, with methods that are named like ours.

use metrics_runtime::{FailureReason, Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};

use super::support::{finish, metrics, sure};

/// Taken by value and by reference: the compiler tries one before the other.
macro_rules! hostile {
    ($by_value:ident, $by_reference:ident: $($name:ident)*) => {
        #[allow(dead_code, clippy::wrong_self_convention, clippy::new_ret_no_self, reason = "only the names matter")]
        trait $by_value: Sized {
            $(fn $name(self) -> &'static str { "by value" })*
        }
        impl<T> $by_value for T {}
        #[allow(dead_code, clippy::wrong_self_convention, clippy::new_ret_no_self, reason = "only the names matter")]
        trait $by_reference {
            $(fn $name(&self) -> &'static str { "by reference" })*
        }
        impl<T: ?Sized> $by_reference for T {}
    };
}
hostile!(ByValue, ByReference: as_ref capped check copied declared definition evaluate family find finish from_error
    from_result get guard index intern label map_or measure measure_diverging name new none or_none probe run series site
    outcome reason failure_reason source is_ok as_any into start value);

#[derive(Clone, Copy, Label)]
enum Step {
    One,
    Two,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 4)]
struct Flow(Interned);

#[derive(Clone, Copy, Label)]
enum Why {
    Gone,
}

struct Broken;

impl FailureReason<Why> for Broken {
    fn failure_reason(&self) -> Why {
        Why::Gone
    }
}

declare_metrics! {
    /// Waiting.
    gauge WAITING = "blanket_waiting", labels(step: Step);
    /// Steps that were skipped.
    counter SKIPPED = "blanket_skipped_total", labels(step: Step);
}

#[timed(
    histogram = "blanket_seconds",
    buckets(1, 2),
    labels(step, flow, second: Step = Step::Two, good: bool = |done| Result::is_ok(done))
)]
#[counted_failure(counter = "blanket_failures_total", reason: Why)]
#[counted(counter = SKIPPED, labels(step))]
fn draw(step: Step, flow: Flow, fails: bool) -> Result<&'static str, Broken> {
    if fails { Err(Broken) } else { Ok(flow.as_str()) }
}

#[timed(histogram = "blanket_later_seconds", buckets(1, 2))]
#[in_flight(gauge = "blanket_later_active", labels(step))]
async fn draw_later(step: Step, flow: Flow) -> &'static str {
    std::future::ready(step).await;
    flow.as_str()
}

#[test]
fn traits_for_every_type_change_nothing() {
    metrics();
    assert!(draw(Step::One, Flow::new("text"), false).is_ok_and(|text| text == "text"));
    assert!(draw(Step::Two, Flow::new("text"), true).is_err());
    assert_eq!(finish(draw_later(Step::One, Flow::new("later"))), "later");
    WAITING.with(Step::One).set(3.0);
    assert_eq!(sure("blanket_seconds_count{step=\"one\",flow=\"text\",second=\"two\",good=\"true\"}"), 1.0);
    assert_eq!(sure("blanket_seconds_count{step=\"two\",flow=\"text\",second=\"two\",good=\"false\"}"), 1.0);
    assert_eq!(sure("blanket_failures_total{reason=\"gone\"}"), 1.0);
    assert_eq!(sure("blanket_skipped_total{step=\"two\"}"), 1.0);
    assert_eq!(sure("blanket_later_seconds_count"), 1.0);
    assert_eq!(sure("blanket_waiting{step=\"one\"}"), 3.0);
}
