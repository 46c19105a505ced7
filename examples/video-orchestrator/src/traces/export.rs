//! Sends the spans, on a thread of its own, so that a receiver that is slow or dead does not touch the program.

use std::thread;
use std::time::Duration;

use metrics_runtime::redis::redact_address;
use opentelemetry::KeyValue;
use opentelemetry_otlp::{Compression, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{self, SdkTracerProvider, SpanData};
use reqwest::blocking::Client;
use reqwest::redirect::Policy;

use super::settings::Settings;
use super::variables::TracesError;
use crate::report::OutageLog;

/// Makes what sends the spans. It waits for them in a queue of limited length; what does not fit is left out.
pub(super) fn provider(settings: Settings) -> Result<SdkTracerProvider, TracesError> {
    let Settings { endpoint, headers, timeout, is_gzip, resource } = settings;
    let receiver = redact_address(endpoint.as_str());
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client(timeout)?)
        .with_endpoint(endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(timeout)
        .with_headers(headers);
    if is_gzip {
        exporter = exporter.with_compression(Compression::Gzip);
    }
    // Its own error quotes the address.
    let exporter = exporter.build().map_err(|_| TracesError::Client(format!("{receiver} cannot be used")))?;
    let exporter = WatchedExporter { exporter, receiver, outages: OutageLog::new("traces could not be sent") };
    let resource = resource.into_iter().map(|(name, value)| KeyValue::new(name, value));
    Ok(SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_attributes(resource).build())
        .with_batch_exporter(exporter)
        .build())
}

/// The exporter waits for the client on the exporter's thread. It is made on another thread, because it must not be made in a runtime.
fn client(timeout: Duration) -> Result<Client, TracesError> {
    // A connection that has waited since the last spans may be closed by now, which would lose the next ones.
    let build = move || Client::builder().timeout(timeout).redirect(Policy::none()).pool_max_idle_per_host(0).build();
    let client = thread::spawn(build).join().map_err(|_| TracesError::Client("it has a bug".to_owned()))?;
    client.map_err(|error| TracesError::Client(error.to_string()))
}

/// Logs the first failure of an outage, and its end.
#[derive(Debug)]
struct WatchedExporter {
    exporter: SpanExporter,
    /// For messages.
    receiver: String,
    outages: OutageLog,
}

/// Why a receiver has not taken spans.
#[derive(Debug, thiserror::Error)]
#[error("{receiver} has not taken them: {reason}")]
struct NotTaken<'a> {
    receiver: &'a str,
    reason: String,
}

impl trace::SpanExporter for WatchedExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exported = self.exporter.export(batch).await;
        match &exported {
            Ok(()) => self.outages.record_success(),
            Err(error) => {
                let reason = match error {
                    OTelSdkError::InternalFailure(reason) => reason.clone(),
                    other => other.to_string(),
                };
                self.outages.record_failure("traces", &NotTaken { receiver: &self.receiver, reason });
            }
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
