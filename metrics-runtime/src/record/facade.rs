//! The recorder of the `metrics` facade.

use std::ptr::from_ref;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics::Recorder;

use crate::util::catch_panic;

/// The address of the program's global recorder. Zero until the recorder is asked for the first time.
static GLOBAL: AtomicUsize = AtomicUsize::new(0);

pub(super) fn address_of(recorder: &dyn Recorder) -> usize {
    from_ref(recorder).addr()
}

/// The address of the calling thread's recorder. `None` if its size is zero, as it is for the facade's no-op recorder and for
/// a recorder that keeps everything in statics.
pub(crate) fn recorder_address() -> Option<usize> {
    metrics::with_recorder(|recorder| (size_of_val(recorder) > 0).then(|| address_of(recorder)))
}

/// The address of the program's global recorder, if the recorder was asked before.
pub(crate) fn global_recorder_address() -> Option<usize> {
    Some(GLOBAL.load(Ordering::Relaxed)).filter(|address| *address > 0)
}

/// Asks the calling thread's recorder. `None` if it panics, because metrics must not break the program that they measure.
pub(crate) fn with_recorder<T>(ask: impl FnOnce(&dyn Recorder) -> T) -> Option<T> {
    catch_panic(|| metrics::with_recorder(ask))
}

/// Asks the program's global recorder. A thread may have a local recorder, which the facade asks first; then a new thread
/// asks instead. `None` if the recorder panics, or if no thread can be started.
pub(crate) fn with_global_recorder<T: Send>(ask: impl FnOnce(&dyn Recorder) -> T + Send) -> Option<T> {
    // Recorders of size zero may share one address, so they cannot be compared by it.
    if recorder_address().is_some() && recorder_address() == global_recorder_address() {
        return with_recorder(ask);
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("metrics".to_owned());
        let asked = thread.spawn_scoped(scope, || {
            with_recorder(|recorder| {
                GLOBAL.store(address_of(recorder), Ordering::Relaxed);
                ask(recorder)
            })
        });
        asked.ok()?.join().ok()?
    })
}
