//! Plans `#[measured]`: what all attributes of a function have in common is written once.

use crate::diagnostic::Diagnostics;
use crate::parse::args::Args;
use crate::parse::attribute::Attribute;
use crate::plan::conditions::keep;

/// Takes `#[measured]` out of the attributes, and gives what it says to the others.
pub(crate) fn share(all: &mut Vec<Args>, diagnostics: &mut Diagnostics) {
    let (measured, others): (Vec<Args>, Vec<Args>) =
        std::mem::take(all).into_iter().partition(|args| args.attribute == Attribute::Measured);
    *all = others;
    let mut measured = measured.into_iter();
    let Some(mut shared) = measured.next() else { return };
    for second in measured {
        diagnostics.at(second.span, "a function has one `#[measured]`: put the options of both into one");
    }
    if shared.is_empty {
        diagnostics.at(shared.span, "`#[measured]` says nothing here: write `#[measured(labels(…))]`, or remove it");
    }
    let is_histogram = |args: &Args| args.attribute.metric_option() == "histogram";
    if all.is_empty() {
        if shared.is_complete {
            diagnostics.at(
                shared.span,
                format!(
                    "`#[measured]` says what other attributes have in common, and there is none: add one below it, such as \
                     `{}`",
                    Attribute::Timed.example()
                ),
            );
        }
        return;
    }
    if let Some(buckets) = &shared.buckets
        && !all.iter().any(is_histogram)
    {
        diagnostics.at(buckets.key, "only a histogram has buckets, and the function records none: remove them");
    }
    // These hold for all attributes of a function, wherever they stand.
    if let Some(first) = all.first_mut() {
        keep("error_if", &mut first.error_if, shared.error_if.take(), diagnostics);
        keep("ok_if", &mut first.ok_if, shared.ok_if.take(), diagnostics);
        first.krate = first.krate.take().or_else(|| shared.krate.take());
    }
    for args in all {
        let own = std::mem::take(&mut args.labels);
        args.labels = shared.labels.iter().map(|label| label.clone().shared()).chain(own).collect();
        if args.buckets.is_none() && is_histogram(args) && !args.is_declared() {
            args.buckets.clone_from(&shared.buckets);
        }
        args.is_complete &= shared.is_complete;
    }
}
