//! The handle that `init()` returns.

use std::net::SocketAddr;

use super::config;
use crate::endpoint::Service;
use crate::format::Format;
use crate::page::Page;

/// The installed metrics. Dropping the handle changes nothing: the endpoint goes on.
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
    has_live_page: bool,
}

impl Handle {
    /// The handle of metrics that are switched off.
    pub(super) const fn disabled() -> Self {
        Self { page: None, service: None, has_live_page: false }
    }

    /// The handle of metrics that are recorded.
    pub(super) const fn enabled(page: Page, service: Service, has_live_page: bool) -> Self {
        Self { page: Some(page), service: Some(service), has_live_page }
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
    /// `axum`). If metrics are off, it has no routes.
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

    /// Stops serving, and returns when the port and all connections are closed. It accepts no new connection, closes
    /// connections without a request at once, and gives a scrape in progress two seconds to end. Values are recorded as before,
    /// and do not use more memory than before. In the child of a fork, which has no endpoint, it returns at once.
    pub fn shutdown(self) {
        if let Some(service) = self.service {
            service.shutdown();
        }
    }
}
