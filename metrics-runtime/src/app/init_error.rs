//! Why `init()` failed.

use std::io;
use std::net::SocketAddr;

use super::config::ConfigError;
use crate::catalog::CatalogConflict;
use crate::recorder::CapacityError;
use crate::util::debug_is_display;

/// Why metrics could not be installed.
///
/// Its `Debug` is its text, which Rust prints where `main` returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Sites of the program disagree on what a metric is, or metrics of it would have one name on the page.
    #[error(transparent)]
    Catalog(#[from] CatalogConflict),
    /// The address cannot be listened on.
    #[error(
        "cannot serve metrics at {address}: {cause}; set `METRICS_LISTEN` to another address, to port 0 for a free \
         one, or to `off`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says: in the text, so not a source of its own that would be said once more.
        cause: io::Error,
    },
    /// The metrics have more series from the start than the recorder has room for.
    #[error(
        "the metrics of the program have {series} series from the start, and the recorder has no room for so many: it \
         has {words} words, of which a counter's series takes one and a histogram's some more than it has buckets; give \
         labels fewer values or take some away, first of all of `{metric}`, which has {of_metric} of the series"
    )]
    TooManySeries {
        /// How many there are.
        series: u64,
        /// The words of the recorder.
        words: usize,
        /// The metric that takes most of them.
        metric: &'static str,
        /// How many of the series are its own.
        of_metric: u64,
    },
    /// The builder's buckets do not fit.
    #[error("the buckets for the metric `{metric}` cannot be used: {problem}")]
    Buckets {
        /// The metric that they were given for.
        metric: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The endpoint's thread did not start.
    #[error("cannot start the thread that serves metrics: {0}")]
    Thread(io::Error),
    /// `init` was called before.
    #[error("metrics are initialised already: call `metrics_runtime::init()` once, in `main`")]
    Twice,
    /// The program has another recorder for the `metrics` facade.
    #[error(
        "another recorder is installed for the `metrics` facade, and a program can have only one: \
         install either that one or `metrics_runtime::init()`"
    )]
    ForeignRecorder,
}

debug_is_display!(InitError);

impl From<CapacityError> for InitError {
    fn from(CapacityError { series, words, largest: (metric, of_metric) }: CapacityError) -> Self {
        Self::TooManySeries { series, words, metric, of_metric }
    }
}
