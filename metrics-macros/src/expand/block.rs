//! The code of `measure!` and `measure_stream!`, measured.
//!
//! ```text
//! measure!(#[timed(histogram = "draw_seconds", labels(outcome))] async move { body })
//! measure!(#[timed(histogram = "draw_seconds", labels(outcome))] |step: Step| body)
//! measure!(#[timed(histogram = "draw_seconds", labels(outcome))] { body })
//! measure_stream!(#[timed(histogram = "read_seconds", labels(outcome))] rows())
//! ```
//! becomes
//! ```text
//! async move { let call = …; call.measure(async move { body }, outcome).await }
//! |step: Step| { let call = …; call.run(|| body, outcome) }
//! { let call = …; call.run_expected(…, || { body }, outcome) }
//! measure_stream(rows(), move || …, outcome)
//! ```
//! An `async` block whose ends are all visible needs no block of its own (`exits.rs`), and code that waits stays in its place.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprAsync, ExprClosure, ReturnType, Type, parse_quote};

use crate::expand::call::CallCode;
use crate::expand::closures::may_be_a_closure;
use crate::expand::endless::never_end;
use crate::expand::exits::Exits;
use crate::plan::model::Plan;
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::{braced, local, respanned};

/// The expression, measured.
pub(crate) fn expand_block(plan: &Plan, name: String, expression: &Expr) -> TokenStream {
    let private = plan.krate.private();
    let call = CallCode { plan, private: &private, function_name: name, is_stream: false };
    let code = BlockCode { call, private: &private };
    match expression {
        Expr::Async(block) => code.asynchronous(block),
        Expr::Closure(closure) => code.closure(closure),
        expression => code.in_place(expression),
    }
}

/// The stream, measured. The call starts when the stream is polled first.
pub(crate) fn expand_stream(plan: &Plan, name: String, stream: &Expr) -> TokenStream {
    let private = plan.krate.private();
    let call = CallCode { plan, private: &private, function_name: name, is_stream: true };
    let stream = without_warnings_of_braces(stream);
    let (positions, start) = (call.label_positions(), call.start("start", &TokenStream::new()));
    let outcome = call.outcome_closure(&any_type());
    quote_spanned! {Span::mixed_site()=>
        #private::measure_stream(
            #stream,
            move || {
                #positions
                #start
            },
            #outcome,
        )
    }
}

struct BlockCode<'a> {
    call: CallCode<'a>,
    private: &'a RuntimePath,
}

