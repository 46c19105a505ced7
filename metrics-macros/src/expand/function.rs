//! The body of a measured function: the user's statements, and the guard around them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::analyse::instrumented::Below;
use crate::analyse::shape::{Shape, ShapeKind};
use crate::expand::call::CallCode;
use crate::expand::exits::Exits;
use crate::expand::parameters::{Parameters, keeps_a_pattern};
use crate::expand::track_caller::{InnerFunction, renamed_by_inner_function};
use crate::names::unraw;
use crate::parse::function::Function;
use crate::plan::model::Plan;
use crate::tokens::hygiene::{braced, local};
use crate::tokens::types;

/// The function, measured.
pub(crate) fn expand(plan: &Plan, function: &Function, shape: &Shape) -> TokenStream {
    let private = plan.krate.private();
    let call = CallCode { plan, private: &private, function_name: unraw(&function.signature.ident), is_stream: false };
    let exits = match (&shape.kind, &shape.returns) {
        (ShapeKind::Async | ShapeKind::ReturnsFuture(_), Some(_)) if plan.needs_outcome() => {
            Exits::find(&shape.statements, &private)
        }
        // What the pattern does not bind stays in the function, and must be dropped between the parameters.
        (ShapeKind::Plain, Some(_)) if plan.needs_outcome() && keeps_a_pattern(function, shape) => {
            Exits::find(&shape.statements, &private)
        }
        _ => None,
    };
    let runs_in_a_block = match &shape.kind {
        ShapeKind::Plain => {
            plan.needs_outcome()
                && shape.returns.is_some()
                && !function.has_track_caller()
                && !keeps_its_block(plan, shape)
                && exits.is_none()
        }
        ShapeKind::Async => plan.needs_outcome() && exits.is_none(),
        // The user's own block takes the parameters.
        ShapeKind::ReturnsFuture(_) => false,
    };
    let Parameters { signature, beginning } = if runs_in_a_block && !is_taken_by_instrument(function, shape) {
        Parameters::new(function, shape, plan)
    } else {
        Parameters { signature: function.signature.clone(), beginning: TokenStream::new() }
    };
    let body = Body { call, shape, beginning, exits };
    let measured = match &shape.kind {
        ShapeKind::Plain
            if function.has_track_caller()
                && plan.needs_outcome()
                && !keeps_its_block(plan, shape)
                && body.exits.is_none() =>
        {
            return body.plain_with_inner_function(function);
        }
        ShapeKind::Plain => shape.with(body.plain()),
        ShapeKind::Async => shape.with(body.asynchronous()),
        ShapeKind::ReturnsFuture(block) => {
            let (opening, inner) = (&block.opening, braced(shape.span, shape.with(body.asynchronous())));
            block.with(&quote!(#opening #inner))
        }
    };
    function.with(&signature, &measured)
}

/// Whether `#[tracing::instrument]` puts the user's block into a closure or an `async` block, which takes the parameters first.
fn is_taken_by_instrument(function: &Function, shape: &Shape) -> bool {
    shape.shell.as_ref().is_some_and(|shell| shell.takes_parameters)
        || Below::of(function) == Some(Below::TakesParameters)
}

/// Whether the body can stay in the function's own block although the outcome is recorded: a reference is `ok`, also if a
/// `return` leaves the block early. So the location of the caller is kept, which an implementation of `Index` inherits.
pub(crate) fn keeps_its_block(plan: &Plan, shape: &Shape) -> bool {
    plan.needs_outcome() && !plan.needs_value() && shape.returns_a_reference()
}

struct Body<'a> {
    call: CallCode<'a>,
    shape: &'a Shape,
    /// What takes the parameters, if the body runs in a closure or an `async` block.
    beginning: TokenStream,
    /// The statements of an `async` body, if it needs no block of its own.
    exits: Option<Exits>,
}

impl Body<'_> {
    fn plain(&self) -> TokenStream {
        let (call, positions, Shape { items, statements, .. }) =
            (local("call"), self.call.label_positions(), self.shape);
        let beginning = &self.beginning;
        if let (Some(exits), Some(returns)) = (&self.exits, &self.shape.returns) {
            return self.in_the_functions_own_block_with(exits, returns, &self.call.outcome_closure(returns));
        }
        match &self.shape.returns {
            Some(returns) if keeps_its_block(self.call.plan, self.shape) => {
                let (start, outcome) = (self.start("start_infallible"), self.call.outcome_closure(returns));
                let (value, body) = (local("value"), braced(self.shape.span, quote!(#statements)));
                quote_spanned! {Span::mixed_site()=>
                    #items
                    #positions
                    let #call = #start;
                    #[allow(clippy::diverging_sub_expression)]
                    let #value: #returns = #body;
                    #[allow(unreachable_code)]
                    return #call.finish(#value, #outcome);
                }
            }
            // The outcome is read from the returned value, so the body runs in a closure: a `return` leaves only that.
            // Its return type is written out, so that types in the body are inferred as in a plain function.
            Some(returns) if self.call.plan.needs_outcome() => {
                let (start, outcome) = (self.start("start"), self.call.outcome_closure(returns));
                let body = braced(self.shape.span, quote!(#items #beginning #statements));
                quote_spanned! {Span::mixed_site()=>
                    #positions
                    let #call = #start;
                    return #call.run(move || -> #returns #body, #outcome)
                }
            }
            // A function that never returns can only panic.
            None if self.call.plan.needs_outcome() => self.in_the_functions_own_block("start_running"),
            _ => self.in_the_functions_own_block("guard"),
        }
    }

    /// The statements stay in the function's own block, behind a call that is started there.
    fn in_the_functions_own_block(&self, start: &str) -> TokenStream {
        let (call, positions, Shape { items, statements, .. }) =
            (local("call"), self.call.label_positions(), self.shape);
        let start = self.start(start);
        quote_spanned! {Span::mixed_site()=>
            #items
            #positions
            let #call = #start;
            #statements
        }
    }

    /// See [`InnerFunction`].
    fn plain_with_inner_function(&self, function: &Function) -> TokenStream {
        let Shape { items, statements, span, returns, .. } = self.shape;
        // A pattern moves into the inner function. Where `#[tracing::instrument]` reads its variables, its span moves, too.
        let shell =
            self.shape.shell.as_ref().filter(|shell| {
                !renamed_by_inner_function(&function.signature).iter().any(|name| shell.mentions(name))
            });
        let statements = quote!(#items #statements);
        let body = braced(*span, if shell.is_some() { statements } else { self.shape.with(statements) });
        let InnerFunction { signature, inner, call: inner_call } =
            InnerFunction::new(function, &body.to_token_stream());
        let (call, positions, start) = (local("call"), self.call.label_positions(), self.start("start_running"));
        let result = match returns {
            Some(returns) => {
                let outcome = self.call.outcome_closure(returns);
                quote_spanned!(Span::mixed_site()=> return #call.finish(#inner_call, #outcome))
            }
            None => inner_call,
        };
        let measured = quote_spanned! {Span::mixed_site()=>
            #positions
            let #call = #start;
            #result
        };
        let measured = shell.map_or(measured.clone(), |shell| shell.with(measured));
        function.with(&signature, &quote!(#inner #measured))
    }

    fn asynchronous(&self) -> TokenStream {
        let (call, positions, private) = (local("call"), self.call.label_positions(), self.call.private);
        let (Shape { items, statements, .. }, beginning) = (self.shape, &self.beginning);
        if !self.call.plan.needs_outcome() {
            return self.in_the_functions_own_block("guard");
        }
        let Some(returns) = &self.shape.returns else {
            let start = self.start("start");
            return quote_spanned! {Span::mixed_site()=>
                #positions
                let #call = #start;
                #call.measure_diverging(async move { #items #beginning #statements }).await
            };
        };
        let outcome = self.call.outcome_closure(returns);
        if let Some(exits) = &self.exits {
            return self.in_the_functions_own_block_with(exits, returns, &outcome);
        }
        let start = self.start("start");
        let body = braced(
            self.shape.span,
            quote_spanned! {Span::mixed_site()=>
                #items
                #beginning
                if false {
                    return #private::never_called::<#returns>();
                }
                #statements
            },
        );
        // The type of an `async` block cannot be written. A `return` in a branch that is never taken gives it. The
        // branch stands first, so that types in the statements after it are inferred as in a plain function.
        quote_spanned! {Span::mixed_site()=>
            #positions
            let #call = #start;
            return #call.measure(async move #body, #outcome).await
        }
    }

    /// See [`exits`](crate::expand::exits).
    fn in_the_functions_own_block_with(&self, exits: &Exits, returns: &Type, outcome: &TokenStream) -> TokenStream {
        let (call, value, positions) = (local("call"), local("value"), self.call.label_positions());
        let (start, items) = (self.start("start_running"), &self.shape.items);
        let (mutability, body) = (exits.waits.then(|| quote!(mut)), exits.block(self.shape.span));
        let Exits { allowed, allowed_behind, .. } = exits;
        quote_spanned! {Span::mixed_site()=>
            #items
            #positions
            let #mutability #call = #start;
            #allowed
            let #value: #returns = #body;
            #allowed_behind
            return #call.finish(#value, #outcome);
        }
    }

    /// The static data of the function, and the guard.
    fn start(&self, constructor: &str) -> TokenStream {
        self.call.start(constructor, &self.future_probe())
    }

    /// Asks the type checker whether the function has run when it returns. A future may hide behind a type alias, which
    /// only the type checker can see.
    fn future_probe(&self) -> TokenStream {
        match (&self.shape.kind, &self.shape.returns) {
            (ShapeKind::Plain, Some(returns @ Type::Path(_)))
                if !self.call.plan.only_starts() && !types::has_placeholder(returns) =>
            {
                let span = returns.span();
                let private = self.call.private.at(span);
                quote_spanned! {span=>
                    {
                        #[allow(unused_imports)]
                        use #private::{ProbeFuture as _, ProbeValue as _};
                        #private::has_run((&&#private::Probe::<#returns>::new()).__metrics_probe());
                    }
                }
            }
            _ => TokenStream::new(),
        }
    }
}
