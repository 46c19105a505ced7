//! The handle that `init()` returns.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
#[cfg(feature = "redis")]
use std::sync::Arc;

use super::config;
use crate::endpoint::{Service, Targets};
use crate::export::{Roads, write_textfile};
use crate::format::Format;
#[cfg(feature = "redis")]
use crate::format::TargetSource;
use crate::page::Page;

/// The installed metrics.
///
/// Dropping the handle does not stop the endpoint. If the program has a Pushgateway, a receiver of OTLP or a textfile, the handle's drop sends the
/// values of that moment, and waits up to five seconds for it: keep it to the end of `main`.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// let metrics = metrics_runtime::init()?;
/// println!("{}", metrics.render());
/// metrics.shutdown();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Handle {
    page: Option<Page>,
    service: Option<Service>,
    roads: Roads,
    has_live_page: bool,
    #[cfg_attr(
        not(any(feature = "axum", feature = "redis")),
        allow(dead_code, reason = "the endpoint has it too, and nobody else needs it")
    )]
    targets: Targets,
}

impl Handle {
    /// The handle of metrics that are switched off.
    pub(super) fn disabled() -> Self {
        Self { page: None, service: None, roads: Roads::default(), has_live_page: false, targets: Targets::default() }
    }

    /// The handle of metrics that are recorded.
    pub(super) const fn enabled(
        page: Page,
        service: Service,
        roads: Roads,
        has_live_page: bool,
        targets: Targets,
    ) -> Self {
        Self { page: Some(page), service: Some(service), roads, has_live_page, targets }
    }

    /// Whether metrics are recorded.
    #[cfg(feature = "redis")]
    pub(crate) const fn is_enabled(&self) -> bool {
        self.page.is_some()
    }

    /// From now on `/sd` has the list of this source. `false` if it has another one.
    #[cfg(feature = "redis")]
    pub(crate) fn serve_targets(&self, source: Arc<dyn TargetSource>) -> bool {
        self.targets.serve(source)
    }

    /// Logs where the metrics are served. `init` does this last, because a log subscriber may record metrics too.
    pub(super) fn log_address(&self) {
        match &self.service {
            None => tracing::info!("metrics are off ({}=false)", config::ENABLE),
            Some(service) => match service.local_addr() {
                Some(address) if self.has_live_page => {
                    tracing::info!("metrics are at http://{address}/metrics, and live at http://{address}/");
                }
                Some(address) => tracing::info!("metrics are at http://{address}/metrics"),
                None if !self.roads.is_empty() => {
                    tracing::info!("metrics are exported but not served");
                }
                None => tracing::info!("metrics are recorded but not served ({}=off)", config::LISTEN),
            },
        }
    }

    /// The address at which `/metrics` is served; `None` if metrics are off or there is no listener.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.service.as_ref().and_then(Service::local_addr)
    }

    /// The page that `/metrics` shows, in the Prometheus text format; empty if metrics are off.
    #[must_use]
    pub fn render(&self) -> String {
        self.page.as_ref().map_or_else(String::new, |page| page.render(Format::Text))
    }

    /// The endpoint as an `axum` router with `/metrics` and `/healthz`, without the live page, to serve it on the application's own port (feature
    /// `axum`). It has `/sd` too if the program has joined a fleet before. If metrics are off, it has no routes.
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
        let Some(page) = self.page.clone() else { return axum::Router::new() };
        crate::endpoint::router(page, &self.targets)
    }

    /// Writes the page that `/metrics` shows into a file, for `node_exporter`'s textfile collector. The name must end in `.prom`.
    /// It is written beside the file and then renamed, so that a reader sees the old file or the new one as a whole.
    ///
    /// It leaves out the metrics that `node_exporter` has of itself, such as `process_open_fds`. If metrics are off, it writes
    /// nothing.
    ///
    /// To write the file now and then, and when the program ends, use [`Builder::textfile`](crate::Builder::textfile).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = metrics_runtime::builder().no_listener().init()?;
    /// // … the program …
    /// metrics.write_textfile("/var/lib/node_exporter/import.prom")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The file cannot be written: its folder does not exist, or the disk is full. Then the old file is still there.
    pub fn write_textfile(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.page.as_ref().map_or(Ok(()), |page| write_textfile(page, path.as_ref()))
    }

    /// Stops serving, and returns when the port and all connections are closed. It accepts no new connection, closes
    /// connections without a request at once, and gives a scrape in progress two seconds to end. Values are recorded as before,
    /// and do not use more memory than before. In the child of a fork, which has no endpoint, it returns at once.
    ///
    /// After that it sends the last values to the Pushgateway and the receiver of OTLP and writes the file, if there are such, and waits up to five
    /// seconds for it. Nothing is sent afterwards.
    pub fn shutdown(mut self) {
        if let Some(service) = self.service.take() {
            service.shutdown();
        }
        std::mem::take(&mut self.roads).finish();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.roads.send_last();
    }
}
