use metrics_runtime::{FailedOutcome, Label, Outcome, counted, counted_failure, in_flight, timed};

#[derive(Clone, Copy, Label)]
enum Phase {
    Started,
    Ended,
    Failed,
}

metrics_runtime::declare_metrics! {
    /// Calls.
    counter CALLS = "declared_calls_total";
    /// Calls by phase.
    counter PHASES = "declared_phases_total", labels(phase: Phase);
}

#[timed(histogram = "a_seconds")]
#[timed(histogram = "a_seconds")]
#[timed(histogram = "a_seconds", buckets(1, 2))]
fn timed_three_times() {}

#[in_flight(gauge = "b")]
#[in_flight(gauge = "b")]
fn in_flight_twice() {}

#[counted(counter = "c_total")]
#[counted(counter = "c_total", on = ok)]
fn at_two_events() {}

#[counted(counter = "d_total", on = end)]
#[counted_failure(counter = "d_total")]
fn failures_as_well() {}

#[counted(counter = "e_total", on = failure, labels(outcome))]
#[counted(counter = "e_total", on = end, labels(outcome))]
fn failures_are_ends() {}

#[counted(counter = CALLS)]
#[counted(counter = CALLS)]
fn declared_twice() {}

#[counted(counter = PHASES, labels(phase))]
#[counted(counter = PHASES, on = end, labels(phase = phase))]
fn declared_with_one_value(phase: Phase) {}

#[timed(histogram = "f_seconds", labels(phase))]
#[timed(histogram = "f_seconds", labels(phase: Phase = phase))]
fn one_value_written_twice(phase: Phase) {}

#[timed(histogram = "g_seconds")]
#[in_flight(gauge = "g_seconds")]
fn two_kinds() {}

#[counted(counter = "h_total", labels(phase))]
#[counted(counter = "h_total")]
fn two_sets_of_labels(phase: Phase) {
    let _ = phase;
}

// In these each call is counted at most once in each series.
#[counted(counter = PHASES, labels(phase = Phase::Started))]
#[counted(counter = PHASES, on = ok, labels(phase = Phase::Ended))]
#[counted(counter = PHASES, on = failure, labels(phase = Phase::Failed))]
fn by_phase() {}

#[counted(counter = "i_total", labels(phase: Phase = Phase::Started))]
#[counted(counter = "i_total", on = end, labels(phase: Phase = Phase::Ended))]
fn by_phase_with_a_name() {}

#[counted(counter = "j_total", on = ok)]
#[counted(counter = "j_total", on = failure)]
fn one_or_the_other() {}

fn main() {
    let _: (Option<Outcome>, Option<FailedOutcome>) = (None, None);
}
