//! What the attributes record: each ending of a call, alone and stacked, with labels.
//!
//! All tests of this program share one recorder, as a program does; each has metrics of its own.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    reason = "of the functions that are measured"
)]

mod calls {
    pub mod support;

    mod classification;
    mod declared;
    mod endings;
    mod labels;
    mod options;
    mod reasons;
    mod stacked;
}
