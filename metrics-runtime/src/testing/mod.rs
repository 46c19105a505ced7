//! For tests: captures the values that a test's own code records, and no others.
//!
//! ```
//! use metrics_runtime::{counted, testing};
//!
//! #[counted(counter = "greetings_total", on = ok)]
//! fn greet(name: &str) -> Result<String, String> {
//!     if name.is_empty() { Err("nobody".to_owned()) } else { Ok(format!("Hello, {name}!")) }
//! }
//!
//! let seen = testing::capture(|| {
//!     let _ = greet("Ada");
//!     let _ = greet("");
//! });
//! assert_eq!(seen.counter("greetings_total", &[]), 1);
//! ```
//!
//! Tests that run at the same time in one process do not see each other's values, whether or not
//! [`init`](crate::init) was called. A captured value does not reach another recorder. A call that starts inside or outside
//! a capture also ends there, even if the capture begins or ends meanwhile.
//!
//! # Async code, and tasks that it spawns
//!
//! [`capture_async`] captures a future, on each thread that polls it. A task that the future spawns is not captured, unless
//! [`Capture::wrap`] wraps it:
//!
//! ```
//! use metrics_runtime::{counted, testing::Capture};
//!
//! #[counted(counter = "tasks_total")]
//! async fn task() {}
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! let capture = Capture::new();
//! let inner = capture.clone();
//! capture
//!     .wrap(async move {
//!         tokio::spawn(inner.wrap(task())).await.unwrap();
//!     })
//!     .await;
//! assert_eq!(capture.snapshot().counter("tasks_total", &[]), 1);
//! # });
//! ```

#[cfg(feature = "artifacts")]
mod files_current;
mod snapshot;
mod capture_recorder;
mod capture;

pub use capture::{Capture, Captured, capture, capture_async};
#[cfg(feature = "artifacts")]
pub use files_current::assert_files_current;
pub use snapshot::Snapshot;
