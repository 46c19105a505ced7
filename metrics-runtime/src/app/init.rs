//! `init()`, the line in `main` that installs the recorder, and its builder.

use std::path::PathBuf;
#[cfg(any(feature = "otlp", feature = "push"))]
use std::time::Duration;

use super::config::{Listen, Overrides};
use super::handle::Handle;
use super::init_error::InitError;
use super::install::install;
use super::listen_address::ListenAddress;
#[cfg(feature = "push")]
use crate::export::AtExit;
use crate::format::sanitize_metric_name;
use crate::record::{Mode, set_mode_once};
#[cfg(feature = "exemplars")]
use crate::vocabulary::TraceContext;

/// Installs the recorder and serves `/metrics`. It is one line in `main`.
///
/// Environment variables configure it:
///
/// | variable | default | meaning |
/// | --- | --- | --- |
/// | `ENABLE_METRICS` | `true` | `false`: nothing is recorded or served |
/// | `METRICS_LISTEN` | `127.0.0.1:8000` | the address of `/metrics`; `off` for no listener, port 0 for a free port |
/// | `METRICS_LIVE_PAGE` | `true` on the loopback interface, else `false` | whether there is a live page at `/`, see [`Builder::live_page`] |
/// | `METRICS_GLOBAL_LABELS` | | labels for every series: `service=video,zone=a` |
/// | `METRICS_OTHER_CRATES` | `true` | `false`: the metrics of other crates are not on the page |
/// | `PROMETHEUS_MULTIPROC_DIR` | | the folder in which several processes share their values, see [`Builder::multiprocess_dir`] |
/// | `METRICS_TEXTFILE` | | a file for `node_exporter`, see [`Builder::textfile`] |
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | | a receiver of OTLP (feature `otlp`), see [`Builder::otlp_endpoint`] |
/// | `METRICS_PUSH_URL` | | a Pushgateway (feature `push`); also `METRICS_PUSH_INTERVAL` (`15s`), `METRICS_PUSH_JOB` (the program's name), `METRICS_PUSH_GROUPING` (`instance=import-1,zone=a`), `METRICS_PUSH_AT_EXIT` (`push`, `delete`, `none`) |
///
/// The endpoint has its own thread, so a blocked async runtime does not block a scrape. It runs as long as the program,
/// whether or not the [`Handle`] is kept.
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
/// A setting cannot be used, the address cannot be listened on, metrics of the program contradict each other or have more
/// series than the recorder has room for, or a recorder is installed already. After an error nothing has changed.
pub fn init() -> Result<Handle, InitError> {
    builder().init()
}

/// Configures in code what [`init`] would read from the environment.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// let metrics = metrics_runtime::builder().listen("0.0.0.0:9000").global_label("service", "video").init()?;
/// # Ok(())
/// # }
/// ```
pub fn builder() -> Builder {
    Builder { overrides: Overrides::default() }
}

/// The program's own settings. Any other setting comes from the environment, or is the default.
#[derive(Clone, Debug)]
#[must_use = "nothing is installed before `init()`"]
pub struct Builder {
    pub(super) overrides: Overrides,
}

