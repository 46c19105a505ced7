//! Submits a workflow, polls until it is done, and fetches the image.

use std::time::Duration;

use reqwest::Client;
use tracing::Span;

use super::address::Address;
use super::answers::{Place, StoredImage};
use super::error::ComfyError;
use super::image::Image;
use super::server::ComfyServer;
use super::workflow::Drawing;
use crate::traces::{set_attribute, watched};

/// The longest that a request may take: ComfyUI answers at once, and draws in the background.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A server that runs accepts a connection at once.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that the requests may take which take a workflow away.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest that a server which works may take to show its queue.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// An image takes seconds to minutes.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The fake server takes tenths of a second.
const QUICK_POLL_INTERVAL: Duration = Duration::from_millis(25);
/// After this many polls without an image, the server is asked whether it still knows the workflow.
const POLLS_BEFORE_DOUBT: u32 = 6;

/// A client of a ComfyUI server.
#[derive(Debug)]
pub(crate) struct ComfyClient {
    http: Client,
    address: Address,
    checkpoint: String,
    poll_interval: Duration,
}

/// How far a drawing has come.
#[derive(Debug, Default)]
struct State {
    /// The id of the workflow while the server may have it.
    open: Option<String>,
    /// What went wrong with the last request.
    trouble: Option<ComfyError>,
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

    /// Checks that the server answers.
    pub(crate) async fn check(&self) -> Result<(), ComfyError> {
        let base = self.address.get().await?;
        let checked = tokio::time::timeout(CHECK_TIMEOUT, ComfyServer::new(&self.http, &base).check()).await;
        let checked = checked.unwrap_or(Err(ComfyError::Timeout { limit: CHECK_TIMEOUT, trouble: None }));
        if checked.is_err() {
            self.address.report_failure(&base);
        }
        checked
    }

    /// Draws one image, within a time limit.
    pub(crate) async fn draw(&self, drawing: &Drawing<'_>, limit: Duration) -> Result<Image, ComfyError> {
        // All requests go to one server: another does not know the workflow.
        let base = self.address.get().await?;
        let server = ComfyServer::new(&self.http, &base);
        let mut state = State::default();
        let drawn = tokio::time::timeout(limit, self.draw_without_limit(&server, drawing, &mut state)).await;
        let result = drawn.unwrap_or_else(|_| {
            let trouble = state.trouble.take().map(Box::new);
            Err(ComfyError::Timeout { limit, trouble })
        });
        if let Err(error) = &result {
            if error.is_unreachable() {
                self.address.report_failure(&base);
            }
            if let Some(prompt_id) = &state.open {
                cancel_or_warn(&server, prompt_id).await;
            }
        }
        result
    }

    async fn draw_without_limit(
        &self,
        server: &ComfyServer<'_>,
        drawing: &Drawing<'_>,
        state: &mut State,
    ) -> Result<Image, ComfyError> {
        let prompt_id = self.submit(server, drawing, state).await?;
        let stored = self.wait(server, &prompt_id, state).await?;
        self.download(server, &stored, state).await
    }

    #[tracing::instrument(skip_all, fields(otel.kind = "client"))]
    async fn submit(
        &self,
        server: &ComfyServer<'_>,
        drawing: &Drawing<'_>,
        state: &mut State,
    ) -> Result<String, ComfyError> {
        let proposed = new_id();
        // Until there is an answer, the server may have the workflow under this id.
        state.open = Some(proposed.clone());
        let submitted = watched(server.submit(&drawing.graph(&self.checkpoint), &proposed)).await;
        let prompt_id = submitted.as_ref().unwrap_or(&proposed);
        set_attribute(&Span::current(), "prompt_id", prompt_id.clone());
        state.open = match &submitted {
            Ok(prompt_id) => Some(prompt_id.clone()),
            Err(ComfyError::Http(_) | ComfyError::Protocol(_) | ComfyError::TooLarge { .. }) => Some(proposed),
            Err(_) => None,
        };
        submitted
    }

