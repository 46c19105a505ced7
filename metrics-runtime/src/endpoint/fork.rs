//! What a fork leaves in the child: the port, but not the thread that serves it. A connection to it would be accepted by the
//! system and never answered. So the port is closed in the child.

use std::net::TcpListener;

/// The process that started the endpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Process(u32);

impl Process {
    pub(super) fn current() -> Self {
        Self(std::process::id())
    }
}

/// The port of the endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct PortFile {
    #[cfg(unix)]
    file: std::os::fd::RawFd,
}

impl PortFile {
    pub(super) fn of(listener: &TcpListener) -> Self {
        #[cfg(not(unix))]
        let _ = listener;
        Self {
            #[cfg(unix)]
            file: std::os::fd::AsRawFd::as_raw_fd(listener),
        }
    }

    /// From now on, closes the port in each child that is forked.
    pub(super) fn close_in_children(self) {
        #[cfg(unix)]
        unix::close_in_children(self.file);
    }

    /// The port is about to be closed, and its number may then belong to another file.
    pub(super) fn forget(self) {
        #[cfg(unix)]
        unix::forget(self.file);
    }
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "only the C library can run code in the child of a fork")]
mod unix {
    use std::ffi::c_int;
    use std::sync::Once;
    use std::sync::atomic::{AtomicI32, Ordering};

    /// The number of the port's file. There is one endpoint in a program.
    static PORT: AtomicI32 = AtomicI32::new(NONE);
    const NONE: c_int = -1;

    type Handler = Option<unsafe extern "C" fn()>;

    unsafe extern "C" {
        fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
        fn close(file: c_int) -> c_int;
    }

    pub(super) fn close_in_children(file: c_int) {
        static REGISTERED: Once = Once::new();
        PORT.store(file, Ordering::Relaxed);
        REGISTERED.call_once(|| {
            // SAFETY: the handler is a function of this program that does nothing that the child of a fork may not do.
            let _no_memory = unsafe { pthread_atfork(None, None, Some(close_port)) };
        });
    }

    pub(super) fn forget(file: c_int) {
        let _ = PORT.compare_exchange(file, NONE, Ordering::Relaxed, Ordering::Relaxed);
    }

    unsafe extern "C" fn close_port() {
        let port = PORT.swap(NONE, Ordering::Relaxed);
        if port != NONE {
            // SAFETY: the file is open, because it is forgotten before it is closed. In the child nothing else uses or closes
            // it: its owner is the endpoint's thread, which the child does not have.
            unsafe { close(port) };
        }
    }
}
