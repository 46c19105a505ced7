//! Which reason an error is counted with.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::Failure;

use super::counted_as::counted_as;
use super::support::finish;

/// Wraps another error, as application errors do.
#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped<E: Error + 'static>(#[source] E);

fn slow() -> io::Error {
    io::Error::from(io::ErrorKind::TimedOut)
}

fn refused() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionRefused)
}

#[test]
fn errors_of_the_standard_library() {
    counted_as!("class_io_failures_total", io::Error: slow() => Timeout, refused() => Error);
    counted_as!("class_string_failures_total", String: "timeout".to_owned() => Error);
    counted_as!("class_unit_failures_total", (): () => Error);
    counted_as!("class_str_failures_total", &'static str: "timed out" => Error);
    counted_as!("class_fmt_failures_total", fmt::Error: fmt::Error => Error);
}

#[test]
fn a_timeout_three_sources_deep_is_found() {
    counted_as!(
        "class_deep_failures_total",
        Wrapped<Wrapped<Wrapped<io::Error>>>:
        Wrapped(Wrapped(Wrapped(slow()))) => Timeout,
        Wrapped(Wrapped(Wrapped(refused()))) => Error,
    );
}

#[test]
fn boxed_errors() {
    counted_as!(
        "class_boxed_failures_total",
        Box<dyn Error + Send + Sync>:
        Wrapped(slow()).into() => Timeout,
        slow().into() => Timeout,
        "timeout".into() => Error,
    );
    counted_as!("class_boxed_local_failures_total", Box<dyn Error>: Wrapped(slow()).into() => Timeout);
    counted_as!("class_boxed_send_failures_total", Box<dyn Error + Send>: Box::new(slow()) => Timeout);
    counted_as!("class_shared_failures_total", Arc<io::Error>: Arc::new(slow()) => Timeout);
}

#[test]
fn errors_of_anyhow() {
    counted_as!(
        "class_anyhow_failures_total",
        anyhow::Error:
        anyhow::Error::new(slow()).context("while drawing").context("while working") => Timeout,
        anyhow::anyhow!("timed out") => Error,
    );
}

#[test]
fn errors_of_tokio() {
    let elapsed = || {
        let limited = async { tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await };
        finish(limited).expect_err("nothing is ever ready")
    };
    counted_as!("class_tokio_failures_total", tokio::time::error::Elapsed: elapsed() => Timeout);
    counted_as!("class_tokio_deep_failures_total", Wrapped<tokio::time::error::Elapsed>: Wrapped(elapsed()) => Timeout);
}

#[test]
fn errors_of_redis() {
    counted_as!(
        "class_redis_failures_total",
        redis::RedisError:
        redis::RedisError::from(slow()) => Timeout,
        redis::RedisError::from((redis::ErrorKind::Parse, "nonsense")) => Error,
    );
}

#[test]
fn errors_of_reqwest() {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = silent.local_addr().expect("a listener has an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let get = |url: &str, limit: Duration| {
        let client = reqwest::Client::builder().no_proxy().timeout(limit).build().expect("a client can be made");
        runtime.block_on(async { client.get(url).send().await }).expect_err("no answer comes")
    };
    let silent_url = format!("http://{address}");
    let too_slow = || get(&silent_url, Duration::from_millis(50));
    let closed = format!("http://127.0.0.1:{}", system_tests::free_port());
    counted_as!(
        "class_reqwest_failures_total",
        reqwest::Error:
        too_slow() => Timeout,
        get(&closed, system_tests::SAFETY_LIMIT) => Error,
    );
    counted_as!("class_reqwest_deep_failures_total", Wrapped<reqwest::Error>: Wrapped(too_slow()) => Timeout);
}

/// Derived, with sources of each kind: one that is a `Failure`, and one that is only an error.
#[derive(Debug, Failure)]
enum Nested<E> {
    #[failure(timeout)]
    TooSlow,
    #[failure(error)]
    #[allow(dead_code, reason = "its text is not a label")]
    Broken(String),
    #[failure(source)]
    Inner(E),
    #[failure(source)]
    Wrapped(Wrapped<io::Error>),
}

#[test]
fn derived_errors_generic_and_nested() {
    counted_as!(
        "class_derived_failures_total",
        Nested<Nested<io::Error>>:
        Nested::TooSlow => Timeout,
        Nested::Broken("timeout".to_owned()) => Error,
        Nested::Inner(Nested::TooSlow) => Timeout,
        Nested::Inner(Nested::Inner(slow())) => Timeout,
        Nested::Inner(Nested::Inner(refused())) => Error,
        Nested::Wrapped(Wrapped(slow())) => Timeout,
    );
    counted_as!("class_boxed_derived_failures_total", Box<Nested<io::Error>>: Box::new(Nested::TooSlow) => Timeout);
}

/// Its own class counts, and not that of its source.
#[derive(Debug, thiserror::Error, Failure)]
#[error("given up")]
#[failure(error)]
struct GivenUp(#[source] io::Error);

#[test]
fn an_errors_own_class_goes_before_its_sources() {
    counted_as!("class_own_class_failures_total", GivenUp: GivenUp(slow()) => Error);
}