impl Builder {
    /// Whether metrics are recorded and served (`ENABLE_METRICS`).
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.overrides.enabled = Some(enabled);
        self
    }

    /// The address at which `/metrics` is served (`METRICS_LISTEN`), such as `"127.0.0.1:9101"`. Port 0 takes a free port, and
    /// [`Handle::local_addr`] returns it.
    ///
    /// A text takes what the variable takes. If it is no address, [`init`](Self::init) returns the error.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), metrics_runtime::InitError> {
    /// metrics_runtime::builder().listen("127.0.0.1:9101").init()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn listen(mut self, address: impl ListenAddress) -> Self {
        self.overrides.listen = Some(Listen::of_builder(address));
        self
    }

    /// Opens no port (`METRICS_LISTEN=off`). [`Handle::render`] still returns the page.
    pub fn no_listener(mut self) -> Self {
        self.overrides.listen = Some(Ok(Listen::Off));
        self
    }

    /// Whether `/` has a page that shows the metrics live, by function (`METRICS_LIVE_PAGE`). Everybody who can open it sees the
    /// paths of the program's source, so by default it is there only if the address is of the loopback interface.
    ///
    /// Against pages of other sites, it is opened by an address or as `localhost`; where other machines are listened to, also by
    /// a name without a dot, such as `worker-1`. For another name, set `METRICS_LIVE_PAGE=worker-1.example.com`.
    pub fn live_page(mut self, is_on: bool) -> Self {
        self.overrides.live_page = Some(is_on);
        self
    }

    /// Adds a label to every series. Labels of `METRICS_GLOBAL_LABELS` are kept, except one of the same name.
    pub fn global_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.global_labels.push((name.into(), value.into()));
        self
    }

    /// Replaces the buckets of a histogram: one of the program, or one that another crate records through the `metrics`
    /// facade. Write its name as the crate does (`http.requests.duration`) or as the page does (`http_requests_duration`).
    /// The bounds are upper bounds, finite and strictly increasing, without `+Inf`.
    ///
    /// The bounds of a histogram of the program are in its unit and greater than zero. They cannot be more than the program
    /// declares, so that [`Catalog::max_series`](crate::Catalog::max_series) stays true. Keep the bound of an
    /// [objective](crate::Objective): its alerts ask for this bucket.
    pub fn buckets(mut self, metric: impl Into<String>, bounds: impl Into<Vec<f64>>) -> Self {
        self.overrides.buckets.insert(sanitize_metric_name(&metric.into()).into_owned(), bounds.into());
        self
    }

    /// Runs a function before each page, for values that are read only then, such as the process' memory:
    ///
    /// ```no_run
    /// # fn memory_in_use() -> f64 { 1.0 }
    /// # fn main() -> Result<(), metrics_runtime::InitError> {
    /// metrics_runtime::declare_metrics! {
    ///     /// Memory in use.
    ///     gauge MEMORY = "memory_in_use_bytes";
    /// }
    ///
    /// metrics_runtime::builder().before_page(|| MEMORY.set(memory_in_use())).init()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Several functions run one after the other. They run on the thread that makes the page, and the page waits for them, so
    /// they should return soon. If one of them panics, its values are old, and the page is made all the same. A single gauge is
    /// better looked up by [`Gauge::read_from`](crate::Gauge::read_from), which has a time limit.
    pub fn before_page(mut self, read: impl Fn() + Send + Sync + 'static) -> Self {
        self.overrides.before_page.add(read);
        self
    }

    /// Names calls in histograms and counters by their place in a trace: as *exemplars*, which OpenMetrics and OTLP have. So a
    /// person finds, from a bar of a histogram, the trace of a call that is in it (feature `exemplars`).
    ///
    /// `trace_context` says where in a trace the calling thread is. It is asked when a call starts, on the thread of the call, so
    /// it must be fast. Spans that are not sampled are left out. If it panics, the call has no exemplar.
    ///
    /// For spans of `tracing` that `tracing-opentelemetry` makes, [`exemplar_layer`](crate::exemplar_layer) is faster, and this
    /// method is not needed. For contexts of OpenTelemetry give `metrics_runtime::opentelemetry_context` (feature
    /// `opentelemetry`). For another tracer, or another version of `opentelemetry`, give a function of your own:
    ///
    /// ```no_run
    /// use metrics_runtime::TraceContext;
    ///
    /// # mod tracer { pub fn current_ids() -> Option<(u128, u64, bool)> { None } }
    /// fn trace_context() -> Option<TraceContext> {
    ///     let (trace_id, span_id, is_sampled) = tracer::current_ids()?;
    ///     TraceContext::new(trace_id, span_id, is_sampled)
    /// }
    ///
    /// # fn main() -> Result<(), metrics_runtime::InitError> {
    /// metrics_runtime::builder().exemplars(trace_context).init()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "exemplars")]
    pub fn exemplars(mut self, trace_context: fn() -> Option<TraceContext>) -> Self {
        self.overrides.exemplars = Some(trace_context);
        self
    }

    /// Writes the page into a file every 15 seconds, and when the program ends, for `node_exporter`'s textfile collector
    /// (`METRICS_TEXTFILE`). The name must end in `.prom`. See [`Handle::write_textfile`].
    pub fn textfile(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.roads.textfile = Some(path.into());
        self
    }

    /// Whether the metrics of other crates are on the page, which are recorded through the `metrics` facade
    /// (`METRICS_OTHER_CRATES`). By default they are.
    pub fn other_crates(mut self, are_shown: bool) -> Self {
        self.overrides.other_crates = Some(are_shown);
        self
    }

    /// Shares the values with all processes that have the same folder (`PROMETHEUS_MULTIPROC_DIR`). Each of them can make the
    /// page of all; see the guide's chapter about several processes.
    ///
    /// The folder is made if it is not there. It must belong to the user of the program, and nobody else may write to it.
    /// Put it where memory is, such as `/run` or `/dev/shm`: the counts are written there as they happen.
    pub fn multiprocess_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.overrides.folder = Some(folder.into());
        self
    }

    /// Sends the metrics every 60 seconds, and when the program ends, to a receiver of OTLP over HTTP, such as
    /// `http://collector:4318` (`OTEL_EXPORTER_OTLP_ENDPOINT`; feature `otlp`). `v1/metrics` is added to the address.
    ///
    /// The other variables of OpenTelemetry's specification have their meaning; the reference lists them. Nothing is sent if
    /// `OTEL_SDK_DISABLED` is `true` or `OTEL_METRICS_EXPORTER` does not name `otlp`.
    #[cfg(feature = "otlp")]
    pub fn otlp_endpoint(mut self, base: impl Into<String>) -> Self {
        self.overrides.roads.otlp.endpoint = Some(base.into());
        self
    }

    /// Sends nothing to a receiver of OTLP, whatever the environment says.
    #[cfg(feature = "otlp")]
    pub fn no_otlp(mut self) -> Self {
        self.overrides.roads.otlp.is_off = true;
        self
    }

    /// Adds a header to each request to the receiver of OTLP. Headers of `OTEL_EXPORTER_OTLP_HEADERS` are kept, except one of the
    /// same name.
    #[cfg(feature = "otlp")]
    pub fn otlp_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.roads.otlp.headers.push((name.into(), value.into()));
        self
    }

    /// The time between two exports to the receiver of OTLP (`OTEL_METRIC_EXPORT_INTERVAL`).
    #[cfg(feature = "otlp")]
    pub fn otlp_interval(mut self, interval: Duration) -> Self {
        self.overrides.roads.otlp.interval = Some(interval);
        self
    }

    /// Whether exports to the receiver of OTLP are compressed (`OTEL_EXPORTER_OTLP_COMPRESSION=gzip`).
    #[cfg(feature = "otlp")]
    pub fn otlp_gzip(mut self, is_gzip: bool) -> Self {
        self.overrides.roads.otlp.is_gzip = Some(is_gzip);
        self
    }

    /// Adds an attribute to the resource, such as `service.name` (`OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`). Those of the
    /// environment are kept, except one of the same name.
    #[cfg(feature = "otlp")]
    pub fn otlp_resource(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.roads.otlp.resource.push((name.into(), value.into()));
        self
    }

    /// How long an export to the receiver of OTLP may take (`OTEL_EXPORTER_OTLP_TIMEOUT`).
    #[cfg(feature = "otlp")]
    pub fn otlp_timeout(mut self, timeout: Duration) -> Self {
        self.overrides.roads.otlp.timeout = Some(timeout);
        self
    }

    /// Pushes the page to the Pushgateway at this address (`METRICS_PUSH_URL`; feature `push`), such as
    /// `http://pushgateway:9091`, or `https://user:password@gateway`.
    #[cfg(feature = "push")]
    pub fn push_url(mut self, gateway: impl Into<String>) -> Self {
        self.overrides.roads.push.url = Some(gateway.into());
        self
    }

    /// The time between two pushes, 15 seconds by default (`METRICS_PUSH_INTERVAL`); from 0.1 seconds to a day.
    #[cfg(feature = "push")]
    pub fn push_interval(mut self, interval: Duration) -> Self {
        self.overrides.roads.push.interval = Some(interval);
        self
    }

    /// The label `job` at the Pushgateway, by default the name of the program's file (`METRICS_PUSH_JOB`).
    #[cfg(feature = "push")]
    pub fn push_job(mut self, job: impl Into<String>) -> Self {
        self.overrides.roads.push.job = Some(job.into());
        self
    }

    /// Adds a label to the group at the Pushgateway. Programs with the same group replace each other's values there. Labels of
    /// `METRICS_PUSH_GROUPING` are kept, except one of the same name.
    #[cfg(feature = "push")]
    pub fn push_grouping(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.roads.push.grouping.push((name.into(), value.into()));
        self
    }

    /// What happens at the Pushgateway when the program ends (`METRICS_PUSH_AT_EXIT`).
    #[cfg(feature = "push")]
    pub fn push_at_exit(mut self, at_exit: AtExit) -> Self {
        self.overrides.roads.push.at_exit = Some(at_exit);
        self
    }

    /// Installs the recorder and serves `/metrics`.
    ///
    /// # Errors
    ///
    /// The same as for [`init`](crate::init); also, a text of [`listen`](Self::listen) that is no address, and buckets that cannot be
    /// used.
    pub fn init(self) -> Result<Handle, InitError> {
        let overrides = self.overrides;
        let initialised = set_mode_once(|| {
            let settings = overrides.resolve(std::env::var::<&str>)?;
            Ok(if settings.enabled { (Mode::INSTALLED, install(&settings)?) } else { (Mode::OFF, Handle::disabled()) })
        });
        let handle = initialised.unwrap_or(Err(InitError::AlreadyInitialized))?;
        handle.log_address();
        Ok(handle)
    }
}
