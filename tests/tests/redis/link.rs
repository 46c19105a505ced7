//! A connection that comes back, and whose attempts are measured.

use std::time::Duration;

use metrics_runtime::redis::{Link, connect};
use metrics_runtime::testing::{Capture, capture_async};
use redis::AsyncCommands;
use system_tests::RedisServer;

use super::{LIMIT, client, commands, errors, until};

const TASKS: usize = 50;

#[tokio::test]
async fn the_connection_comes_back_when_redis_does() {
    let mut server = RedisServer::start();
    let seen = capture_async(async {
        let mut connection = connect(&client(&server), LIMIT).await.expect("Redis answers");
        let _: () = connection.set("key", 1).await.expect("it can be set");
        let mut clone = connection.clone();
        server.stop();
        connection.get::<_, Option<u64>>("key").await.expect_err("the connection is broken");
        clone.get::<_, Option<u64>>("key").await.expect_err("nobody answers");
        server.restart();
        for connection in [&mut connection, &mut clone] {
            assert_eq!(connection.get::<_, Option<u64>>("key").await.expect("Redis is back"), None);
        }
    })
    .await;
    // The first, one in vain, and one for both.
    assert_eq!(commands(&seen, "connect"), 3, "{seen}");
    // The command that met the break, and those that were answered; the one in between found no connection.
    assert_eq!(commands(&seen, "get"), 3, "{seen}");
    assert_eq!(errors(&seen), [0, 2, 0, 0], "{seen}");
}

#[tokio::test]
async fn those_that_wait_share_one_attempt() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let link = Link::new(client(&server), LIMIT);
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
async fn a_program_may_ask_again_at_once_without_burden() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let mut link = connect(&client(&server), LIMIT).await.expect("Redis answers");
    server.stop();
    let begun = tokio::time::Instant::now();
    let asking = capture.wrap(async move { while link.exists::<_, bool>("key").await.is_err() {} });
    let task = tokio::spawn(asking);
    until("fifth attempt", async || (commands(&capture.snapshot(), "connect") >= 5).then_some(())).await;
    // 0.1, 0.2, 0.4 and 0.8 s lie between them.
    assert!(begun.elapsed() >= Duration::from_millis(1500), "{:?}", begun.elapsed());
    server.restart();
    task.await.expect("it ends when Redis is back");
}

#[tokio::test]
async fn a_connection_that_does_not_answer_is_not_used_again() {
    let server = RedisServer::start();
    let mut link = connect(&client(&server), Duration::from_millis(300)).await.expect("Redis answers");
    let connections = || -> usize {
        let list: String = server.command(&["CLIENT", "LIST", "TYPE", "normal"]);
        // Without the one that asks.
        list.lines().count() - 1
    };
    assert_eq!(connections(), 1);
    // A refusal is an answer, also that of a transaction.
    let _: () = link.set("text", "x").await.expect("it can be set");
    link.llen::<_, u64>("text").await.expect_err("it is no list");
    let address: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut link).await.expect("it answers");
    let refused: redis::RedisResult<()> = redis::pipe().atomic().cmd("SET").arg("alone").query_async(&mut link).await;
    refused.expect_err("a value is missing");
    let later: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut link).await.expect("it answers");
    let id = |info: &str| info.split(' ').next().map(str::to_owned);
    assert_eq!(id(&later), id(&address), "it is the same connection");
    let late = link.blpop::<_, Option<(String, String)>>("jobs", 60.0).await.expect_err("no job comes in time");
    assert!(late.is_timeout(), "{late}");
    // The stuck connection is closed, so that no job is handed to somebody who has gone.
    until("end of the stuck connection", async || (connections() == 0).then_some(())).await;
    assert_eq!(link.get::<_, String>("text").await.expect("another connection is made"), "x");
    assert_eq!(connections(), 1);
}

#[tokio::test]
async fn attempts_that_nobody_waits_for_are_paced_as_well() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    let client = redis::Client::open(format!("redis://{address}")).expect("the address is valid");
    let link = Link::new(client, LIMIT);
    let asking = tokio::spawn(async move {
        loop {
            let _ = tokio::time::timeout(Duration::from_millis(5), link.query::<()>(&redis::cmd("PING"))).await;
        }
    });
    let mut begun = None;
    // None of them is answered. 0.1, 0.2, 0.4 and 0.8 s lie between five of them.
    for _ in 0..5 {
        let _ = listener.accept().await.expect("the link connects");
        begun.get_or_insert_with(tokio::time::Instant::now);
    }
    let elapsed = begun.map(|begun| begun.elapsed());
    assert!(elapsed >= Some(Duration::from_millis(1400)), "{elapsed:?}");
    asking.abort();
}
