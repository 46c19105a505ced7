//! Functions with `#[tracing::instrument]`.
//!
//! Below our attributes, it puts its span around the measured function: the call starts in the span. Above them, it has put its
//! span into the body before we see it. Then the call is the user's block inside, so that it starts in the span, too.
//!
//! ```text
//! async fn draw(step: Step) -> Result<Image, Error> {
//!     let __tracing_attr_span = ::tracing::span!(…);
//!     let __tracing_instrument_future = async move { { body } };
//!     if !__tracing_attr_span.is_disabled() {
//!         ::tracing::Instrument::instrument(__tracing_instrument_future, __tracing_attr_span).await
//!     } else { … }
//! }
//! ```
//!
//! These are the forms of `tracing-attributes` 0.1.31. A body of any other form is measured as a whole, which differs only in
//! where the span begins.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, Meta};

use crate::parse::function::Function;
use crate::tokens::search::{find_ident, find_ident_or_formatted};
use crate::tokens::template::Found;

/// The code that the attribute put around the user's block.
pub(crate) struct Shell {
    /// From the outermost: the attribute can stand there twice.
    around: Vec<Found>,
    /// A closure or an `async` block of the attribute's takes the function's parameters.
    pub(crate) takes_parameters: bool,
}

impl Shell {
    /// Recognises it in a body, and returns it with the user's block.
    pub(crate) fn open(body: &TokenStream, is_async: bool) -> Option<(Self, Group)> {
        let mut block = None;
        let mut content = body.clone();
        let mut shell = Self { around: Vec::new(), takes_parameters: false };
        while let Some((found, takes_parameters)) = open(&content, is_async) {
            shell.takes_parameters |= takes_parameters;
            content = found.group().stream();
            block = Some(found.group().clone());
            shell.around.push(found);
        }
        Some((shell, block?))
    }

    /// The body with other statements in the user's block.
    pub(crate) fn with(&self, statements: TokenStream) -> TokenStream {
        self.around.iter().rev().fold(statements, |statements, found| found.with(&statements))
    }

    /// Whether its code uses a name.
    pub(crate) fn mentions(&self, name: &Ident) -> bool {
        find_ident_or_formatted(&self.with(TokenStream::new()), &name.to_string())
    }
}

/// What the attribute will do to a function that has it below ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    /// Its span has fields with the names of the parameters.
    ReadsParameters,
    /// A closure or an `async` block of its own takes them, too.
    TakesParameters,
}

impl Below {
    pub(crate) fn of(function: &Function) -> Option<Self> {
        let meta = function.attributes.iter().map(|attribute| &attribute.meta).find(|meta| {
            meta.path().segments.last().is_some_and(|last| last.ident == "instrument")
                || (meta.path().is_ident("cfg_attr") && find_ident(meta, &["instrument"]).is_some())
        })?;
        let reads_value = match meta {
            Meta::List(list) => list.tokens.clone().into_iter().any(|token| is_one_of(&token, &["err", "ret"])),
            _ => false,
        };
        let takes = reads_value || function.signature.asyncness.is_some();
        Some(if takes { Self::TakesParameters } else { Self::ReadsParameters })
    }
}

fn is_one_of(token: &TokenTree, names: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(ident) if names.iter().any(|name| ident == name))
}

/// The code around the user's block, and whether it takes the parameters.
fn open(body: &TokenStream, is_async: bool) -> Option<(Found, bool)> {
    // Nearly all bodies end here, without a template.
    let has_span = |tokens: TokenStream| tokens.into_iter().any(|token| is_one_of(&token, &["__tracing_attr_span"]));
    let is_candidate = has_span(body.clone())
        || body.clone().into_iter().any(|token| matches!(token, TokenTree::Group(group) if has_span(group.stream())));
    if !is_candidate {
        return None;
    }
    // The first statement of a function is a block with its warnings.
    let start = quote!({ __any });
    let block = quote! {
        {
            #[allow(__any)]
            if false {
                let __tracing_attr_fake_return: __any = loop {};
                return __tracing_attr_fake_return;
            }
            { __here }
        }
    };
    if is_async {
        let in_function = futures(&block).map(|future| asynchronous(&start, &future));
        let in_async_block = futures(&quote!({ __here })).map(|future| asynchronous(&TokenStream::new(), &future));
        let mut templates = in_function.into_iter().chain(in_async_block);
        return templates.find_map(|template| Some((Found::in_tokens(template, body)?, true)));
    }
    if let Some(found) = Found::in_tokens(synchronous(&start, &block), body) {
        return Some((found, false));
    }
    let templates = synchronous_with_closure(&start, &block);
    templates.into_iter().find_map(|template| Some((Found::in_tokens(template, body)?, true)))
}

/// The body of an `async fn`, or of an `async` block that a function returns.
fn asynchronous(start: &TokenStream, future: &TokenStream) -> TokenStream {
    quote! {
        #start
        let __tracing_attr_span = ::tracing::span!(__any);
        let __tracing_instrument_future = #future;
        if !__tracing_attr_span.is_disabled() {
            __any
            ::tracing::Instrument::instrument(__tracing_instrument_future, __tracing_attr_span).await
        } else {
            __tracing_instrument_future.await
        }
    }
}

/// What is in the span, for each choice of `err` and `ret`.
fn futures(block: &TokenStream) -> [TokenStream; 4] {
    let (ok, err_arm) = (ok_pattern(), err_arm());
    [
        quote!(async move #block),
        quote!(async move { match async move #block.await { #ok => Ok(x), #err_arm } }),
        quote!(async move { let x = async move #block.await; ::tracing::event!(__any); x }),
        quote! {
            async move {
                let __match_scrutinee = async move #block.await;
                match __match_scrutinee { #ok => { ::tracing::event!(__any); Ok(x) }, #err_arm }
            }
        },
    ]
}

/// The body of a function that is not `async`.
fn synchronous(start: &TokenStream, block: &TokenStream) -> TokenStream {
    let span = entered_span();
    quote! {
        #start
        #[allow(clippy::suspicious_else_formatting)]
        { #span #[warn(clippy::suspicious_else_formatting)] #block }
    }
}

/// The same for each choice of `err` and `ret`, which need the value.
fn synchronous_with_closure(start: &TokenStream, block: &TokenStream) -> [TokenStream; 3] {
    let (ok, err_arm) = (ok_pattern(), err_arm());
    let span = entered_span();
    let start = quote!(#start #span #[allow(clippy::redundant_closure_call)]);
    [
        quote!(#start match (move || #block)() { #ok => Ok(x), #err_arm }),
        quote!(#start let x = (move || #block)(); ::tracing::event!(__any); x),
        quote!(#start match (move || #block)() { #ok => { ::tracing::event!(__any); Ok(x) }, #err_arm }),
    ]
}

fn entered_span() -> TokenStream {
    quote! {
        let __tracing_attr_span;
        let __tracing_attr_guard;
        if ::tracing::level_enabled!(__any) || ::tracing::if_log_enabled!(__any) {
            __tracing_attr_span = ::tracing::span!(__any);
            __any
            __tracing_attr_guard = __tracing_attr_span.enter();
        }
    }
}

fn ok_pattern() -> TokenStream {
    quote!(
        #[allow(clippy::unit_arg)]
        Ok(x)
    )
}

fn err_arm() -> TokenStream {
    quote!(Err(e) => { ::tracing::event!(__any); Err(e) })
}
