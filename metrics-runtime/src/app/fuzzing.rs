//! What the fuzz targets reach of this crate: `init` with nothing global. It is compiled only with `--cfg fuzzing`.

use std::collections::BTreeMap;
use std::env::VarError;
use std::net::SocketAddr;
use std::sync::Arc;
#[cfg(feature = "otlp")]
use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Request, Response};

use super::config::Listen;
use super::init::Builder;
use super::init_error::InitError;
use super::install::{check_against_catalog, membership};
use crate::catalog::catalog;
use crate::endpoint::fuzzing::answer;
use crate::format::Format;
use crate::page::Page;
use crate::recorder::CatalogRecorder;

/// What `init` makes of the settings, and does not install.
#[derive(Debug)]
pub struct Detached {
    pub enabled: bool,
    /// None for `off`.
    pub listen: Option<SocketAddr>,
    pub global_labels: BTreeMap<String, String>,
    recorder: CatalogRecorder,
    page: Page,
}

impl Detached {
    /// Takes all settings through the steps of `init`. `variable` stands for the environment.
    pub fn new(
        builder: Builder,
        variable: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Self, InitError> {
        let settings = builder.overrides.resolve(variable)?;
        let catalog = catalog();
        catalog.check()?;
        check_against_catalog(&settings, &catalog)?;
        let recorder = CatalogRecorder::new(&catalog, &settings.recorder)?;
        let processes = match &settings.folder {
            Some(folder) => Some(Arc::new(membership(folder, recorder.store(), &catalog)?)),
            None => None,
        };
        Ok(Self {
            enabled: settings.enabled,
            listen: match settings.listen {
                Listen::At(address) | Listen::IfFree(address) => Some(address),
                Listen::Off => None,
            },
            global_labels: settings.recorder.global_labels,
            page: Page::of(&recorder, settings.before_page, processes),
            recorder,
        })
    }

    /// Runs code of other crates that records through the facade.
    pub fn record(&self, code: impl FnOnce()) {
        metrics::with_local_recorder(&self.recorder, code);
    }

    /// The page, in the text format or in OpenMetrics.
    pub fn render(&self, is_openmetrics: bool) -> String {
        self.page.render(if is_openmetrics { Format::OpenMetrics } else { Format::Text })
    }

    /// The endpoint's answer to a request.
    pub fn answer(&self, request: &Request<()>) -> Response<Bytes> {
        answer(self.page.clone(), request)
    }
}

/// What the exporter makes of the answer of a receiver of OTLP: nothing, or the message of an error and the time to wait.
#[cfg(feature = "otlp")]
pub fn otlp_answer(status: u16, retry_after: Option<String>, body: Vec<u8>) -> Result<(), (String, Option<Duration>)> {
    crate::export::fuzzing::otlp_answer(status, retry_after, body)
}

/// The bodies of two exports of the same page, at these times in nanoseconds since 1970.
#[cfg(feature = "otlp")]
pub fn otlp_requests(page: &str, start: u64, now: u64) -> [Vec<u8>; 2] {
    crate::export::fuzzing::otlp_requests(page, start, now)
}
