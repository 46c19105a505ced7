//! `#[expect(…)]` for lints that cannot see through a measured function.
//!
//! Some lints look at a function's last expression or at what happens to its parameters. In a measured function they find
//! our code there, and stay silent. What the user expects of them is then allowed instead: without the attribute the
//! expectation is fulfilled, so it must not be reported as unfulfilled with it.
//!
//! ```text
//! #[expect(dead_code, clippy::unused_async, reason = "a trait needs it")]
//! ```
//! becomes
//! ```text
//! #[expect(dead_code, reason = "a trait needs it")]
//! #[allow(clippy::unused_async, reason = "a trait needs it")]
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Meta, Token};

use crate::plan::model::Plan;

/// Lints that no measured function can show: `const` does not go with measuring, and the comment of a function that a macro
/// wrote is not looked at.
const NEVER_SHOWN: [&str; 2] = ["doc_paragraphs_missing_punctuation", "missing_const_for_fn"];

/// Lints that a body shows no more if it runs in a closure or an `async` block of its own, or if its `?` and `.await` are
/// replaced, and the groups with one of them.
const HIDDEN_BY_A_BLOCK: [&str; 24] = [
    "all",
    "boxed_local",
    "complexity",
    "diverging_sub_expression",
    "implicit_return",
    "large_futures",
    "needless_lifetimes",
    "needless_pass_by_ref_mut",
    "needless_pass_by_value",
    "needless_question_mark",
    "needless_return",
    "nursery",
    "pedantic",
    "perf",
    "question_mark_used",
    "restriction",
    "style",
    "try_err",
    "unconditional_recursion",
    "unnecessary_literal_bound",
    "unnecessary_wraps",
    "unused_async",
    "unused_unit",
    "useless_conversion",
];

/// The attributes, without expectations that the expansion would leave unfulfilled.
pub(crate) fn without_hidden(attributes: &[Attribute], plan: &Plan) -> Vec<Attribute> {
    attributes
        .iter()
        .flat_map(|attribute| split(attribute, plan.needs_outcome()).unwrap_or_else(|| vec![attribute.clone()]))
        .collect()
}

/// The attribute as `#[expect(…)]` and `#[allow(…)]`, if it expects a hidden lint.
fn split(attribute: &Attribute, in_a_block: bool) -> Option<Vec<Attribute>> {
    let Meta::List(list) = &attribute.meta else { return None };
    if !list.path.is_ident("expect") {
        return None;
    }
    let items = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()?;
    let (reason, lints): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| matches!(item, Meta::NameValue(pair) if pair.path.is_ident("reason")));
    let is_hidden = |lint: &Meta| {
        lint.path().segments.last().is_some_and(|last| {
            let is = |name: &&str| last.ident == *name;
            NEVER_SHOWN.iter().any(is) || (in_a_block && HIDDEN_BY_A_BLOCK.iter().any(is))
        })
    };
    let (hidden, shown): (Vec<_>, Vec<_>) = lints.into_iter().partition(is_hidden);
    if hidden.is_empty() {
        return None;
    }
    let lints = |lints: &[Meta]| -> TokenStream {
        lints.iter().chain(&reason).flat_map(|item| [item.to_token_stream(), quote_spanned!(item.span()=> ,)]).collect()
    };
    // `deny(clippy::allow_attributes)` speaks of what the user wrote, so the attribute has our span.
    let (shown, hidden) = ((!shown.is_empty()).then(|| lints(&shown)), lints(&hidden));
    let shown = shown.map(|lints| quote_spanned!(attribute.span()=> #[expect(#lints)]));
    let both = quote_spanned!(Span::mixed_site()=> #shown #[allow(#hidden)]);
    Attribute::parse_outer.parse2(both).ok()
}
