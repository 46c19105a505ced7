//! The one line in `main`.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::catalog::{Catalog, CatalogConflict, catalog};
use crate::config::{self, ConfigError, Given, Listen, Settings};
use crate::endpoint::{Prepared, Service};
use crate::exposition::Format;
use crate::family::Kind;
use crate::mode::{self, Mode};
use crate::recorder::{self, CatalogRecorder, NoRoom, Page};
use crate::said::debug_is_display;

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

/// Starts to say in code what [`init`] otherwise asks of the environment.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// let metrics = metrics_runtime::builder().listen(([0, 0, 0, 0], 9000)).global_label("service", "video").init()?;
/// # Ok(())
/// # }
/// ```
pub fn builder() -> Builder {
    Builder { given: Given::default() }
}

/// What the program says of its metrics. What it does not say is asked of the environment, then of the defaults.
#[derive(Clone, Debug)]
#[must_use = "nothing is installed before `init()`"]
pub struct Builder {
    given: Given,
}

impl Builder {
    /// Whether anything is recorded and served (`ENABLE_METRICS`).
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.given.enabled = Some(enabled);
        self
    }

    /// Where `/metrics` is served (`METRICS_LISTEN`). Port 0 takes a free one, which [`Handle::local_addr`] names.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.given.listen = Some(Listen::At(address.into()));
        self
    }

    /// Serves nothing; [`Handle::render`] still has the page.
    pub fn no_listener(mut self) -> Self {
        self.given.listen = Some(Listen::Nowhere);
        self
    }

    /// A label for every series (`METRICS_GLOBAL_LABELS`, whose other labels are kept).
    pub fn global_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.global_labels.push((name.into(), value.into()));
        self
    }

    /// Other buckets for a histogram of the program: upper bounds in seconds, strictly increasing, without `+Inf`, and
    /// no more of them than the program has, so that [`Catalog::max_series`](crate::Catalog::max_series) holds.
    pub fn buckets(mut self, metric: impl Into<String>, bounds: impl Into<Vec<f64>>) -> Self {
        self.given.buckets.insert(metric.into(), bounds.into());
        self
    }

    /// Installs the recorder and serves `/metrics`.
    ///
    /// # Errors
    ///
    /// As [`init`].
    pub fn init(self) -> Result<Handle, InitError> {
        let given = self.given;
        let initialised = mode::leave_facade(|| {
            let settings = given.settle(std::env::var::<&str>)?;
            Ok(if settings.enabled { (Mode::INSTALLED, install(&settings)?) } else { (Mode::OFF, switched_off()) })
        });
        let handle = initialised.unwrap_or(Err(InitError::Twice))?;
        handle.announce();
        Ok(handle)
    }
}

fn switched_off() -> Handle {
    Handle { page: None, service: None }
}

fn install(settings: &Settings) -> Result<Handle, InitError> {
    let catalog = catalog();
    catalog.check()?;
    check_against_catalog(settings, &catalog)?;
    let listener = match settings.listen {
        Listen::At(address) => Some(listen(address)?),
        Listen::Nowhere => None,
    };
    let (recorder, page) = recorder::build(&catalog, settings)?;
    let endpoint = Prepared::new(listener).map_err(InitError::Thread)?;
    if metrics::set_global_recorder(recorder).is_err() {
        endpoint.abandon();
        return Err(InitError::ForeignRecorder);
    }
    CatalogRecorder::open(&page);
    catalog.create_series();
    let service = endpoint.begin(page.clone());
    Ok(Handle { page: Some(page), service: Some(service) })
}

fn check_against_catalog(settings: &Settings, catalog: &Catalog) -> Result<(), InitError> {
    for (metric, bounds) in &settings.buckets {
        let wrong = |problem| InitError::Buckets { metric: metric.clone(), problem };
        let planned = match catalog.metric(metric) {
            None => return Err(wrong("no metric of the program has this name")),
            Some(metric) if metric.kind() == Kind::Histogram => metric.buckets().len(),
            Some(_) => return Err(wrong("it is no histogram")),
        };
        if bounds.len() > planned {
            return Err(wrong("there are more than in the program, whose largest number of series is known"));
        }
        if bounds.is_empty() || bounds.iter().any(|bound| !bound.is_finite() || *bound <= 0.0) {
            return Err(wrong("give at least one bound, each finite and greater than zero"));
        }
        if bounds.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(wrong("each bound must be greater than the one before it"));
        }
    }
    for name in settings.global_labels.keys() {
        if let Some(metric) = catalog.metrics().find(|metric| metric.labels().iter().any(|label| label.name() == name))
        {
            let problem = format!("is a label of the metric `{}` already: give it another name", metric.name());
            return Err(ConfigError::GlobalLabel { name: name.clone(), problem }.into());
        }
    }
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, InitError> {
    TcpListener::bind(address).map_err(|cause| InitError::Listen { address, cause })
}

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

impl From<NoRoom> for InitError {
    fn from(NoRoom { series, words, largest: (metric, of_metric) }: NoRoom) -> Self {
        Self::TooManySeries { series, words, metric, of_metric }
    }
}

/// The installed metrics. Dropping it changes nothing.
#[derive(Debug)]
pub struct Handle {
    page: Option<Page>,
    service: Option<Service>,
}

impl Handle {
    /// Says where the metrics are. Who writes the log may record metrics too, so that this comes last.
    fn announce(&self) {
        match &self.service {
            None => tracing::info!("metrics are off ({}=false)", config::ENABLE),
            Some(service) => match service.local_addr() {
                Some(address) => tracing::info!("metrics are at http://{address}/metrics"),
                None => tracing::info!("metrics are recorded, and served nowhere ({}=off)", config::LISTEN),
            },
        }
    }

    /// Where `/metrics` is served; `None` where metrics are off or have no listener.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.service.as_ref().and_then(Service::local_addr)
    }

    /// The page that `/metrics` shows, in the Prometheus text format; empty where metrics are off.
    #[must_use]
    pub fn render(&self) -> String {
        self.page.as_ref().map_or_else(String::new, |page| page.render(Format::Text))
    }

    /// The endpoint as an `axum` router, `/metrics` and `/healthz`, to be mounted on the application's own port (feature
    /// `axum`). Where metrics are off it has no routes.
    ///
    /// ```no_run
    /// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = metrics_runtime::builder().no_listener().init()?;
    /// let application = axum::Router::new().merge(metrics.router());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, application).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "axum")]
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        self.page.clone().map_or_else(axum::Router::new, crate::endpoint::router)
    }

    /// Stops serving: takes no new connection, closes those without a request at once, gives a scrape that is under way
    /// two seconds to end, and closes the port. Values are recorded as before, and take no more memory than before.
    pub fn shutdown(self) {
        if let Some(service) = self.service {
            service.shutdown();
        }
    }
}
