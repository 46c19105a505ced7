//! Ctrl-C and SIGTERM.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

/// Whether a signal has requested the end of the program.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(watch::Receiver<bool>);

/// The exit code of a program that Ctrl-C has ended, as shells define it: 128 plus the number of the signal.
const INTERRUPTED: i32 = 130;

impl Shutdown {
    /// Listens for the signals. The first requests the end of the program; the second ends it at once.
    pub(crate) fn listen(on_first: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        // Without a sender it never comes.
        let (_, never) = mpsc::channel(1);
        Self::listen_with(never, on_first)
    }

    /// Listens for the signals, and for the end of the program that has started this one, which counts as a signal.
    pub(crate) fn listen_also_to_supervisor(on_first: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (has_ended, supervisor_ended) = mpsc::channel(1);
        // A thread of its own: the runtime would wait for one of its threads that reads.
        std::thread::Builder::new().name("supervisor".to_owned()).spawn(move || {
            // It writes nothing, so this returns when it has ended.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            let _ = has_ended.blocking_send(());
        })?;
        Self::listen_with(supervisor_ended, on_first)
    }

    fn listen_with(
        mut supervisor_ended: mpsc::Receiver<()>,
        on_first: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (request, receiver) = watch::channel(false);
        tokio::spawn(async move {
            let mut on_first = Some(on_first);
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    Some(()) = supervisor_ended.recv() => {}
                }
                match on_first.take() {
                    Some(on_first) => on_first(),
                    None => std::process::exit(INTERRUPTED),
                }
                request.send_replace(true);
            }
        });
        Ok(Self(receiver))
    }

    pub(crate) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the request.
    pub(crate) async fn requested(mut self) {
        // The sender lives as long as the program.
        let _ = self.0.wait_for(|is_requested| *is_requested).await;
    }
}
