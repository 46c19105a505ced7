//! The shape of a function: which of its code is the call that is measured.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Block, Expr, ExprAsync, ReturnType, Stmt, Type};

use crate::analyse::instrumented::Shell;
use crate::diagnostic::Diagnostics;
use crate::parse::function::{self, Body, Function};
use crate::tokens::search::find_ident;
use crate::tokens::types;

/// The code that is measured, and the code around it.
pub(crate) struct Shape {
    pub(crate) kind: ShapeKind,
    /// The items before the statements.
    pub(crate) items: TokenStream,
    /// The statements to measure, as they were written.
    pub(crate) statements: TokenStream,
    /// Where the braces around them stand.
    pub(crate) span: Span,
    /// The type that they return, with `_` for what cannot be named; `None` if they never return.
    pub(crate) returns: Option<Type>,
    /// What `#[tracing::instrument]` has put around them.
    pub(crate) shell: Option<Shell>,
}

pub(crate) enum ShapeKind {
    /// A function that runs when it is called.
    Plain,
    /// An `async fn`.
    Async,
    /// A function that returns a future made by an `async` block.
    ReturnsFuture(AsyncBlock),
}

/// The `async` block in a function, and the code around it.
pub(crate) struct AsyncBlock {
    /// The statements before the last expression.
    before: Vec<Stmt>,
    /// `async move`.
    pub(crate) opening: TokenStream,
    wrapper: Wrapper,
    /// What `#[tracing::instrument]` has put around the statements and the block.
    shell: Option<Shell>,
}

/// The code around the block.
enum Wrapper {
    /// Nothing.
    Bare,
    /// `Box::pin(…)`.
    Called(TokenStream),
    /// `….boxed()`.
    Method(TokenStream),
}

