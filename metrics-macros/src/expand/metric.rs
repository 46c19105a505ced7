//! The statics of one metric, and its definition in the catalog.

use std::path::Path;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::analyse::metric_name::unit_of;
use crate::kind::MetricKind;
use crate::runtime::RuntimePath;

/// The code of one metric.
pub(crate) struct MetricCode {
    /// Its constants.
    pub(crate) statics: TokenStream,
    /// The value of the `Family`.
    pub(crate) family: TokenStream,
    /// Its labels.
    pub(crate) labels: TokenStream,
    /// The type of its slots.
    pub(crate) slots: TokenStream,
}

/// The constants of one metric; `suffix` distinguishes them from those of other metrics. `slots` is the static of its slots.
///
/// ```text
/// const LABELS_0: &[LabelSpec] = &labels([LabelSpec::new("step", <Step as Label>::DATA)]);
///
/// Family {
///     kind: Kind::Histogram,
///     name: "…_seconds",
///     labels: LABELS_0,
///     buckets: &[10.0],
///     slots: &SLOTS.0, // of the type `Slots<[Slot; series(LABELS_0)]>`
///     …
/// }
/// ```
///
/// Each constant, each static and each length of an array is code of its own for the compiler, so there are as few as can be.
pub(crate) fn metric_code(private: &RuntimePath, suffix: &str, metric: &Metric<'_>, slots: &TokenStream) -> MetricCode {
    let labels = Ident::new(&format!("__METRICS_LABELS{suffix}"), Span::mixed_site());
    let Metric { name, specs, .. } = metric;
    let kind = Ident::new(metric.kind.variant(), Span::call_site());
    let limit = Literal::u64_unsuffixed(metric.budget);
    // If the budget is exceeded, the compiler underlines the metric's name.
    let spanned = private.at(metric.span);
    let buckets = metric.bounds_or_default(&spanned);
    let budget = quote_spanned!(metric.span=> #spanned::Budget::new(#name, #spanned::Kind::#kind, #buckets, #limit));
    let (statics, labels, slots_type) = if specs.is_empty() {
        // One series is within every budget. The buckets of a histogram are checked all the same.
        let checked = (metric.kind == MetricKind::Histogram && !metric.has_surely_few_buckets()).then(
            || quote_spanned!(metric.span=> const _: () = #spanned::Budget::check(&#budget, #spanned::NO_LABELS);),
        );
        (quote!(#checked), quote!(#private::NO_LABELS), quote!(#private::OneSlot))
    } else {
        let checked = quote_spanned!(metric.span=> #spanned::labels(#budget, [#(#specs),*]));
        let statics = quote_spanned!(Span::mixed_site()=> const #labels: &[#private::LabelSpec] = &#checked;);
        let slots = quote!(#private::Slots<[#private::Slot; #private::series(#labels)]>);
        (statics, labels.to_token_stream(), slots)
    };
    let family = family(private, metric, &labels, slots);
    MetricCode { statics, family, labels, slots: slots_type }
}

/// The code of a metric whose only label is built in: the runtime has what belongs to it.
pub(crate) fn metric_code_with(
    private: &RuntimePath,
    metric: &Metric<'_>,
    labels: TokenStream,
    (slots, slots_type): (&TokenStream, TokenStream),
) -> MetricCode {
    let family = family(private, metric, &labels, slots);
    MetricCode { statics: TokenStream::new(), family, labels, slots: slots_type }
}

fn family(private: &RuntimePath, metric: &Metric<'_>, labels: &TokenStream, slots: &TokenStream) -> TokenStream {
    let Metric { name, help, .. } = metric;
    let kind = Ident::new(metric.kind.variant(), Span::call_site());
    let (buckets, limit) = (metric.bounds(private), Literal::u64_unsuffixed(metric.budget));
    quote_spanned! {Span::mixed_site()=>
        #private::Family {
            kind: #private::Kind::#kind,
            name: #name,
            help: #help,
            labels: #labels,
            buckets: #buckets,
            budget: #limit,
            slots: &#slots,
        }
    }
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

impl Metric<'_> {
    fn bounds(&self, private: &RuntimePath) -> TokenStream {
        if self.buckets.is_empty() {
            return quote_spanned!(Span::mixed_site()=> #private::NO_BUCKETS);
        }
        let bounds = self.buckets.iter().map(|bound| Literal::f64_unsuffixed(*bound));
        quote!(&[#(#bounds),*])
    }

    /// The bounds that a histogram has also if it gives none.
    fn bounds_or_default(&self, private: &RuntimePath) -> TokenStream {
        if self.kind != MetricKind::Histogram || !self.buckets.is_empty() {
            return self.bounds(private);
        }
        let unit = Ident::new(&unit_of(self.name).to_uppercase(), Span::call_site());
        quote_spanned!(Span::mixed_site()=> #private::default_buckets::#unit)
    }

    /// Whether a histogram without labels needs no check by the compiler. Default buckets are fewer than these, too.
    fn has_surely_few_buckets(&self) -> bool {
        self.buckets.len() <= FEW_BUCKETS && self.budget >= 2 * FEW_BUCKETS as u64
    }
}

/// Far fewer than a histogram can have.
const FEW_BUCKETS: usize = 50;

/// The statics of a metric that no attribute records, which is in the catalog all the same, and the name of its
/// `Family`.
pub(crate) fn registered_metric(private: &RuntimePath, item: &str, metric: &Metric<'_>) -> (TokenStream, Ident) {
    let place = place(private, item);
    let slots = Ident::new("__METRICS_SLOTS", Span::mixed_site());
    let MetricCode { statics, family: value, labels: _, slots: slots_type } =
        metric_code(private, "", metric, &slots.to_token_stream());
    let family = Ident::new("__METRICS_FAMILY", Span::mixed_site());
    let statics = quote! {
        #statics
        static #slots: #slots_type = #private::Slots::new();
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
        static __METRICS_DEFINITION: #private::Definition = __METRICS_FUNCTION.__metrics_definition();
    };
    (statics, family)
}

/// The place of an attribute or a declaration.
pub(crate) fn place(private: &RuntimePath, item: &str) -> TokenStream {
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
pub(crate) fn policy_items(private: &RuntimePath, file: Option<&Path>, series_in_total: Option<u64>) -> TokenStream {
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
                static __METRICS_LIMIT: ::core::primitive::u64 = #series;
            };
        }
    });
    quote!(#watched #limit)
}
