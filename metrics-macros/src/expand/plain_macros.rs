//! Macros that hide no end and no wait of a function: those of the standard library, and those that write lines of a log.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{Ident, Macro};

/// Their names. Somebody could give another macro one of these names; in the reference stands what follows from that.
const NAMES: [&str; 46] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "concat",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "debug_span",
    "env",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "file",
    "format",
    "format_args",
    "include_bytes",
    "include_str",
    "info",
    "info_span",
    "json",
    "line",
    "log",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "span",
    "stringify",
    "todo",
    "trace",
    "trace_span",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "warn_span",
    "write",
    "writeln",
];

/// Whether a call of a macro surely hides no end and no wait: neither the macro itself, nor what it gets.
pub(crate) fn is_plain(called: &Macro) -> bool {
    let name = called.path.segments.last().map(|segment| segment.ident.to_string());
    name.is_some_and(|name| NAMES.contains(&name.as_str())) && has_only_plain(called.tokens.clone())
}

/// Whether tokens have no `?`, `return`, `await` or `yield`, and no other macro.
fn has_only_plain(tokens: TokenStream) -> bool {
    let mut before = None;
    for token in tokens {
        let is_plain = match &token {
            TokenTree::Punct(punct) if punct.as_char() == '?' => false,
            TokenTree::Punct(punct) => !is_macro(punct, before.as_deref()),
            TokenTree::Ident(ident) => !["return", "await", "yield"].iter().any(|word| ident == word),
            TokenTree::Group(group) => has_only_plain(group.stream()),
            TokenTree::Literal(_) => true,
        };
        if !is_plain {
            return false;
        }
        before = if let TokenTree::Ident(ident) = &token { Some(ident.to_string()) } else { None };
    }
    true
}

/// Whether this is the `!` of a macro that is not plain.
fn is_macro(punct: &Punct, before: Option<&str>) -> bool {
    // `name!`, and not `a != b`: between `!` and `=` there is no space there.
    punct.as_char() == '!'
        && punct.spacing() == Spacing::Alone
        && before.is_some_and(|name| !NAMES.contains(&name) && !is_keyword(name))
}

/// Whether it is a word such as `if`, after which `!` is the operator.
fn is_keyword(name: &str) -> bool {
    syn::parse_str::<Ident>(name).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_macro_gets_can_hide_an_end() {
        for (text, expected) in [
            ("println!(\"{:?} {a}\", b)", true),
            ("tracing::info!(name = %x, \"done\")", true),
            ("vec![format!(\"{a}\"), b]", true),
            ("assert!(a != b && !c)", true),
            ("matches!(a, Some(b) if !b)", true),
            ("println!(\"{}\", a?)", false),
            ("println!(\"{}\", a.await)", false),
            ("vec![{ return 1 }]", false),
            ("vec![bail!(\"a\")]", false),
            ("bail!(\"a\")", false),
            ("tokio::select! {}", false),
            ("try_join!(a, b)", false),
        ] {
            let called: Macro = syn::parse_str(text).expect("it is a macro");
            assert_eq!(is_plain(&called), expected, "{text}");
        }
    }
}
