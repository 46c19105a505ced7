//! The handle of the installed metrics.

use std::net::SocketAddr;

use super::config;
use crate::endpoint::Service;
use crate::format::Format;
use crate::page::Page;

/// The installed metrics. Dropping it changes nothing.
#[derive(Debug)]
pub struct Handle {
    page: Option<Page>,
    service: Option<Service>,
}

impl Handle {
    /// The handle of metrics that are switched off.
    pub(super) const fn off() -> Self {
        Self { page: None, service: None }
    }

    /// The handle of installed metrics.
    pub(super) const fn on(page: Page, service: Service) -> Self {
        Self { page: Some(page), service: Some(service) }
    }

    /// Logs where the metrics are. It comes last, because a log subscriber may record metrics too.
    pub(super) fn announce(&self) {
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
