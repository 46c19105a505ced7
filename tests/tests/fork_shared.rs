//! The child of a program that shares its values with other processes, and then forked.

#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use metrics_runtime::counted;
use system_tests::wait_until;

/// So many that the two processes count at the same time.
const CALLS: u32 = 300_000;

#[counted(counter = "fork_shared_work_total")]
fn work() {}

#[expect(unsafe_code, reason = "only the C library can fork")]
mod c {
    use std::ffi::c_int;

    unsafe extern "C" {
        pub(super) safe fn fork() -> c_int;
        pub(super) safe fn _exit(code: c_int) -> !;
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

// One test: a program can be initialised once, and the child has only the thread that forked.
#[test]
fn the_child_of_a_fork_counts_for_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = folder.path().join("metrics");
    let handle = metrics_runtime::builder().no_listener().multiprocess_dir(&folder).init().expect("the folder is ours");
    let has = |count: u32| handle.render().contains(&format!("\nfork_shared_work_total {count}\n"));
    let (mut parents, mut childs) = UnixStream::pair().expect("there are file descriptors");
    work();
    let child = c::fork();
    if child == 0 {
        // Nothing is printed here, because another thread may have held the lock of the output.
        drop(parents);
        let _ = childs.write_all(b"!").and_then(|()| childs.read_exact(&mut [0]));
        (0..CALLS).for_each(|_| work());
        let is_exact = has(CALLS + 1);
        c::_exit(i32::from(!is_exact));
    }
    assert!(child > 0, "it cannot fork");
    drop(childs);
    parents.set_read_timeout(Some(system_tests::SAFETY_LIMIT)).expect("it is more than zero");
    parents.read_exact(&mut [0]).expect("the child runs");
    parents.write_all(b"!").expect("the child waits");
    (0..CALLS).for_each(|_| work());
    assert!(has(CALLS + 1), "{}", handle.render());
    let code = wait_until("the end of the child", || c::exit_code(child));
    assert_eq!(code, 0, "the child has counted what the parent did");
    assert!(has(CALLS + 1), "{}", handle.render());
    assert!(handle.render().contains("\nmetrics_processes 1\n"), "the child is not one of the processes");
}
