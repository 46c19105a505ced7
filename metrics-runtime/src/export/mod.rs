//! The roads by which the page leaves the program without a scrape. Each has a thread of its own.

mod road;
#[cfg(feature = "push")]
mod at_exit;
#[cfg(feature = "push")]
mod http;
#[cfg(feature = "push")]
mod pushgateway;
mod textfile;
mod thread;
mod roads;

#[cfg(feature = "push")]
pub use at_exit::AtExit;
#[cfg(feature = "push")]
pub(crate) use pushgateway::{PushGroup, Pushgateway};
pub(crate) use road::Road;
pub(crate) use roads::{Roads, flush_all};
pub(crate) use textfile::{Textfile, write_textfile};
