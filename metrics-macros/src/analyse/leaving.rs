//! Code in `measure!` that runs in its place: it must end where it ends, so that its end can be recorded.

use syn::{Expr, ExprBreak, ExprContinue, Label, Lifetime, Macro};

use crate::diagnostic::Diagnostics;
use crate::tokens::walk::{Walk, walk};

/// Reports each `?`, `return`, `break` and `continue` that would leave the code.
pub(crate) fn check_leaving(expression: &Expr, diagnostics: &mut Diagnostics) {
    let mut leaving = Leaving { diagnostics, loops: 0, labels: Vec::new() };
    leaving.expression(&mut expression.clone());
}

struct Leaving<'a> {
    diagnostics: &'a mut Diagnostics,
    /// The loops around the present place.
    loops: usize,
    /// The labels of loops and blocks around it.
    labels: Vec<Lifetime>,
}

impl Leaving<'_> {
    fn inside(&mut self, label: Option<Lifetime>, is_loop: bool, expression: &mut Expr) -> Option<()> {
        let outside = self.labels.len();
        self.labels.extend(label);
        self.loops += usize::from(is_loop);
        let walked = walk(self, expression);
        self.loops -= usize::from(is_loop);
        self.labels.truncate(outside);
        walked
    }

    fn stays(&self, label: Option<&Lifetime>) -> bool {
        label.map_or(self.loops > 0, |label| self.labels.contains(label))
    }
}

impl Walk for Leaving<'_> {
    fn expression(&mut self, expression: &mut Expr) -> Option<()> {
        match expression {
            Expr::Try(question) => self.diagnostics.under(
                question.question_token,
                "`?` would leave the code around `measure!` before the end is recorded: end the block with the `Result`, and write \
                 `measure!(…)?`; or measure an `async` block or a closure, which has its own `?`",
            ),
            Expr::Return(end) => self.diagnostics.under(
                end.return_token,
                "`return` would leave the code around `measure!` before the end is recorded: end the block with the value, and write \
                 `return` outside; or measure an `async` block or a closure, which has its own `return`",
            ),
            Expr::Break(ExprBreak { break_token, label, .. }) if !self.stays(label.as_ref()) => {
                self.diagnostics.under(*break_token, leaves_a_loop("break"));
            }
            Expr::Continue(ExprContinue { continue_token, label, .. }) if !self.stays(label.as_ref()) => {
                self.diagnostics.under(*continue_token, leaves_a_loop("continue"));
            }
            _ => {}
        }
        let label = |label: &Option<Label>| label.as_ref().map(|label| label.name.clone());
        let (label, is_loop) = match expression {
            Expr::ForLoop(r#loop) => (label(&r#loop.label), true),
            Expr::Loop(r#loop) => (label(&r#loop.label), true),
            Expr::While(r#loop) => (label(&r#loop.label), true),
            Expr::Block(block) => (label(&block.label), false),
            _ => (None, false),
        };
        // Syntax that the walk does not know is left to the compiler.
        let _ = self.inside(label, is_loop, expression);
        Some(())
    }

    fn macro_call(&mut self, _: &Macro) -> Option<()> {
        Some(())
    }
}

fn leaves_a_loop(word: &str) -> String {
    format!(
        "`{word}` would leave the code around `measure!` before the end is recorded: put the whole loop into it, or end the block with \
         a value that says what to do, and write `{word}` outside"
    )
}
