//! The recorder of the `metrics` facade.

use std::ptr::from_ref;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics::Recorder;

use crate::unwind::unless_it_panics;

/// Where the recorder of the whole program is, once that was asked; zero before.
static GLOBAL: AtomicUsize = AtomicUsize::new(0);

fn place_of(recorder: &dyn Recorder) -> usize {
    from_ref(recorder).addr()
}

/// Whether the calling thread's recorder keeps anything. What the facade hands out for want of one has no size. So may a
/// recorder that keeps everything in statics.
pub(crate) fn has_recorder() -> bool {
    metrics::with_recorder(|recorder| size_of_val(recorder) > 0)
}

/// Asks the calling thread's recorder; `None` where it panics: metrics must not break the program that they measure.
pub(crate) fn with_recorder<T>(ask: impl FnOnce(&dyn Recorder) -> T) -> Option<T> {
    unless_it_panics(|| metrics::with_recorder(ask))
}

/// Asks the recorder that is installed for the whole program. A thread may have a recorder of its own, which the facade
/// asks first; where it has, another thread asks. `None` where the recorder panics, or there can be no other thread.
pub(crate) fn with_global_recorder<T: Send>(ask: impl FnOnce(&dyn Recorder) -> T + Send) -> Option<T> {
    let global = GLOBAL.load(Ordering::Relaxed);
    // A recorder without a size may be at the same place as another.
    if has_recorder() && with_recorder(place_of) == Some(global) {
        return with_recorder(ask);
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("metrics".to_owned());
        let asked = thread.spawn_scoped(scope, || {
            with_recorder(|recorder| {
                GLOBAL.store(place_of(recorder), Ordering::Relaxed);
                ask(recorder)
            })
        });
        asked.ok()?.join().ok()?
    })
}
