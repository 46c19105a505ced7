//! Why `init()` failed.

use std::io;
use std::net::SocketAddr;

use super::config_error::ConfigError;
use crate::catalog::CatalogConflict;
use crate::recorder::{CapacityError, LayoutError, NoRoom};
use crate::util::{debug_is_display, shown};

/// Why metrics could not be installed.
///
/// Its `Debug` is the same text as its `Display`, because Rust prints `Debug` for an error that `main` returns.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Sites of the program disagree on the definition of a metric, or two metrics would have the same name on the page.
    #[error(transparent)]
    Catalog(#[from] CatalogConflict),
    /// The address cannot be listened on.
    #[error(
        "cannot serve metrics at {address}: {cause}; set `METRICS_LISTEN` to another address, to port 0 for a free \
         port, or to `off`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's error. It is part of the text, so it is not also a `source`, which would print it twice.
        cause: io::Error,
    },
    /// The metrics have more series from the start than the recorder has room for.
    #[error(
        "the metrics of the program have {series} series from the start, which is more than the recorder can hold: it \
         has {words} words, a series of a counter takes one word, and a series of a histogram a few more than it has \
         buckets; give labels fewer values or remove labels, first those of `{metric}`, which has {of_metric} of the series"
    )]
    TooManySeries {
        /// The number of series that exist from the start.
        series: u64,
        /// The number of words that the recorder has.
        words: usize,
        /// The metric that needs the most words.
        metric: &'static str,
        /// The number of series of this metric.
        of_metric: u64,
    },
    /// The metrics can have more series than there is room for in the files that processes share.
    #[error(
        "the metrics of the program can have more series than processes can share: there are {words} words, a series of a \
         counter takes one word, and a series of a histogram a few more than it has buckets; give labels fewer values or \
         remove labels, first those of `{metric}`, which can have {label_sets} label sets"
    )]
    TooManySharedSeries {
        /// The number of words that the recorder has.
        words: usize,
        /// The metric that needs the most words.
        metric: &'static str,
        /// The number of label sets that it can have.
        label_sets: u64,
    },
    /// The folder that processes share cannot be used.
    #[error("the folder of `{variable}`, {}, cannot be used: {problem}", shown(.folder), variable = crate::app::config::MULTIPROCESS_DIR)]
    Folder {
        /// The folder.
        folder: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// Buckets of the builder cannot be used.
    #[error("the buckets for the metric `{}` cannot be used: {problem}", shown(.metric))]
    Buckets {
        /// The metric that the builder names.
        metric: String,
        /// What is wrong with them.
        problem: &'static str,
    },
    /// The thread of the endpoint or of a road did not start.
    #[error("cannot start the thread that serves metrics: {0}")]
    Thread(io::Error),
    /// `init` or [`attach`](crate::attach) was called before.
    #[error("metrics are initialised already: call `metrics_runtime::init()` once, in `main`")]
    AlreadyInitialized,
    /// The program has another recorder for the `metrics` facade.
    #[error(
        "another recorder is installed for the `metrics` facade, and a program can have only one: \
         either remove it, or call `metrics_runtime::attach()` instead of `init()`"
    )]
    ForeignRecorder,
}

debug_is_display!(InitError);

impl From<NoRoom> for InitError {
    fn from(problem: NoRoom) -> Self {
        match problem {
            NoRoom::AtStart(CapacityError { series, words, largest: (metric, of_metric) }) => {
                Self::TooManySeries { series, words, metric, of_metric }
            }
            NoRoom::Fixed(LayoutError { words, largest: (metric, label_sets) }) => {
                Self::TooManySharedSeries { words, metric, label_sets }
            }
        }
    }
}
