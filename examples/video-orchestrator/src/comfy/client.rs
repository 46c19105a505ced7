//! Submits a workflow, polls until it is done, and fetches the image.

use std::time::Duration;

use metrics_runtime::{Label, counted, timed};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::address::Address;
use super::error::ComfyError;
use super::image::Image;
use super::workflow::Drawing;

/// The longest that a request may take: ComfyUI answers at once, and draws in the background.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A server that runs accepts a connection at once.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An image takes seconds to minutes.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The fake server takes tenths of a second.
const QUICK_POLL_INTERVAL: Duration = Duration::from_millis(25);
/// How much of an error page is shown: it may be long, and one line identifies it.
const SHOWN_CHARACTERS: usize = 200;

/// The endpoint of a request.
#[derive(Clone, Copy, Debug, Label)]
enum Endpoint {
    #[label(rename = "/prompt")]
    Prompt,
    #[label(rename = "/history")]
    History,
}

/// The status of an answer.
#[derive(Clone, Copy, Debug, Label)]
enum StatusClass {
    #[label(rename = "2xx")]
    Success,
    #[label(rename = "4xx")]
    ClientError,
    #[label(rename = "5xx")]
    ServerError,
    /// There was no answer.
    None,
}

impl StatusClass {
    fn of(result: &Result<Response, reqwest::Error>) -> Self {
        match result.as_ref().map(Response::status) {
            Ok(status) if status.is_success() => Self::Success,
            Ok(status) if status.is_client_error() => Self::ClientError,
            Ok(status) if status.is_server_error() => Self::ServerError,
            // Redirects are followed; any other status does not answer the request.
            Ok(_) | Err(_) => Self::None,
        }
    }
}

/// A client of a ComfyUI server.
#[derive(Debug)]
pub(crate) struct ComfyClient {
    http: Client,
    address: Address,
    checkpoint: String,
    poll_interval: Duration,
}

impl ComfyClient {
    /// A client of the server at this address.
    pub(crate) fn new(address: Address, checkpoint: String) -> Result<Self, reqwest::Error> {
        let http = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(REQUEST_TIMEOUT).build()?;
        Ok(Self { http, address, checkpoint, poll_interval: POLL_INTERVAL })
    }

    /// Polls more often, for a server that is faster than a GPU.
    #[must_use]
    pub(crate) fn polling_quickly(self) -> Self {
        Self { poll_interval: QUICK_POLL_INTERVAL, ..self }
    }

    /// Draws one image, within a time limit.
    pub(crate) async fn draw(&self, drawing: &Drawing<'_>, limit: Duration) -> Result<Image, ComfyError> {
        // All requests go to one server: another does not know the workflow.
        let base = self.address.get().await?;
        let mut submitted = None;
        let drawn = tokio::time::timeout(limit, self.draw_without_limit(&base, drawing, &mut submitted)).await;
        match drawn {
            Ok(result) => result.inspect_err(|error| {
                if matches!(error, ComfyError::Http(error) if error.is_connect()) {
                    self.address.report_failure(&base);
                }
            }),
            Err(_) => {
                if let Some(prompt_id) = submitted {
                    self.cancel(&base, &prompt_id).await;
                }
                Err(ComfyError::Timeout(limit))
            }
        }
    }

    async fn draw_without_limit(
        &self,
        base: &Url,
        drawing: &Drawing<'_>,
        submitted: &mut Option<String>,
    ) -> Result<Image, ComfyError> {
        let prompt_id = self.submit(base, drawing).await?;
        let prompt_id = submitted.insert(prompt_id);
        let stored = loop {
            if let Some(stored) = self.look_up(base, prompt_id).await? {
                break stored;
            }
            tokio::time::sleep(self.poll_interval).await;
        };
        Ok(Image::from_png(self.fetch(base, &stored).await?)?)
    }

    /// Submits the workflow; returns the id that the server gives it.
    async fn submit(&self, base: &Url, drawing: &Drawing<'_>) -> Result<String, ComfyError> {
        let body = json!({ "prompt": drawing.graph(&self.checkpoint), "client_id": "video-orchestrator" });
        let response = self.send(Endpoint::Prompt, self.http.post(url(base, &["prompt"])).json(&body)).await?;
        if response.status() == StatusCode::BAD_REQUEST {
            return Err(ComfyError::Rejected(rejection_text(&response.json().await?)));
        }
        let answer: Value = check_status("/prompt", response).await?.json().await?;
        match answer["prompt_id"].as_str() {
            Some(prompt_id) => Ok(prompt_id.to_owned()),
            None => Err(ComfyError::Protocol(format!("`/prompt` answers without a `prompt_id`: {answer}"))),
        }
    }

