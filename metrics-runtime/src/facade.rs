//! The recorder of the `metrics` facade.

use metrics::Recorder;

/// Asks the recorder that is installed for the whole program. A thread may have a recorder of its own, which the facade
/// asks first, so another thread asks. `None` where the recorder panics, or there can be no other thread.
pub(crate) fn with_global_recorder<T: Send>(ask: impl FnOnce(&dyn Recorder) -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("metrics".to_owned());
        thread.spawn_scoped(scope, || metrics::with_recorder(ask)).ok()?.join().ok()
    })
}
