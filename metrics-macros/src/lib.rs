//! The attributes and derives of `metrics-runtime`. Use them through that crate, which documents them.
//!
//! Modules are declared from the ground up, and a module imports only modules above its own declaration:
//!
//! ```text
//! diagnostic, names, tokens, kind, runtime   helpers that know no stage
//! policy                                     the refused label names, and `metrics.toml`
//! parse → analyse → plan → expand            the stages of an attribute
//! measure, declare, label, failure           each puts stages together for one kind of macro
//! ```

mod diagnostic;
mod names;
mod tokens;
mod kind;
mod runtime;

mod policy;

mod parse;
mod analyse;
mod plan;
mod expand;

mod measure;
mod declare;
mod label;
mod failure;

#[cfg(test)]
mod snapshots;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::parse::attribute::Attribute;

/// Records the duration of every call, however it ends.
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::Timed, arguments.into(), item.into()).into()
}

/// Counts calls.
#[proc_macro_attribute]
pub fn counted(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::Counted, arguments.into(), item.into()).into()
}

/// Counts the calls that did not end `ok`, by reason.
#[proc_macro_attribute]
pub fn counted_failure(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::CountedFailure, arguments.into(), item.into()).into()
}

/// Shows the number of calls that have started and not ended.
#[proc_macro_attribute]
pub fn in_flight(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::InFlight, arguments.into(), item.into()).into()
}

/// Observes a value of every call.
#[proc_macro_attribute]
pub fn observed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::Observed, arguments.into(), item.into()).into()
}

/// Says what the attributes of a function have in common.
#[proc_macro_attribute]
pub fn measured(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::Measured, arguments.into(), item.into()).into()
}

/// Measures code: an `async` block, a closure, or an expression.
#[proc_macro]
pub fn measure(code: TokenStream) -> TokenStream {
    measure::measure_block(code.into()).into()
}

/// Measures a stream.
#[proc_macro]
pub fn measure_stream(stream: TokenStream) -> TokenStream {
    measure::measure_stream(stream.into()).into()
}

/// Declares metrics that are set by hand.
#[proc_macro]
pub fn declare_metrics(declarations: TokenStream) -> TokenStream {
    declare::declare(declarations.into()).into()
}

/// Makes an enum without fields a label.
#[proc_macro_derive(Label, attributes(label))]
pub fn derive_label(input: TokenStream) -> TokenStream {
    label::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an error say whether it is a timeout.
#[proc_macro_derive(Failure, attributes(failure))]
pub fn derive_failure(input: TokenStream) -> TokenStream {
    failure::derive(&parse_macro_input!(input as DeriveInput)).into()
}
