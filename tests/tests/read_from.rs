//! Gauges that are looked up when a page is made.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics_runtime::testing::capture;
use metrics_runtime::{Handle, Kind, catalog, declare_metrics};
use system_tests::{Page, promtool_check_metrics, strict_parse_openmetrics};

declare_metrics! {
    /// Connections that nobody uses.
    gauge IDLE = "pool_idle_connections";
    /// Connections, by whether they are in use.
    gauge CONNECTIONS = "pool_connections", labels(is_used: bool);
    /// It panics.
    gauge PANICS = "pool_panics";
    /// It panics only once.
    gauge PANICS_ONCE = "pool_panics_once";
    /// It asks for a page.
    gauge NESTED = "pool_nested";
    /// It has no number.
    gauge ENDLESS = "pool_endless";
}

static POOL: AtomicUsize = AtomicUsize::new(3);
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Tells when it is dropped.
struct Dropped(&'static AtomicUsize);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

// One test: a program has one recorder, and all gauges are looked up together.
#[test]
#[allow(clippy::float_cmp, reason = "the numbers are small and whole")]
fn each_page_has_the_values_of_its_time() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    let is_dropped = Dropped(&DROPPED);
    // Before `init()`.
    IDLE.read_from(move || {
        let _ = &is_dropped;
        -1.0
    });
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let url = format!("http://{}/metrics", handle.local_addr().expect("it listens"));
    let handle = HANDLE.get_or_init(|| handle);
    let value = |name: &str, labels: &[(&str, &str)]| Page::fetch(&url).value(name, labels).expect("it is on the page");
    assert_eq!(value("pool_idle_connections", &[]), -1.0);

    // After it, and instead of the first function.
    IDLE.read_from(|| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        POOL.load(Ordering::Relaxed)
    });
    assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    CONNECTIONS.with(true).read_from(|| POOL.load(Ordering::Relaxed) * 2);
    CONNECTIONS.with(false).read_from(|| 0.5);
    for pool in [5, 7] {
        POOL.store(pool, Ordering::Relaxed);
        let pool = f64::from(u32::try_from(pool).expect("it is small"));
        let calls = CALLS.load(Ordering::Relaxed);
        let page = Page::fetch(&url);
        assert_eq!(page.value("pool_idle_connections", &[]), Some(pool));
        assert_eq!(page.value("pool_connections", &[("is_used", "true")]), Some(pool * 2.0));
        assert_eq!(page.value("pool_connections", &[("is_used", "false")]), Some(0.5));
        assert_eq!(CALLS.load(Ordering::Relaxed), calls + 1, "a function is called once for each page");
        assert_eq!(page.value("metrics_reading_failures_total", &[("reason", "panic")]), Some(0.0));
        assert_eq!(page.value("metrics_reading_failures_total", &[("reason", "timeout")]), Some(0.0));
    }

    // A value that is set lasts until the next page.
    IDLE.set(100);
    assert_eq!(value("pool_idle_connections", &[]), 7.0);

    PANICS.read_from(|| -> f64 { panic!("a function may panic") });
    PANICS_ONCE.read_from(|| {
        static HAS_PANICKED: AtomicUsize = AtomicUsize::new(0);
        assert!(HAS_PANICKED.fetch_add(1, Ordering::Relaxed) > 0, "a function may panic");
        4
    });
    ENDLESS.read_from(|| f64::INFINITY);
    let page = Page::from(handle.render());
    assert!(page.value("pool_panics", &[]).expect("it is there").is_nan());
    assert!(page.value("pool_panics_once", &[]).expect("it is there").is_nan());
    assert_eq!(page.value("pool_endless", &[]), Some(f64::INFINITY));
    assert_eq!(page.value("pool_idle_connections", &[]), Some(7.0));
    assert_eq!(page.value("metrics_reading_failures_total", &[("reason", "panic")]), Some(2.0));
    let page = Page::from(handle.render());
    assert!(page.value("pool_panics", &[]).expect("it is there").is_nan());
    assert_eq!(page.value("pool_panics_once", &[]), Some(4.0));
    assert_eq!(page.value("metrics_reading_failures_total", &[("reason", "panic")]), Some(3.0));

    // A function may ask for a page, which has the values of the page before.
    NESTED.read_from(|| {
        let page = HANDLE.get().map(Handle::render).expect("there is a handle");
        Page::from(page).value("pool_nested", &[]).expect("it is on the page") + 1.0
    });
    assert_eq!((value("pool_nested", &[]), value("pool_nested", &[])), (1.0, 2.0));

    // A page that is made in a capture has the values too, and the capture has not.
    POOL.store(9, Ordering::Relaxed);
    let seen = capture(|| assert_eq!(Page::from(handle.render()).value("pool_idle_connections", &[]), Some(9.0)));
    assert_eq!(seen.gauge("pool_idle_connections", &[]), 0.0);

    // Pages that are made at the same time.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(Page::from(handle.render()).value("pool_idle_connections", &[]), Some(9.0));
                }
            });
        }
    });

    promtool_check_metrics(&handle.render()).expect("the page is valid");
    strict_parse_openmetrics(Page::fetch_openmetrics(&url).text()).expect("the page is valid");
    let metric = catalog();
    let metric = metric.metric("metrics_reading_failures_total").expect("it is in the catalog");
    assert_eq!((metric.kind(), metric.max_series()), (Kind::Counter, 2));
}
