//! A server that ends, and comes back.

use system_tests::Browser;

use super::program::Other;

#[test]
fn a_killed_server_is_seen_and_so_is_its_return() {
    let mut first = Other::start(5, &[("METRICS_LISTEN", "127.0.0.1:0")]);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", first.address));
    browser.wait_for("byId('pill').textContent === 'Live'");
    let guests = "functions.find((fn) => fn.name === 'serve_guest')";
    browser.evaluate(&format!("{guests}.button.click()"));
    let total = format!("{guests}.details.querySelector('tbody td:last-child').textContent");
    assert_eq!(browser.wait_for(&total), "5");
    assert_eq!(browser.complaints(), [""; 0]);

    first.process.kill();
    let notice = browser.wait_for("document.body.className === 'old' && byId('notice').textContent");
    let notice = notice.as_str().unwrap_or_default();
    assert!(notice.starts_with("No answer since ") && notice.contains("it cannot be reached"), "{notice}");
    assert_eq!(browser.evaluate("byId('pill').textContent"), "No answer");
    assert_eq!(browser.evaluate(&total), "5", "the last value stays");
    // The only complaints are those about the connection.
    let complaints = browser.complaints();
    assert!(complaints.iter().all(|complaint| complaint.contains("net::ERR_")), "{complaints:?}");

    // Its counters begin anew, and the functions whose details were open stay open.
    let _second = Other::start(2, &[("METRICS_LISTEN", &first.address.to_string())]);
    browser.wait_for("byId('pill').textContent === 'Live'");
    browser.wait_for("byId('notice').textContent.startsWith('The program has started again before ')");
    assert_eq!(browser.wait_for(&total), "2");
    assert_eq!(browser.evaluate("document.body.className"), "");
}
