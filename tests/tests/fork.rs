//! The child of a program that called `init` and then forked.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use metrics_runtime::counted;
use system_tests::{Page, wait_until};

#[counted(counter = "fork_work_total")]
fn work() {}

#[expect(unsafe_code, reason = "only the C library can fork")]
mod c {
    use std::ffi::c_int;

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

/// Ends the child, if it has not ended.
struct Child(i32);

impl Drop for Child {
    fn drop(&mut self) {
        const KILL: i32 = 9;
        if c::exit_code(self.0).is_none() {
            c::kill(self.0, KILL);
        }
    }
}

// One test: a program can be initialised once, and the child has only the thread that forked.
#[test]
fn the_child_of_a_fork_holds_no_port_and_can_shut_down() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("fork.prom");
    let builder = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).textfile(&file);
    let handle = builder.init().expect("the settings are valid");
    let address = handle.local_addr().expect("it listens");
    let (mut parents, mut childs) = UnixStream::pair().expect("there are file descriptors");
    work();
    let child = c::fork();
    if child == 0 {
        // Nothing is printed here, because another thread may have held the lock of the output.
        drop(parents);
        work();
        let is_recording = handle.render().contains("\nfork_work_total 2\n");
        let is_sent = metrics_runtime::flush();
        handle.shutdown();
        let is_sent = is_sent || file.exists();
        // The parent has closed its port when it sends this.
        let _ = childs.write_all(b"!").and_then(|()| childs.read_exact(&mut [0]));
        let is_closed = TcpStream::connect(address).is_err();
        c::_exit(i32::from(!is_recording) + 2 * i32::from(!is_closed) + 4 * i32::from(is_sent));
    }
    assert!(child > 0, "it cannot fork");
    let child = Child(child);
    drop(childs);
    parents.set_read_timeout(Some(system_tests::SAFETY_LIMIT)).expect("it is more than zero");
    parents.read_exact(&mut [0]).expect("the child's shutdown ends");
    // The child's shutdown does not touch the parent's endpoint.
    assert_eq!(Page::fetch(&format!("http://{address}/metrics")).value("fork_work_total", &[]), Some(1.0));
    handle.shutdown();
    parents.write_all(b"!").expect("the child waits");
    let code = wait_until("the end of the child", || c::exit_code(child.0));
    std::mem::forget(child);
    assert_eq!(code, 0, "1: it does not record; 2: its port is open; 4: it writes the file");
}
