//! Walks through an expression and the expressions in it.

use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Pat, Stmt, Token};

/// What is done at each part. `None` ends the walk.
pub(crate) trait Walk: Sized {
    fn expression(&mut self, expression: &mut Expr) -> Option<()>;

    fn statements(&mut self, statements: &mut [Stmt]) -> Option<()> {
        statements.iter_mut().try_for_each(|statement| walk_statement(self, statement))
    }

    fn pattern(&mut self, _: &Pat) -> Option<()> {
        Some(())
    }

    /// A macro hides what it has.
    fn macro_call(&mut self, called: &Macro) -> Option<()>;
}

/// Walks through what a statement consists of.
pub(crate) fn walk_statement(walker: &mut impl Walk, statement: &mut Stmt) -> Option<()> {
    match statement {
        Stmt::Local(local) => {
            walker.pattern(&local.pat)?;
            let Some(init) = &mut local.init else { return Some(()) };
            walker.expression(&mut init.expr)?;
            init.diverge.as_mut().map_or(Some(()), |(_, diverge)| walker.expression(diverge))
        }
        Stmt::Item(_) => Some(()),
        Stmt::Expr(expression, _) => walker.expression(expression),
        Stmt::Macro(called) => walker.macro_call(&called.mac),
    }
}

/// Walks through what an expression consists of; `None` if it has syntax that this file does not know.
pub(crate) fn walk(walker: &mut impl Walk, expression: &mut Expr) -> Option<()> {
    match expression {
        // Some are code of their own: its ends and waits are not those of the code around it.
        Expr::Async(_)
        | Expr::Closure(_)
        | Expr::Const(_)
        | Expr::Continue(_)
        | Expr::Infer(_)
        | Expr::Lit(_)
        | Expr::Path(_) => Some(()),
        Expr::Macro(called) => walker.macro_call(&called.mac),
        Expr::Array(array) => all(walker, &mut array.elems),
        Expr::Assign(assign) => {
            walker.expression(&mut assign.left)?;
            walker.expression(&mut assign.right)
        }
        Expr::Await(wait) => walker.expression(&mut wait.base),
        Expr::Return(end) => optional(walker, end.expr.as_mut()),
        Expr::Try(question) => walker.expression(&mut question.expr),
        Expr::Binary(binary) => {
            walker.expression(&mut binary.left)?;
            walker.expression(&mut binary.right)
        }
        Expr::Block(block) => walker.statements(&mut block.block.stmts),
        Expr::Break(jump) => optional(walker, jump.expr.as_mut()),
        Expr::Call(call) => {
            walker.expression(&mut call.func)?;
            all(walker, &mut call.args)
        }
        Expr::Cast(cast) => walker.expression(&mut cast.expr),
        Expr::Field(field) => walker.expression(&mut field.base),
        Expr::ForLoop(for_loop) => {
            walker.pattern(&for_loop.pat)?;
            walker.expression(&mut for_loop.expr)?;
            walker.statements(&mut for_loop.body.stmts)
        }
        Expr::Group(group) => walker.expression(&mut group.expr),
        Expr::If(condition) => {
            walker.expression(&mut condition.cond)?;
            walker.statements(&mut condition.then_branch.stmts)?;
            optional(walker, condition.else_branch.as_mut().map(|(_, branch)| branch))
        }
        Expr::Index(index) => {
            walker.expression(&mut index.expr)?;
            walker.expression(&mut index.index)
        }
        Expr::Let(condition) => {
            walker.pattern(&condition.pat)?;
            walker.expression(&mut condition.expr)
        }
        Expr::Loop(endless) => walker.statements(&mut endless.body.stmts),
        Expr::Match(choice) => {
            walker.expression(&mut choice.expr)?;
            choice.arms.iter_mut().try_for_each(|arm| {
                match &mut arm.pat {
                    Pat::Guard(guarded) => {
                        walker.pattern(&guarded.pat)?;
                        walker.expression(&mut guarded.guard)?;
                    }
                    pattern => walker.pattern(pattern)?,
                }
                walker.expression(&mut arm.body)
            })
        }
        Expr::MethodCall(call) => {
            walker.expression(&mut call.receiver)?;
            all(walker, &mut call.args)
        }
        Expr::Paren(paren) => walker.expression(&mut paren.expr),
        Expr::Range(range) => {
            optional(walker, range.start.as_mut())?;
            optional(walker, range.end.as_mut())
        }
        Expr::RawAddr(address) => walker.expression(&mut address.expr),
        Expr::Reference(reference) => walker.expression(&mut reference.expr),
        Expr::Repeat(repeat) => walker.expression(&mut repeat.expr),
        Expr::Struct(literal) => {
            literal.fields.iter_mut().try_for_each(|field| walker.expression(&mut field.expr))?;
            optional(walker, literal.rest.as_mut())
        }
        Expr::Tuple(tuple) => all(walker, &mut tuple.elems),
        Expr::Unary(unary) => walker.expression(&mut unary.expr),
        Expr::Unsafe(block) => walker.statements(&mut block.block.stmts),
        Expr::While(while_loop) => {
            walker.expression(&mut while_loop.cond)?;
            walker.statements(&mut while_loop.body.stmts)
        }
        _ => None,
    }
}

fn all(walker: &mut impl Walk, expressions: &mut Punctuated<Expr, Token![,]>) -> Option<()> {
    expressions.iter_mut().try_for_each(|expression| walker.expression(expression))
}

fn optional(walker: &mut impl Walk, expression: Option<&mut Box<Expr>>) -> Option<()> {
    expression.map_or(Some(()), |expression| walker.expression(expression))
}
