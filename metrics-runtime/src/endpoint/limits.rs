//! How many connections there can be at a time, and how many can wait.

use tokio::net::TcpListener;

/// More than any set of scrapers needs.
const MOST_PLACES: usize = 256;

/// How many connections the operating system keeps until there is a place for them. The default of the standard library
/// is 128. Where more come at once, a scraper's first packet is lost, and it tries again a second later.
#[cfg(unix)]
const QUEUE: i32 = 1024;

/// How much of a response the system keeps for a client that does not read it. By itself it keeps some megabytes, of which
/// a third must be read before more is written, so that a reader that goes on reading looks as if it had stopped.
#[cfg(unix)]
const SEND_BUFFER: usize = 256 * 1024;

/// How many connections are served at a time: at most a quarter of the file descriptors that the process can have, because
/// the program needs the others.
#[cfg(unix)]
pub(super) fn number_of_places() -> usize {
    let descriptors = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let quarter = descriptors.and_then(|descriptors| usize::try_from(descriptors / 4).ok());
    quarter.map_or(MOST_PLACES, |quarter| quarter.clamp(1, MOST_PLACES))
}

/// Other systems do not count sockets as files.
#[cfg(not(unix))]
pub(super) fn number_of_places() -> usize {
    MOST_PLACES
}

/// Sets the queue of a listener, and the buffers of its connections.
#[cfg(unix)]
pub(super) fn set_buffers(listener: &TcpListener) {
    let buffer = rustix::net::sockopt::set_socket_send_buffer_size(listener, SEND_BUFFER);
    if let Err(error) = buffer.and_then(|()| rustix::net::listen(listener, QUEUE)) {
        tracing::debug!(%error, "the metrics endpoint keeps the system's buffers");
    }
}

#[cfg(not(unix))]
pub(super) fn set_buffers(_: &TcpListener) {}
