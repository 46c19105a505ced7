//! What is printed shows no secret.

use std::error::Error;
use std::fmt::Debug;

use metrics_runtime::redis::{
    Fleet, Instrumented, ReconnectingConnection, SampledQueue, ServiceUrl, connect, redact_address, sample_queues,
};
use redis::Client;
use system_tests::{RedisServer, SAFETY_LIMIT};

use super::client;

const SECRET: &str = "hunter2-hunter2";

fn assert_hidden(what: &(impl Debug + ?Sized), shown: &str) {
    for text in [format!("{what:?}"), format!("{what:#?}"), shown.to_owned()] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

fn texts(error: &impl Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts.join(": ")
}

fn client_with_secret(server: &RedisServer, query: &str) -> Client {
    let url = server.url().replace("redis://", &format!("redis://default:{SECRET}@")) + query;
    assert_hidden("", &redact_address(&url));
    Client::open(url).expect("the address is valid")
}

#[tokio::test]
async fn a_connection_and_its_errors_show_no_password() {
    for (options, password, query, is_connected) in [
        (&[][..], Some(SECRET), "", true),
        (&[], Some("another"), "", false),
        (&[], Some("another"), "/?protocol=resp3", false),
        // Redis repeats the arguments of a command that it does not know.
        (&["--rename-command", "AUTH", ""], None, "", false),
        (&["--rename-command", "HELLO", ""], None, "/?protocol=resp3", false),
    ] {
        let server = RedisServer::start_with(options);
        if let Some(password) = password {
            server.command::<()>(&["CONFIG", "SET", "requirepass", password]);
        }
        let client = client_with_secret(&server, query);
        let result = connect(&client, SAFETY_LIMIT).await;
        assert_eq!(result.is_ok(), is_connected, "{options:?}, {query}: {result:?}");
        match result {
            Ok(connection) => {
                assert_hidden(&connection, "");
                assert_hidden(&Instrumented::new(connection), "");
            }
            Err(error) => assert_hidden(&error, &texts(&error)),
        }
        assert_hidden(&ReconnectingConnection::new(client.clone(), SAFETY_LIMIT), "");
        assert_hidden(&sample_queues(client.clone(), [SampledQueue::new("q", "q")]), "");
        assert_hidden(&Fleet::new(client.clone(), "fleet"), "");
        let service = ServiceUrl::new(client, "url");
        if let Err(error) = service.get().await {
            assert_hidden(&error, &texts(&error));
        }
        assert_hidden(&service, "");
    }
}

#[tokio::test]
async fn an_address_that_a_key_holds_shows_no_password() {
    let server = RedisServer::start();
    let long = format!("ftp://{}:{SECRET}@gpu", "u".repeat(70));
    for wrong in [&format!("ftp://user:{SECRET}@gpu"), &format!("http://user:{SECRET}@"), &format!("x?{SECRET}"), &long]
    {
        let _: () = server.command(&["SET", "url", wrong]);
        let error = ServiceUrl::new(client(&server), "url").get().await.expect_err("it is not an address");
        assert_hidden(&error, &texts(&error));
    }
    let good = format!("http://user:{SECRET}@gpu:8188/?token={SECRET}");
    let _: () = server.command(&["SET", "url", &good]);
    let service = ServiceUrl::new(client(&server), "url");
    assert_eq!(service.get().await.expect("it is an address").as_str(), good);
    assert_hidden(&service, "");
    assert!(format!("{service:?}").contains("http://…@gpu:8188/?…"), "{service:?}");
}
