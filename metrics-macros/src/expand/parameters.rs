//! The parameters of a function whose body runs in a closure or an `async` block: they are dropped in the order of the plain
//! function.
//!
//! A block takes what its body mentions, and drops it in the order of the mentions; the rest is dropped by the function,
//! later. So the block mentions every parameter at its beginning, from the last to the first. A pattern takes a value
//! apart: from the first one on, the parameters become variables of the block.
//!
//! ```text
//! fn draw(a: A, _: B, (c, _): (C, D), e: E) -> Result<u8, Error> { body }
//! ```
//! becomes
//! ```text
//! fn draw(a: A, argument_1: B, argument_2: (C, D), argument_3: E) -> Result<u8, Error> {
//!     let call = …;
//!     call.run(move || {
//!         if false {
//!             let _ = &argument_1;
//!             let _ = &a;
//!         }
//!         let value_2 = argument_2;
//!         let (c, _) = value_2;
//!         let value_3 = argument_3;
//!         let e = value_3;
//!         body
//!     }, …)
//! }
//! ```
//!
//! `#[tracing::instrument]` has the names of parameters in its span. Those keep their names: the block mentions the variables of
//! a pattern.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatType, ReceiverKind, Signature};

use crate::analyse::instrumented::Below;
use crate::analyse::shape::Shape;
use crate::parse::function::Function;
use crate::plan::model::{LabelPlanValue, Plan};
use crate::tokens::patterns::variables;
use crate::tokens::search::{find_ident, find_ident_or_formatted};
use crate::tokens::types::is_never_dropped;

/// The signature, and the beginning of the block.
pub(crate) struct Parameters {
    pub(crate) signature: Signature,
    pub(crate) beginning: TokenStream,
}

/// What becomes of a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its drop does nothing, or tokens do not show enough.
    Left,
    /// The block mentions it.
    Mentioned,
    /// The block mentions the variables of its pattern.
    VariablesMentioned,
    /// It becomes a variable of the block.
    Bound,
}

