//! The age of the oldest call in flight: the statics of its metric, and the place of each call in the table of starts.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::expand::metric::{Metric, registered_metric};
use crate::kind::MetricKind;
use crate::plan::model::{OldestPlan, Plan};
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::local;

/// What stands before the call is started: it is dropped after the call has ended. Nothing if no attribute asks for the age.
///
/// ```text
/// let mut oldest = [OldestCall::NONE; 1];
/// ```
pub(crate) fn empty_places(private: &RuntimePath, plan: &Plan) -> TokenStream {
    let count = asking(plan).count();
    if count == 0 {
        return TokenStream::new();
    }
    let (oldest, count) = (local("oldest"), Literal::usize_unsuffixed(count));
    quote_spanned!(Span::mixed_site()=> let mut #oldest = [const { #private::OldestCall::NONE }; #count];)
}

/// The started call, which has taken its places, with their statics. Without an attribute that asks for the age it is only the
/// call.
///
/// ```text
/// // The family and the slots of the ages, the starts, and the counter of calls without a place.
/// static OLDEST_0: Oldest = Oldest { gauge: FUNCTION.sites[0].family, … };
/// #[distributed_slice(READINGS)]
/// static READING_0: Reading = OLDEST_0.reading(&FUNCTION.place);
/// let call = Call::start(…);
/// oldest[0].start(&call, 0, &OLDEST_0);
/// call
/// ```
pub(crate) fn with_places(
    private: &RuntimePath,
    plan: &Plan,
    function_name: &str,
    function: &Ident,
    started: TokenStream,
) -> TokenStream {
    if asking(plan).next().is_none() {
        return started;
    }
    let (call, oldest) = (local("call"), local("oldest"));
    let statics = asking(plan).map(|(site, asked)| statics(private, plan.budget, function_name, function, site, asked));
    let starts = asking(plan).enumerate().map(|(at, (site, _))| {
        let (at, oldest_static) = (Literal::usize_unsuffixed(at), name("OLDEST", site));
        let site = Literal::usize_unsuffixed(site);
        quote!(#oldest[#at].start(&#call, #site, &#oldest_static);)
    });
    quote_spanned! {Span::mixed_site()=>
        #(#statics)*
        let #call = #started;
        #(#starts)*
        #call
    }
}

/// The attributes that ask for the age, with their positions.
fn asking(plan: &Plan) -> impl Iterator<Item = (usize, &OldestPlan)> {
    plan.sites.iter().enumerate().filter_map(|(at, site)| Some((at, site.oldest.as_ref()?)))
}

fn name(what: &str, site: usize) -> Ident {
    Ident::new(&format!("__METRICS_{what}_{site}"), Span::mixed_site())
}

fn statics(
    private: &RuntimePath,
    budget: u64,
    function_name: &str,
    function: &Ident,
    site: usize,
    asked: &OldestPlan,
) -> TokenStream {
    let OldestPlan { name: metric, span, help } = asked;
    let [series, slots, family, starts, overflow, oldest, reading] =
        ["SERIES", "AGE_SLOTS", "AGES", "STARTS", "OVERFLOW", "OLDEST", "READING"].map(|what| name(what, site));
    let site = Literal::usize_unsuffixed(site);
    let counter = Metric {
        kind: MetricKind::Counter,
        name: "metrics_in_flight_overflow_total",
        help: "Calls in flight for whose start there was no place, so that the age of the oldest call may leave them out.",
        specs: vec![quote!(#private::LabelSpec::fixed("oldest", |_| ::core::option::Option::Some(#metric)))],
        buckets: &[],
        budget,
        span: *span,
    };
    let (counter, counter_family) = registered_metric(private, function_name, &counter);
    let gauge = quote!(#function.sites[#site].family);
    quote_spanned! {Span::mixed_site()=>
        const #series: ::core::primitive::usize = #private::series(#gauge.labels);
        static #slots: #private::Slots<[#private::Slot; #series]> = #private::Slots::new();
        static #family: #private::Family = #private::Oldest::family(#gauge, #metric, #help, &#slots);
        static #starts: #private::InFlightStarts = #private::InFlightStarts::new();
        static #overflow: &#private::Family = {
            #counter
            &#counter_family
        };
        static #oldest: #private::Oldest =
            #private::Oldest { family: &#family, gauge: #gauge, starts: &#starts, overflow: #overflow };
        #[#private::linkme::distributed_slice(#private::READINGS)]
        #[linkme(crate = #private::linkme)]
        static #reading: #private::Reading = #private::Oldest::reading(&#oldest, &#function.place);
    }
}
