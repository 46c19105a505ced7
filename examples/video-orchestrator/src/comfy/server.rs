//! The requests to a ComfyUI server. Each answer has a largest size.

use metrics_runtime::{Label, counted, timed};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::{Value, json};

use super::answers::{self, Place, StoredImage};
use super::error::ComfyError;
use super::words::first_words;
use crate::traces::{TRACEPARENT, current_context};

/// The largest answer in JSON.
const MAX_JSON: usize = 8 << 20;
/// The largest image.
const MAX_IMAGE: usize = 64 << 20;
/// How much of the page of an error is read.
const MAX_ERROR: usize = 4 << 10;

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

/// One ComfyUI server.
#[derive(Debug)]
pub(super) struct ComfyServer<'a> {
    http: &'a Client,
    base: &'a Url,
}

impl<'a> ComfyServer<'a> {
    pub(super) fn new(http: &'a Client, base: &'a Url) -> Self {
        Self { http, base }
    }

    /// Its address.
    pub(super) fn base(&self) -> &'a Url {
        self.base
    }

    /// Submits a workflow; returns its id. Servers since 2025 use the id that is proposed, older ones make their own.
    pub(super) async fn submit(&self, graph: &Value, proposed_id: &str) -> Result<String, ComfyError> {
        let body = json!({ "prompt": graph, "client_id": "video-orchestrator", "prompt_id": proposed_id });
        let response = self.send(Endpoint::Prompt, self.post("prompt").json(&body)).await?;
        let status = response.status();
        if status.is_success() {
            return answers::prompt_id(&read_json("/prompt", response).await?);
        }
        // The list of a node's errors may be long: it names every model of the server.
        let limit = if status == StatusCode::BAD_REQUEST { MAX_JSON } else { MAX_ERROR };
        let (body, _) = read(response, limit).await?;
        Err(answers::refusal(status, &body))
    }

    /// Asks where the image is; `None`: the workflow is not done, or not known.
    pub(super) async fn look_up(&self, prompt_id: &str) -> Result<Option<StoredImage>, ComfyError> {
        let request = self.get(&["history", prompt_id]);
        let response = self.send(Endpoint::History, request).await?;
        answers::stored_image(&read_json("/history", check_status("/history", response).await?).await?, prompt_id)
    }

    /// Asks where a workflow is that is not done; `None`: the answer does not say.
    pub(super) async fn place(&self, prompt_id: &str) -> Result<Option<Place>, ComfyError> {
        let response = self.get(&["queue"]).send().await?;
        let queue = read_json("/queue", check_status("/queue", response).await?).await?;
        Ok(answers::place(&queue, prompt_id))
    }

    /// Asks for the queue, and reads only whether there is an answer.
    pub(super) async fn check(&self) -> Result<(), ComfyError> {
        let response = self.get(&["queue"]).send().await?;
        check_status("/queue", response).await.map(drop)
    }

    /// Downloads an image.
    pub(super) async fn fetch(&self, image: &StoredImage) -> Result<Vec<u8>, ComfyError> {
        let StoredImage { filename, subfolder, kind } = image;
        let query = [("filename", filename), ("subfolder", subfolder), ("type", kind)];
        let response = self.get(&["view"]).query(&query).send().await?;
        read_whole("/view", check_status("/view", response).await?, MAX_IMAGE).await
    }

    /// Removes a workflow that waits.
    pub(super) async fn delete(&self, prompt_id: &str) -> Result<(), ComfyError> {
        let request = self.post("queue").json(&json!({ "delete": [prompt_id] }));
        check_status("/queue", request.send().await?).await.map(drop)
    }

    /// Stops the workflow that runs. Old servers do not read the id, and stop whatever runs.
    pub(super) async fn interrupt(&self, prompt_id: &str) -> Result<(), ComfyError> {
        let request = self.post("interrupt").json(&json!({ "prompt_id": prompt_id }));
        check_status("/interrupt", request.send().await?).await.map(drop)
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

    fn get(&self, segments: &[&str]) -> RequestBuilder {
        with_trace(self.http.get(self.url(segments)))
    }

    fn post(&self, segment: &str) -> RequestBuilder {
        with_trace(self.http.post(self.url(&[segment])))
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

/// The request says which span it belongs to.
fn with_trace(request: RequestBuilder) -> RequestBuilder {
    match current_context() {
        Some(context) => request.header(TRACEPARENT, context.to_string()),
        None => request,
    }
}

async fn check_status(endpoint: &'static str, response: Response) -> Result<Response, ComfyError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let (body, _) = read(response, MAX_ERROR).await?;
    Err(ComfyError::Status { endpoint, status, body: first_words(&body) })
}

async fn read_json(endpoint: &'static str, response: Response) -> Result<Value, ComfyError> {
    let body = read_whole(endpoint, response, MAX_JSON).await?;
    serde_json::from_slice(&body).map_err(|error| {
        let body = first_words(&body);
        ComfyError::Protocol(format!("`{endpoint}` does not answer with JSON ({error}): {body}"))
    })
}

async fn read_whole(endpoint: &'static str, response: Response, limit: usize) -> Result<Vec<u8>, ComfyError> {
    match read(response, limit).await? {
        (body, true) => Ok(body),
        (_, false) => Err(ComfyError::TooLarge { endpoint, limit }),
    }
}

/// Reads a body up to a limit; `false`: there is more.
async fn read(mut response: Response, limit: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Ok((body, false));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, true))
}
