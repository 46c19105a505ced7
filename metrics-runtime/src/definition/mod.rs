//! Constant data that the macros write: the definitions of metrics, labels and annotated functions. Nothing is recorded here.

mod label_spec;
mod budget;
mod slots;
mod family;
mod offsets;
mod built_in;
mod site;
mod objective;
mod in_flight_starts;
mod join;
mod fractional_counter;
mod reading;
#[cfg(feature = "exporter")]
mod export_road;
#[cfg(feature = "exporter")]
mod reading_failure;
#[cfg(feature = "exporter")]
mod shared_processes;
mod program;

#[cfg(feature = "exporter")]
pub(crate) use budget::MAX_BUCKETS;
pub(crate) use budget::series_per_label_set;
pub use budget::{Budget, labels, series};
pub use built_in::{
    FAILURE, FAILURE_OFFSETS, FailureSlots, OUTCOME, OUTCOME_OFFSETS, OutcomeSlots, REASON, REASON_LEFT,
    REASON_LEFT_OFFSETS, REASON_OFFSETS, ReasonLeftSlots, ReasonSlots,
};
#[cfg(feature = "exporter")]
pub(crate) use export_road::{ExportRoad, export_age, export_failures};
pub use family::{Family, NO_BUCKETS, NO_LABELS};
pub use fractional_counter::FractionalCounter;
pub use in_flight_starts::InFlightStarts;
pub use join::{GaugeJoin, Join};
pub use label_spec::{LabelSpec, evaluated};
pub use objective::ObjectiveSpec;
pub use offsets::{LabelUse, Offsets};
pub use program::{Program, first_set};
pub(crate) use reading::Source;
pub use reading::{Oldest, Reading};
#[cfg(feature = "exporter")]
pub(crate) use reading_failure::{ReadingFailure, reading_failures};
#[cfg(feature = "exporter")]
pub(crate) use shared_processes::{
    FUNCTION_PATH, KILLED_CALLS, MAX_FUNCTIONS, PROCESS_LABEL, ProcessesState, capped_function, function_name,
    killed_calls, live_processes, lost_chunks, set_functions, set_processes_state, unreadable_processes,
};
pub use site::{Definition, Event, Function, Place, Site};
pub(crate) use slots::{FacadeHandle, KeptHandle, Registration};
pub use slots::{OneSlot, Slot, Slots};
