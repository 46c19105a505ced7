//! An `async` block that ends with a `loop` which nothing leaves, as that of a worker: it has no value whose type could be known.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Macro, Stmt};

use crate::expand::plain_macros::is_plain;
use crate::tokens::search::find_ident;
use crate::tokens::walk::{Walk, walk};

/// Macros that run what they get, and hide no end.
const RUNS_WHAT_IT_GETS: [&str; 3] = ["join", "pin", "select"];

/// Whether statements surely never end.
pub(crate) fn never_end(statements: &[Stmt]) -> bool {
    let Some((Stmt::Expr(Expr::Loop(_), _), _)) = statements.split_last() else { return false };
    Ends { loops: 0 }.statements(&mut statements.to_vec()).is_some()
}

/// Each function returns `None` where the code may end.
struct Ends {
    /// The loops around the present place.
    loops: usize,
}

impl Ends {
    fn inside(&mut self, expression: &mut Expr) -> Option<()> {
        self.loops += 1;
        let walked = walk(self, expression);
        self.loops -= 1;
        walked
    }
}

impl Walk for Ends {
    fn expression(&mut self, expression: &mut Expr) -> Option<()> {
        match expression {
            Expr::Return(_) | Expr::Try(_) => None,
            Expr::Break(end) if end.label.is_some() || self.loops < 2 => None,
            Expr::ForLoop(_) | Expr::Loop(_) | Expr::While(_) => self.inside(expression),
            _ => walk(self, expression),
        }
    }

    fn macro_call(&mut self, called: &Macro) -> Option<()> {
        let runs = |name: &str| called.path.segments.last().is_some_and(|segment| segment.ident == name);
        let is_known = RUNS_WHAT_IT_GETS.into_iter().any(runs) && hides_nothing(called.tokens.clone());
        (is_plain(called) || is_known).then_some(())
    }
}

/// Whether tokens have no end, and no macro that could hide one.
fn hides_nothing(tokens: TokenStream) -> bool {
    find_ident(tokens.clone(), &["break", "return"]).is_none() && has_no_mark(tokens)
}

fn has_no_mark(tokens: TokenStream) -> bool {
    tokens.into_iter().all(|token| match token {
        TokenTree::Punct(punct) => !matches!(punct.as_char(), '?' | '!'),
        TokenTree::Group(group) => has_no_mark(group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::Block;
    use syn::parse::Parser;

    #[test]
    fn a_loop_that_nothing_leaves_never_ends() {
        for (text, expected) in [
            ("loop { work().await; }", true),
            ("let a = 1; loop { for b in c { break; } info!(\"done\"); }", true),
            ("loop { tokio::select! { a = b() => c(a), d = e() => {} } }", true),
            ("for a in b { loop { break; } } loop { run(|| return 1); }", true),
            ("loop { break; }", false),
            ("'a: loop { loop { break 'a; } }", false),
            ("loop { work().await?; }", false),
            ("if a { return 1; } loop {}", false),
            ("loop { tokio::select! { a = b() => break, d = e() => {} } }", false),
            ("loop { tokio::select! { a = b() => bail!(a), d = e() => {} } }", false),
            ("loop { bail!(1) }", false),
            ("loop {} 1", false),
            ("work().await", false),
        ] {
            let statements = Block::parse_within.parse_str(text).expect("these are statements");
            assert_eq!(never_end(&statements), expected, "{text}");
        }
    }
}
