//! The port of the endpoint, or the wait for it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// How often a process looks whether the port is free. Another process that shares its values has it until it ends.
const PAUSE: Duration = Duration::from_millis(200);

/// Where the endpoint listens.
#[derive(Debug)]
pub(crate) enum Port {
    /// Nowhere.
    Off,
    /// Here.
    Open(TcpListener),
    /// At this address, once the process that has it has ended.
    Awaited(SocketAddr),
}

impl Port {
    /// Where this process or the one before it listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::Open(listener) => listener.local_addr().ok(),
            Self::Awaited(address) => Some(*address),
        }
    }

    /// Makes it ready for this thread's runtime.
    pub(super) fn prepare(&self) -> io::Result<()> {
        match self {
            Self::Open(listener) => listener.set_nonblocking(true),
            Self::Off | Self::Awaited(_) => Ok(()),
        }
    }

    /// Waits until there is a listener; `None` if there will not be one, or if `stop_requested` comes before.
    pub(super) async fn listener(self, stop_requested: &Notify) -> Option<TcpListener> {
        let address = match self {
            Self::Off => return None,
            Self::Open(listener) => return Some(listener),
            Self::Awaited(address) => address,
        };
        loop {
            if let Ok(listener) = TcpListener::bind(address)
                && listener.set_nonblocking(true).is_ok()
            {
                tracing::info!("metrics are at http://{address}/metrics: the process that served them has ended");
                return Some(listener);
            }
            if timeout(PAUSE, stop_requested.notified()).await.is_ok() {
                return None;
            }
        }
    }
}
