//! The entry of a metric whose help text is the `description` of an attribute, and not a default.

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::model::{MetricPlan, SitePlan};
use crate::runtime::RuntimePath;

/// The entry; nothing if the attribute has no description. Of functions that share a metric, each gives it: they are as many as the
/// functions are.
///
/// ```text
/// const _: () = {
///     #[distributed_slice(DESCRIPTIONS)]
///     static DESCRIPTION: &Family = FUNCTION.sites[0].family;
/// };
/// ```
pub(crate) fn description(private: &RuntimePath, site: &SitePlan, family: &TokenStream) -> TokenStream {
    let MetricPlan::Own { is_described: true, .. } = &site.metric else { return TokenStream::new() };
    quote! {
        const _: () = {
            #[#private::linkme::distributed_slice(#private::DESCRIPTIONS)]
            #[linkme(crate = #private::linkme)]
            static __METRICS_DESCRIPTION: &#private::Family = #family;
        };
    }
}
