//! The body of an `async fn` in the function's own block, with each of its ends and waits made visible.
//!
//! A block inside the function's block would be a future inside a future. The compiler follows such futures one by one to
//! find out whether the outermost is `Send`, and gives up at its `recursion_limit`.
//!
//! ```text
//! if done { return Ok(1); }
//! Ok(next().await? + 1)
//! ```
//! becomes
//! ```text
//! if done { break 'body Ok(1); }
//! Ok(match Branch::branch(match next().into_future() { future => Awaited::new(pin!(future), &mut call).await }) {
//!     Ok(value) => value,
//!     Err(residual) => break 'body FromResidual::from_residual(residual),
//! } + 1)
//! ```
//!
//! Each `match` keeps temporaries as long as the operator that it replaces. A macro could hide an end or a wait: a body with
//! one that is not known (`plain_macros.rs`) stays in a block of its own, as does one with syntax that this file does not know.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprCall, ExprMethodCall, Ident, Lifetime, Macro, Pat, Path, Stmt, parse_quote_spanned};

use crate::expand::plain_macros::is_plain;
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::{braced, local};
use crate::tokens::walk::{Walk, walk, walk_statement};

/// A body whose ends and waits are visible.
pub(crate) struct Exits {
    /// The statements. They end with `break` to the label where the user's end with `return`.
    statements: Vec<Stmt>,
    /// The label of the block that they must stand in.
    label: Lifetime,
    /// Whether they use the guard.
    pub(crate) waits: bool,
    /// The lints that would be about the code in place of an end or a wait.
    pub(crate) allowed: Option<TokenStream>,
    /// The lint that would be about what stands behind the block.
    pub(crate) allowed_behind: Option<TokenStream>,
}

