//! What a program calls that ends without its destructors.

use crate::export::flush_all;

/// Sends the values of now to the Pushgateway and the receiver of OTLP and writes the textfile, if the program has such, and waits up to five seconds
/// for it. Tells whether they have arrived everywhere; the log says what has failed.
///
/// Call it before `std::process::exit`, which drops no [`Handle`](crate::Handle). At the end of `main` the handle's drop does the
/// same.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// let _metrics = metrics_runtime::init()?;
/// // … the program …
/// metrics_runtime::flush();
/// std::process::exit(3);
/// # }
/// ```
///
/// `true` if the program has no such road. `false` in the child of a fork and after [`Handle::shutdown`](crate::Handle::shutdown),
/// if it has one: there nothing is sent any more.
#[allow(clippy::must_use_candidate, reason = "a program that ends has nothing to do with the answer")]
pub fn flush() -> bool {
    flush_all()
}
