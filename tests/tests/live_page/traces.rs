//! The traces of a function's last failure and of its slowest call, which a person copies.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;
use system_tests::Browser;

use super::program::{FAILED_TRACE, Other, Topping, bake, fry, in_trace, serve, serve_guest};

const SLOW: u128 = 0x0a;
const FAILED: u128 = 0x0b;
const FAILED_LATER: u128 = 0x0c;
const BURNT: u128 = 0x0d;
const FRIED: u128 = 0x0e;

/// An exemplar stays for so long, so a call that ends later than this after another one is an exemplar too.
const KEPT_FOR: Duration = Duration::from_millis(1100);

/// Opens a page, with the details of a function.
fn open(url: &str, function: &str) -> Browser {
    let mut browser = Browser::start();
    browser.open(url);
    browser.wait_for("byId('pill').textContent === 'Live'");
    browser.evaluate(&format!("{}.button.click()", named(function)));
    browser
}

fn open_here(function: &str) -> Browser {
    open(&format!("http://{}/", serve()), function)
}

fn named(function: &str) -> String {
    format!("functions.find((fn) => fn.name === '{function}')")
}

/// The lines that are shown for a function, as an expression.
fn lines(function: &str) -> String {
    format!("[...{}.details.querySelectorAll('.trace')].filter((line) => line.checkVisibility())", named(function))
}

