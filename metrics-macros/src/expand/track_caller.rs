//! Functions with `#[track_caller]`.
//!
//! The location of a caller is passed from function to function, and a closure does not pass it. So if the returned
//! value must be read, the body becomes a function inside the function:
//!
//! ```text
//! #[track_caller]
//! fn take((one, _): (u8, u8), mut count: u8) -> Result<u8, Error> {
//!     #[track_caller]
//!     fn __metrics_body((one, _): (u8, u8), mut count: u8) -> Result<u8, Error> { body }
//!     let call = …;
//!     call.finish(__metrics_body(__metrics_argument_0, count), …)
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, GenericParam, Ident, Pat, PatIdent, Safety, Signature};

use crate::parse::function::Function;
use crate::tokens::hygiene::local;
use crate::tokens::patterns::variables;

/// The outer function's signature, the inner function, and the call of it.
pub(crate) struct InnerFunction {
    pub(crate) signature: Signature,
    pub(crate) inner: TokenStream,
    pub(crate) call: TokenStream,
}

impl InnerFunction {
    pub(crate) fn new(function: &Function, body: &TokenStream) -> Self {
        let name = local("body");
        let mut inner = function.signature.clone();
        inner.ident = name.clone();
        let mut signature = function.signature.clone();
        let arguments: Vec<Ident> = signature.inputs.iter_mut().enumerate().filter_map(name_parameter).collect();
        let generics = signature.generics.params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        });
        let generics: Vec<&Ident> = generics.collect();
        let turbofish = (!generics.is_empty()).then(|| quote!(::<#(#generics),*>));
        let mut call = quote_spanned!(Span::mixed_site()=> #name #turbofish(#(#arguments),*));
        if matches!(inner.safety, Safety::Unsafe(_)) {
            call = quote_spanned!(Span::mixed_site()=> unsafe { #call });
        }
        let inner = quote! {
            #[track_caller]
            #inner #body
        };
        Self { signature, inner, call }
    }
}

/// The variables that only the inner function has.
pub(crate) fn renamed_by_inner_function(signature: &Signature) -> Vec<&Ident> {
    let patterns = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) if !is_plain_name(&typed.pat) => Some(variables(&typed.pat)),
        _ => None,
    });
    patterns.flatten().collect()
}

fn is_plain_name(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none())
}

/// Gives a parameter a plain name, so that it can be passed to the inner function.
fn name_parameter((at, input): (usize, &mut FnArg)) -> Option<Ident> {
    let FnArg::Typed(typed) = input else { return None };
    let ident = match &*typed.pat {
        Pat::Ident(pattern) if is_plain_name(&typed.pat) => pattern.ident.clone(),
        _ => format_ident!("__metrics_argument_{at}", span = Span::mixed_site()),
    };
    let pattern = PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: ident.clone(), subpat: None };
    *typed.pat = Pat::Ident(pattern);
    Some(ident)
}