impl AsyncBlock {
    /// The body of the function, with another block instead of this one.
    pub(crate) fn with(&self, block: &TokenStream) -> TokenStream {
        let before = &self.before;
        let body = match &self.wrapper {
            Wrapper::Bare => quote!(#(#before)* #block),
            Wrapper::Called(function) => quote!(#(#before)* #function(#block)),
            Wrapper::Method(call) => quote!(#(#before)* #block #call),
        };
        match &self.shell {
            Some(shell) => shell.with(body),
            None => body,
        }
    }
}

impl Shape {
    /// The body with other statements in place of those that are measured: what `#[tracing::instrument]` has put around them
    /// stays there.
    pub(crate) fn with(&self, statements: TokenStream) -> TokenStream {
        match &self.shell {
            Some(shell) => shell.with(statements),
            None => statements,
        }
    }

    /// Whether it is a function that runs when it is called, and returns a reference. That is never an `Err`.
    pub(crate) fn returns_a_reference(&self) -> bool {
        matches!((&self.kind, &self.returns), (ShapeKind::Plain, Some(Type::Reference(_))))
    }

    /// Recognises the shape, or reports how to write the function.
    pub(crate) fn of(function: &Function, diagnostics: &mut Diagnostics) -> Option<Self> {
        let signature = &function.signature;
        if let Some(constness) = &signature.constness {
            diagnostics.under(
                constness,
                "a `const fn` cannot be measured: it may run in the compiler, where there is no clock and no \
                 recorder: remove `const`, or measure the function that calls it",
            );
            return None;
        }
        let block = match &function.body {
            Body::Block(block) => block,
            Body::Missing(_) => {
                // A method belongs to a trait. Another function may be in `extern "C"`, which its macro cannot see.
                let suggestion = if signature.receiver().is_some() {
                    "put the attribute on the function in each `impl`"
                } else {
                    "put the attribute on the function in each `impl` of the trait, or, if it is a foreign function, \
                     on a function that calls it"
                };
                diagnostics.under(
                    &signature.ident,
                    format!("`{}` has no body here, so there is nothing to measure: {suggestion}", signature.ident),
                );
                return None;
            }
        };
        let is_async = signature.asyncness.is_some();
        // Where the attribute did not find the `async` block in a function, the block stands in its span.
        let (shell, opened) = match Shell::open(&block.statements, is_async) {
            Some((shell, inner)) => (Some(shell), Some(function::Block::of(inner.stream(), block.span))),
            None => (None, None),
        };
        let block = opened.as_ref().unwrap_or(block);
        let future_output = if is_async { None } else { types::future_output(&signature.output) };
        let Some(output) = future_output else {
            let kind = if is_async { ShapeKind::Async } else { ShapeKind::Plain };
            let (items, statements, span) = (block.items.clone(), block.statements.clone(), block.span);
            return Some(Self { kind, items, statements, span, returns: returns(&signature.output), shell });
        };
        let (found, inner) = diagnostics.ok_or_report(find_async_block(function, block, shell))?;
        let span = inner.brace_token.span.join();
        let (shell, statements) = diagnostics.ok_or_report(open_async_block(inner.stmts))?;
        let first_statement = statements.iter().position(|statement| !matches!(statement, Stmt::Item(_)));
        let (items, statements) = statements.split_at(first_statement.unwrap_or(statements.len()));
        let (items, statements) = (to_tokens(items), to_tokens(statements));
        Some(Self { kind: ShapeKind::ReturnsFuture(found), items, statements, span, returns: Some(output), shell })
    }
}

fn to_tokens(statements: &[Stmt]) -> TokenStream {
    statements.iter().map(ToTokens::to_token_stream).collect()
}

/// The statements of the user's in an `async` block, and what `#[tracing::instrument]` has put around them.
fn open_async_block(statements: Vec<Stmt>) -> syn::Result<(Option<Shell>, Vec<Stmt>)> {
    match Shell::open(&to_tokens(&statements), true) {
        Some((shell, inner)) => Ok((Some(shell), Block::parse_within.parse2(inner.stream())?)),
        None => Ok((None, statements)),
    }
}

/// The type that the statements return; `None` for `!`, which has no values.
fn returns(output: &ReturnType) -> Option<Type> {
    match output {
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => None,
        output => Some(types::return_type(output)),
    }
}

/// Finds the block in `async move { … }`, `Box::pin(async move { … })` and `async move { … }.boxed()` at the end of the
/// body.
fn find_async_block(
    function: &Function,
    body: &function::Block,
    shell: Option<Shell>,
) -> syn::Result<(AsyncBlock, Block)> {
    let name = &function.signature.ident;
    let unrecognised = |problem: &str| {
        syn::Error::new(
            name.span(),
            format!(
                "`{name}` returns a future, and {problem}: without its `async` block only the creation of the future \
                 could be measured, not its run; write it as `async fn {name}`, or end its body with \
                 `Box::pin(async move {{ … }})` or `async move {{ … }}`"
            ),
        )
    };
    let (items, statements) = (&body.items, &body.statements);
    let mut before = Block::parse_within.parse2(quote!(#items #statements))?;
    let last = before.pop();
    if before.iter().any(has_return) {
        return Err(unrecognised("its body can `return` another one earlier"));
    }
    let Some(Stmt::Expr(last, None)) = last else {
        return Err(unrecognised("its body does not end with the future"));
    };
    let (block, wrapper) = match last {
        Expr::Async(block) => (block, Wrapper::Bare),
        Expr::Call(mut call) if call.args.len() == 1 => match (call.args.pop(), &*call.func) {
            (Some(Expr::Async(block)), Expr::Path(path))
                if path.path.segments.last().is_some_and(|s| s.ident == "pin") =>
            {
                (block, Wrapper::Called(call.func.to_token_stream()))
            }
            _ => return Err(unrecognised("the last expression of its body is not an `async` block")),
        },
        Expr::MethodCall(call) if call.method == "boxed" || call.method == "boxed_local" => match *call.receiver {
            Expr::Async(block) => {
                let (dot, method, turbofish, paren) = (call.dot_token, call.method, call.turbofish, call.args);
                (block, Wrapper::Method(quote!(#dot #method #turbofish (#paren))))
            }
            _ => return Err(unrecognised("the last expression of its body is not an `async` block")),
        },
        _ => return Err(unrecognised("the last expression of its body is not an `async` block")),
    };
    let ExprAsync { attrs, async_token, capture, block, .. } = block;
    let opening = quote!(#(#attrs)* #async_token #capture);
    Ok((AsyncBlock { before, opening, wrapper, shell }, block))
}

/// Whether a statement has a `return` of the function itself. A `return` of a closure or an inner function counts too:
/// an error that is not needed is better than a wrong measurement.
fn has_return(statement: &Stmt) -> bool {
    find_ident(statement, &["return"]).is_some()
}