    /// Polls until the workflow is done. All polls are one span.
    #[tracing::instrument(skip_all, fields(otel.kind = "client", prompt_id = prompt_id))]
    async fn wait(
        &self,
        server: &ComfyServer<'_>,
        prompt_id: &str,
        state: &mut State,
    ) -> Result<StoredImage, ComfyError> {
        let mut polls = Polls { number: 0, span: Span::current() };
        watched(self.poll(server, prompt_id, state, &mut polls)).await
    }

    /// A fault on the way is passed over: the workflow goes on meanwhile.
    async fn poll(
        &self,
        server: &ComfyServer<'_>,
        prompt_id: &str,
        state: &mut State,
        polls: &mut Polls,
    ) -> Result<StoredImage, ComfyError> {
        let mut polls_without_image = 0;
        let mut was_away = false;
        loop {
            polls.number += 1;
            match server.look_up(prompt_id).await {
                Ok(Some(stored)) => {
                    *state = State::default();
                    return Ok(stored);
                }
                Ok(None) => {
                    state.trouble = None;
                    polls_without_image += 1;
                    if polls_without_image % POLLS_BEFORE_DOUBT == 0 && is_lost(server, prompt_id).await {
                        state.open = None;
                        return Err(if was_away { ComfyError::Restarted } else { ComfyError::Lost });
                    }
                }
                Err(error) if error.is_unreachable() && self.has_moved(server).await => return Err(error),
                Err(error) if error.is_transient() => {
                    was_away |= error.is_unreachable();
                    state.trouble = Some(error);
                }
                Err(error) => {
                    if matches!(error, ComfyError::Execution(_) | ComfyError::Interrupted { .. }) {
                        state.open = None;
                    }
                    return Err(error);
                }
            }
            tokio::time::sleep(self.poll_interval).await;
        }
    }

    #[tracing::instrument(skip_all, fields(otel.kind = "client", file = stored.filename))]
    async fn download(
        &self,
        server: &ComfyServer<'_>,
        stored: &StoredImage,
        state: &mut State,
    ) -> Result<Image, ComfyError> {
        let downloading = async {
            loop {
                match server.fetch(stored).await {
                    Err(error) if error.is_transient() => state.trouble = Some(error),
                    fetched => return Image::from_png(fetched?),
                }
                tokio::time::sleep(self.poll_interval).await;
            }
        };
        watched(downloading).await
    }

    /// Whether the server is at another address by now, where it does not know the workflow.
    async fn has_moved(&self, server: &ComfyServer<'_>) -> bool {
        self.address.report_failure(server.base());
        self.address.get().await.is_ok_and(|address| address != *server.base())
    }
}

/// How often a server was asked whether an image is done.
struct Polls {
    number: i64,
    span: Span,
}

/// Also where the time limit ends the wait.
impl Drop for Polls {
    fn drop(&mut self) {
        set_attribute(&self.span, "polls", self.number);
    }
}

/// Whether the server does not know a workflow. A server that does not say so is not asked twice: it may be busy.
async fn is_lost(server: &ComfyServer<'_>, prompt_id: &str) -> bool {
    // It may have ended between the two questions, so the history is asked once more.
    matches!(server.place(prompt_id).await, Ok(Some(Place::Nowhere)))
        && matches!(server.look_up(prompt_id).await, Ok(None))
}

#[tracing::instrument(name = "cancel", skip_all, fields(otel.kind = "client", prompt_id = prompt_id))]
async fn cancel_or_warn(server: &ComfyServer<'_>, prompt_id: &str) {
    let cancelled = tokio::time::timeout(CANCEL_TIMEOUT, watched(cancel(server, prompt_id))).await;
    if let Ok(Err(error)) = cancelled {
        tracing::warn!(%error, "a workflow could not be cancelled on the ComfyUI server");
    }
}

/// Takes a workflow away from the server, so that the next one does not wait for it. Another client's is not touched: old
/// servers interrupt whatever runs, so they are asked first whether that is ours.
async fn cancel(server: &ComfyServer<'_>, prompt_id: &str) -> Result<(), ComfyError> {
    server.delete(prompt_id).await?;
    if server.place(prompt_id).await? == Some(Place::Running) {
        server.interrupt(prompt_id).await?;
    }
    Ok(())
}

/// An id in the form that the server gives itself.
fn new_id() -> String {
    let digits = format!("{:032x}", fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}
