//! What the attributes record: each ending of a call, alone and stacked, with labels.
//!
//! All tests of this program share one recorder, as a program does; each has metrics of its own.

mod calls {
    pub mod support;

    mod endings;
    mod labels;
    mod options;
    mod stacked;
}
