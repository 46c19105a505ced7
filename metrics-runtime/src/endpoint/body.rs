//! The body of a response, which tells how far its client has read it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::client::Client;

/// A client that reads less than this in the time that it has for it is too slow.
const PART: usize = 64 * 1024;

/// The rest of a text that other responses may share, part by part.
pub(super) struct TextBody {
    rest: Bytes,
    /// None for a connection of the application's own server.
    client: Option<Arc<Client>>,
}

impl TextBody {
    pub(super) fn new(text: Bytes, client: Option<Arc<Client>>) -> Self {
        Self { rest: text, client }
    }
}

impl Body for TextBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if let Some(client) = &self.client {
            client.takes_a_part();
        }
        let length = self.rest.len().min(PART);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl Drop for TextBody {
    fn drop(&mut self) {
        if let Some(client) = &self.client {
            client.takes_the_last_part();
        }
    }
}
