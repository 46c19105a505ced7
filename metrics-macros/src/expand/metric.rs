//! The statics of one metric, and its definition in the catalog.

use std::path::Path;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::kind::MetricKind;
use crate::tokens::hygiene::respanned;

/// The code of one metric.
pub(crate) struct MetricCode {
    /// Its constants and statics.
    pub(crate) statics: TokenStream,
    /// The value of the `Family`.
    pub(crate) family: TokenStream,
    /// The value of the `Offsets`.
    pub(crate) offsets: TokenStream,
}

/// The constants and statics of one metric; `suffix` distinguishes them from those of other metrics.
///
/// ```text
/// const LABELS_0: [LabelSpec; 1] = labels([LabelSpec::of::<Step>("step")]);
/// static SLOTS_0: Slots<[Slot; series(&LABELS_0)]> = Slots::new();
///
/// Family { kind: Kind::Histogram, name: "…_seconds", labels: &LABELS_0, buckets: &[10.0], slots: &SLOTS_0, … }
/// ```
pub(crate) fn metric_code(private: &TokenStream, suffix: &str, metric: &Metric<'_>) -> MetricCode {
    let [labels, slots] =
        ["LABELS", "SLOTS"].map(|name| Ident::new(&format!("__METRICS_{name}{suffix}"), Span::mixed_site()));
    let Metric { name, help, specs, .. } = metric;
    let kind = Ident::new(metric.kind.variant(), Span::call_site());
    let buckets = metric.buckets.iter().map(|bound| Literal::f64_unsuffixed(*bound));
    let buckets = quote!(&[#(#buckets),*]);
    let limit = Literal::u64_unsuffixed(metric.budget);
    // If the budget is exceeded, the compiler underlines the metric's name.
    let spanned = respanned(private, metric.span);
    let budget = quote_spanned!(metric.span=> #spanned::Budget::new(#name, #spanned::Kind::#kind, #buckets, #limit));
    let (statics, labels, offsets) = if specs.is_empty() {
        // One series is within every budget. The buckets of a histogram are checked all the same.
        let checked = (metric.kind == MetricKind::Histogram)
            .then(|| quote_spanned!(metric.span=> const _: () = #spanned::Budget::check(&#budget, &[]);));
        let statics = quote_spanned! {Span::mixed_site()=>
            #checked
            static #slots: #private::Slots<[#private::Slot; 1]> = #private::Slots::new();
        };
        (statics, quote!([]), quote!(#private::Offsets::NONE))
    } else {
        let count = Literal::usize_unsuffixed(specs.len());
        let checked = quote_spanned!(metric.span=> #spanned::labels(#budget, [#(#specs),*]));
        let statics = quote_spanned! {Span::mixed_site()=>
            const #labels: [#private::LabelSpec; #count] = #checked;
            static #slots: #private::Slots<[#private::Slot; #private::series(&#labels)]> = #private::Slots::new();
        };
        (statics, labels.to_token_stream(), quote!(#private::Offsets::new(&#labels)))
    };
    let family = quote_spanned! {Span::mixed_site()=>
        #private::Family {
            kind: #private::Kind::#kind,
            name: #name,
            help: #help,
            labels: &#labels,
            buckets: #buckets,
            budget: #limit,
            slots: &#slots,
        }
    };
    MetricCode { statics, family, offsets }
}

/// A metric, as its statics hold it.
pub(crate) struct Metric<'a> {
    pub(crate) kind: MetricKind,
    pub(crate) name: &'a str,
    pub(crate) help: &'a str,
    /// A `LabelSpec` for each label.
    pub(crate) specs: Vec<TokenStream>,
    pub(crate) buckets: &'a [f64],
    /// The largest number of series that it may have.
    pub(crate) budget: u64,
    /// Where its name stands.
    pub(crate) span: Span,
}

/// The statics of a metric that no attribute records, which is in the catalog all the same, and the name of its
/// `Family`.
pub(crate) fn registered_metric(private: &TokenStream, item: &str, metric: &Metric<'_>) -> (TokenStream, Ident) {
    let place = place(private, item);
    let MetricCode { statics, family: value, offsets: _ } = metric_code(private, "", metric);
    let family = Ident::new("__METRICS_FAMILY", Span::mixed_site());
    let statics = quote! {
        #statics
        static #family: #private::Family = #value;
        static __METRICS_FUNCTION: #private::Function<1> = #private::Function {
            place: #place,
            sites: [#private::Site {
                event: #private::Event::Declared,
                family: &#family,
                offsets: #private::Offsets::NONE,
            }],
            timed: false,
            starts: false,
        };
        #[#private::linkme::distributed_slice(#private::DEFINITIONS)]
        #[linkme(crate = #private::linkme)]
        static __METRICS_DEFINITION: #private::Definition =
                    #private::Function::definition(&__METRICS_FUNCTION);
    };
    (statics, family)
}

/// The place of an attribute or a declaration.
pub(crate) fn place(private: &TokenStream, item: &str) -> TokenStream {
    quote! {
        #private::Place {
            item: #item,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        }
    }
}

/// What `metrics.toml` asks for beside its rules. Cargo builds the crate again when the file changes, and the program's catalog gets
/// its limit for all metrics together.
pub(crate) fn policy_items(private: &TokenStream, file: Option<&Path>, series_in_total: Option<u64>) -> TokenStream {
    let watched = file.and_then(Path::to_str).map(|file| {
        quote!(
            const _: &[u8] = ::core::include_bytes!(#file);
        )
    });
    let limit = series_in_total.map(|series| {
        let series = Literal::u64_unsuffixed(series);
        quote! {
            const _: () = {
                #[#private::linkme::distributed_slice(#private::LIMITS)]
                #[linkme(crate = #private::linkme)]
                static __METRICS_LIMIT: u64 = #series;
            };
        }
    });
    quote!(#watched #limit)
}
