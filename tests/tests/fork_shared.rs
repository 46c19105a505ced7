//! The child of a program that shares its values with other processes, and then forked.

#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use metrics_runtime::counted;
use system_tests::{Forked, SAFETY_LIMIT, wait_until};

/// So many that the two processes count at the same time.
const CALLS: u32 = 300_000;

#[counted(counter = "fork_shared_work_total")]
fn work() {}

// One test: a program can be initialised once, and the child has only the thread that forked.
#[test]
fn the_child_of_a_fork_counts_for_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = folder.path().join("metrics");
    let handle = metrics_runtime::builder().no_listener().multiprocess_dir(&folder).init().expect("the folder is ours");
    let has = |count: u32| handle.render().contains(&format!("\nfork_shared_work_total {count}\n"));
    let (mut parents, mut childs) = UnixStream::pair().expect("there are file descriptors");
    for end in [&parents, &childs] {
        end.set_read_timeout(Some(SAFETY_LIMIT)).expect("it is more than zero");
    }
    work();
    let mut child = Forked::child(|| {
        let _ = childs.write_all(b"!").and_then(|()| childs.read_exact(&mut [0]));
        (0..CALLS).for_each(|_| work());
        i32::from(!has(CALLS + 1))
    });
    drop(childs);
    parents.read_exact(&mut [0]).expect("the child runs");
    parents.write_all(b"!").expect("the child waits");
    (0..CALLS).for_each(|_| work());
    assert!(has(CALLS + 1), "{}", handle.render());
    let code = wait_until("the end of the child", || child.exit_code());
    assert_eq!(code, 0, "the child has counted what the parent did");
    assert!(has(CALLS + 1), "{}", handle.render());
    assert!(handle.render().contains("\nmetrics_processes 1\n"), "the child is not one of the processes");
}
