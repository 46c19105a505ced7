//! What the attributes record: each ending of a call, alone and stacked, with labels.
//!
//! All tests of this program share one recorder, and each has its own metrics.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]
#![allow(unreachable_pub, reason = "items are public here where a user's would be")]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    reason = "the measured functions have these shapes on purpose"
)]

mod calls {
    pub mod counted_as;
    pub mod support;

    mod blanket_traits;
    mod blocks;
    mod chains;
    mod classification;
    mod conditions;
    mod declared;
    mod endings;
    mod ends_call;
    mod except_cancelled;
    mod expected;
    mod held_errors;
    mod groups;
    mod inherited_location;
    mod labels;
    mod measured;
    mod observed;
    mod options;
    mod own_block;
    mod reasons;
    mod server_errors;
    mod stacked;
    mod streams;
}
