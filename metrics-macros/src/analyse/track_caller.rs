//! Which functions with `#[track_caller]` can be measured by outcome.

use crate::analyse::shape::Shape;
use crate::diagnostic::Diagnostics;
use crate::parse::function::Function;
use crate::tokens::search::find_ident;

/// Refuses a function whose body cannot be moved to a function inside it.
pub(crate) fn check_track_caller(function: &Function, shape: &Shape, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    let names = ["Self", "self"];
    let mentions_self = find_ident(signature, &names).is_some()
        || find_ident(&shape.items, &names).is_some()
        || find_ident(&shape.statements, &names).is_some();
    if signature.receiver().is_some() || mentions_self {
        diagnostics.at(
            signature.ident.span(),
            format!(
                "`{}` is a method with `#[track_caller]`, and its outcome cannot be read without hiding the location \
                 of its caller: remove `#[track_caller]`, or put the attribute on a free function that the method \
                 calls",
                signature.ident
            ),
        );
    }
}
