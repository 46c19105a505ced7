//! Which buckets a histogram may have.

use crate::diagnostic::Diagnostics;
use crate::parse::buckets::Buckets;
use crate::parse::grammar::Keyed;
use crate::parse::number::Amount;

/// The upper bounds, if Prometheus takes them: they are finite, positive and strictly increasing.
pub(crate) fn check_buckets(buckets: &Keyed<Buckets>, diagnostics: &mut Diagnostics) -> Option<Vec<f64>> {
    let Buckets { buckets: parsed, is_complete } = &buckets.value;
    if parsed.is_empty() && *is_complete {
        diagnostics.at(
            buckets.key,
            "`buckets` is empty: write upper bounds in the metric's unit, `buckets(0.5, 1, 10)`, or remove it",
        );
        return None;
    }
    let mut bounds: Vec<f64> = Vec::new();
    for Amount { span, value: bound } in parsed {
        let problem = if !bound.is_finite() {
            Some("a bucket's bound is a finite number, and `+Inf` is added automatically: remove this one".to_owned())
        } else if *bound <= 0.0 {
            Some(format!("the bucket {bound} is not greater than zero, so nothing falls into it: remove it"))
        } else {
            bounds.last().filter(|last| **last >= *bound).map(|last| {
                format!("buckets must increase, and {bound} stands after {last}: sort them, and give each once")
            })
        };
        if let Some(problem) = problem {
            diagnostics.at(*span, problem);
            return None;
        }
        bounds.push(*bound);
    }
    is_complete.then_some(bounds)
}