/// The text of the line that begins like this, without its button, as an expression. It waits for the id.
fn wait_for_line(browser: &mut Browser, function: &str, begin: &str, trace: u128) -> String {
    let text =
        format!("{}.map((line) => line.textContent).find((text) => text.startsWith('{begin}'))", lines(function));
    let line = browser.wait_for(&format!("{text}?.includes('{trace:032x}') && {text}"));
    line.as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_last_failure_and_the_slowest_call_are_named() {
    let mut browser = open_here("bake");
    let fail =
        |trace, topping| in_trace(trace, || bake(topping, &|| Err("burnt".to_owned()))).expect_err("it is burnt");
    // The slow call is slower than what it waits for, however busy the machine is.
    let slow = || {
        fail(FAILED, Topping::Plain);
        sleep(KEPT_FOR);
        Ok(())
    };
    in_trace(SLOW, || bake(Topping::Plain, &slow)).expect("it is not burnt");
    let failure = wait_for_line(&mut browser, "bake", "Trace of the last failure", FAILED);
    assert!(failure.contains("error · "), "{failure}");
    let slowest = wait_for_line(&mut browser, "bake", "Trace of the slowest call in the window", SLOW);
    assert!(slowest.contains(" s · "), "{slowest}");
    // A label that looks like an exemplar is not one, and the exemplar behind it is seen.
    fail(FAILED_LATER, Topping::LikeAnExemplar);
    wait_for_line(&mut browser, "bake", "Trace of the last failure", FAILED_LATER);
    wait_for_line(&mut browser, "bake", "Trace of the slowest call in the window", SLOW);
    let label =
        "topping= # {trace_id=\"ffffffffffffffffffffffffffffffff\",span_id=\"ffffffffffffffff\"} 9999 9999999999 # {";
    browser.wait_for(&format!("{}.tables.textContent.includes({})", named("bake"), json!(label)));
    assert_eq!(browser.evaluate(&format!("{}.length", lines("bake"))), 2);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_failure_is_found_by_the_outcome_too_and_a_call_that_is_ok_is_none() {
    let mut browser = open_here("fry");
    in_trace(FRIED, || fry(false)).expect("it is not burnt");
    wait_for_line(&mut browser, "fry", "Trace of the slowest call", FRIED);
    assert_eq!(browser.evaluate(&format!("{}.length", lines("fry"))), 1);
    in_trace(BURNT, || fry(true)).expect_err("it is burnt");
    wait_for_line(&mut browser, "fry", "Trace of the last failure", BURNT);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn nothing_is_there_without_exemplars() {
    let mut browser = open_here("serve_guest");
    serve_guest();
    browser.wait_for(&format!("{}.tables.textContent.includes('live_served_total')", named("serve_guest")));
    assert_eq!(browser.evaluate(&format!("{}.length", lines("serve_guest"))), 0);
    // Nor can the focus come there.
    let focused = format!(
        "(() => {{ const button = {}.details.querySelector('button'); button.focus(); return document.activeElement === button }})()",
        named("serve_guest")
    );
    assert_eq!(browser.evaluate(&focused), false);
}

#[test]
fn a_slow_call_is_remembered_while_it_is_in_the_window() {
    let mut browser = open_here("fry");
    browser.evaluate("byId('pause').click()");
    let page = |seconds: f64, trace: u32, age: u32| {
        format!(
            "remember(now() - {age}, read(`# TYPE live_fry_seconds histogram\nlive_fry_seconds_bucket{{outcome=\"ok\",le=\"+Inf\"}} 1 \
             # {{trace_id=\"{trace:032x}\",span_id=\"0000000000000001\"}} {seconds} ${{now() - {age}}}\n# EOF\n`))"
        )
    };
    let shown = |browser: &mut Browser| {
        browser.evaluate("update()");
        let id = browser.evaluate(&format!("{}.slowest.id.textContent", named("fry")));
        id.as_str().and_then(|id| u32::from_str_radix(id, 16).ok())
    };
    browser.evaluate("forget([]); forgetHistory()");
    for (seconds, trace, age) in [(9.0, 1, 800), (7.0, 2, 200), (5.0, 3, 100), (6.0, 4, 50), (3.0, 5, 20), (2.0, 6, 0)]
    {
        browser.evaluate(&page(seconds, trace, age));
    }
    for (window, trace) in [(60, 4), (300, 2), (900, 1)] {
        browser.evaluate(&format!("byId('window').value = '{window}'"));
        assert_eq!(shown(&mut browser), Some(trace), "{window} s");
    }
    // What can never be the slowest again is not kept.
    assert_eq!(browser.evaluate("[...exemplarsSeen.values()].flat().length"), 5);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Presses the button with the keys, and gives what the page says then.
fn copy(browser: &mut Browser, function: &str) -> String {
    let line = format!("{}[0]", lines(function));
    browser.evaluate(&format!("{}.button.focus()", named(function)));
    browser.press("Tab");
    assert_eq!(browser.evaluate("document.activeElement.textContent"), "Copy");
    let name = browser.evaluate("document.activeElement.getAttribute('aria-label')");
    assert_eq!(name, format!("Copy the trace id of the last failure, {function}"));
    browser.press("Enter");
    let said = browser.wait_for(&format!("{line}.querySelector('[role=status]').textContent"));
    assert_eq!(browser.evaluate("document.activeElement.textContent"), "Copy", "the focus stays");
    said.as_str().unwrap_or_default().to_owned()
}

/// What is pasted into the search.
fn pasted(browser: &mut Browser) -> String {
    browser.evaluate("byId('search').value = '', byId('search').focus()");
    browser.paste();
    browser.wait_for("byId('search').value").as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_trace_is_copied_with_the_keyboard() {
    let trace = format!("{FAILED:032x}");
    let other = Other::start(0, &[("METRICS_LISTEN", "127.0.0.1:0"), (FAILED_TRACE, &trace)]);
    let mut browser = open(&format!("http://{}/", other.address), "fry");
    wait_for_line(&mut browser, "fry", "Trace of the last failure", FAILED);
    browser.allow_clipboard();
    browser.evaluate("document.execCommand = () => false");
    assert_eq!(copy(&mut browser, "fry"), "Copied");
    assert_eq!(pasted(&mut browser), trace);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn where_a_page_may_not_copy_the_trace_is_selected() {
    let trace = format!("{FAILED:032x}");
    // By a name, without TLS, it is not a secure context.
    let names = [("METRICS_LISTEN", "127.0.0.1:0"), ("METRICS_LIVE_PAGE", "evil.example"), (FAILED_TRACE, &trace)];
    let other = Other::start(0, &names);
    let mut browser = open(&format!("http://evil.example:{}/", other.address.port()), "fry");
    wait_for_line(&mut browser, "fry", "Trace of the last failure", FAILED);
    assert_eq!(browser.evaluate("isSecureContext || 'clipboard' in navigator"), false);
    // Browsers still know the old way.
    assert_eq!(copy(&mut browser, "fry"), "Copied");
    assert_eq!(pasted(&mut browser), trace);
    browser.evaluate("byId('search').value = '', showOrder(), document.execCommand = () => false");
    assert_eq!(copy(&mut browser, "fry"), "Selected, to copy with the keyboard");
    assert_eq!(browser.evaluate("getSelection().toString()"), trace);
    // It complains only that such a page cannot be kept apart from others.
    let complaints = browser.complaints();
    assert!(complaints.iter().all(|text| text.contains("Cross-Origin-Opener-Policy")), "{complaints:?}");
}
