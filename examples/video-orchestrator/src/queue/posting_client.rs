//! The connection of a client that posts a job. It ends where the head of the request does not come in time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Sleep, sleep};

/// How long the head of a request may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(2);

/// The connection, with its place among the others.
pub(super) struct PostingClient {
    stream: TcpStream,
    /// Nothing once the head has come: the body has a time limit of its own.
    owed: Option<OwedHead>,
    _place: OwnedSemaphorePermit,
}

/// A head that has not come yet.
struct OwedHead {
    deadline: Pin<Box<Sleep>>,
    must_end: oneshot::Receiver<()>,
    end: HeadEnd,
}

impl PostingClient {
    pub(super) fn new(stream: TcpStream, must_end: oneshot::Receiver<()>, place: OwnedSemaphorePermit) -> Self {
        let owed = OwedHead { deadline: Box::pin(sleep(HEAD_TIMEOUT)), must_end, end: HeadEnd::default() };
        Self { stream, owed: Some(owed), _place: place }
    }
}

impl OwedHead {
    /// Whether the connection has to end now. An error of the channel means that the server stops.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.deadline.as_mut().poll(context).is_ready() || Pin::new(&mut self.must_end).poll(context).is_ready()
    }
}

impl AsyncRead for PostingClient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let known = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(owed) = &mut self.owed else { return polled };
        if owed.end.is_in(&buffer.filled()[known..]) {
            self.owed = None;
        } else if owed.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        polled
    }
}

impl AsyncWrite for PostingClient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Finds the empty line after a head. Empty lines before the head are not its end: a client could send them and nothing else.
#[derive(Debug, Default)]
struct HeadEnd {
    has_begun: bool,
    /// Whether only the end of a line has come since the last line.
    is_at_line_start: bool,
}

impl HeadEnd {
    /// Whether the end is in these bytes, which follow those that it has seen before.
    fn is_in(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().any(|byte| match byte {
            b'\r' => false,
            b'\n' => std::mem::replace(&mut self.is_at_line_start, true) && self.has_begun,
            _ => {
                (self.has_begun, self.is_at_line_start) = (true, false);
                false
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head_is_found_in_parts_of_any_size() {
        for (text, is_complete) in [
            ("POST /jobs HTTP/1.1\r\nhost: a\r\n\r\n{}", true),
            ("POST /jobs HTTP/1.1\nhost: a\n\n", true),
            ("\r\n\r\nPOST / HTTP/1.1\r\n\r\n", true),
            ("\r\n\r\n\n\n", false),
            ("POST /jobs HTTP/1.1\r\nhost: a\r\n", false),
            ("\r\n\r\nPOST / HTTP/1.1\r\n", false),
            ("", false),
        ] {
            for size in 1..=text.len().max(1) {
                let mut end = HeadEnd::default();
                let is_in = text.as_bytes().chunks(size).any(|part| end.is_in(part));
                assert_eq!(is_in, is_complete, "{text:?} in parts of {size}");
            }
        }
    }
}
