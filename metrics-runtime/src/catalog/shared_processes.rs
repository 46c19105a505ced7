//! Metrics of the processes that share their values.

use super::readings::readings;
use crate::definition::{
    Budget, Family, KILLED_CALLS, LabelSpec, MAX_FUNCTIONS, Place, Reading, Slot, Slots, Source, capped_function,
    function_name, killed_calls, labels, live_processes, lost_chunks, unreadable_processes,
};
use crate::vocabulary::{Kind, LabelData};

static FUNCTION: &[LabelSpec] = &labels(
    Budget::new(KILLED_CALLS, Kind::Counter, &[], MAX_FUNCTIONS as u64),
    [LabelSpec::new(
        "function",
        LabelData { cardinality: MAX_FUNCTIONS, none: None, value: function_name, capped: capped_function },
    )],
);

pub(super) static KILLED: &[Reading] = readings! {
    series: MAX_FUNCTIONS, labels: FUNCTION;
    Counter "calls_killed_total", None, Source::OfAllProcesses(killed_calls),
        "Calls that were in flight when their process was killed, by function. Only processes that share a folder count them.";
};

pub(super) static PROCESSES: &[Reading] = readings! {
    series: 1, labels: &[];
    Gauge "metrics_processes", None, Source::OfAllProcesses(live_processes),
        "Processes whose values are on this page.";
    Gauge "metrics_processes_lost_chunks", None, Source::OfAllProcesses(lost_chunks),
        "Chunks of 1024 values for which the file of a process had no room, so that only that process has them.";
    Gauge "metrics_processes_unreadable", None, Source::OfAllProcesses(unreadable_processes),
        "Files of other processes that cannot be read, whose values are not on this page: the log names each.";
};
