//! The page in a browser that serves this process.

use serde_json::json;
use system_tests::Browser;

use super::program::{Sauce, serve, serve_guest, stir};

/// The row of a function, as an expression.
fn row(function: &str) -> String {
    format!("functions.find((fn) => fn.name === '{function}').row")
}

fn open() -> Browser {
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", serve()));
    browser.wait_for("byId('pill').textContent === 'Live'");
    browser
}

/// What has the focus: its id, or its text.
fn focused(browser: &mut Browser) -> String {
    let focused = browser.evaluate("document.activeElement.id || document.activeElement.textContent");
    focused.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_value_changes_when_a_function_is_called() {
    let mut browser = open();
    let calls = format!("{}.cells[1].textContent", row("never_called"));
    assert_eq!(browser.wait_for(&calls), "never called yet");
    // Its details have the number of calls.
    let guests = "functions.find((fn) => fn.name === 'serve_guest')";
    browser.evaluate(&format!("{guests}.button.click()"));
    let total = format!("Number({guests}.details.querySelector('tbody td:last-child').textContent)");
    let before = browser.evaluate(&total).as_f64().expect("it is a number");
    for _ in 0..3 {
        serve_guest();
        stir(Sauce::Plain, false).expect("it is not burnt");
        stir(Sauce::Plain, true).expect_err("it is burnt");
    }
    browser.wait_for(&format!("{total} >= {}", before + 3.0));
    let rate = format!("{}.cells[1].textContent", row("serve_guest"));
    browser.wait_for(&format!("/^[\\d.,]+\\/(s|min|h)$/.test({rate})"));
    assert_eq!(browser.evaluate(&calls), "never called yet");
    // Half of these calls have failed, each with an error, and all were faster than the first bound.
    let stirred = row("stir");
    browser.wait_for(&format!("/^\\d.* %error \\d+$/.test({stirred}.cells[2].textContent)"));
    assert_eq!(browser.evaluate(&format!("{stirred}.cells[3].textContent")), "500 ms");
    assert_eq!(browser.evaluate(&format!("{stirred}.cells[6].textContent")), "0");
    browser.wait_for(&format!("{stirred}.querySelector('path').getAttribute('d').includes('L')"));
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn texts_of_the_program_do_not_become_code() {
    let mut browser = open();
    let _ = (stir(Sauce::Image, false), stir(Sauce::Script, false));
    browser.evaluate("functions.forEach((fn) => fn.button.click())");
    browser.evaluate("document.querySelector('details').open = true");
    for text in [
        "<img src=x onerror=\"document.title='owned'\">",
        "</script><script>document.title='owned'</script>",
        "Stirs <b>a pot</b> </script><script>document.title = 'owned'</script>",
        "<svg onload=alert(1)>",
        "service=<i>kitchen</i>",
    ] {
        browser.wait_for(&format!("document.body.textContent.includes({})", json!(text)));
    }
    assert_eq!(
        browser.evaluate("document.querySelectorAll('img, b, i, script ~ script, [onload], [onerror]').length"),
        0
    );
    assert!(browser.evaluate("document.title").as_str().is_some_and(|title| title.ends_with(" · live metrics")));
    // The unit of a gauge is that of its name.
    browser.wait_for("byId('others').textContent.includes('2 KiB')");
    // Of counters of fractions too, a time as a time.
    browser.wait_for("/live_stove_seconds_total.*250 ms/.test(byId('others').textContent)");
    browser.wait_for("/live_gas_liters_total.*12\\.5/.test(byId('others').textContent)");
    assert_eq!(browser.complaints(), [""; 0]);
    // If some text became HTML by mistake, the browser would refuse it, and its console would say so.
    let refused = "(() => { try { document.body.innerHTML = '<b>'; return false } catch { return true } })()";
    assert_eq!(browser.evaluate(refused), true);
    assert_ne!(browser.complaints(), [""; 0]);
}

#[test]
fn a_keyboard_is_enough() {
    let mut browser = open();
    let mut steps = Vec::new();
    while focused(&mut browser) != "search" {
        browser.press("Tab");
        steps.push(focused(&mut browser));
        assert!(steps.len() < 10, "{steps:?}");
    }
    assert_ne!(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
    for key in ["s", "t", "i", "r"] {
        browser.press(key);
    }
    let shown = "functions.filter((fn) => !fn.body.hidden).map((fn) => fn.name).join()";
    browser.wait_for(&format!("({shown}) === 'stir'"));
    browser.press("Tab");
    assert_eq!(focused(&mut browser), "show");
    browser.press("ArrowDown");
    browser.wait_for("byId('show').value === 'failing'");
    browser.press("ArrowUp");
    browser.press("Tab");
    assert_eq!(focused(&mut browser), "window");
    browser.press("Tab");
    assert_eq!(focused(&mut browser), "Function");
    browser.press("Enter");
    browser.press("Enter");
    assert_eq!(browser.evaluate("document.activeElement.parentElement.getAttribute('aria-sort')"), "descending");
    while focused(&mut browser) != "stir" {
        browser.press("Tab");
        steps.push(focused(&mut browser));
        assert!(steps.len() < 30, "{steps:?}");
    }
    assert_ne!(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
    browser.press(" ");
    assert_eq!(browser.evaluate("document.activeElement.getAttribute('aria-expanded')"), "true");
    browser.wait_for("functions.find((fn) => fn.name === 'stir').details.textContent.includes('live_stir_seconds')");
    // The next page does not take the focus away.
    let updated = browser.evaluate("byId('updated').textContent");
    browser.wait_for(&format!("byId('updated').textContent !== {updated}"));
    assert_eq!(focused(&mut browser), "stir");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn openmetrics_is_read() {
    let mut browser = open();
    // A histogram of negative values has neither sum nor count, and another crate's counter has its suffix in its series alone.
    let page = "# HELP requests How \\\"many\\\".\n# TYPE requests counter\nrequests_total{path=\"/ # {\"} 3\n\
                # TYPE drift_seconds histogram\n# UNIT drift_seconds seconds\n\
                drift_seconds_bucket{le=\"-1.0\"} 1\ndrift_seconds_bucket{le=\"+Inf\"} 2\n# EOF\n";
    browser.evaluate(&format!(
        "byId('pause').click(), forget([]), forgetHistory(), remember(now(), read({}))",
        json!(page)
    ));
    assert_eq!(browser.evaluate("[...exposed.keys()].join()"), "requests_total,drift_seconds");
    let of = |name: &str| {
        format!("groupsNamed('{name}').map((group) => [labelText(group), valueNow(group.number)].join()).join()")
    };
    assert_eq!(browser.evaluate(&of("requests_total")), "path=/ # {,3");
    assert_eq!(
        browser.evaluate("[exposed.get('requests_total').help, exposed.get('drift_seconds').help].join()"),
        "How \"many\".,"
    );
    assert_eq!(browser.evaluate(&of("drift_seconds")), "all,2");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn quantiles_are_those_of_prometheus() {
    let mut browser = open();
    let quantile = |part: f64, counts: &[u32]| {
        let bounds = ["1", "2", "4", "Infinity"];
        let buckets = bounds.iter().zip(counts).map(|(le, count)| format!("{{ le: {le}, count: {count} }}"));
        format!("quantileText(quantile({part}, [{}]))", buckets.collect::<Vec<_>>().join(", "))
    };
    // The values of `histogram_quantile` for the same buckets.
    for (part, counts, expected) in [
        (0.5, [2, 4, 4, 4], "1 s"),
        (0.5, [0, 4, 8, 8], "2 s"),
        (0.95, [0, 4, 8, 8], "3.8 s"),
        (0.5, [8, 8, 8, 8], "500 ms"),
        (0.99, [1, 1, 1, 8], "> 4 s"),
        (0.5, [0, 0, 0, 0], "–"),
        (0.5, [0, 0, 4, 4], "3 s"),
    ] {
        assert_eq!(browser.evaluate(&quantile(part, &counts)), expected, "{part} of {counts:?}");
    }
}

#[test]
fn numbers_have_units_that_a_person_reads() {
    let mut browser = open();
    for (expression, expected) in [
        ("duration(0.0000123)", "12.3 µs"),
        ("duration(0.25)", "250 ms"),
        ("duration(90)", "90 s"),
        ("duration(3725)", "62 min 5 s"),
        ("duration(100000)", "27 h 46 min"),
        ("duration(NaN)", "unknown"),
        ("rate(12.345)", "12.3/s"),
        ("rate(0.05)", "3/min"),
        ("rate(0)", "0"),
        ("amount(1234567)", "1.23 M"),
        ("amount(12345)", "12,345"),
        ("bytes(3 * 2 ** 30)", "3 GiB"),
        ("share(0.0001)", "< 0.1 %"),
        ("share(0.125)", "12.5 %"),
    ] {
        assert_eq!(browser.evaluate(expression), expected, "{expression}");
    }
}

#[test]
fn two_hundred_functions_have_their_rows_on_a_narrow_dark_screen() {
    let mut browser = open();
    browser.look(360, 800, true);
    let many = "({ ...catalog, functions: Array.from({ length: 200 }, (_, at) => ({ ...catalog.functions[at % catalog.functions.length], line: at })) })";
    browser.evaluate(&format!("makeFunctionTable({many})"));
    browser.wait_for("functions.length === 200 && functions.every((fn) => fn.row.cells[1].textContent !== '')");
    assert_eq!(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, "it does not fit");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_page_of_another_site_cannot_read_it() {
    let mut browser = Browser::start();
    // The browser takes this server for that site's own, as after a change of the site's address.
    for path in ["", "catalog.json", "metrics"] {
        browser.open(&format!("http://evil.example:{}/{path}", serve().port()));
        browser.wait_for(
            "location.host.startsWith('evil') && document.body.textContent.includes('is not a name of this server')",
        );
        assert_eq!(browser.evaluate("document.body.textContent.includes('live_stir')"), false);
    }
    let read =
        "fetch('/metrics', { headers: { 'user-agent': 'x', accept: 'text/plain' } }).then((answer) => answer.status)";
    assert_eq!(browser.evaluate(read), 421);
}
