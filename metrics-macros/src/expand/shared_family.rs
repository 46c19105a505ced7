//! The metric that the functions of an `impl` or a module share.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Ident;

use crate::expand::call::own_metric;
use crate::expand::metric::MetricCode;
use crate::plan::model::{Plan, SitePlan};

/// ```text
/// static STORE_SECONDS: Family = {
///     const LABELS: &[LabelSpec] = &labels([LabelSpec::new("method", <Method as Label>::DATA)]);
///     static SLOTS: Slots<[Slot; series(LABELS)]> = Slots::new();
///     Family { name: "store_seconds", … }
/// };
/// ```
pub(crate) fn shared_family(plan: &Plan, site: &SitePlan, name: &Ident) -> TokenStream {
    let private = plan.krate.private();
    // A declared metric has its family in its declaration.
    let slots = Ident::new("__METRICS_SLOTS", Span::mixed_site());
    let Some((MetricCode { statics, family, slots: slots_type, .. }, _)) =
        own_metric(&plan.krate, &private, "", site, &slots.to_token_stream())
    else {
        return TokenStream::new();
    };
    quote! {
        #[doc(hidden)]
        static #name: #private::Family = {
            #statics
            static #slots: #slots_type = #private::Slots::new();
            #family
        };
    }
}
