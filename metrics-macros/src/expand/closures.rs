//! Code that may become a closure: it then costs no more than the body of a function.

use syn::{Expr, Macro};

use crate::expand::plain_macros::is_plain;
use crate::tokens::walk::{Walk, walk};

/// Whether code means the same as the body of a closure that is called in its place. It must not wait, and no macro may hide that it
/// waits or leaves. It must give no variable its first value, and put back no field that was moved away: a closure can do neither.
pub(crate) fn may_be_a_closure(expression: &Expr) -> bool {
    Closable.expression(&mut expression.clone()).is_some()
}

/// Whether what stands on the left of `=` surely has a value already, or is `_`.
fn changes_what_is_there(left: &Expr) -> bool {
    match left {
        Expr::Index(_) | Expr::Infer(_) | Expr::Unary(_) => true,
        Expr::Field(field) => changes_what_is_there(&field.base),
        Expr::Paren(paren) => changes_what_is_there(&paren.expr),
        _ => false,
    }
}

struct Closable;

/// `None` where it may mean something else.
impl Walk for Closable {
    fn expression(&mut self, expression: &mut Expr) -> Option<()> {
        match expression {
            Expr::Await(_) => None,
            Expr::Assign(assign) if !changes_what_is_there(&assign.left) => None,
            _ => walk(self, expression),
        }
    }

    fn macro_call(&mut self, called: &Macro) -> Option<()> {
        is_plain(called).then_some(())
    }
}
