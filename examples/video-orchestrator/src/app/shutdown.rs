//! Ctrl-C and SIGTERM.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether the program was asked to end.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

/// What a shell says of a program that Ctrl-C has ended: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

impl Shutdown {
    /// Listens for the signals. The first asks the program to end; the second ends it.
    pub fn listen(first: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (asked, receiver) = watch::channel(false);
        tokio::spawn(async move {
            let mut first = Some(first);
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                match first.take() {
                    Some(first) => first(),
                    None => std::process::exit(INTERRUPTED),
                }
                asked.send_replace(true);
            }
        });
        Ok(Self(receiver))
    }

    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is.
    pub async fn asked(mut self) {
        // The sender lives as long as the program.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}
