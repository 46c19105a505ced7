//! A Redis that is a cluster.

use system_tests::{Process, RedisServer};

use crate::program::{Program, command, write_job};

const EXPECTED: &str = "is a node of a cluster, and the keys of the queues lie on several nodes";

#[test]
fn a_cluster_is_refused_at_the_start_and_by_enqueue() {
    let redis = RedisServer::start_cluster_node();
    let environment = [("REDIS_URL", &*redis.url())];
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = write_job(folder.path(), "first", "portrait");
    let mut enqueue = Process::start(command(&environment).arg("enqueue").arg(file));
    assert_eq!(enqueue.wait().code(), Some(1));
    assert!(enqueue.printed().contains(EXPECTED), "{}", enqueue.printed());
    for arguments in [&[][..], &["--once"]] {
        let mut program = Program::start(arguments, &environment);
        assert_eq!(program.exit_code(), Some(1), "{}", program.process.printed());
        assert!(program.process.printed().contains(EXPECTED), "{}", program.process.printed());
    }
    assert_eq!(redis.command::<u64>(&["DBSIZE"]), 0, "nothing was enqueued");
}

#[test]
fn a_cluster_that_does_not_say_so_is_found_by_its_answers() {
    let redis = RedisServer::start_cluster_node();
    redis.command::<()>(&["ACL", "SETUSER", "default", "-info"]);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = write_job(folder.path(), "first", "portrait");
    let mut enqueue = Process::start(command(&[("REDIS_URL", &redis.url())]).arg("enqueue").arg(file));
    assert_eq!(enqueue.wait().code(), Some(1));
    assert!(enqueue.printed().contains(EXPECTED), "{}", enqueue.printed());
}
