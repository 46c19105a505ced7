//! Functions with `#[track_caller]`.
//!
//! The location of a caller is handed from function to function, and a closure breaks the chain. So where the returned
//! value has to be seen, the body becomes a function inside the function:
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

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{FnArg, GenericParam, Ident, Pat, PatIdent, Safety, Signature};

use crate::diagnostic::Diagnostics;
use crate::expand::local;
use crate::function::Function;
use crate::shape::Shape;

/// Refuses what cannot be written as a function inside the function.
pub fn check(function: &Function, shape: &Shape, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    let mentions_self = mentions_self(signature.to_token_stream())
        || mentions_self(shape.items.clone())
        || mentions_self(shape.statements.clone());
    if signature.receiver().is_some() || mentions_self {
        diagnostics.at(
            signature.ident.span(),
            format!(
                "`{}` is a method with `#[track_caller]`, and how it ended cannot be seen without hiding its caller's \
                 location: remove `#[track_caller]`, or put the attribute on a free function that the method calls",
                signature.ident
            ),
        );
    }
}

fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Self" || ident == "self",
        TokenTree::Group(group) => mentions_self(group.stream()),
        _ => false,
    })
}

/// The outer function's signature, the inner function, and the call of it.
pub struct Tracked {
    pub signature: Signature,
    pub inner: TokenStream,
    pub call: TokenStream,
}

impl Tracked {
    pub fn new(function: &Function, body: &TokenStream) -> Self {
        let name = local("body");
        let mut inner = function.signature.clone();
        inner.ident = name.clone();
        let mut signature = function.signature.clone();
        let arguments: Vec<Ident> = signature.inputs.iter_mut().enumerate().filter_map(named).collect();
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

/// Gives a parameter a plain name, so that it can be handed on.
fn named((at, input): (usize, &mut FnArg)) -> Option<Ident> {
    let FnArg::Typed(typed) = input else { return None };
    let ident = match &*typed.pat {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => pattern.ident.clone(),
        _ => format_ident!("__metrics_argument_{at}", span = Span::mixed_site()),
    };
    let pattern = PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: ident.clone(), subpat: None };
    *typed.pat = Pat::Ident(pattern);
    Some(ident)
}
