//! `attach()`: the line in `main` for a program that has its own recorder.

use metrics::{KeyName, Recorder, SharedString, Unit};

use super::first_series;
use super::notes::log_notes;
use crate::catalog::{Catalog, CatalogConflict, Metric, catalog};
use crate::record::{Mode, recorder_address, set_mode_once, with_global_recorder};
use crate::util::debug_is_display;
use crate::vocabulary::Kind;

/// Attaches the program's metrics to the recorder that is installed for the `metrics` facade. It is one line in `main`,
/// instead of [`init`](crate::init), after the line that installs the recorder.
///
/// Without it, every site records through the facade too, but asks the recorder for its series at each call. `attach`
/// describes the metrics to the recorder and creates the series whose label values are known, at zero. Afterwards the sites
/// keep the recorder's handles, so that a call costs little more than the recorder itself. A handle is asked for again after
/// 0.1 s, because a recorder may drop series that are idle.
///
/// The facade does not pass buckets on: give them to the recorder yourself, from the [`catalog`].
///
/// ```no_run
/// # fn install_a_recorder() {}
/// fn main() -> Result<(), metrics_runtime::AttachError> {
///     install_a_recorder();
///     metrics_runtime::attach()?;
///     // … the program …
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// No recorder is installed, metrics of the program contradict each other, or `attach` or [`init`](crate::init) was called
/// before. After an error nothing has changed.
pub fn attach() -> Result<(), AttachError> {
    set_mode_once(|| {
        let catalog = catalog();
        let notes = catalog.check()?;
        // A recorder without a size looks like the facade's no-op recorder. Its program can record without `attach`.
        if with_global_recorder(|_| recorder_address().is_some()) != Some(true) {
            return Err(AttachError::NoRecorder);
        }
        // If the recorder panics at a description, its metrics have none.
        let _ = with_global_recorder(|recorder| describe(&catalog, recorder));
        first_series::create(Mode::ATTACHED, catalog.recorded());
        log_notes(&notes);
        Ok((Mode::ATTACHED, ()))
    })
    .unwrap_or(Err(AttachError::AlreadyInitialized))
}

fn describe(catalog: &Catalog, recorder: &dyn Recorder) {
    for metric in catalog.recorded() {
        let (name, help) = (KeyName::from_const_str(metric.name()), SharedString::const_str(metric.help()));
        match metric.kind() {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Histogram => recorder.describe_histogram(name, unit_of(metric), help),
        }
    }
}

/// The unit of a histogram in the facade's words, which have none for a ratio.
fn unit_of(metric: &Metric) -> Option<Unit> {
    match metric.unit() {
        Some("seconds") => Some(Unit::Seconds),
        Some("bytes") => Some(Unit::Bytes),
        _ => None,
    }
}

/// Why the program's metrics could not be attached.
///
/// Its `Debug` is the same text as its `Display`, because Rust prints `Debug` for an error that `main` returns.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// Sites of the program disagree on the definition of a metric, or two metrics would have the same name on the page.
    #[error(transparent)]
    Catalog(#[from] CatalogConflict),
    /// No recorder is installed for the `metrics` facade.
    #[error(
        "no recorder is installed for the `metrics` facade: install yours before `metrics_runtime::attach()`, or call \
         `metrics_runtime::init()` instead"
    )]
    NoRecorder,
    /// `attach` or `init` was called before.
    #[error("metrics are initialised already: call `metrics_runtime::attach()` or `init()` once, in `main`")]
    AlreadyInitialized,
}

debug_is_display!(AttachError);