impl BlockCode<'_> {
    fn start(&self, constructor: &str) -> TokenStream {
        self.start_as(None, constructor)
    }

    fn start_as(&self, mutability: Option<&TokenStream>, constructor: &str) -> TokenStream {
        let call = local("call");
        let (positions, start) = (self.call.label_positions(), self.call.start(constructor, &TokenStream::new()));
        quote_spanned!(Span::mixed_site()=> #positions let #mutability #call = #start;)
    }

    fn asynchronous(&self, block: &ExprAsync) -> TokenStream {
        let ExprAsync { attrs, async_token, capture, block, .. } = block;
        let (call, statements, braces) = (local("call"), &block.stmts, block.brace_token.span.join());
        if !self.call.plan.needs_outcome() {
            let start = self.start("guard");
            let measured = braced(braces, quote!(#start #(#statements)*));
            return quote!(#(#attrs)* #async_token #capture #measured);
        }
        if never_end(&block.stmts) && !self.call.plan.needs_value() {
            let start = self.start("start");
            let inner = respanned(&quote!(#async_token #capture), Span::mixed_site());
            let measured = quote_spanned!(Span::mixed_site()=> #start #call.measure_diverging(#inner #block).await);
            return quote!(#(#attrs)* #async_token #capture { #measured });
        }
        let outcome = self.call.outcome_closure(&any_type());
        if let Some(exits) = Exits::find(&quote!(#(#statements)*), self.private) {
            let measured = self.with_exits(&exits, &outcome, braces);
            return quote!(#(#attrs)* #async_token #capture { #measured });
        }
        let start = self.start("start");
        let inner = respanned(&quote!(#async_token #capture), Span::mixed_site());
        let measured = quote_spanned! {Span::mixed_site()=>
            #start
            #call.measure(#inner #block, #outcome).await
        };
        quote!(#(#attrs)* #async_token #capture { #measured })
    }

    /// See [`exits`](crate::expand::exits).
    fn with_exits(&self, exits: &Exits, outcome: &TokenStream, braces: Span) -> TokenStream {
        let (call, value, body) = (local("call"), local("value"), exits.block(braces));
        let Exits { allowed, allowed_behind, .. } = exits;
        let start = self.start_as(exits.waits.then(|| quote!(mut)).as_ref(), "start_running");
        quote_spanned! {Span::mixed_site()=>
            #start
            #allowed
            let #value = #body;
            #allowed_behind
            return #call.finish(#value, #outcome);
        }
    }

    fn closure(&self, closure: &ExprClosure) -> TokenStream {
        let (call, private, mut measured) = (local("call"), self.private, closure.clone());
        let returns = match &closure.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => any_type(),
        };
        let never_returns = matches!(returns, Type::Never(_));
        let statements = if self.call.plan.needs_outcome() && !never_returns {
            let (start, outcome) = (self.start("start"), self.call.outcome_closure(&returns));
            let (output, body) = (&closure.output, &closure.body);
            quote_spanned! {Span::mixed_site()=>
                #start
                #call.run_expected(#private::Expected::new(), || #output #body, #outcome)
            }
        } else {
            // A closure that never returns can only panic.
            let start =
                self.start(if never_returns && self.call.plan.needs_outcome() { "start_running" } else { "guard" });
            let body = without_warnings_of_braces(&closure.body);
            quote_spanned!(Span::mixed_site()=> #start #body)
        };
        *measured.body = Expr::Verbatim(quote!({ #statements }));
        quote!(#measured)
    }

    fn in_place(&self, expression: &Expr) -> TokenStream {
        let (call, value, private) = (local("call"), local("value"), self.private);
        let code = without_warnings_of_braces(expression);
        // A future has not run yet.
        let span = expression.span().resolved_at(Span::mixed_site());
        let spanned = private.at(span);
        let check = quote_spanned! {span=>
            (*#value).__metrics_known();
            #spanned::has_run_in_place((&&&#spanned::InPlace(#value)).__metrics_in_place());
        };
        if self.call.plan.needs_outcome() {
            let outcome = self.call.outcome_closure_with(&any_type(), &check);
            if may_be_a_closure(expression) {
                let start = self.start("start");
                return quote_spanned!(Span::mixed_site()=> {
                    #start
                    #call.run_expected(#private::Expected::new(), || #code, #outcome)
                });
            }
            let start = self.start("start_in_place");
            quote_spanned!(Span::mixed_site()=> { #start #call.finish(#code, #outcome) })
        } else {
            let start = self.start("guard");
            quote_spanned! {Span::mixed_site()=>
                {
                    #start
                    #private::value_of(#code, |#value: &_| {
                        use #private::by_type::*;
                        #check
                    })
                }
            }
        }
    }
}

/// The code. The compiler would warn of braces and parentheses that are not needed where generated code puts them.
pub(crate) fn without_warnings_of_braces(expression: &Expr) -> TokenStream {
    match expression {
        Expr::Paren(paren) if paren.attrs.is_empty() => {
            let mut group = Group::new(Delimiter::Parenthesis, paren.expr.to_token_stream());
            group.set_span(expression.span().resolved_at(Span::mixed_site()));
            group.into_token_stream()
        }
        // Of several statements it does not warn. Their braces stay the user's: the edition of these says when temporaries of the
        // last expression are dropped, before the variables or after them.
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() && block.block.stmts.len() < 2 => {
            let statements = &block.block.stmts;
            braced(expression.span().resolved_at(Span::mixed_site()), quote!(#(#statements)*)).into_token_stream()
        }
        expression => expression.to_token_stream(),
    }
}

/// The type that the compiler finds.
fn any_type() -> Type {
    parse_quote!(_)
}
