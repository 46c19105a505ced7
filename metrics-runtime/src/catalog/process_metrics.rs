//! The metrics of the process, with the names and help texts that Prometheus' client libraries give them.

use super::readings::readings;
use crate::definition::{Family, Place, Reading, Slot, Slots, Source};
use crate::vocabulary::Kind;

/// The metrics of the process: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>.
pub(super) static PROCESS_METRICS: &[Reading] = readings! {
    series: 1, labels: &[];
    Counter "process_cpu_seconds_total", Some("seconds"), Source::Process(|status| status.cpu_seconds),
        "Total user and system CPU time spent in seconds.";
    Gauge "process_open_fds", None, Source::Process(|status| status.open_fds), "Number of open file descriptors.";
    Gauge "process_max_fds", None, Source::Process(|status| status.max_fds), "Maximum number of open file descriptors.";
    Gauge "process_virtual_memory_bytes", Some("bytes"), Source::Process(|status| status.virtual_memory), "Virtual memory size in bytes.";
    Gauge "process_resident_memory_bytes", Some("bytes"), Source::Process(|status| status.resident_memory), "Resident memory size in bytes.";
    Gauge "process_start_time_seconds", Some("seconds"), Source::Process(|status| status.start_time),
        "Start time of the process since unix epoch in seconds.";
    Gauge "process_threads", None, Source::Process(|status| status.threads), "Number of OS threads in the process.";
};
