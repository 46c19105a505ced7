//! Plans `error_if` and `ok_if`: how a call ends is one fact of the function, so all its attributes share them.

use proc_macro2::Span;
use syn::Expr;

use crate::diagnostic::Diagnostics;
use crate::parse::args::Args;
use crate::parse::grammar::Keyed;
use crate::parse::read::Read;
use crate::plan::model::{Conditions, Plan, SitePlan};

/// What the attributes of a function ask about a returned value.
pub(crate) struct Asked {
    error_if: Option<Keyed<Expr>>,
    ok_if: Option<Keyed<Expr>>,
}

impl Asked {
    /// Takes the conditions out of the attributes.
    pub(crate) fn take(all: &mut [Args], diagnostics: &mut Diagnostics) -> Self {
        let mut asked = Self { error_if: None, ok_if: None };
        for args in all {
            keep("error_if", &mut asked.error_if, args.error_if.take(), diagnostics);
            keep("ok_if", &mut asked.ok_if, args.ok_if.take(), diagnostics);
        }
        asked
    }

    /// Whether a value that is no `Err` may be an error.
    pub(crate) fn has_error_if(&self) -> bool {
        self.error_if.is_some()
    }

    /// The options that are given, and where.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let keys = [("error_if", &self.error_if), ("ok_if", &self.ok_if)];
        keys.into_iter().filter_map(|(name, condition)| Some((name, condition.as_ref()?.key)))
    }

    /// The conditions, without the places of their keys.
    pub(crate) fn into_conditions(self) -> Conditions {
        let value = |condition: Option<Keyed<Expr>>| condition.map(|condition| condition.value);
        Conditions { error_if: value(self.error_if), ok_if: value(self.ok_if) }
    }
}

/// Refuses conditions that change nothing, because no attribute records how a call ends.
pub(crate) fn check_use(asked: &Asked, sites: &[SitePlan], diagnostics: &mut Diagnostics) {
    if sites.iter().any(SitePlan::needs_outcome) {
        return;
    }
    for (name, key) in asked.keys() {
        diagnostics.at(
            key,
            format!(
                "`{name}` changes nothing here, because no attribute of the function records how a call ends: add \
                 `labels(outcome)` or an attribute such as `#[counted_failure]`, or remove `{name}`"
            ),
        );
    }
}

/// Refuses what asks for the returned value of a function that never returns one.
pub(crate) fn check_never_asked(plan: &Plan, diagnostics: &mut Diagnostics) {
    let Conditions { error_if, ok_if } = &plan.conditions;
    for (name, condition) in [("error_if", error_if), ("ok_if", ok_if)] {
        if let Some(condition) = condition {
            diagnostics
                .under(condition, format!("the function never returns a value that `{name}` could ask: remove it"));
        }
    }
    for site in &plan.sites {
        if let Some(Read::FromResult { expression, .. }) = &site.value {
            diagnostics.under(
                expression,
                "the function never returns a value that could be observed: observe an expression over the parameters",
            );
        }
    }
}

/// Keeps the condition of one attribute, or reports that another attribute has given one.
pub(crate) fn keep(
    name: &str,
    kept: &mut Option<Keyed<Expr>>,
    given: Option<Keyed<Expr>>,
    diagnostics: &mut Diagnostics,
) {
    match (&kept, given) {
        (None, given) => *kept = given,
        (Some(_), Some(Keyed { key, .. })) => diagnostics.at(
            key,
            format!(
                "`{name}` holds for all attributes of the function, and another one has it already: remove one of them"
            ),
        ),
        (Some(_), None) => {}
    }
}
