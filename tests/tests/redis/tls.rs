//! Redis with TLS.

use metrics_runtime::redis::{ErrorKind, connect};
use redis::{AsyncCommands, Client, TlsCertificates};
use system_tests::{Certificate, RedisServer, SAFETY_LIMIT};

#[tokio::test]
async fn a_connection_is_made_if_the_certificate_is_trusted() {
    let (server, certificate) = (RedisServer::start(), Certificate::new());
    let url = server.listen_with_tls(&certificate);
    let root_cert = Some(std::fs::read(certificate.path()).expect("it is there"));
    let trusting = Client::build_with_tls(format!("{url}/3"), TlsCertificates { client_tls: None, root_cert });
    // The program has not chosen a cryptography for rustls.
    let mut connection = connect(&trusting.expect("the address is valid"), SAFETY_LIMIT).await.expect("Redis answers");
    let _: () = connection.set("key", 1).await.expect("it can be set");
    let databases: String = server.command(&["INFO", "keyspace"]);
    assert!(databases.contains("db3:keys=1"), "{databases}");

    let suspicious = Client::open(url).expect("the address is valid");
    let error = connect(&suspicious, SAFETY_LIMIT).await.expect_err("the certificate is not known");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(ErrorKind::of(&error), ErrorKind::Connection);
}

#[tokio::test]
async fn a_part_that_was_not_compiled_in_is_named() {
    let (server, certificate) = (RedisServer::start(), Certificate::new());
    let url = format!("{}/#insecure", server.listen_with_tls(&certificate));
    let client = Client::open(url).expect("the address is valid");
    let error = connect(&client, SAFETY_LIMIT).await.expect_err("each certificate would do");
    assert!(error.to_string().contains("tls-rustls-insecure"), "{error}");
}
