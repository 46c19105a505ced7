//! From tokens to what the user wrote: the options of an attribute, and the function.

pub(crate) mod grammar;
pub(crate) mod attribute;
pub(crate) mod number;
pub(crate) mod buckets;
pub(crate) mod objective;
pub(crate) mod max_series;
pub(crate) mod read;
pub(crate) mod label_arg;
pub(crate) mod condition;
pub(crate) mod args;
pub(crate) mod doc_comment;
pub(crate) mod function;
pub(crate) mod code;
