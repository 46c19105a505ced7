//! Places that give one metric different help texts.

use metrics_runtime::{builder, catalog, counted, declare_metrics, timed};
use system_tests::Log;

#[counted(counter = "defaults_total")]
fn first() {}

#[counted(counter = "defaults_total")]
fn second() {}

#[counted(counter = "described_total")]
fn plain() {}

#[counted(counter = "described_total", description = "What was described.")]
fn described() {}

/// Declared last.
#[timed(histogram = "declared_seconds", description = "It is described too.", buckets(1))]
fn before_the_declaration() {}

declare_metrics! {
    /// What the declaration says.
    histogram DECLARED = "declared_seconds", buckets(1);
    /// One declaration.
    counter ONE = "declared_twice_total";
}

mod other {
    metrics_runtime::declare_metrics! {
        /// Another declaration.
        pub(crate) counter OTHER = "declared_twice_total";
    }
}

#[counted(counter = "described_twice_total", description = "One.")]
fn one() {}

#[counted(counter = "described_twice_total", description = "Other.")]
fn other() {}

#[counted(counter = "described_twice_total", description = "One.")]
fn third() {}

#[counted(counter = "same_total", description = "The same.")]
#[counted(counter = "same_ended_total", on = ok, description = "Ended.")]
#[counted(counter = "same_ended_total", on = failure)]
fn same() -> Result<(), String> {
    Ok(())
}

#[counted(counter = "same_total", description = "The same.")]
fn same_again() {}

#[counted(counter = "same_total", description = "The same.", last = "lasting_timestamp_seconds")]
fn lasting() {}

#[counted(counter = "same_total", description = "The same.", last = "lasting_timestamp_seconds")]
fn lasting_too() {}

#[test]
fn the_best_help_counts_and_check_and_init_note_what_has_none() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("there is no other");

    let catalog = catalog();
    let help = |name: &str| catalog.metric(name).expect("it is in the catalog").help();
    assert_eq!(help("defaults_total"), "Calls of `first` that have started.");
    assert_eq!(help("described_total"), "What was described.");
    assert_eq!(help("declared_seconds"), "What the declaration says.");
    assert_eq!(help("same_ended_total"), "Ended.");

    let notes = catalog.check().expect("nothing is wrong");
    let metrics: Vec<&str> = notes.iter().map(metrics_runtime::CatalogNote::metric).collect();
    assert_eq!(
        metrics,
        ["declared_twice_total", "defaults_total", "described_twice_total", "lasting_timestamp_seconds"]
    );
    let [declared, defaults, two_described, last] = [0, 1, 2, 3].map(|at| notes[at].to_string());
    let place = |metric: &str, item: &str| {
        let metric = catalog.metric(metric).expect("it is in the catalog");
        let site = metric.sites().iter().find(|site| site.item() == item).expect("it records the metric");
        format!("tests/helps.rs:{} (`helps::{item}`)", site.line())
    };
    assert_eq!(
        defaults,
        format!(
            "the metric `defaults_total` has several help texts, and the page shows the first: \"Calls of `first` that have \
             started.\" at tests/{}, \"Calls of `second` that have started.\" at tests/{}; write `description = \"…\"` at one of \
             the attributes, or declare the metric with `metrics_runtime::declare_metrics!`",
            place("defaults_total", "first"),
            place("defaults_total", "second")
        )
    );
    for part in ["\"One declaration.\" at tests/", "\"Another declaration.\" at tests/", "; declare it once"] {
        assert!(declared.contains(part), "{part}: {declared}");
    }
    assert!(
        two_described.contains(&format!(
            "\"One.\" at tests/{} and 1 more, \"Other.\" at ",
            place("described_twice_total", "one")
        )),
        "{two_described}"
    );
    assert!(two_described.contains("; keep one `description`, or declare the metric"), "{two_described}");

    assert!(
        last.ends_with("; declare the metric with `metrics_runtime::declare_metrics!`, with the same labels"),
        "{last}"
    );

    let handle = builder().no_listener().init().expect("the program works all the same");
    first();
    second();
    plain();
    described();
    before_the_declaration();
    DECLARED.observe(1);
    ONE.inc();
    other::OTHER.inc();
    for run in [one, other, third, same_again, lasting, lasting_too] {
        run();
    }
    let _ = same();
    let page = handle.render();
    assert!(page.contains("# HELP described_total What was described.\n"), "{page}");
    assert!(page.contains("# HELP declared_seconds What the declaration says.\n"), "{page}");
    assert!(page.contains("defaults_total 2\n") && page.contains("declared_twice_total 2\n"), "{page}");
    let text = log.text();
    let warnings: Vec<&str> = text.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 4, "{text}");
    for (warning, note) in warnings.iter().zip(&notes) {
        assert!(warning.ends_with(&note.to_string()), "{warning}");
    }
}
