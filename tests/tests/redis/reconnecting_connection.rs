//! A connection that is made again after it has failed, and whose attempts are measured.

use std::time::Duration;

use metrics_runtime::redis::{ReconnectingConnection, connect};
use metrics_runtime::testing::{Capture, capture_async};
use redis::AsyncCommands;
use system_tests::{RedisServer, SAFETY_LIMIT};
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

use super::{client, commands, errors, until};

const TASKS: usize = 50;
/// The least time between the first and the fifth attempt: 0.1, 0.2, 0.4 and 0.8 seconds.
pub(super) const FOUR_PAUSES: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn the_connection_comes_back_when_redis_does() {
    let mut server = RedisServer::start();
    let seen = capture_async(async {
        let mut connection = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
        let _: () = connection.set("key", 1).await.expect("it can be set");
        let mut clone = connection.clone();
        server.stop();
        connection.get::<_, Option<u64>>("key").await.expect_err("the connection is broken");
        clone.get::<_, Option<u64>>("key").await.expect_err("Redis is down");
        server.restart();
        for connection in [&mut connection, &mut clone] {
            assert_eq!(connection.get::<_, Option<u64>>("key").await.expect("Redis is back"), None);
        }
    })
    .await;
    // The first, one that failed, and one for both.
    assert_eq!(commands(&seen, "connect"), 3, "{seen}");
    // The command that met the broken connection, and the two that were answered; the third found no connection.
    assert_eq!(commands(&seen, "get"), 3, "{seen}");
    assert_eq!(errors(&seen), [0, 2, 0, 0], "{seen}");
}

#[tokio::test]
async fn commands_that_wait_for_a_connection_share_one_attempt() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let link = ReconnectingConnection::new(client(&server), SAFETY_LIMIT);
    let ask_all = || {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let mut link = link.clone();
                tokio::spawn(capture.wrap(async move { link.exists::<_, bool>("key").await }))
            })
            .collect();
        async {
            let mut answered = 0;
            for task in tasks {
                answered += usize::from(task.await.expect("it does not panic").is_ok());
            }
            answered
        }
    };
    server.stop();
    assert_eq!(ask_all().await, 0);
    assert_eq!(commands(&capture.snapshot(), "connect"), 1);
    server.restart();
    assert_eq!(ask_all().await, TASKS);
    assert_eq!(commands(&capture.snapshot(), "connect"), 2);
    assert_eq!(errors(&capture.snapshot()), [0, 1, 0, 0]);
}

#[tokio::test]
async fn attempts_are_paced_for_a_program_that_retries_at_once() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let mut link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
    server.stop();
    let begun = Instant::now();
    let asking = capture.wrap(async move { while link.exists::<_, bool>("key").await.is_err() {} });
    let task = tokio::spawn(asking);
    until("the fifth attempt", async || (commands(&capture.snapshot(), "connect") >= 5).then_some(())).await;
    assert!(begun.elapsed() >= FOUR_PAUSES, "{:?}", begun.elapsed());
    server.restart();
    task.await.expect("it ends when Redis is back");
}

#[tokio::test]
async fn attempts_are_paced_for_callers_that_stop_waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    let client = redis::Client::open(format!("redis://{address}")).expect("the address is valid");
    let link = ReconnectingConnection::new(client, SAFETY_LIMIT);
    let begun = Instant::now();
    let asking = tokio::spawn(async move {
        loop {
            let _ = timeout(Duration::from_millis(5), link.query::<()>(&redis::cmd("PING"))).await;
        }
    });
    // No connection is answered.
    for _ in 0..5 {
        let accepted = timeout(SAFETY_LIMIT, listener.accept()).await.expect("there is another attempt");
        accepted.expect("it can be accepted");
    }
    assert!(begun.elapsed() >= FOUR_PAUSES, "{:?}", begun.elapsed());
    asking.abort();
}

/// The connections of clients, except the one that asks.
pub(super) fn connections(server: &RedisServer) -> usize {
    let list: String = server.command(&["CLIENT", "LIST", "TYPE", "normal"]);
    list.lines().count() - 1
}

#[tokio::test]
async fn a_connection_that_has_refused_a_command_is_used_again() {
    let server = RedisServer::start();
    let mut link = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
    let _: () = link.set("text", "x").await.expect("it can be set");
    link.llen::<_, u64>("text").await.expect_err("it is not a list");
    let before: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut link).await.expect("it answers");
    // A refusal of a transaction is an answer, too.
    let refused: redis::RedisResult<()> = redis::pipe().atomic().cmd("SET").arg("alone").query_async(&mut link).await;
    refused.expect_err("a value is missing");
    let after: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut link).await.expect("it answers");
    let id = |info: &str| info.split(' ').next().map(str::to_owned);
    assert_eq!(id(&after), id(&before), "it is the same connection");
    assert_eq!(connections(&server), 1);
}

#[tokio::test]
async fn a_connection_that_does_not_answer_is_not_used_again() {
    let server = RedisServer::start();
    let client = client(&server);
    let _: () = server.command(&["SET", "text", "x"]);
    // On a slow machine it takes more than one try.
    let mut link = until("a connection", async || connect(&client, Duration::from_millis(300)).await.ok()).await;
    until("one connection", async || (connections(&server) == 1).then_some(())).await;
    let late = link.blpop::<_, Option<(String, String)>>("jobs", 3600.0).await.expect_err("no job comes in time");
    assert!(late.is_timeout(), "{late}");
    // The stuck connection is closed, so that no job goes to a caller that no longer waits.
    until("the end of the stuck connection", async || (connections(&server) == 0).then_some(())).await;
    let text = until("an answer on another connection", async || link.clone().get::<_, String>("text").await.ok());
    assert_eq!(text.await, "x");
    until("one connection", async || (connections(&server) == 1).then_some(())).await;
}