impl Parameters {
    pub(crate) fn new(function: &Function, shape: &Shape, plan: &Plan) -> Self {
        let mut signature = function.signature.clone();
        let is_in_body = |name: &Ident| {
            let name = name.to_string();
            find_ident_or_formatted(&shape.statements, &name) || find_ident_or_formatted(&shape.items, &name)
        };
        let mut fates: Vec<Fate> = signature
            .inputs
            .iter()
            .map(|input| match input {
                FnArg::Typed(parameter) => match fate(parameter, plan, is_in_body) {
                    Fate::Bound | Fate::Mentioned if must_keep_its_name(parameter, function, shape) => {
                        Fate::VariablesMentioned
                    }
                    fate => fate,
                },
                FnArg::Receiver(_) => Fate::Left,
            })
            .collect();
        if let Some(first) = fates.iter().position(|fate| *fate == Fate::Bound) {
            for (fate, input) in fates.iter_mut().zip(&signature.inputs).skip(first) {
                if let (Fate::Mentioned, FnArg::Typed(parameter)) = (&fate, input)
                    && !is_in_labels(plan, &parameter.pat)
                {
                    *fate = Fate::Bound;
                }
            }
        }
        let (mut mentions, mut bindings) = (Vec::new(), TokenStream::new());
        if let Some(receiver) = signature.receiver()
            && is_by_value(&receiver.kind)
            && find_ident(&shape.statements, &["self"]).is_some()
        {
            let this = receiver.self_token;
            mentions.push(quote_spanned!(Span::mixed_site()=> let _ = &#this;));
        }
        for (at, (input, fate)) in signature.inputs.iter_mut().zip(fates).enumerate() {
            let FnArg::Typed(parameter) = input else { continue };
            let conditions: Vec<Attribute> = parameter.attrs.clone();
            match fate {
                Fate::Left => {}
                Fate::Mentioned => {
                    let name = match &*parameter.pat {
                        Pat::Ident(pattern) => at_first_use(&pattern.ident, shape),
                        _ => rename(parameter, at).0,
                    };
                    mentions.push(quote_spanned! {Span::mixed_site()=>
                        #(#conditions)*
                        #[allow(clippy::used_underscore_binding)]
                        let _ = &#name;
                    });
                }
                Fate::VariablesMentioned => {
                    mentions.extend(variables(&parameter.pat).iter().map(|name| {
                        let name = at_first_use(name, shape);
                        quote_spanned! {Span::mixed_site()=>
                            #(#conditions)*
                            #[allow(clippy::used_underscore_binding)]
                            let _ = &#name;
                        }
                    }));
                }
                Fate::Bound => {
                    let (argument, pattern) = rename(parameter, at);
                    let value = format_ident!("__metrics_value_{at}", span = Span::mixed_site());
                    // A variable of the user's that nothing uses would get a warning of its own.
                    let is_used = match &pattern {
                        Pat::Wild(_) => false,
                        Pat::Ident(pattern) => !is_underscored(&pattern.ident) || is_in_body(&pattern.ident),
                        _ => true,
                    };
                    let taken_apart =
                        is_used.then(|| quote_spanned!(Span::mixed_site()=> #(#conditions)* let #pattern = #value;));
                    bindings.extend(quote_spanned! {Span::mixed_site()=>
                        #(#conditions)*
                        let #value = #argument;
                        #taken_apart
                    });
                }
            }
        }
        mentions.reverse();
        let mentions = (!mentions.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> if false { #(#mentions)* }));
        Self { signature, beginning: quote!(#mentions #bindings) }
    }
}

/// Whether a parameter that is taken apart by a pattern must keep the pattern.
pub(crate) fn keeps_a_pattern(function: &Function, shape: &Shape) -> bool {
    function.signature.inputs.iter().any(|input| match input {
        FnArg::Typed(parameter) => {
            let is_name = matches!(&*parameter.pat, Pat::Ident(pattern) if pattern.subpat.is_none());
            !is_name && must_keep_its_name(parameter, function, shape)
        }
        FnArg::Receiver(_) => false,
    })
}

/// Whether code of `#[tracing::instrument]` reads the parameter. If the attribute is still to come, a name of ours would become
/// a field of its span.
fn must_keep_its_name(parameter: &PatType, function: &Function, shape: &Shape) -> bool {
    Below::of(function).is_some()
        || shape.shell.as_ref().is_some_and(|shell| variables(&parameter.pat).iter().any(|name| shell.mentions(name)))
}

/// The name, with the place of its first use in the body: what the compiler has to say about the use, it says there.
fn at_first_use(name: &Ident, shape: &Shape) -> Ident {
    let used = find_ident(&shape.statements, &[name.to_string()]);
    let mut name = name.clone();
    name.set_span(used.map_or(name.span(), |used| name.span().located_at(used.span())));
    name
}

fn is_underscored(name: &Ident) -> bool {
    name.to_string().starts_with('_')
}

fn is_by_value(receiver: &ReceiverKind) -> bool {
    match receiver {
        ReceiverKind::Value => true,
        ReceiverKind::Typed(_, ty) => !is_never_dropped(ty),
        _ => false,
    }
}

fn fate(parameter: &PatType, plan: &Plan, is_in_body: impl Fn(&Ident) -> bool) -> Fate {
    // Only `#[cfg(…)]` can be repeated in the block.
    if is_never_dropped(&parameter.ty) || !parameter.attrs.iter().all(|attribute| attribute.path().is_ident("cfg")) {
        return Fate::Left;
    }
    match &*parameter.pat {
        Pat::Wild(_) => Fate::Mentioned,
        // To mention a variable that the body does not use would silence the compiler's warning.
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => {
            let name = &pattern.ident;
            let is_silent = is_underscored(name) || is_in_body(name) || is_in_labels(plan, name);
            if is_silent { Fate::Mentioned } else { Fate::Bound }
        }
        pattern if is_in_labels(plan, pattern) => Fate::Left,
        _ => Fate::Bound,
    }
}

/// Whether a label or a value, which are read outside the block, uses one of the names in these tokens.
fn is_in_labels(plan: &Plan, names: impl ToTokens) -> bool {
    let names = names.to_token_stream();
    let mut labels = plan.sites.iter().flat_map(|site| &site.labels);
    plan.expressions_at_start().any(|expression| share_a_name(&names, &expression.to_token_stream()))
        || labels.any(|label| match &label.value {
            LabelPlanValue::Parameter(name) => find_ident(&names, &[name.to_string()]).is_some(),
            _ => false,
        })
}

fn share_a_name(names: &TokenStream, expression: &TokenStream) -> bool {
    names.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => find_ident_or_formatted(expression, &name.to_string()),
        TokenTree::Group(group) => share_a_name(&group.stream(), expression),
        _ => false,
    })
}

/// Gives the parameter a name of ours. Returns it, and the pattern that the user wrote.
fn rename(parameter: &mut PatType, at: usize) -> (Ident, Pat) {
    let ident = format_ident!("__metrics_argument_{at}", span = Span::mixed_site());
    let pattern = PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: ident.clone(), subpat: None };
    (ident, std::mem::replace(&mut *parameter.pat, Pat::Ident(pattern)))
}
