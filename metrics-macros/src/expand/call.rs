//! The code that starts a call and the closure that reads its outcome, with the static data of the function.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::expand::description::description;
use crate::expand::evaluations::Evaluations;
use crate::expand::label::{LabelCode, declared_metric, declared_use, label_item, label_spec, position_const};
use crate::expand::metric::{Metric, MetricCode, metric_code, metric_code_with, place, policy_items};
use crate::expand::objective::objective;
use crate::expand::observed::{values_at_end, values_at_start};
use crate::expand::oldest::{empty_places, with_places};
use crate::kind::MetricKind;
use crate::plan::model::{Conditions, Event, LabelPlan, LabelPlanValue, MetricPlan, Plan, SitePlan};
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::local;

pub(crate) struct CallCode<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) private: &'a RuntimePath,
    pub(crate) function_name: String,
    /// It is the call of a stream.
    pub(crate) is_stream: bool,
}

impl CallCode<'_> {
    /// The static data of the function, and the guard.
    pub(crate) fn start(&self, constructor: &str, probe: &TokenStream) -> TokenStream {
        let (path, private) = (self.private, &RuntimePath::of_name(Ident::new("__metrics_private", Span::call_site())));
        let constructor = Ident::new(constructor, Span::mixed_site());
        let count = Literal::usize_unsuffixed(self.plan.sites.len());
        let (mut statics, mut slots, mut sites) = (TokenStream::new(), Vec::new(), Vec::new());
        for (at, site) in self.plan.sites.iter().enumerate() {
            let (statics_of_site, slots_of_site, site) = self.site(private, at, site);
            statics.extend(statics_of_site);
            slots.extend(slots_of_site);
            sites.push(site);
        }
        let slots = (!slots.is_empty()).then(|| {
            let new = slots.iter().map(|_| quote!(#private::Slots::new()));
            quote_spanned!(Span::mixed_site()=> static __METRICS_SLOTS: (#(#slots,)*) = (#(#new,)*);)
        });
        let mentions = &self.plan.mentions;
        let place = place(private, &self.function_name);
        let has_any = |events: &[Event]| self.plan.sites.iter().any(|site| events.contains(&site.event));
        let (timed, starts) =
            (has_any(&[Event::Duration]), has_any(&[Event::Start, Event::InFlight, Event::StartValue]));
        let objectives =
            self.plan.sites.iter().enumerate().map(|(at, site)| objective(private, at, site)).collect::<TokenStream>();
        let descriptions = self.plan.sites.iter().enumerate().map(|(at, site)| {
            let at = Literal::usize_unsuffixed(at);
            description(private, site, &quote_spanned!(Span::mixed_site()=> __METRICS_FUNCTION.sites[#at].family))
        });
        let descriptions: TokenStream = descriptions.collect();
        let policy = policy_items(private, self.plan.policy_file.as_deref(), self.plan.series_in_total);
        let function = local("function");
        let evaluations = Evaluations::at_start(self.plan);
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            sum(site.labels.iter().enumerate().filter_map(|(index, label)| {
                let code = self.label(&function, (at, site), index);
                match &label.value {
                    LabelPlanValue::Parameter(parameter) => Some(code.of_parameter(&evaluations, parameter)),
                    LabelPlanValue::Expression(expression) => {
                        Some(code.evaluate(&evaluations, &quote!({ #expression })))
                    }
                    _ => None,
                }
            }))
        });
        let reads_label =
            self.has_label(|value| matches!(value, LabelPlanValue::Parameter(_) | LabelPlanValue::Expression(_)));
        let parameter = if reads_label { quote!(#function) } else { quote!(_) };
        let evaluated = evaluations.statements(private);
        let read = match values_at_start(self.plan) {
            None => quote!([#(#offsets),*]),
            Some(values) => quote!(([#(#offsets),*], #values)),
        };
        let read = if evaluated.is_empty() { read } else { quote!({ #evaluated #read }) };
        let (item, function_of_call) = if self.is_stream {
            // The type of a closure has the lifetime of what it returns. Where a stream is part of a future that must be `Send`, the
            // compiler would ask for any lifetime there.
            let item = quote_spanned! {Span::mixed_site()=>
                #[inline]
                fn __metrics_function_of_call() -> &'static #private::Function<#count> {
                    &__METRICS_FUNCTION
                }
            };
            (item, quote_spanned!(Span::mixed_site()=> __metrics_function_of_call))
        } else {
            (TokenStream::new(), quote_spanned!(Span::mixed_site()=> || &__METRICS_FUNCTION))
        };
        let started = quote_spanned! {Span::mixed_site()=>
            #private::Call::#constructor(#function_of_call, |#parameter| #read)
        };
        let statics_of_function = Ident::new("__METRICS_FUNCTION", Span::mixed_site());
        let started = with_places(private, self.plan, &self.function_name, &statics_of_function, started);
        quote_spanned! {Span::mixed_site()=>
            {
                #mentions
                // Dozens of paths begin with it.
                use #path as #private;
                #probe
                #statics
                #slots
                static __METRICS_FUNCTION: #private::Function<#count> = #private::Function {
                    place: #place,
                    sites: [#(#sites),*],
                    timed: #timed,
                    starts: #starts,
                };
                #[#private::linkme::distributed_slice(#private::DEFINITIONS)]
                #[linkme(crate = #private::linkme)]
                static __METRICS_DEFINITION: #private::Definition =
                    __METRICS_FUNCTION.__metrics_definition();
                #item
                #objectives
                #descriptions
                #policy
                #started
            }
        }
    }

    /// The closure that reads the returned value.
    pub(crate) fn outcome_closure(&self, returns: &Type) -> TokenStream {
        self.outcome_closure_with(returns, &TokenStream::new())
    }

    /// The same, with statements before.
    pub(crate) fn outcome_closure_with(&self, returns: &Type, statements: &TokenStream) -> TokenStream {
        let private = self.private;
        let (function, value, error) = (local("function"), local("value"), local("error"));
        let evaluations = Evaluations::at_end(self.plan, &value);
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            sum(site.labels.iter().enumerate().filter_map(|(index, label)| {
                let code = self.label(&function, (at, site), index);
                match (&label.value, &label.ty) {
                    (LabelPlanValue::Result { pattern, expression }, _) => {
                        Some(code.evaluate(&evaluations, &quote!({ let #pattern = #value; #expression })))
                    }
                    (LabelPlanValue::Reason { may_be_missing, .. }, Some(ty)) => {
                        let (spec, span, index) = (&code.spec, ty.span(), label_item(&self.plan.krate, ty, "index"));
                        let private = private.at(span);
                        let value = Ident::new(&value.to_string(), span.resolved_at(value.span()));
                        let reason = quote_spanned!(span=> #private::reason_of::<#ty, _>(#value));
                        // `Ok` has no reason. If it is not counted as a failure, any index will do.
                        let missing = if *may_be_missing { quote!(#spec.last()) } else { quote!(0) };
                        Some(quote!(#spec.evaluate(|| #reason.map_or(#missing, |reason| #index(&reason)))))
                    }
                    _ => None,
                }
            }))
        });
        let reads_label =
            self.has_label(|value| matches!(value, LabelPlanValue::Result { .. } | LabelPlanValue::Reason { .. }));
        let parameter = if reads_label { quote!(#function) } else { quote!(_) };
        let Conditions { error_if, ok_if } = &self.plan.conditions;
        // Where no signature says the types, they must be known here: by an unknown one, the first trait that fits would be taken.
        let known = match returns {
            Type::Infer(_) => quote_spanned! {Span::mixed_site()=>
                (*#value).__metrics_known();
                if let ::core::option::Option::Some(#error) = (&&#private::Returned(#value)).__metrics_error() {
                    (*#error).__metrics_known();
                }
            },
            _ => TokenStream::new(),
        };
        let by_type = quote_spanned! {Span::mixed_site()=>
            (&&&&#private::Returned(#value)).__metrics_end(),
            |#error| (&&&&&&&&&&#error).__metrics_reason(),
        };
        let outcome = match ok_if {
            None => quote!(#private::outcome(#by_type)),
            Some(ok_if) => quote!(#private::outcome_ok_if(#by_type #value, #ok_if)),
        };
        let outcome = match error_if {
            None => outcome,
            Some(error_if) => quote!(#private::outcome_error_if(#outcome, #value, #error_if)),
        };
        let (evaluated, values) = (evaluations.statements(private), values_at_end(self.plan, &value));
        // Most functions read no label and no value there, and each further expression costs the compiler time.
        let end = if reads_label || values.is_some() {
            let values = values.iter();
            quote_spanned!(Span::mixed_site()=> (#outcome, [#(#offsets),*], #(#values,)*))
        } else {
            outcome
        };
        quote_spanned! {Span::mixed_site()=>
            |#parameter, #value| {
                use #private::by_type::*;
                #known
                #statements
                #evaluated
                #end
            }
        }
    }

    /// What stands before the call is started: the positions of the labels in declared metrics, which the compiler looks up
    /// once, and the places for the starts of calls in flight.
    ///
    /// ```text
    /// const AT_0_1: usize = place_of(counter(&COMFYUI_REQUESTS), "status");
    /// ```
    pub(crate) fn label_positions(&self) -> TokenStream {
        let mut positions = TokenStream::new();
        for (site_at, site) in self.plan.sites.iter().enumerate() {
            let MetricPlan::Declared(path) = &site.metric else { continue };
            for (at, label) in site.labels.iter().enumerate() {
                let (name, position) = (&label.name, position_const(site_at, at, label));
                let metric = declared_metric(self.private, site, path);
                let private = self.private.at(label.span);
                positions
                    .extend(quote_spanned!(label.span=> const #position: ::core::primitive::usize = #private::place_of(#metric, #name);));
            }
        }
        // Behind the constants: items stand before statements.
        positions.extend(empty_places(self.private, self.plan));
        positions
    }

    /// Whether the value of a label is one of these.
    fn has_label(&self, is_it: impl Fn(&LabelPlanValue) -> bool) -> bool {
        self.plan.sites.iter().flat_map(|site| &site.labels).any(|label| is_it(&label.value))
    }

    /// The number of attributes before this one that describe their metric themselves.
    fn own_metrics_before(&self, at: usize) -> usize {
        self.plan.sites[..at].iter().filter(|site| matches!(site.metric, MetricPlan::Own { shared: None, .. })).count()
    }

    /// The constants of one attribute, the type of its slots, and its `Site`.
    fn site(
        &self,
        private: &RuntimePath,
        at: usize,
        site: &SitePlan,
    ) -> (TokenStream, Option<TokenStream>, TokenStream) {
        let event = Ident::new(site.event.name(), Span::mixed_site());
        match &site.metric {
            MetricPlan::Own { shared: Some(shared), .. } => {
                let site = quote! {
                    #private::Site {
                        event: #private::Event::#event,
                        family: &#shared,
                        offsets: #private::Offsets::new(#shared.labels),
                    }
                };
                (TokenStream::new(), None, site)
            }
            MetricPlan::Own { .. } => {
                let slots_at = Literal::usize_unsuffixed(self.own_metrics_before(at));
                let slots = quote_spanned!(Span::mixed_site()=> __METRICS_SLOTS.#slots_at);
                let code = own_metric(&self.plan.krate, private, &format!("_{at}"), site, &slots);
                let Some((MetricCode { statics, family, slots, .. }, offsets)) = code else {
                    return Default::default();
                };
                let site = quote! {
                    #private::Site { event: #private::Event::#event, family: &#family, offsets: #offsets }
                };
                (statics, slots.into(), site)
            }
            MetricPlan::Declared(path) => {
                let (span, metric) = (path.span(), declared_metric(private, site, path));
                let private = private.at(span);
                let uses =
                    site.labels.iter().enumerate().map(|(index, label)| {
                        declared_use(&private, &metric, label, &position_const(at, index, label))
                    });
                let site = quote_spanned! {span=>
                    #private::Site::declared(#private::Event::#event, #metric.family(), &[#(#uses),*])
                };
                (TokenStream::new(), None, site)
            }
        }
    }

    fn label<'p>(&self, function: &Ident, (site_at, site): (usize, &'p SitePlan), at: usize) -> LabelCode<'p> {
        let label = &site.labels[at];
        let site_literal = Literal::usize_unsuffixed(site_at);
        match &site.metric {
            MetricPlan::Own { .. } => {
                let at = Literal::usize_unsuffixed(at);
                LabelCode {
                    plan: label,
                    spec: quote!(#function.label(#site_literal, #at)),
                    index: label.ty.as_ref().map(|ty| label_item(&self.plan.krate, ty, "index")),
                    metric: None,
                }
            }
            MetricPlan::Declared(path) => {
                let (position, private) = (position_const(site_at, at, label), self.private.at(label.span));
                LabelCode {
                    plan: label,
                    spec: quote!(#function.label(#site_literal, #position)),
                    index: Some(quote_spanned!(label.span=> #private::index_at::<_, #position>)),
                    metric: Some(declared_metric(self.private, site, path)),
                }
            }
        }
    }
}

/// The metric that an attribute describes, and the offsets of its labels; `None` if it is declared elsewhere. `slots` is the
/// static of its slots.
pub(crate) fn own_metric(
    krate: &RuntimePath,
    private: &RuntimePath,
    suffix: &str,
    site: &SitePlan,
    slots: &TokenStream,
) -> Option<(MetricCode, TokenStream)> {
    let MetricPlan::Own { name, span, help, buckets, budget, .. } = &site.metric else { return None };
    let metric = |specs| Metric { kind: site.kind, name, help, specs, buckets, budget: *budget, span: *span };
    if let Some(names) = built_in(site) {
        let [labels, offsets, slots_type] = names.map(|name| {
            let name = Ident::new(name, Span::mixed_site());
            quote!(#private::#name)
        });
        return Some((metric_code_with(private, &metric(Vec::new()), labels, (slots, slots_type)), offsets));
    }
    let specs = site.labels.iter().map(|label| label_spec(krate, label)).collect();
    let code = metric_code(private, suffix, &metric(specs), slots);
    let labels = &code.labels;
    let are_known_at_start = site.labels.iter().all(LabelPlan::is_known_at_start);
    let offsets =
        if are_known_at_start { quote!(#private::Offsets::NONE) } else { quote!(#private::Offsets::new(#labels)) };
    Some((code, offsets))
}

/// What the runtime has for a metric whose only label is built in: its labels, their offsets, and the type of its slots.
/// `None` for other metrics, and where the compiler must check the budget.
fn built_in(site: &SitePlan) -> Option<[&'static str; 3]> {
    let ([label], MetricPlan::Own { budget, .. }) = (&site.labels[..], &site.metric) else { return None };
    let is_within_budget = site.kind != MetricKind::Histogram && *budget >= OUTCOMES;
    match (&label.value, label.name.as_str()) {
        _ if !is_within_budget => None,
        (LabelPlanValue::Outcome, "outcome") => Some(["OUTCOME", "OUTCOME_OFFSETS", "OutcomeSlots"]),
        (LabelPlanValue::Failure, "outcome") => Some(["FAILURE", "FAILURE_OFFSETS", "FailureSlots"]),
        (LabelPlanValue::Failure, "reason") => Some(["REASON", "REASON_OFFSETS", "ReasonSlots"]),
        (LabelPlanValue::FailureExceptCancelled, "reason") => {
            Some(["REASON_LEFT", "REASON_LEFT_OFFSETS", "ReasonLeftSlots"])
        }
        _ => None,
    }
}

/// No built-in label has more values.
const OUTCOMES: u64 = 5;

/// `a + b`, or `0`.
fn sum(terms: impl Iterator<Item = TokenStream>) -> TokenStream {
    let terms: Vec<_> = terms.collect();
    if terms.is_empty() { quote!(0) } else { quote!(#(#terms)+*) }
}
