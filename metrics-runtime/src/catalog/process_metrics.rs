//! The metrics of the process, with the names and help texts that Prometheus' client libraries give them.

use crate::definition::{Family, Place, Reading, Slot, Slots, Source};
use crate::vocabulary::Kind;

macro_rules! metrics {
    ($($kind:ident $name:literal, $unit:expr, $field:ident, $help:literal;)*) => {
        &[$({
            static SLOTS: Slots<[Slot; 1]> = Slots::new();
            static FAMILY: Family = Family {
                kind: Kind::$kind,
                name: $name,
                help: $help,
                labels: &[],
                buckets: &[],
                budget: 1,
                slots: &SLOTS,
            };
            static PLACE: Place = Place { item: $name, module: module_path!(), file: file!(), line: line!() };
            Reading { family: &FAMILY, place: &PLACE, unit: $unit, source: Source::Process(|status| status.$field) }
        }),*]
    };
}

/// The metrics of the process: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>.
pub(super) static PROCESS_METRICS: &[Reading] = metrics! {
    Counter "process_cpu_seconds_total", Some("seconds"), cpu_seconds,
        "Total user and system CPU time spent in seconds.";
    Gauge "process_open_fds", None, open_fds, "Number of open file descriptors.";
    Gauge "process_max_fds", None, max_fds, "Maximum number of open file descriptors.";
    Gauge "process_virtual_memory_bytes", Some("bytes"), virtual_memory, "Virtual memory size in bytes.";
    Gauge "process_resident_memory_bytes", Some("bytes"), resident_memory, "Resident memory size in bytes.";
    Gauge "process_start_time_seconds", Some("seconds"), start_time,
        "Start time of the process since unix epoch in seconds.";
    Gauge "process_threads", None, threads, "Number of OS threads in the process.";
};
