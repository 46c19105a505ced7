//! What belongs to a metric whose only label shows how a call ended. It is the same for all such metrics, so the compiler
//! works it out once, and not again for each annotated function.

use super::budget::{Budget, labels, series};
use super::label_spec::LabelSpec;
use super::offsets::Offsets;
use super::slots::{Slot, Slots};
use crate::vocabulary::Kind;

macro_rules! built_in_labels {
    ($($what:literal, $labels:ident, $offsets:ident, $slots:ident: $spec:expr;)+) => {$(
        #[doc = concat!("The label ", $what, ".")]
        pub const $labels: &[LabelSpec] = &alone($spec);

        #[doc = concat!("The offsets of a metric with the label ", $what, ".")]
        pub const $offsets: Offsets = Offsets::new($labels);

        #[doc = concat!("The slots of a metric with the label ", $what, ".")]
        pub type $slots = Slots<[Slot; series($labels)]>;
    )+};
}

built_in_labels! {
    "`outcome`", OUTCOME, OUTCOME_OFFSETS, OutcomeSlots: LabelSpec::outcome();
    "`outcome` of calls that fail", FAILURE, FAILURE_OFFSETS, FailureSlots: LabelSpec::failure("outcome");
    "`reason`", REASON, REASON_OFFSETS, ReasonSlots: LabelSpec::failure("reason");
    "`reason` without the reason `cancelled`", REASON_LEFT, REASON_LEFT_OFFSETS, ReasonLeftSlots:
        LabelSpec::failure_except_cancelled("reason");
}

/// A metric's only label. Whether the metric's budget allows it, the macro has found out.
const fn alone(label: LabelSpec) -> [LabelSpec; 1] {
    labels(Budget::new("", Kind::Counter, &[], u64::MAX), [label])
}
