//! The child of a program that called `init` and then forked.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use metrics_runtime::counted;
use system_tests::{Forked, Page, SAFETY_LIMIT, wait_until};

#[counted(counter = "fork_work_total")]
fn work() {}

// One test: a program can be initialised once, and the child has only the thread that forked.
#[test]
fn the_child_of_a_fork_holds_no_port_and_can_shut_down() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("fork.prom");
    let builder = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).textfile(&file);
    let handle = builder.init().expect("the settings are valid");
    let address = handle.local_addr().expect("it listens");
    let (mut parents, mut childs) = UnixStream::pair().expect("there are file descriptors");
    for end in [&parents, &childs] {
        end.set_read_timeout(Some(SAFETY_LIMIT)).expect("it is more than zero");
    }
    work();
    let mut handle = Some(handle);
    let mut child = Forked::child(|| {
        let handle = handle.take().expect("the child has it too");
        work();
        let is_recording = handle.render().contains("\nfork_work_total 2\n");
        let is_sent = metrics_runtime::flush();
        handle.shutdown();
        let is_sent = is_sent || file.exists();
        // The parent has closed its port when it sends this.
        let _ = childs.write_all(b"!").and_then(|()| childs.read_exact(&mut [0]));
        let is_closed = TcpStream::connect(address).is_err();
        i32::from(!is_recording) + 2 * i32::from(!is_closed) + 4 * i32::from(is_sent)
    });
    drop(childs);
    parents.read_exact(&mut [0]).expect("the child's shutdown ends");
    // The child's shutdown does not touch the parent's endpoint.
    assert_eq!(Page::fetch(&format!("http://{address}/metrics")).value("fork_work_total", &[]), Some(1.0));
    handle.take().expect("the parent has it too").shutdown();
    parents.write_all(b"!").expect("the child waits");
    let code = wait_until("the end of the child", || child.exit_code());
    assert_eq!(code, 0, "1: it does not record; 2: its port is open; 4: it writes the file");
}