    /// Asks where the image is; `None`: it is not done yet.
    async fn look_up(&self, base: &Url, prompt_id: &str) -> Result<Option<StoredImage>, ComfyError> {
        let response = self.send(Endpoint::History, self.http.get(url(base, &["history", prompt_id]))).await?;
        let mut history: Value = check_status("/history", response).await?.json().await?;
        let entry = history[prompt_id].take();
        if entry.is_null() {
            return Ok(None);
        }
        if entry["status"]["status_str"] == "error" {
            return Err(ComfyError::Execution(execution_error(&entry["status"]["messages"])));
        }
        let mut images = entry["outputs"].as_object().into_iter().flat_map(|outputs| outputs.values());
        let first = images.find_map(|output| output["images"].get(0));
        let Some(image) = first else {
            return Err(ComfyError::Protocol("the workflow is done, and has no image".to_owned()));
        };
        let stored = StoredImage::deserialize(image).map_err(|error| ComfyError::Protocol(error.to_string()))?;
        Ok(Some(stored))
    }

    async fn fetch(&self, base: &Url, image: &StoredImage) -> Result<Vec<u8>, ComfyError> {
        let StoredImage { filename, subfolder, kind } = image;
        let query = [("filename", filename), ("subfolder", subfolder), ("type", kind)];
        let response = self.http.get(url(base, &["view"])).query(&query).send().await?;
        Ok(check_status("/view", response).await?.bytes().await?.into())
    }

    /// Cancels the workflow on the server, so that the next one does not wait for it.
    async fn cancel(&self, base: &Url, prompt_id: &str) {
        let waiting = self.http.post(url(base, &["queue"])).json(&json!({ "delete": [prompt_id] }));
        let running = self.http.post(url(base, &["interrupt"])).json(&json!({ "prompt_id": prompt_id }));
        for request in [waiting, running] {
            if let Err(error) = request.send().await {
                tracing::warn!(%error, prompt_id, "the workflow could not be cancelled on the ComfyUI server");
            }
        }
    }

    /// Sends one request to ComfyUI, and waits for the head of the answer.
    #[timed(histogram = "comfyui_request_seconds", labels(endpoint))]
    #[counted(
        counter = "comfyui_requests_total",
        on = end,
        labels(endpoint, status: StatusClass = |result| StatusClass::of(result)),
        description = "Requests to ComfyUI."
    )]
    async fn send(&self, endpoint: Endpoint, request: RequestBuilder) -> Result<Response, reqwest::Error> {
        request.send().await
    }
}

fn url(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Where the server stores an image.
#[derive(Debug, Deserialize)]
struct StoredImage {
    filename: String,
    #[serde(default)]
    subfolder: String,
    #[serde(rename = "type")]
    kind: String,
}

async fn check_status(endpoint: &'static str, response: Response) -> Result<Response, ComfyError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body: String = response.text().await?.trim().chars().take(SHOWN_CHARACTERS).collect();
    Err(ComfyError::Status { endpoint, status, body })
}

/// Why the server rejects a workflow: its own message, and one for each node.
fn rejection_text(answer: &Value) -> String {
    let mut messages = vec![text(&answer["error"]["message"])];
    for (name, node) in answer["node_errors"].as_object().into_iter().flatten() {
        for error in node["errors"].as_array().into_iter().flatten() {
            messages.push(format!("node `{name}`: {}: {}", text(&error["message"]), text(&error["details"])));
        }
    }
    messages.join("; ")
}

/// The text of an error; the messages are pairs of a kind and its details.
fn execution_error(messages: &Value) -> String {
    let messages = messages.as_array().into_iter().flatten();
    let error = messages.filter(|message| message[0] == "execution_error").map(|message| &message[1]).next();
    error.map_or_else(
        || "the server does not say why".to_owned(),
        |error| format!("{}: {}", text(&error["node_type"]), text(&error["exception_message"]).trim()),
    )
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("(no text)").to_owned()
}
