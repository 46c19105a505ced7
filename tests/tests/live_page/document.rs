//! The document and the catalog, as they are sent.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use system_tests::Response;

use super::program::{get, serve};

/// The bytes that the document can have, without compression.
const MOST: usize = 32_000;

/// `sha256-…`, as a content security policy writes it.
fn hash(text: &str) -> String {
    let mut openssl = Command::new("sh")
        .args(["-c", "openssl dgst -sha256 -binary | openssl base64 -A"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    openssl.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    let output = openssl.wait_with_output().expect("it ends");
    assert!(output.status.success() && !output.stdout.is_empty(), "`cargo xtask test` installs openssl");
    format!("sha256-{}", String::from_utf8_lossy(&output.stdout))
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let parts: Vec<&str> = text.split(begin).collect();
    assert_eq!(parts.len(), 2, "there is one {begin}");
    parts[1].split(end).next().unwrap_or_default()
}

#[test]
fn the_document_is_small_and_allows_only_its_own_script_and_style() {
    let page = get("/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.len() < MOST, "it has {} bytes, and fewer than {MOST} are allowed", page.body.len());
    let policy = page.header("content-security-policy").expect("it has a policy");
    for (what, begin, end) in [("script", "<script>", "</script>"), ("style", "<style>", "</style>")] {
        let expected = format!("{what}-src '{}';", hash(between(&page.body, begin, end)));
        assert!(policy.contains(&expected), "write `{expected}` in `live_page/document.rs`; the policy is {policy}");
    }
    for expected in
        ["default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(expected), "{expected} is not in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_document_needs_nothing_from_outside() {
    let addresses = get("/").body.replace("http://www.w3.org/", "");
    assert!(!addresses.contains("http:") && !addresses.contains("https:") && !addresses.contains("//"), "{addresses}");
}

#[test]
fn browsers_may_not_guess_keep_or_share() {
    for path in ["/", "/catalog.json", "/metrics"] {
        let page = get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
        assert_eq!(page.header("access-control-allow-origin"), None, "{path}");
    }
    let page = get("/");
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
}

#[test]
fn a_client_that_accepts_gzip_gets_it() {
    for path in ["/", "/catalog.json"] {
        let url = format!("http://{}{path}", serve());
        let (page, body) = Response::get_with_headers(&url, &[("accept-encoding", "gzip")]).expect("it answers");
        assert_eq!((page.header("content-encoding"), page.header("vary")), (Some("gzip"), Some("accept-encoding")));
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text).expect("it is gzip");
        assert_eq!(text, get(path).body, "{path}");
    }
}

#[test]
fn other_methods_are_not_allowed() {
    for path in ["/", "/catalog.json"] {
        let answer = Response::post(&format!("http://{}{path}", serve()), "x").expect("it answers");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{path}");
    }
}

#[test]
fn the_catalog_has_the_functions_with_what_they_record() {
    let page = get("/catalog.json");
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/json")));
    let catalog: Value = serde_json::from_str(&page.body).expect("it is JSON");
    assert!(catalog["program"].as_str().is_some_and(|name| name.starts_with("live_page")), "{catalog}");
    assert_eq!(catalog["global_labels"], json!({ "service": "<i>kitchen</i>" }));
    let named = |list: &str, name: &str| -> Value {
        let items = catalog[list].as_array().expect("it is a list");
        items.iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("{list} has no {name}")).clone()
    };
    let stir = named("functions", "stir");
    assert_eq!(stir["module"], "live_page::live_page::program");
    assert_eq!(stir["file"], "tests/tests/live_page/program.rs");
    assert!(stir["line"].as_u64().is_some_and(|line| line > 1));
    let records = stir["records"].as_array().expect("it is a list");
    let records: Vec<_> = records.iter().map(|record| (&record["metric"], &record["event"])).collect();
    assert!(records.contains(&(&json!("live_stir_seconds"), &json!("duration"))), "{records:?}");
    assert!(records.contains(&(&json!("live_stir_failures_total"), &json!("failure"))), "{records:?}");
    assert!(records.contains(&(&json!("live_stirs_in_flight"), &Value::Null)), "{records:?}");
    let metric = named("metrics", "live_stir_seconds");
    assert_eq!(
        (&metric["kind"], &metric["unit"], &metric["buckets"]),
        (&json!("histogram"), &json!("seconds"), &json!([1, 2, 4]))
    );
    assert_eq!(metric["labels"][0]["name"], "sauce");
    assert_eq!(metric["labels"][0]["values"][2], "</script><script>document.title='owned'</script>\\ \"");
    assert_eq!(named("metrics", "live_never_seconds")["buckets"], json!([0.5]), "the settings have replaced them");
    assert_eq!(named("metrics", "live_heat_bytes")["help"], "How hot it is.");
    let functions = catalog["functions"].as_array().expect("it is a list");
    assert!(functions.iter().all(|function| function["name"] != "HEAT"), "a declaration is not a function");
}
