//! The other line in `main`: for a program that has a recorder already.

use metrics::{KeyName, Recorder, SharedString, Unit};

use super::first_series;
use crate::catalog::{Catalog, CatalogConflict, catalog};
use crate::record::{Mode, recorder_address, set_mode_once, with_global_recorder};
use crate::util::debug_is_display;
use crate::vocabulary::Kind;

/// Attaches the program's metrics to the recorder that is installed for the `metrics` facade: one line in `main` in
/// place of [`init`](crate::init), behind the one that installs the recorder.
///
/// Every site records through the facade even without it, and asks the recorder for its series at each call. Attached,
/// the metrics are described to the recorder, the series whose labels are known are created at zero, and the sites keep
/// their handles, so that a call costs what the recorder costs.
///
/// The facade hands no buckets on: give them to the recorder itself, from the [`catalog`].
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
/// No recorder is installed, metrics of the program contradict each other, or `attach` or [`init`](crate::init) was
/// called before. Nothing has changed then.
pub fn attach() -> Result<(), AttachError> {
    set_mode_once(|| {
        let catalog = catalog();
        catalog.check()?;
        // One without a size cannot be told from none; its program records through the facade as before, without handles.
        if with_global_recorder(|_| recorder_address().is_some()) != Some(true) {
            return Err(AttachError::NoRecorder);
        }
        // A recorder that panics at a description has its metrics without one.
        let _ = with_global_recorder(|recorder| describe(&catalog, recorder));
        first_series::create(&catalog);
        Ok((Mode::ATTACHED, ()))
    })
    .unwrap_or(Err(AttachError::Twice))
}

fn describe(catalog: &Catalog, recorder: &dyn Recorder) {
    for metric in catalog.metrics() {
        let (name, help) = (KeyName::from_const_str(metric.name()), SharedString::const_str(metric.help()));
        match metric.kind() {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Histogram => recorder.describe_histogram(name, Some(Unit::Seconds), help),
        }
    }
}

/// Why the program's metrics could not be attached.
///
/// Its `Debug` is its text, which Rust prints where `main` returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// Sites of the program disagree on what a metric is, or metrics of it would have one name on the page.
    #[error(transparent)]
    Catalog(#[from] CatalogConflict),
    /// The facade has no recorder.
    #[error(
        "no recorder is installed for the `metrics` facade: install yours before `metrics_runtime::attach()`, or call \
         `metrics_runtime::init()` instead"
    )]
    NoRecorder,
    /// `attach` or `init` was called before.
    #[error("metrics are initialised already: call `metrics_runtime::attach()` or `init()` once, in `main`")]
    Twice,
}

debug_is_display!(AttachError);
