//! The objective of an attribute: an entry of the catalog, which the code of the function does not read.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

use crate::plan::model::{ObjectivePlan, SitePlan};
use crate::runtime::RuntimePath;

/// The static of the objective of the attribute at this position; nothing if it has none.
///
/// ```text
/// #[distributed_slice(OBJECTIVES)]
/// static OBJECTIVE_0: ObjectiveSpec = ObjectiveSpec::of_durations(FUNCTION.__metrics_definition(), 0, 99.0, 300.0);
/// #[distributed_slice(OBJECTIVES)]
/// static OBJECTIVE_1: ObjectiveSpec = ObjectiveSpec::of_failures(FUNCTION.__metrics_definition(), 1, 0, 99.5);
/// ```
pub(crate) fn objective(private: &RuntimePath, at: usize, site: &SitePlan) -> TokenStream {
    let Some(ObjectivePlan { percent, under, total, .. }) = &site.objective else { return TokenStream::new() };
    let name = Ident::new(&format!("__METRICS_OBJECTIVE_{at}"), Span::mixed_site());
    let (at, percent) = (Literal::usize_unsuffixed(at), Literal::f64_unsuffixed(*percent));
    let definition = quote_spanned!(Span::mixed_site()=> __METRICS_FUNCTION.__metrics_definition());
    let spec = match (under, total) {
        (Some(under), _) => {
            // The compiler underlines `under` if it is no bucket bound.
            let (private, bound) = (private.at(under.span), Literal::f64_unsuffixed(under.value));
            quote_spanned!(under.span=> #private::ObjectiveSpec::of_durations(#definition, #at, #percent, #bound))
        }
        (None, Some(total)) => {
            let total = Literal::usize_unsuffixed(*total);
            quote_spanned!(Span::mixed_site()=>
                #private::ObjectiveSpec::of_failures(#definition, #at, #total, #percent))
        }
        // The plan reports this as a mistake.
        (None, None) => return TokenStream::new(),
    };
    quote_spanned! {Span::mixed_site()=>
        #[#private::linkme::distributed_slice(#private::OBJECTIVES)]
        #[linkme(crate = #private::linkme)]
        static #name: #private::ObjectiveSpec = #spec;
    }
}
