//! What the functions of a group must agree on: they share the metrics, and so the types of the labels.

use proc_macro2::Ident;

use crate::diagnostic::Diagnostics;
use crate::plan::model::Plan;

/// Reports a label that has one type in one function and another one in another. The first `shared` attributes are those of the
/// group.
pub(crate) fn check_agreement(functions: &[(&Ident, &Plan)], shared: usize, diagnostics: &mut Diagnostics) {
    let Some(((first, first_plan), others)) = functions.split_first() else { return };
    for (function, plan) in others {
        for (one, other) in first_plan.sites.iter().zip(&plan.sites).take(shared) {
            for (one, other) in one.labels.iter().zip(&other.labels) {
                let text = |ty: &Option<_>| ty.as_ref().map(|ty: &proc_macro2::TokenStream| bare(&ty.to_string()));
                let (expected, found) = (text(&one.ty), text(&other.ty));
                if let (Some(expected), Some(found)) = (expected, found)
                    && expected != found
                {
                    diagnostics.at(
                        other.span,
                        format!(
                            "the label `{}` is of the type `{expected}` in `{first}` and `{found}` in `{function}`, and a metric has \
                             one set of values: put `#[skip]` before one of them, and an attribute of its own",
                            other.name
                        ),
                    );
                }
            }
        }
    }
}

/// The type behind references, which has the same values.
fn bare(ty: &str) -> String {
    ty.trim_start_matches(['&', ' ']).to_owned()
}
