//! The processes that share their values, as the page shows them. The page and the catalog know it, so it is below both.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::vocabulary::{Capped, CappedValues};

/// The counter of calls that were in flight in processes that were killed.
pub(crate) const KILLED_CALLS: &str = "calls_killed_total";
/// The label of what only the process says that makes the page.
pub(crate) const PROCESS_LABEL: &str = "pid";
/// The path of its label `function`.
pub(crate) const FUNCTION_PATH: &str = "metrics_runtime::function";
/// The most functions whose calls are counted when a process is killed.
pub(crate) const MAX_FUNCTIONS: usize = 512;

/// What the page shows of the processes that share their values.
#[derive(Clone, Debug)]
pub(crate) struct ProcessesState {
    /// The processes that live, with this one.
    pub(crate) live: usize,
    /// The files of others that cannot be read.
    pub(crate) left_out: usize,
    /// The chunks of processes that live for which their files had no room.
    pub(crate) lost_chunks: u64,
    /// The calls that were in flight when a process was killed, for each function.
    pub(crate) killed: Vec<u64>,
}

static STATE: Mutex<Option<ProcessesState>> = Mutex::new(None);
static FUNCTIONS: OnceLock<Vec<&'static str>> = OnceLock::new();

fn state() -> MutexGuard<'static, Option<ProcessesState>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the page shows this.
pub(crate) fn set_processes_state(new: ProcessesState) {
    *state() = Some(new);
}

/// The names of the functions whose calls are counted when a process is killed.
pub(crate) fn set_functions(names: Vec<&'static str>) {
    // A program joins the others once.
    let _ = FUNCTIONS.set(names);
}

/// The name of the function with this index; `None` if there is none.
pub(crate) fn function_name(index: usize) -> Option<&'static str> {
    FUNCTIONS.get()?.get(index).copied()
}

/// None of them is preset.
impl CappedValues for OnceLock<Vec<&'static str>> {}

/// Functions are known while the program runs, so the label is like a capped one.
#[allow(clippy::unnecessary_wraps, reason = "most labels are not capped")]
pub(crate) fn capped_function() -> Option<Capped> {
    struct Function;
    Some(Capped::new::<Function>(&FUNCTIONS, FUNCTION_PATH, MAX_FUNCTIONS))
}

/// The calls of the function with this index that were in flight when a process was killed; `None` if the process shares no
/// values.
#[allow(clippy::cast_precision_loss, reason = "it is exact for more calls than there will be")]
pub(crate) fn killed_calls(function: usize) -> Option<f64> {
    state().as_ref()?.killed.get(function).map(|calls| *calls as f64)
}

/// The number of processes that live; `None` if the process shares no values.
#[allow(clippy::cast_precision_loss, reason = "it is a small number")]
pub(crate) fn live_processes(_: usize) -> Option<f64> {
    state().as_ref().map(|state| state.live as f64)
}

/// The number of files of others that cannot be read; `None` if the process shares no values.
#[allow(clippy::cast_precision_loss, reason = "it is a small number")]
pub(crate) fn unreadable_processes(_: usize) -> Option<f64> {
    state().as_ref().map(|state| state.left_out as f64)
}

/// The chunks of 1024 values for which a process's file had no room; `None` if the process shares no values.
#[allow(clippy::cast_precision_loss, reason = "it is a small number")]
pub(crate) fn lost_chunks(_: usize) -> Option<f64> {
    state().as_ref().map(|state| state.lost_chunks as f64)
}
