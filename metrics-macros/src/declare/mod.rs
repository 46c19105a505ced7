//! `declare_metrics!`.

mod grammar;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Type};

use crate::analyse::buckets::check_buckets;
use crate::analyse::label_name::check_label_name;
use crate::analyse::metric_name::{check_declared_name, counts_seconds, is_build_info, unit_of};
use crate::declare::grammar::{Declaration, Declarations, Join};
use crate::diagnostic::Diagnostics;
use crate::expand::label::typed_label_spec;
use crate::expand::metric::{Metric, policy_items, registered_metric};
use crate::kind::MetricKind;
use crate::names::unraw;
use crate::parse::doc_comment::first_sentence;
use crate::policy::file::Policy;
use crate::runtime::RuntimePath;
use crate::tokens::types::without_lifetimes;

/// The runtime's `with` takes as many values.
const MAX_LABELS: usize = 6;

pub(crate) fn declare(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Declarations { krate, metrics } = Declarations::parse(tokens, &mut diagnostics);
    let krate = RuntimePath::of(krate.as_ref().map(|krate| &krate.value));
    let (policy, mistake) = Policy::of_current_crate();
    if let Some(mistake) = mistake {
        diagnostics.at(Span::call_site(), mistake);
    }
    let policy_items = policy_items(&krate.private(), policy.file.as_deref(), policy.series_in_total);
    let items: TokenStream =
        metrics.iter().map(|declaration| expand(declaration, &krate, &policy, &mut diagnostics)).collect();
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #policy_items #items)
}

/// ```text
/// /// Jobs waiting.
/// pub static QUEUE_DEPTH: Gauge<(Queue,)> = {
///     const LABELS: [LabelSpec; 1] = labels([LabelSpec::new("queue", <Queue as Label>::DATA)]);
///     static SLOTS: Slots<[Slot; series(&LABELS)]> = Slots::new();
///     static FAMILY: Family = Family { … };
///     static FUNCTION: Function<1> = Function { sites: [Site { event: Event::Declared, family: &FAMILY, … }], … };
///     #[distributed_slice(DEFINITIONS)]
///     static DEFINITION: Definition = FUNCTION.__metrics_definition();
///     Gauge::new(&FAMILY)
/// };
/// ```
fn expand(
    declaration: &Declaration,
    krate: &RuntimePath,
    policy: &Policy,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let Declaration { attributes, visibility, kind, ident, name, labels, buckets, max_series, join, fractional } =
        declaration;
    if let Err(problem) = check_declared_name(*kind, &name.value()) {
        diagnostics.at(name.span(), problem);
    }
    if is_build_info(&name.value()) && *kind == MetricKind::Gauge && labels.is_none() {
        let name = name.value();
        diagnostics
            .at(ident.span(), format!("`{name}` says in its labels which version is built: add `labels(version: …)`"));
    }
    let help = first_sentence(attributes).unwrap_or_else(|| {
        diagnostics.at(
            ident.span(),
            format!("`{ident}` has no help text: write a doc comment before it, `/// What it measures.`"),
        );
        String::new()
    });
    let labels = labels.as_ref().map_or(&[][..], |labels| &labels.value);
    if labels.len() > MAX_LABELS {
        diagnostics.at(
            labels[MAX_LABELS].0.span(),
            format!(
                "a metric has at most {MAX_LABELS} labels, because each one multiplies the number of its series: \
                 remove the others"
            ),
        );
        return TokenStream::new();
    }
    check_labels(labels, policy, diagnostics);
    let bounds = match buckets {
        Some(buckets) => check_buckets(buckets, diagnostics).unwrap_or_default(),
        None => Vec::new(),
    };
    let private = krate.private();
    let handle = Ident::new(kind.variant(), Span::call_site());
    let handle = quote!(#krate::#handle);
    let types = labels.iter().map(|(_, ty)| ty);
    let counts_seconds = *kind == MetricKind::Counter && counts_seconds(&name.value());
    if let Some(fractional) = fractional.as_ref().filter(|_| counts_seconds) {
        let problem = "a counter of seconds counts fractions already: remove `fractional`";
        diagnostics.at(fractional.key, problem);
    }
    let unit = match kind {
        MetricKind::Histogram => Some(unit_of(&name.value())).filter(|unit| *unit != "Seconds"),
        MetricKind::Counter if counts_seconds => Some("Seconds"),
        MetricKind::Counter => fractional.as_ref().map(|_| "Plain"),
        MetricKind::Gauge => None,
    };
    let parameters = match unit {
        Some(unit) => {
            let unit = Ident::new(unit, Span::call_site());
            quote!(<(#(#types,)*), #krate::unit::#unit>)
        }
        None if labels.is_empty() => TokenStream::new(),
        None => quote!(<(#(#types,)*)>),
    };
    let specs =
        labels.iter().map(|(label, ty)| typed_label_spec(krate, &unraw(label), &without_lifetimes(ty))).collect();
    let metric = Metric {
        kind: *kind,
        name: &name.value(),
        help: &help,
        specs,
        buckets: &bounds,
        budget: policy.budget(max_series.as_ref().map(|max_series| max_series.value)),
        span: name.span(),
    };
    let (statics, family) = registered_metric(&private, &ident.to_string(), &metric);
    let fractions = (counts_seconds || fractional.is_some()).then(|| fractions_of(&private, &family));
    let join = join.as_ref().map(|join| join_of(&private, &family, join.value));
    quote! {
        #(#attributes)*
        #visibility static #ident: #handle #parameters = {
            #statics
            #join
            #fractions
            #handle::new(&#family)
        };
    }
}

/// How the gauge's values of several processes become one. It is an entry of its own, so that a metric without it has no data
/// for it.
fn join_of(private: &RuntimePath, family: &Ident, join: Join) -> TokenStream {
    let variant = Ident::new(join.variant(), Span::mixed_site());
    quote! {
        #[#private::linkme::distributed_slice(#private::JOINS)]
        #[linkme(crate = #private::linkme)]
        static __METRICS_JOIN: #private::GaugeJoin = #private::GaugeJoin::new(&#family, #private::Join::#variant);
    }
}

/// The counter's entry among those that count fractions.
fn fractions_of(private: &RuntimePath, family: &Ident) -> TokenStream {
    quote! {
        #[#private::linkme::distributed_slice(#private::FRACTIONS)]
        #[linkme(crate = #private::linkme)]
        static __METRICS_FRACTIONS: #private::FractionalCounter = #private::FractionalCounter::new(&#family);
    }
}

fn check_labels(labels: &[(Ident, Type)], policy: &Policy, diagnostics: &mut Diagnostics) {
    for (at, (label, _)) in labels.iter().enumerate() {
        let text = unraw(label);
        if let Err(problem) = check_label_name(policy, &text) {
            diagnostics.at(label.span(), problem);
        }
        if labels[..at].iter().any(|(other, _)| other == label) {
            diagnostics.at(label.span(), format!("the label `{text}` is given twice: remove one of them"));
        }
    }
}
