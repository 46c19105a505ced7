//! Capped labels at the sites of one metric: their values become known with time, so their types must agree.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "a reference to a label is one, too")]
#![allow(unreachable_pub, reason = "items are public here where a user's would be")]

use metrics_runtime::{Interned, Label, counted};

mod portraits {
    use super::{Interned, Label, counted};

    #[derive(Clone, Copy, Debug, Label)]
    #[label(max_values = 4)]
    pub struct Workflow(Interned);

    #[counted(counter = "capped_runs_total", labels(workflow))]
    pub fn run(workflow: Workflow) {
        let _ = workflow;
    }

    #[counted(counter = "capped_agreed_total", labels(workflow))]
    pub fn by_value(workflow: Workflow) {
        let _ = workflow;
    }

    #[counted(counter = "capped_agreed_total", labels(workflow))]
    pub fn by_reference(workflow: &Workflow) {
        let _ = workflow;
    }

    #[counted(counter = "capped_agreed_optional_total", labels(workflow))]
    pub fn optional(workflow: Option<Workflow>) {
        let _ = workflow;
    }

    #[counted(counter = "capped_agreed_optional_total", on = end, labels(workflow: &Workflow = |run| run))]
    pub fn returned(workflow: &Workflow) -> &Workflow {
        workflow
    }
}

mod landscapes {
    use super::{Interned, Label, counted};

    #[derive(Clone, Copy, Debug, Label)]
    #[label(max_values = 4)]
    pub struct Workflow(Interned);

    #[counted(counter = "capped_runs_total", labels(workflow))]
    pub fn run(workflow: Workflow) {
        let _ = workflow;
    }
}

/// Two labels written by hand, whose values become known with time.
mod by_hand {
    use std::sync::OnceLock;

    use super::{Label, counted};

    macro_rules! one_of {
        ($name:ident, $values:ident) => {
            static $values: OnceLock<&'static str> = OnceLock::new();

            pub struct $name;

            impl Label for $name {
                const CARDINALITY: usize = 1;

                fn index(&self) -> usize {
                    0
                }

                fn value(index: usize) -> Option<&'static str> {
                    $values.get().copied().filter(|_| index == 0)
                }
            }
        };
    }

    one_of!(First, FIRST);
    one_of!(Second, SECOND);

    #[counted(counter = "capped_by_hand_total", labels(kind))]
    pub fn first(kind: First) {
        let _ = (kind, FIRST.set("same"));
    }

    #[counted(counter = "capped_by_hand_total", labels(kind))]
    pub fn second(kind: Second) {
        let _ = (kind, SECOND.set("same"));
    }
}

fn refusal() -> String {
    metrics_runtime::builder().no_listener().init().expect_err("two types stand for one label").to_string()
}

#[test]
fn two_capped_types_for_one_label_are_a_conflict_whatever_their_values() {
    // The metrics are checked in the order of their names, and the first conflict is the error.
    let labels = refusal();
    assert!(labels.starts_with("the sites of the metric `capped_by_hand_total` disagree on its labels: "), "{labels}");
    for part in
        ["kind (1 value, none known so far) at ", "(`init_capped::by_hand::first`)", "(`init_capped::by_hand::second`)"]
    {
        assert!(labels.contains(part), "{part}: {labels}");
    }
    // Now both have the same value.
    by_hand::first(by_hand::First);
    by_hand::second(by_hand::Second);

    let none_so_far = refusal();
    for part in [
        "the sites of the metric `capped_runs_total` disagree on its labels: ",
        "workflow (up to 5 values of `init_capped::portraits::Workflow`) at ",
        "workflow (up to 5 values of `init_capped::landscapes::Workflow`) at ",
        "(`init_capped::portraits::run`)",
        "(`init_capped::landscapes::run`)",
        "give the label the same type at all sites",
        "declare it once with `metrics_runtime::declare_metrics!`",
    ] {
        assert!(none_so_far.contains(part), "{part}: {none_so_far}");
    }

    portraits::run(portraits::Workflow::new("portrait"));
    landscapes::run(landscapes::Workflow::new("landscape"));
    assert_eq!(refusal(), none_so_far);
    // With equal values they are still two types.
    portraits::run(portraits::Workflow::new("landscape"));
    landscapes::run(landscapes::Workflow::new("portrait"));
    assert_eq!(metrics_runtime::catalog().check().map_err(|conflict| conflict.to_string()), Err(none_so_far));

    let workflow = portraits::Workflow::new("portrait");
    portraits::by_value(workflow);
    portraits::by_reference(&workflow);
    portraits::optional(Some(*portraits::returned(&workflow)));
}