impl Exits {
    /// Makes them visible; `None` if that is not sure.
    pub(crate) fn find(statements: &TokenStream, private: &RuntimePath) -> Option<Self> {
        let mut statements = Block::parse_within.parse2(statements.clone()).ok()?;
        let label = Lifetime::new("'__metrics_body", Span::mixed_site());
        let mut rewriter = Rewriter { private, label: &label, waits: false, is_argument: false };
        rewriter.statements(&mut statements)?;
        // A value of the type `()` as an argument: clippy makes an exception for `?` and `.await`, which it does not find any more.
        let unit_arg = rewriter.is_argument.then(|| quote!(clippy::unit_arg,));
        // Each attribute of a statement costs the compiler time, and nearly every function ends in `Ok(…)`.
        let may_diverge = !ends_with_a_value(&statements);
        let diverging = may_diverge.then(|| quote!(clippy::diverging_sub_expression));
        let allowed = (rewriter.is_argument || may_diverge).then(|| quote!(#[allow(#unit_arg #diverging)]));
        let allowed_behind = may_diverge.then(|| quote_spanned!(Span::mixed_site()=> #[allow(unreachable_code)]));
        Some(Self { statements, waits: rewriter.waits, label, allowed, allowed_behind })
    }

    /// The block. `braces` is the place of the user's.
    pub(crate) fn block(&self, braces: Span) -> TokenStream {
        let Self { statements, label, .. } = self;
        let block = braced(braces, quote!(#(#statements)*));
        if statements.len() < 2 {
            return quote!(#label: #block);
        }
        // A block with a label has the label's edition, which is not the user's. The edition says when temporaries of the last
        // expression are dropped, before the variables or after them.
        quote_spanned!(Span::mixed_site()=> #label: { #block })
    }
}

struct Rewriter<'a> {
    private: &'a RuntimePath,
    label: &'a Lifetime,
    waits: bool,
    /// Whether an end or a wait was the argument of a call.
    is_argument: bool,
}

/// Each function returns `None` where an end or a wait could be hidden.
impl Walk for Rewriter<'_> {
    fn statements(&mut self, statements: &mut [Stmt]) -> Option<()> {
        statements.iter_mut().try_for_each(|statement| match statement {
            Stmt::Local(local) => {
                if local.init.as_ref().is_some_and(|init| matches!(*init.expr, Expr::Await(_))) {
                    // Clippy makes an exception for `.await`, which it does not find here any more.
                    local.attrs.push(parse_quote_spanned!(Span::mixed_site()=> #[allow(clippy::let_unit_value)]));
                }
                walk_statement(self, statement)
            }
            Stmt::Expr(expression @ (Expr::Await(_) | Expr::Try(_)), Some(_)) => {
                let (start, end) = ends(expression)?;
                let code = between(start, end, self.code_of(expression)?);
                *expression = Expr::Verbatim(quote_spanned! {Span::mixed_site()=>
                    #[allow(clippy::match_single_binding)]
                    #code
                });
                Some(())
            }
            statement => walk_statement(self, statement),
        })
    }

    fn expression(&mut self, expression: &mut Expr) -> Option<()> {
        match expression {
            Expr::Await(_) | Expr::Return(_) | Expr::Try(_) => self.exit(expression),
            Expr::Call(ExprCall { args, .. }) | Expr::MethodCall(ExprMethodCall { args, .. }) => {
                self.is_argument |= args.iter().any(|argument| matches!(argument, Expr::Await(_) | Expr::Try(_)));
                walk(self, expression)
            }
            _ => walk(self, expression),
        }
    }

    fn pattern(&mut self, pattern: &Pat) -> Option<()> {
        pattern_without_guard(pattern)
    }

    fn macro_call(&mut self, called: &Macro) -> Option<()> {
        is_plain(called).then_some(())
    }
}

impl Rewriter<'_> {
    /// Replaces an end or a wait.
    fn exit(&mut self, expression: &mut Expr) -> Option<()> {
        let code = self.code_of(expression)?;
        *expression = Expr::Verbatim(quote_spanned!(Span::mixed_site()=> (#code)));
        Some(())
    }

    /// The code in place of an end or a wait. That of a `?` or a wait is a `match`.
    fn code_of(&mut self, expression: &mut Expr) -> Option<TokenStream> {
        let label = self.label;
        let code = match expression {
            Expr::Await(wait) if wait.attrs.is_empty() => {
                self.expression(&mut wait.base)?;
                self.waits = true;
                let (base, dot, wait) = (&wait.base, &wait.dot_token, &wait.await_token);
                // What the compiler has to say about the future, it says at the user's `.await`.
                let span = wait.span;
                let (private, call, future) = (self.private.at(span), local("call"), local("future"));
                quote_spanned! {Span::mixed_site()=>
                    match ::core::future::IntoFuture::into_future(#base) {
                        #future => #private::Awaited::new(::core::pin::pin!(#future), &mut #call.state) #dot #wait,
                    }
                }
            }
            Expr::Return(end) if end.attrs.is_empty() => {
                if let Some(value) = &mut end.expr {
                    self.expression(value)?;
                }
                let value = end.expr.as_ref().map(|value| quote_spanned!(Span::mixed_site()=> (#value)));
                quote_spanned!(Span::mixed_site()=> break #label #value)
            }
            Expr::Try(question) if question.attrs.is_empty() => {
                let start = question.expr.span();
                self.expression(&mut question.expr)?;
                let (base, mark) = (&question.expr, &question.question_token);
                let span = mark.spans[0];
                let (private, value) = (self.private.at(span), local("value"));
                // The compiler reports there what the function cannot return.
                let residual = Ident::new("__metrics_residual", span);
                // An error's conversion may ask for the place of the `?`, which is that of the whole expression.
                let returned = quote_spanned!(span=> #private::FromResidual::from_residual(#residual));
                let returned = between(start, span, returned);
                // Attributes below this one may read it with `syn`, which takes a label before `::` for the beginning of a block.
                quote_spanned! {Span::mixed_site()=>
                    match #private::Branch::branch(#base) {
                        ::core::result::Result::Ok(#value) => #value,
                        ::core::result::Result::Err(#residual) => break #label (#returned),
                    }
                }
            }
            _ => return None,
        };
        Some(code)
    }
}

/// The places of the first and the last token of a wait or a `?`.
fn ends(expression: &Expr) -> Option<(Span, Span)> {
    match expression {
        Expr::Await(wait) => Some((wait.base.span(), wait.await_token.span)),
        Expr::Try(question) => Some((question.expr.span(), question.question_token.spans[0])),
        _ => None,
    }
}

/// Code whose first and last token stand where the user's do. To the compiler it is the user's expression: it warns there of a value
/// that nothing uses, which it does not do in generated code, and `Location::caller()` gives that place.
fn between(start: Span, end: Span, code: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = code.into_iter().collect();
    // The colons of `::` are two.
    let colons = tokens.iter().take_while(|token| matches!(token, TokenTree::Punct(_))).count();
    tokens.iter_mut().take(colons.max(1)).for_each(|first| first.set_span(start));
    if let Some(last) = tokens.last_mut() {
        last.set_span(end);
    }
    tokens.into_iter().collect()
}

/// Whether the last expression surely has a value. Any call could be of a function that never returns.
fn ends_with_a_value(statements: &[Stmt]) -> bool {
    matches!(statements.last(), Some(Stmt::Expr(expression, None)) if is_value(expression))
}

fn is_value(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_value(&field.base),
        Expr::Reference(reference) => is_value(&reference.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_value),
        Expr::Call(call) => {
            let makes_a_value = |path: &Path| ["Ok", "Err", "Some"].iter().any(|name| path.is_ident(name));
            matches!(&*call.func, Expr::Path(function) if makes_a_value(&function.path))
                && call.args.iter().all(is_value)
        }
        _ => false,
    }
}

/// A pattern can hide an end only in a guard.
fn pattern_without_guard(pattern: &Pat) -> Option<()> {
    match pattern {
        Pat::Guard(_) => None,
        Pat::Or(or) => or.cases.iter().try_for_each(pattern_without_guard),
        Pat::Paren(paren) => pattern_without_guard(&paren.pat),
        _ => Some(()),
    }
}
