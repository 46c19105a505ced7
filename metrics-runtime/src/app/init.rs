//! `init()` and its builder.

use std::net::SocketAddr;

use super::config::{Listen, Overrides};
use super::handle::Handle;
use super::init_error::InitError;
use super::install::install;
use crate::record::{Mode, set_mode_once};

/// Installs the recorder and serves `/metrics`: the one line in `main`.
///
/// The environment may say how:
///
/// | variable | default | |
/// | --- | --- | --- |
/// | `ENABLE_METRICS` | `true` | `false`: nothing is recorded or served |
/// | `METRICS_LISTEN` | `127.0.0.1:8000` | `off` for no listener; port 0 for a free one |
/// | `METRICS_GLOBAL_LABELS` | | labels for every series: `service=video,zone=a` |
///
/// The endpoint has a thread of its own: a blocked async runtime does not stop the scrape. It lives as long as the
/// program, whether or not the [`Handle`] is kept.
///
/// ```no_run
/// fn main() -> Result<(), metrics_runtime::InitError> {
///     metrics_runtime::init()?;
///     // … the program …
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// A setting that cannot be used, an address that cannot be listened on, metrics of the program that contradict each
/// other or have more series than can be kept, or a recorder that is installed already. Nothing has changed then.
pub fn init() -> Result<Handle, InitError> {
    builder().init()
}

/// Configures in code what [`init`] otherwise reads from the environment.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// let metrics = metrics_runtime::builder().listen(([0, 0, 0, 0], 9000)).global_label("service", "video").init()?;
/// # Ok(())
/// # }
/// ```
pub fn builder() -> Builder {
    Builder { overrides: Overrides::default() }
}

/// The program's own settings. For a setting that it does not give, the environment counts, then the default.
#[derive(Clone, Debug)]
#[must_use = "nothing is installed before `init()`"]
pub struct Builder {
    overrides: Overrides,
}

impl Builder {
    /// Whether anything is recorded and served (`ENABLE_METRICS`).
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.overrides.enabled = Some(enabled);
        self
    }

    /// Where `/metrics` is served (`METRICS_LISTEN`). Port 0 takes a free one, which [`Handle::local_addr`] names.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.overrides.listen = Some(Listen::At(address.into()));
        self
    }

    /// Serves nothing; [`Handle::render`] still has the page.
    pub fn no_listener(mut self) -> Self {
        self.overrides.listen = Some(Listen::Nowhere);
        self
    }

    /// A label for every series (`METRICS_GLOBAL_LABELS`, whose other labels are kept).
    pub fn global_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.global_labels.push((name.into(), value.into()));
        self
    }

    /// Other buckets for a histogram of the program: upper bounds in seconds, strictly increasing, without `+Inf`, and
    /// no more of them than the program has, so that [`Catalog::max_series`](crate::Catalog::max_series) holds.
    pub fn buckets(mut self, metric: impl Into<String>, bounds: impl Into<Vec<f64>>) -> Self {
        self.overrides.buckets.insert(metric.into(), bounds.into());
        self
    }

    /// Installs the recorder and serves `/metrics`.
    ///
    /// # Errors
    ///
    /// As [`init`].
    pub fn init(self) -> Result<Handle, InitError> {
        let overrides = self.overrides;
        let initialised = set_mode_once(|| {
            let settings = overrides.resolve(std::env::var::<&str>)?;
            Ok(if settings.enabled { (Mode::INSTALLED, install(&settings)?) } else { (Mode::OFF, Handle::off()) })
        });
        let handle = initialised.unwrap_or(Err(InitError::Twice))?;
        handle.announce();
        Ok(handle)
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod tests {
    use metrics_macros::{counted, in_flight, timed};

    use super::*;
    use crate::record::{current_mode, set_slow_clock_mode};
    use crate::testing;

    #[timed(crate = crate, histogram = "mode_seconds")]
    #[counted(crate = crate, counter = "mode_total", on = ok)]
    #[in_flight(crate = crate, gauge = "mode_active")]
    fn work(fails: bool) -> Result<(), ()> {
        if fails { Err(()) } else { Ok(()) }
    }

    // Most machines can read their clock inline; this tries what the others do.
    #[test]
    fn a_clock_that_is_a_call_measures_as_well() {
        let handle = builder().no_listener().init().expect("the settings are valid");
        let _ = work(false);
        set_slow_clock_mode();
        assert_eq!(current_mode(), Mode::INSTALLED_SLOW_CLOCK);
        let _ = (work(false), work(true));
        let seen = testing::capture(|| {
            let _ = work(false);
        });
        assert_eq!(seen.counter("mode_total", &[]), 1);
        assert_eq!(current_mode(), Mode::INSTALLED_SLOW_CLOCK);
        let page = handle.render();
        for line in ["mode_seconds_count 3", "mode_total 2", "mode_active 0"] {
            assert!(page.contains(&format!("\n{line}\n")), "{line} is not on\n{page}");
        }
    }
}
