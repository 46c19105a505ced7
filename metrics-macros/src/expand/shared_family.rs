//! The metric that the functions of an `impl` or a module share.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::expand::call::own_metric;
use crate::expand::metric::MetricCode;
use crate::plan::model::{Plan, SitePlan};
use crate::runtime;

/// ```text
/// static STORE_SECONDS: Family = {
///     const LABELS: [LabelSpec; 1] = labels([LabelSpec::of::<Method>("method")]);
///     static SLOTS: Slots<[Slot; series(&LABELS)]> = Slots::new();
///     Family { name: "store_seconds", … }
/// };
/// ```
pub(crate) fn shared_family(plan: &Plan, site: &SitePlan, name: &Ident) -> TokenStream {
    let private = runtime::private(&plan.krate);
    // A declared metric has its family in its declaration.
    let Some(MetricCode { statics, family, .. }) = own_metric(&plan.krate, &private, "", site) else {
        return TokenStream::new();
    };
    quote! {
        #[doc(hidden)]
        static #name: #private::Family = {
            #statics
            #family
        };
    }
}
