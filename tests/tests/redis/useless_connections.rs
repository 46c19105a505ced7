//! A connection that is of no use any more gets no further command; one that is of use stays.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use metrics_runtime::redis::{ReconnectingConnection, connect};
use metrics_runtime::testing::{Capture, capture_async};
use redis::{AsyncCommands, Cmd, RedisResult, cmd};
use system_tests::{RedisServer, SAFETY_LIMIT, wait_until};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout};

use super::reconnecting_connection::{FOUR_PAUSES, connections};
use super::{client, commands, errors, until};

/// Sends a command and gives it up at once.
async fn give_up(link: &ReconnectingConnection, command: &Cmd) {
    let mut reply = pin!(link.query::<redis::Value>(command));
    // One poll sends it.
    let is_sent = poll_fn(|context| Poll::Ready(reply.as_mut().poll(context).is_pending())).await;
    assert!(is_sent, "it was answered at once");
}

/// The number of the connection on the server.
async fn id(link: &ReconnectingConnection) -> u64 {
    link.query(cmd("CLIENT").arg("ID")).await.expect("it answers")
}

fn close_idle_connections(server: &RedisServer) {
    let _: () = server.command(&["CONFIG", "SET", "timeout", "1"]);
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_gets_no_command() {
    let server = RedisServer::start();
    close_idle_connections(&server);
    let seen = capture_async(async {
        let link = ReconnectingConnection::new(client(&server), SAFETY_LIMIT);
        for _ in 0..2 {
            let _: String = link.query(&cmd("PING")).await.expect("no command meets the closed connection");
            until("the end of the idle connection", async || (connections(&server) == 0).then_some(())).await;
        }
    })
    .await;
    assert_eq!((commands(&seen, "connect"), commands(&seen, "ping"), errors(&seen)), (2, 2, [0; 4]), "{seen}");
}

#[test]
fn a_runtime_that_was_not_running_learns_of_it_too() {
    let server = RedisServer::start();
    close_idle_connections(&server);
    let link = ReconnectingConnection::new(client(&server), SAFETY_LIMIT);
    let runtime = current_thread();
    for _ in 0..2 {
        let _: String = runtime.block_on(link.query(&cmd("PING"))).expect("no command meets the closed connection");
        wait_until("the end of the idle connection", || (connections(&server) == 0).then_some(()));
    }
}

#[test]
fn a_connection_ends_with_its_runtime() {
    let server = RedisServer::start();
    let link = ReconnectingConnection::new(client(&server), SAFETY_LIMIT);
    for _ in 0..3 {
        let answer: RedisResult<String> = current_thread().block_on(link.query(&cmd("PING")));
        assert_eq!(answer.expect("no command meets the closed connection"), "PONG");
    }
}

#[tokio::test]
async fn a_connection_stays_when_a_caller_gives_up() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
        for _ in 0..20 {
            give_up(&link, cmd("GET").arg("key")).await;
            let _: u64 = link.clone().incr("number", 1).await.expect("it is answered");
        }
    })
    .await;
    assert_eq!(commands(&seen, "connect"), 1, "{seen}");
    assert_eq!(errors(&seen), [0, 0, 0, 20], "{seen}");
}

#[tokio::test]
async fn no_job_goes_to_a_caller_that_has_given_up() {
    let server = RedisServer::start();
    let mut pipeline = redis::pipe();
    pipeline.cmd("PING").cmd("BRPOP").arg("jobs").arg(0);
    let mut stream = cmd("XREAD");
    stream.arg("BLOCK").arg(0).arg("STREAMS").arg("stream").arg("$");
    for blocking in [Some(cmd("blpop").arg("jobs").arg(0).to_owned()), Some(stream), None] {
        let link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
        let mut clone = link.clone();
        let is_late = match &blocking {
            Some(command) => timeout(Duration::from_millis(20), link.query::<redis::Value>(command)).await.is_err(),
            None => timeout(Duration::from_millis(20), pipeline.query_async::<redis::Value>(&mut clone)).await.is_err(),
        };
        assert!(is_late, "there is no job");
        until("the end of the connection", async || (connections(&server) == 0).then_some(())).await;
        let _: u64 = server.command(&["RPUSH", "jobs", "job"]);
        assert_eq!(clone.lpop::<_, Option<String>>("jobs", None).await.expect("it answers").as_deref(), Some("job"));
    }
}

#[tokio::test]
async fn a_stuck_connection_is_replaced_though_all_callers_give_up() {
    let server = RedisServer::start();
    let capture = Capture::new();
    // On a slow machine it takes more than one try.
    let link = ReconnectingConnection::new(client(&server), Duration::from_millis(300));
    let get = cmd("GET").arg("key").to_owned();
    let connects = || commands(&capture.snapshot(), "connect");
    until("an answer", async || capture.wrap(link.query::<Option<u64>>(&get)).await.ok()).await;
    let before = connects();
    server.suspend();
    until("another attempt to connect", async || {
        let _ = timeout(Duration::from_millis(5), capture.wrap(link.query::<Option<u64>>(&get))).await;
        (connects() > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_that_cannot_do_the_work_is_left() {
    let server = RedisServer::start();
    let link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
    for (code, is_left) in
        [("READONLY", true), ("LOADING", true), ("MASTERDOWN", true), ("NOAUTH", true), ("WRONGTYPE", false)]
    {
        let refuse = cmd("EVAL").arg(format!("return redis.error_reply('{code} no')")).arg(0).to_owned();
        for shape in ["command", "pipeline", "transaction"] {
            let before = id(&link).await;
            let mut pipeline = redis::pipe();
            if shape == "transaction" {
                pipeline.atomic();
            }
            pipeline.cmd("PING").add_command(refuse.clone());
            let error = if shape == "command" {
                link.query::<()>(&refuse).await.expect_err("it is refused")
            } else {
                pipeline.query_async::<()>(&mut link.clone()).await.expect_err("it is refused")
            };
            assert!(error.to_string().contains("no"), "{error}");
            assert_eq!(id(&link).await != before, is_left, "{code}, {shape}");
        }
    }
}

#[tokio::test]
async fn work_goes_on_after_a_failover() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let mut link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
        let _: () = link.set("key", 1).await.expect("it can be set");
        let _: () = server.command(&["REPLICAOF", "127.0.0.1", "1"]);
        link.set::<_, _, ()>("key", 2).await.expect_err("it is a replica");
        let refused: RedisResult<()> = redis::pipe().atomic().set("key", 2).query_async(&mut link).await;
        refused.expect_err("it is a replica");
        let _: () = server.command(&["REPLICAOF", "NO", "ONE"]);
        let _: () = link.set("key", 2).await.expect("it can be set");
    })
    .await;
    assert_eq!(commands(&seen, "connect"), 3, "one more after each refusal: {seen}");
}

#[tokio::test]
async fn a_program_that_retries_at_once_does_not_overload_a_server_that_refuses_all() {
    let server = RedisServer::start();
    let _: () = server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    let capture = Capture::new();
    let begun = Instant::now();
    let link = ReconnectingConnection::new(client(&server), SAFETY_LIMIT);
    let retry = capture.wrap(async move { while link.clone().set::<_, _, ()>("key", 1).await.is_err() {} });
    let task = tokio::spawn(retry);
    until("the fifth connection", async || (commands(&capture.snapshot(), "connect") >= 5).then_some(())).await;
    assert!(begun.elapsed() >= FOUR_PAUSES, "{:?}", begun.elapsed());
    let _: () = server.command(&["REPLICAOF", "NO", "ONE"]);
    task.await.expect("it ends when the server accepts the work");
}
