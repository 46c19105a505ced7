//! Attributes on an `impl` or a module: each of its functions is measured.

use std::future::Future;
use std::io;
use std::pin::Pin;

use metrics_runtime::{Event, FailureReason, Label, catalog, counted, counted_failure, in_flight, measured, timed};

use super::support::{cancel, finish, metrics, panics, sure, value};

#[derive(Clone, Copy, Label)]
enum Table {
    Notes,
    Users,
}

#[derive(Clone, Copy, Label)]
enum Why {
    Full,
}

#[derive(Debug)]
struct Broken;

impl FailureReason<Why> for Broken {
    fn failure_reason(&self) -> Why {
        Why::Full
    }
}

struct Store<T> {
    row: T,
}

#[measured(labels(method))]
#[timed(histogram = "groups_store_seconds", labels(outcome), buckets(1, 10))]
#[counted_failure(counter = "groups_store_failures_total")]
#[counted(counter = "groups_store_full_total", on = failure, labels(reason: Option<Why> = |_| None))]
#[in_flight(gauge = "groups_store_active", oldest = "groups_store_oldest_seconds")]
impl<T: Clone> Store<T> {
    const LIMIT: u32 = 3;

    fn get(&self) -> T {
        self.row.clone()
    }

    async fn put(&mut self, row: T, waits: bool) -> Result<u32, io::Error> {
        if waits {
            std::future::pending::<()>().await;
        }
        self.row = row;
        Err(io::ErrorKind::TimedOut.into())
    }

    /// With an attribute of its own.
    #[counted(counter = "groups_store_removed_total", labels(table))]
    fn remove(self, table: Table) -> u32 {
        let _ = table;
        panic!("{}", size_of_val(&self.row));
    }

    fn r#type<'a>(&'a self) -> Pin<Box<dyn Future<Output = &'a T> + 'a>> {
        Box::pin(async move { &self.row })
    }

    #[skip]
    const fn limit() -> u32 {
        Self::LIMIT
    }
}

