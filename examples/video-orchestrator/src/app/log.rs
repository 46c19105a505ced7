//! The log, and the traces beside it.

use std::sync::Arc;

use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::report::{LogWriter, Progress, has_colours};
use crate::traces::{Traces, is_own_span};

/// Installs the log, and what makes traces of the spans where they are on. Each has a filter of its own: `RUST_LOG` is for the log.
pub(super) fn install(progress: &Arc<Progress>, traces: &Traces) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let is_for_the_log = filter_fn(|metadata| !is_own_span(metadata)).with_max_level_hint(LevelFilter::TRACE);
    let log = fmt::layer().with_ansi(has_colours()).with_writer(LogWriter(Arc::clone(progress)));
    let log = registry().with(log.with_filter(filter.and(is_for_the_log)));
    match traces.layer() {
        Some(layer) => log.with(layer).init(),
        None => log.init(),
    }
}
