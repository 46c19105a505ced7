//! A child of the test itself, which the standard library cannot make.

use std::ffi::c_int;

#[expect(unsafe_code, reason = "only the C library can fork")]
mod c {
    use super::c_int;

    unsafe extern "C" {
        pub(super) safe fn fork() -> c_int;
        pub(super) safe fn _exit(code: c_int) -> !;
        pub(super) safe fn kill(process: c_int, signal: c_int) -> c_int;
        fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
    }

    /// The exit code of a child that has ended.
    pub(super) fn exit_code(child: c_int) -> Option<c_int> {
        const WITHOUT_WAITING: c_int = 1;
        let mut status = 0;
        // SAFETY: it writes to `status` alone.
        let ended = unsafe { waitpid(child, &raw mut status, WITHOUT_WAITING) };
        (ended == child).then_some(if status % 128 == 0 { status / 256 } else { -1 })
    }
}

/// A child, which has only the thread that forked. It is killed when this is dropped.
#[derive(Debug)]
pub struct Forked(Option<c_int>);

impl Forked {
    /// Forks. The child runs `run`, and ends with its result as the exit code. It should print nothing: another thread may have
    /// held the lock of the output.
    ///
    /// # Panics
    ///
    /// If the process cannot fork.
    #[must_use]
    pub fn child(run: impl FnOnce() -> c_int) -> Self {
        match c::fork() {
            0 => c::_exit(run()),
            child => {
                assert!(child > 0, "it cannot fork");
                Self(Some(child))
            }
        }
    }

    /// Its exit code, if it has ended; -1 if a signal has ended it.
    pub fn exit_code(&mut self) -> Option<c_int> {
        let code = c::exit_code(self.0?);
        if code.is_some() {
            self.0 = None;
        }
        code
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        const KILL: c_int = 9;
        if self.exit_code().is_none()
            && let Some(child) = self.0
        {
            c::kill(child, KILL);
        }
    }
}
