//! What `#[instrument]` and our attributes do with the same parameters: they keep their names in the span, and are dropped in the
//! order of the function that has `#[instrument]` alone.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tracing::span::Attributes;
use tracing::{Id, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    static FIELDS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Says when it is dropped.
#[derive(Debug)]
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

/// Cannot be a field of a span.
struct Secret(Noisy);

/// Remembers the names of the fields of each new span.
struct Names;

impl<S: Subscriber> Layer<S> for Names {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let fields = attributes.metadata().fields();
        FIELDS.with_borrow_mut(|names| names.extend(fields.iter().map(|field| field.name())));
    }
}

/// The names of the fields, and what was dropped in which order.
type Seen = (Vec<&'static str>, Vec<&'static str>);

fn seen(run: impl FnOnce()) -> Seen {
    FIELDS.with_borrow_mut(Vec::clear);
    DROPPED.with_borrow_mut(Vec::clear);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(Names), run);
    (FIELDS.with_borrow(Clone::clone), DROPPED.with_borrow(Clone::clone))
}

macro_rules! functions {
    ($module:ident: [$($above:meta),*] [$($below:meta),*]) => {
        mod $module {
            use super::{BTreeMap, Noisy, Secret, Seen, seen};

            $(#[$above])* #[tracing::instrument] $(#[$below])*
            fn all_used(a: Noisy, b: Noisy, c: Noisy) -> Result<usize, String> {
                let local = Noisy("local");
                Ok(c.0.len() + a.0.len() + b.0.len() + local.0.len())
            }

            $(#[$above])* #[tracing::instrument] $(#[$below])*
            fn some_unused(a: Noisy, b: Noisy, _c: Noisy, d: Noisy) -> Result<usize, String> {
                Ok(d.0.len())
            }

            $(#[$above])* #[tracing::instrument] $(#[$below])*
            fn taken_apart(a: Noisy, (b, _): (Noisy, Noisy), c: Noisy) -> Result<usize, String> {
                Ok(c.0.len() + b.0.len())
            }

            $(#[$above])* #[tracing::instrument(skip(b), fields(size = b.0.0.len()))] $(#[$below])*
            fn skipped(a: Noisy, b: Secret, mut c: Noisy) -> Result<usize, String> {
                c.0 = "changed";
                Ok(c.0.len())
            }

            $(#[$above])* #[tracing::instrument] $(#[$below])*
            fn without_a_name(a: Noisy, _: Secret, b: Noisy) -> Result<usize, String> {
                Ok(b.0.len())
            }

            $(#[$above])* #[tracing::instrument(err)] $(#[$below])*
            fn read_by_instrument(a: Noisy, (b, _): (Noisy, Noisy), c: Noisy) -> Result<usize, String> {
                Ok(c.0.len() + b.0.len())
            }

            $(#[$above])* #[tracing::instrument(ret)] $(#[$below])*
            async fn waits(a: Noisy, b: Noisy, (c, _): (Noisy, Noisy)) -> Result<usize, String> {
                tokio::task::yield_now().await;
                Ok(b.0.len() + c.0.len() + a.0.len())
            }

            $(#[$above])* #[tracing::instrument] $(#[$below])*
            async fn hides_its_ends(a: Noisy, b: Noisy, (c, _): (Noisy, Noisy)) -> Result<usize, String> {
                tokio::join!(tokio::task::yield_now());
                Ok(b.0.len() + c.0.len())
            }

            pub fn all() -> BTreeMap<&'static str, Seen> {
                let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
                let pair = || (Noisy("left"), Noisy("right"));
                [
                    ("all_used", seen(|| {
                        let _ = all_used(Noisy("a"), Noisy("b"), Noisy("c"));
                    })),
                    ("some_unused", seen(|| {
                        let _ = some_unused(Noisy("a"), Noisy("b"), Noisy("c"), Noisy("d"));
                    })),
                    ("taken_apart", seen(|| {
                        let _ = taken_apart(Noisy("a"), pair(), Noisy("c"));
                    })),
                    ("skipped", seen(|| {
                        let _ = skipped(Noisy("a"), Secret(Noisy("b")), Noisy("c"));
                    })),
                    ("without_a_name", seen(|| {
                        let _ = without_a_name(Noisy("a"), Secret(Noisy("_")), Noisy("b"));
                    })),
                    ("read_by_instrument", seen(|| {
                        let _ = read_by_instrument(Noisy("a"), pair(), Noisy("c"));
                    })),
                    ("waits", seen(|| {
                        let _ = runtime.block_on(waits(Noisy("a"), Noisy("b"), pair()));
                    })),
                    ("hides_its_ends", seen(|| {
                        let _ = runtime.block_on(hides_its_ends(Noisy("a"), Noisy("b"), pair()));
                    })),
                ]
                .into()
            }
        }
    };
}

functions!(alone: [] []);
functions!(above: [] [metrics_runtime::timed(histogram = "parameters_seconds", labels(outcome))]);
functions!(below: [metrics_runtime::timed(histogram = "parameters_seconds", labels(outcome))] []);
functions!(above_bare: [] [metrics_runtime::timed(histogram = "parameters_bare_seconds")]);
functions!(below_bare: [metrics_runtime::timed(histogram = "parameters_bare_seconds")] []);

#[test]
fn parameters_are_those_of_the_function_with_instrument_alone() {
    let alone = alone::all();
    assert_eq!(alone["taken_apart"].0, ["a", "b", "c"]);
    assert_eq!(alone["skipped"].0, ["a", "c", "size"]);
    for (order, seen) in
        [("above", above::all()), ("below", below::all()), ("above", above_bare::all()), ("below", below_bare::all())]
    {
        assert_eq!(seen, alone, "`#[instrument]` {order}");
    }
}

/// A macro could hide a `return`, so the body runs in a closure, and what the pattern leaves over stays outside.
mod limit {
    use super::{Noisy, seen};

    macro_rules! length {
        ($text:expr) => {
            $text.0.len()
        };
    }

    #[metrics_runtime::timed(histogram = "parameters_limit_seconds", labels(outcome))]
    #[tracing::instrument]
    fn below(a: Noisy, (b, _): (Noisy, Noisy)) -> Result<usize, String> {
        Ok(length!(a) + length!(b))
    }

    #[tracing::instrument]
    #[metrics_runtime::timed(histogram = "parameters_limit_seconds", labels(outcome))]
    fn above(a: Noisy, (b, _): (Noisy, Noisy)) -> Result<usize, String> {
        Ok(length!(a) + length!(b))
    }

    #[test]
    fn what_a_pattern_leaves_over_is_dropped_last() {
        for draw in [below, above] {
            let (fields, dropped) = seen(|| {
                let _ = draw(Noisy("a"), (Noisy("left"), Noisy("right")));
            });
            assert_eq!(fields, ["a", "b"]);
            assert_eq!(dropped, ["left", "a", "right"]);
        }
    }
}