#[test]
fn each_method_has_its_series() {
    metrics();
    let mut store = Store { row: 1_u8 };
    assert_eq!([store.get(), store.get()], [1, 1]);
    assert!(finish(store.put(2, false)).is_err());
    cancel(store.put(2, true));
    assert_eq!(*finish(store.r#type()), 2);
    panics(|| store.remove(Table::Users));
    assert_eq!(Store::<u8>::limit(), 3);
    let count = |labels: &str| sure(&format!("groups_store_seconds_count{{{labels}}}"));
    assert_eq!(count("method=\"get\",outcome=\"ok\""), 2.0);
    assert_eq!(count("method=\"put\",outcome=\"timeout\""), 1.0);
    assert_eq!(count("method=\"put\",outcome=\"cancelled\""), 1.0);
    assert_eq!(count("method=\"type\",outcome=\"ok\""), 1.0);
    assert_eq!(count("method=\"remove\",outcome=\"panic\""), 1.0);
    assert_eq!(value("groups_store_seconds_count{method=\"limit\",outcome=\"ok\"}"), None);
    assert_eq!(sure("groups_store_failures_total{method=\"put\",reason=\"timeout\"}"), 1.0);
    assert_eq!(sure("groups_store_failures_total{method=\"get\",reason=\"error\"}"), 0.0);
    assert_eq!(sure("groups_store_active{method=\"put\"}"), 0.0);
    assert_eq!(sure("groups_store_oldest_seconds{method=\"put\"}"), 0.0);
    assert_eq!(sure("groups_store_removed_total{table=\"users\"}"), 1.0);
    assert_eq!(sure("groups_store_removed_total{table=\"notes\"}"), 0.0);
}

#[test]
fn the_catalog_says_which_functions_they_are() {
    let catalog = catalog();
    let metric = catalog.metric("groups_store_seconds").expect("it is recorded");
    let mut functions: Vec<_> =
        metric.sites().iter().map(|site| (site.item(), site.records(Event::Duration))).collect();
    functions.sort_unstable();
    assert_eq!(functions, [("get", true), ("put", true), ("remove", true), ("type", true)]);
    assert_eq!(metric.labels()[0].values(), ["get", "put", "remove", "type"]);
    assert_eq!(metric.help(), "Time spent in the functions of `Store<T>`.");
    let failures = catalog.metric("groups_store_failures_total").expect("it is recorded");
    assert_eq!(failures.help(), "Calls of the functions of `Store<T>` that did not end `ok`, by reason.");
    let oldest = catalog.metric("groups_store_oldest_seconds").expect("it is recorded");
    assert_eq!(
        oldest.help(),
        "How long the oldest call of the functions of `Store<T>` that has not ended has been running."
    );
}

// The names of the attributes are in scope here, and not in the module.
#[measured(labels(function))]
#[timed(histogram = "groups_module_seconds", labels(table))]
#[counted(counter = "groups_module_total")]
mod tables {
    use super::Table;

    pub fn read(table: Table) -> u32 {
        Inner(1).depth(table) + 1
    }

    pub async fn write(_rows: u32, table: &Table) {
        let _ = table;
    }

    struct Inner(u32);

    impl Inner {
        fn depth(&self, _: Table) -> u32 {
            self.0
        }
    }
}

#[test]
fn the_functions_of_a_module_are_measured() {
    metrics();
    assert_eq!(tables::read(Table::Notes), 2);
    finish(tables::write(1, &Table::Users));
    assert_eq!(sure("groups_module_seconds_count{function=\"read\",table=\"notes\"}"), 1.0);
    assert_eq!(sure("groups_module_seconds_count{function=\"write\",table=\"users\"}"), 1.0);
    assert_eq!(value("groups_module_seconds_count{function=\"depth\",table=\"notes\"}"), None);
    assert_eq!(sure("groups_module_total{function=\"write\"}"), 1.0);
}

trait Shape {
    fn area(&self) -> Result<u32, Broken>;
    fn edge(&self) -> Result<u32, Broken>;
}

struct Square(u32);

#[counted_failure(counter = "groups_shape_failures_total", reason: Why, except(cancelled))]
#[counted(counter = "groups_shape_total", last = "groups_shape_last_timestamp_seconds", on = ok)]
impl Shape for Square {
    fn area(&self) -> Result<u32, Broken> {
        Ok(self.0 * self.0)
    }

    fn edge(&self) -> Result<u32, Broken> {
        Err(Broken)
    }
}

#[test]
fn without_the_label_all_functions_count_together() {
    metrics();
    assert_eq!([Square(2).area().ok(), Square(3).area().ok()], [Some(4), Some(9)]);
    assert!(Square(2).edge().is_err());
    assert_eq!(sure("groups_shape_total"), 2.0);
    assert_eq!(sure("groups_shape_failures_total{reason=\"full\"}"), 1.0);
    assert!(sure("groups_shape_last_timestamp_seconds") > 1e9);
}

fn inside_a_function() -> u32 {
    struct Local;

    #[counted(counter = "groups_local_total", labels(method))]
    impl Local {
        fn one() -> u32 {
            1
        }
    }

    // The same names again.
    #[counted(counter = "groups_local_other_total", labels(method))]
    impl Local {
        fn other() -> u32 {
            Self::one()
        }
    }

    Local::other()
}

#[test]
fn several_groups_stand_side_by_side() {
    metrics();
    assert_eq!(inside_a_function(), 1);
    assert_eq!(sure("groups_local_total{method=\"one\"}"), 1.0);
    assert_eq!(sure("groups_local_other_total{method=\"other\"}"), 1.0);
}

#[allow(non_camel_case_types, dead_code, reason = "names of the user's")]
mod with_names_of_primitives {
    use metrics_runtime::{Interned, Label, counted, in_flight};

    struct usize;
    struct bool;
    struct str;
    struct u64;

    #[derive(Clone, Copy, Label)]
    #[label(as_str, from_str)]
    pub enum Kind {
        One,
    }

    #[derive(Clone, Copy, Label)]
    #[label(max_values = 2)]
    pub struct Name(Interned);

    pub struct Store;

    #[counted(counter = "groups_primitives_total", labels(method, kind))]
    #[in_flight(gauge = "groups_primitives_active", oldest = "groups_primitives_oldest_seconds")]
    impl Store {
        pub fn get(kind: Kind) -> &'static ::core::primitive::str {
            kind.as_str()
        }
    }
}

#[test]
fn types_with_names_of_primitives_change_nothing() {
    metrics();
    assert_eq!(with_names_of_primitives::Store::get(with_names_of_primitives::Kind::One), "one");
    assert_eq!(sure("groups_primitives_total{method=\"get\",kind=\"one\"}"), 1.0);
}
