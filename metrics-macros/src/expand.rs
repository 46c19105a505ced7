//! From the plan to tokens. Nothing can fail here: mistakes were found before.
//!
//! ```text
//! #[timed(histogram = "image_generation_seconds", labels(step))]
//! #[counted_failure(counter = "image_generation_failures_total")]
//! async fn generate(step: Step, prompt: &Prompt) -> Result<Image, Error> { body }
//! ```
//! becomes
//! ```text
//! async fn generate(step: Step, prompt: &Prompt) -> Result<Image, Error> {
//!     let call = {
//!         const LABELS_0: [LabelSpec; 1] = labels([LabelSpec::of::<Step>("step")]);
//!         static SLOTS_0: Slots<[Slot; series(&LABELS_0)]> = Slots::new();
//!         // LABELS_1 and SLOTS_1 of the counter.
//!         static FUNCTION: Function<2> = Function {
//!             place,
//!             sites: [
//!                 Site {
//!                     event: Event::Duration,
//!                     family: &Family { name: "image_generation_seconds", labels: &LABELS_0, slots: &SLOTS_0, … },
//!                     offsets: Offsets::new(&LABELS_0),
//!                 },
//!                 // That of the counter.
//!             ],
//!             timed: true,
//!             starts: false,
//!         };
//!         #[distributed_slice(DEFINITIONS)]
//!         static DEFINITION: Definition = FUNCTION.definition();
//!         Call::start(|| &FUNCTION, |function| [function.label(0, 0).evaluate(|| step.index()), 0])
//!     };
//!     call.measure(
//!         async move { body },
//!         |function, value: &Result<Image, Error>| (outcome of value, [0, 0]),
//!     ).await
//! }
//! ```

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::function::{Function, braced};
use crate::names::Kind;
use crate::plan::{Event, LabelPlan, LabelPlanValue, MetricPlan, Plan, SitePlan};
use crate::shape::{self, Shape};
use crate::tracked::Tracked;
use crate::types;

/// The function, measured.
pub fn expand(plan: &Plan, function: &Function, shape: &Shape) -> TokenStream {
    let private = private(&plan.krate);
    let body = Body { plan, private: &private, shape, name: function.signature.ident.to_string() };
    let measured = match &shape.kind {
        shape::Kind::Plain if function.tracks_caller() && plan.needs_outcome() => return body.tracked(function),
        shape::Kind::Plain => body.plain(),
        shape::Kind::Async => body.asynchronous(),
        shape::Kind::ReturnsFuture(block) => {
            let (opening, inner) = (&block.opening, braced(shape.span, body.asynchronous()));
            block.with(&quote!(#opening #inner))
        }
    };
    function.with_statements(&measured)
}

/// The door that the runtime keeps open for generated code.
pub fn private(krate: &TokenStream) -> TokenStream {
    quote!(#krate::private)
}

/// A local name that no name of the user's can be confused with.
pub fn local(name: &str) -> Ident {
    Ident::new(&format!("__metrics_{name}"), Span::mixed_site())
}

struct Body<'a> {
    plan: &'a Plan,
    private: &'a TokenStream,
    shape: &'a Shape,
    name: String,
}

impl Body<'_> {
    fn plain(&self) -> TokenStream {
        let (call, places, Shape { items, statements, .. }) = (local("call"), self.places(), self.shape);
        match &self.shape.returns {
            // Only the value says how the call ended, so the body runs in a closure that cannot `return` past us. Its
            // type is written out, so that the body is read as in a plain function.
            Some(returns) if self.plan.needs_outcome() => {
                let (start, ended) = (self.start("start"), self.ended(returns));
                let body = braced(self.shape.span, quote!(#items #statements));
                quote_spanned! {Span::mixed_site()=>
                    #places
                    let #call = #start;
                    #call.run(move || -> #returns #body, #ended)
                }
            }
            // A function that never returns can only panic.
            None if self.plan.needs_outcome() => {
                let start = self.start("start_running");
                quote_spanned! {Span::mixed_site()=>
                    #items
                    #places
                    let #call = #start;
                    #statements
                }
            }
            _ => {
                let start = self.start("guard");
                quote_spanned! {Span::mixed_site()=>
                    #items
                    #places
                    let #call = #start;
                    #statements
                }
            }
        }
    }

    /// See [`Tracked`].
    fn tracked(&self, function: &Function) -> TokenStream {
        let Shape { items, statements, span, returns, .. } = self.shape;
        let body = braced(*span, quote!(#items #statements));
        let Tracked { signature, inner, call: inner_call } = Tracked::new(function, &body.to_token_stream());
        let (call, places, start) = (local("call"), self.places(), self.start("start_running"));
        let measured = match returns {
            Some(returns) => {
                let ended = self.ended(returns);
                quote_spanned!(Span::mixed_site()=> #call.finish(#inner_call, #ended))
            }
            None => inner_call,
        };
        function.with(
            &signature,
            &quote_spanned! {Span::mixed_site()=>
                #inner
                #places
                let #call = #start;
                #measured
            },
        )
    }

    fn asynchronous(&self) -> TokenStream {
        let (call, places, private) = (local("call"), self.places(), self.private);
        let Shape { items, statements, .. } = self.shape;
        if !self.plan.needs_outcome() {
            let start = self.start("guard");
            return quote_spanned! {Span::mixed_site()=>
                #items
                #places
                let #call = #start;
                #statements
            };
        }
        let start = self.start("start");
        let Some(returns) = &self.shape.returns else {
            return quote_spanned! {Span::mixed_site()=>
                #places
                let #call = #start;
                #call.measure_diverging(async move { #items #statements }).await
            };
        };
        let ended = self.ended(returns);
        let body = braced(
            self.shape.span,
            quote_spanned! {Span::mixed_site()=>
                #items
                if false {
                    return #private::never_called::<#returns>();
                }
                #statements
            },
        );
        // An `async` block has no place for its type. A `return` in a branch that is never taken gives it, and stands
        // first, so that the statements behind it are read as in a plain function.
        quote_spanned! {Span::mixed_site()=>
            #places
            let #call = #start;
            #call.measure(
                async move #body,
                #ended,
            ).await
        }
    }

    /// Asks the type checker whether the function has run when it returns. A type that no name stands for shows it.
    fn probe(&self) -> TokenStream {
        let only_starts = self.plan.sites.iter().all(|site| site.event == Event::Start);
        match (&self.shape.kind, &self.shape.returns) {
            (shape::Kind::Plain, Some(returns @ Type::Path(_))) if !only_starts && !types::has_placeholder(returns) => {
                let span = returns.span();
                let private = respanned(self.private, span);
                quote_spanned! {span=>
                    {
                        #[allow(unused_imports)]
                        use #private::{ProbeFuture as _, ProbeValue as _};
                        #private::has_run((&&#private::Probe::<#returns>::new()).probe());
                    }
                }
            }
            _ => TokenStream::new(),
        }
    }

    /// The static data of the function, and the guard.
    fn start(&self, constructor: &str) -> TokenStream {
        let private = self.private;
        let constructor = Ident::new(constructor, Span::mixed_site());
        let count = Literal::usize_unsuffixed(self.plan.sites.len());
        let families = self.plan.sites.iter().enumerate().map(|(at, site)| self.family(at, site));
        let (statics, sites): (Vec<_>, Vec<_>) = families.unzip();
        let mentions = &self.plan.mentions;
        let place = place(private, &self.name);
        let any = |events: &[Event]| self.plan.sites.iter().any(|site| events.contains(&site.event));
        let (timed, starts) = (any(&[Event::Duration]), any(&[Event::Start, Event::InFlight]));
        let track = self.plan.policy_file.as_deref().map(track);
        let probe = self.probe();
        let function = local("function");
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            sum(site.labels.iter().enumerate().filter_map(|(index, label)| {
                let label = self.label(&function, at, index, label, site);
                match &label.plan.value {
                    LabelPlanValue::Parameter(parameter) => Some(label.evaluate(&quote!(#parameter))),
                    LabelPlanValue::Expression(expression) => Some(label.evaluate(&quote!({ #expression }))),
                    _ => None,
                }
            }))
        });
        let parameter = self.closure_parameter(&function, |value| {
            matches!(value, LabelPlanValue::Parameter(_) | LabelPlanValue::Expression(_))
        });
        quote_spanned! {Span::mixed_site()=>
            {
                #mentions
                #probe
                #(#statics)*
                static __METRICS_FUNCTION: #private::Function<#count> = #private::Function {
                    place: #place,
                    sites: [#(#sites),*],
                    timed: #timed,
                    starts: #starts,
                };
                #[#private::linkme::distributed_slice(#private::DEFINITIONS)]
                #[linkme(crate = #private::linkme)]
                static __METRICS_DEFINITION: #private::Definition = __METRICS_FUNCTION.definition();
                #track
                #private::Call::#constructor(|| &__METRICS_FUNCTION, |#parameter| [#(#offsets),*])
            }
        }
    }

    /// The closure that reads the returned value.
    fn ended(&self, returns: &Type) -> TokenStream {
        let private = self.private;
        let (function, value) = (local("function"), local("value"));
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            sum(site.labels.iter().enumerate().filter_map(|(index, label)| {
                let label = self.label(&function, at, index, label, site);
                match (&label.plan.value, &label.plan.ty) {
                    (LabelPlanValue::Result { pattern, expression }, _) => {
                        Some(label.evaluate(&quote!({ let #pattern = #value; #expression })))
                    }
                    (LabelPlanValue::Reason, Some(ty)) => {
                        let (spec, span, index) = (&label.spec, span_of(ty), label_item(&self.plan.krate, ty, "index"));
                        let private = respanned(private, span);
                        let of_value = Ident::new(&value.to_string(), span.resolved_at(value.span()));
                        let reason = quote_spanned!(span=> #private::reason_of::<#ty, _>(#of_value).as_ref());
                        // Of an `Ok` no failure is counted, whatever its reason.
                        Some(quote!(#spec.evaluate(|| #reason.map_or(0, |reason| #index(reason)))))
                    }
                    _ => None,
                }
            }))
        });
        let parameter = self.closure_parameter(&function, |value| {
            matches!(value, LabelPlanValue::Result { .. } | LabelPlanValue::Reason)
        });
        quote_spanned! {Span::mixed_site()=>
            |#parameter, #value: &#returns| {
                #[allow(unused_imports)]
                use #private::{
                    OutcomeOfError as _, OutcomeOfFailure as _, OutcomeOfResult as _, OutcomeOfValue as _,
                };
                ((&&&&#private::Returned(#value)).outcome(), [#(#offsets),*])
            }
        }
    }

    /// The name of a closure's parameter, or `_` where no label uses it.
    fn closure_parameter(&self, name: &Ident, uses: impl Fn(&LabelPlanValue) -> bool) -> TokenStream {
        let is_used = self.plan.sites.iter().flat_map(|site| &site.labels).any(|label| uses(&label.value));
        if is_used { quote!(#name) } else { quote!(_) }
    }

    /// The statics and the site of one attribute.
    fn family(&self, at: usize, site: &SitePlan) -> (TokenStream, TokenStream) {
        let private = self.private;
        let event = Ident::new(site.event.name(), Span::mixed_site());
        match &site.metric {
            MetricPlan::Own { name, span, help, buckets } => {
                let specs = site.labels.iter().map(|label| label_spec_of(&self.plan.krate, label)).collect();
                let (kind, budget, span) = (site.kind, self.plan.budget, *span);
                let metric = Metric { kind, name, help, specs, buckets, budget, span };
                let MetricCode { statics, family, offsets } = metric_code(private, &format!("_{at}"), &metric);
                let site = quote! {
                    #private::Site { event: #private::Event::#event, family: &#family, offsets: #offsets }
                };
                (statics, site)
            }
            MetricPlan::Declared(path) => {
                let (span, shared) = (path.span(), shared(private, site.kind, path));
                let private = respanned(private, span);
                let uses = site
                    .labels
                    .iter()
                    .enumerate()
                    .map(|(index, label)| declared_use(&private, &shared, label, &declared_at(at, index, label)));
                let site = quote_spanned! {span=>
                    #private::Site::declared(#private::Event::#event, #shared.family(), &[#(#uses),*])
                };
                (TokenStream::new(), site)
            }
        }
    }

    /// How the code speaks of a label.
    fn label<'p>(
        &self,
        function: &Ident,
        site_at: usize,
        at: usize,
        label: &'p LabelPlan,
        site: &SitePlan,
    ) -> LabelCode<'p> {
        let site_literal = Literal::usize_unsuffixed(site_at);
        match &site.metric {
            MetricPlan::Own { .. } => {
                let at = Literal::usize_unsuffixed(at);
                let index = label.ty.as_ref().map(|ty| label_item(&self.plan.krate, ty, "index"));
                LabelCode {
                    plan: label,
                    spec: quote!(#function.label(#site_literal, #at)),
                    function: index,
                    shared: None,
                }
            }
            MetricPlan::Declared(path) => {
                let shared = shared(self.private, site.kind, path);
                let (at, private) = (declared_at(site_at, at, label), respanned(self.private, label.span));
                let index = quote_spanned!(label.span=> #private::index_at::<_, #at>);
                LabelCode {
                    plan: label,
                    spec: quote!(#function.label(#site_literal, #at)),
                    function: Some(index),
                    shared: Some(shared),
                }
            }
        }
    }

    /// The places of the labels in declared metrics, which the compiler looks up once.
    ///
    /// ```text
    /// const AT_0_1: usize = place_of(counter(&COMFYUI_REQUESTS), "status");
    /// ```
    fn places(&self) -> TokenStream {
        let mut places = TokenStream::new();
        for (site_at, site) in self.plan.sites.iter().enumerate() {
            let MetricPlan::Declared(path) = &site.metric else { continue };
            for (at, label) in site.labels.iter().enumerate() {
                let (name, at) = (&label.name, declared_at(site_at, at, label));
                let (shared, private) = (shared(self.private, site.kind, path), respanned(self.private, label.span));
                places.extend(quote_spanned!(label.span=> const #at: usize = #private::place_of(#shared, #name);));
            }
        }
        places
    }
}

/// How the code speaks of a label.
struct LabelCode<'p> {
    plan: &'p LabelPlan,
    /// The `LabelSpec`.
    spec: TokenStream,
    /// The function that gives the index of a value.
    function: Option<TokenStream>,
    /// The declared metric, which the function takes too.
    shared: Option<TokenStream>,
}

impl LabelCode<'_> {
    fn index(&self, value: &TokenStream) -> TokenStream {
        let (function, shared) = (&self.function, self.shared.iter());
        quote_spanned!(self.plan.span=> #function(#(#shared,)* &#value))
    }

    fn evaluate(&self, value: &TokenStream) -> TokenStream {
        let (spec, index) = (&self.spec, self.index(value));
        quote!(#spec.evaluate(|| #index))
    }
}

/// `counter(&COMFYUI_REQUESTS)`: checks the metric's kind.
fn shared(private: &TokenStream, kind: Kind, path: &syn::Path) -> TokenStream {
    let span = path.span();
    let (private, kind) = (respanned(private, span), Ident::new(kind.name(), span));
    quote_spanned!(span=> #private::#kind(&#path))
}

/// The constant that [`Body::places`] has for a label.
fn declared_at(site: usize, label: usize, plan: &LabelPlan) -> Ident {
    Ident::new(&format!("__METRICS_AT_{site}_{label}"), Span::mixed_site().located_at(plan.span))
}

fn declared_use(private: &TokenStream, shared: &TokenStream, label: &LabelPlan, at: &Ident) -> TokenStream {
    match &label.value {
        LabelPlanValue::Parameter(_) | LabelPlanValue::Expression(_) => quote!(#private::LabelUse::at_start(#at)),
        LabelPlanValue::Result { .. } | LabelPlanValue::Reason => quote!(#private::LabelUse::from_result(#at)),
        LabelPlanValue::Outcome => {
            quote_spanned!(label.span=> #private::LabelUse::outcome(#private::is_outcome::<_, #at>(#shared)))
        }
        LabelPlanValue::Failure => quote_spanned! {label.span=>
            #private::LabelUse::failed_outcome(#private::is_failed_outcome::<_, #at>(#shared))
        },
    }
}

/// The code of one metric.
struct MetricCode {
    /// What it is made of.
    statics: TokenStream,
    /// The value of the `Family`.
    family: TokenStream,
    /// The value of the `Offsets`.
    offsets: TokenStream,
}

/// The constants and statics of one metric; `suffix` tells them from those of the others.
///
/// ```text
/// const LABELS_0: [LabelSpec; 1] = labels([LabelSpec::of::<Step>("step")]);
/// static SLOTS_0: Slots<[Slot; series(&LABELS_0)]> = Slots::new();
///
/// Family { kind: Kind::Histogram, name: "…_seconds", help: "…", labels: &LABELS_0, buckets: &[10.0], slots: &SLOTS_0, … }
/// ```
fn metric_code(private: &TokenStream, suffix: &str, metric: &Metric<'_>) -> MetricCode {
    let [labels, slots] =
        ["LABELS", "SLOTS"].map(|name| Ident::new(&format!("__METRICS_{name}{suffix}"), Span::mixed_site()));
    let Metric { name, help, specs, .. } = metric;
    let kind = match metric.kind {
        Kind::Counter => quote!(Counter),
        Kind::Gauge => quote!(Gauge),
        Kind::Histogram => quote!(Histogram),
    };
    let buckets = metric.buckets.iter().map(|bound| Literal::f64_unsuffixed(*bound));
    let buckets = quote!(&[#(#buckets),*]);
    let limit = Literal::u64_unsuffixed(metric.budget);
    // Where the budget is exceeded, the compiler underlines the metric's name.
    let spanned = respanned(private, metric.span);
    let budget = quote_spanned!(metric.span=> #spanned::Budget::new(#name, #spanned::Kind::#kind, #buckets, #limit));
    let (statics, labels, offsets) = if specs.is_empty() {
        // One series is within any budget.
        let checked =
            (metric.kind == Kind::Histogram).then(|| quote_spanned!(metric.span=> const _: () = #budget.check(&[]);));
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

/// What the statics of a metric hold.
pub struct Metric<'a> {
    pub kind: Kind,
    pub name: &'a str,
    pub help: &'a str,
    /// A `LabelSpec` for each label.
    pub specs: Vec<TokenStream>,
    pub buckets: &'a [f64],
    /// The largest number of series that it may have.
    pub budget: u64,
    /// Where its name stands.
    pub span: Span,
}

/// The statics of a metric that no function records by itself, which is in the catalog all the same; and the name of its
/// `Family`.
pub fn registered(private: &TokenStream, item: &str, metric: &Metric<'_>) -> (TokenStream, Ident) {
    let place = place(private, item);
    let MetricCode { statics, family: value, offsets: _ } = metric_code(private, "", metric);
    let family = Ident::new("__METRICS_FAMILY", Span::mixed_site());
    let registered = quote! {
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
        static __METRICS_DEFINITION: #private::Definition = __METRICS_FUNCTION.definition();
    };
    (registered, family)
}

/// Where the attribute stands.
fn place(private: &TokenStream, item: &str) -> TokenStream {
    quote! {
        #private::Place {
            item: #item,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        }
    }
}

/// Makes cargo build the crate again when its `metrics.toml` changes.
pub fn track(file: &std::path::Path) -> TokenStream {
    file.to_str().map_or_else(TokenStream::new, |file| {
        quote!(
            const _: &[u8] = ::core::include_bytes!(#file);
        )
    })
}

fn label_spec_of(krate: &TokenStream, label: &LabelPlan) -> TokenStream {
    let name = &label.name;
    let private = private(krate);
    let typed = label.ty.as_ref().map(|ty| typed_label(krate, name, ty));
    match &label.value {
        LabelPlanValue::Parameter(_) => quote!(#typed),
        LabelPlanValue::Expression(expression) if cannot_panic(expression) => quote!(#typed),
        LabelPlanValue::Expression(_) => quote!(#typed.or_none()),
        LabelPlanValue::Result { .. } => quote!(#typed.from_result()),
        LabelPlanValue::Reason => quote!(#typed.from_error()),
        LabelPlanValue::Outcome => quote!(#private::LabelSpec::outcome()),
        LabelPlanValue::Failure => quote!(#private::LabelSpec::failure(#name)),
    }
}

/// `LabelSpec::new("step", <Step as Label>::CARDINALITY, <Step as Label>::NONE, <Step as Label>::value, <Step as Label>::capped)`
pub fn typed_label(krate: &TokenStream, name: &str, ty: &TokenStream) -> TokenStream {
    let private = private(krate);
    let items = ["CARDINALITY", "NONE", "value", "capped"].map(|item| label_item(krate, ty, item));
    quote!(#private::LabelSpec::new(#name, #(#items),*))
}

/// `<Step as Label>::index`, all of it at the type's place: the compiler reports a type that is no label there, and
/// once, since each mention gives the same message.
fn label_item(krate: &TokenStream, ty: &TokenStream, item: &str) -> TokenStream {
    let span = span_of(ty);
    let item = Ident::new(item, span);
    let krate = respanned(krate, span);
    quote_spanned!(span=> <#ty as #krate::Label>::#item)
}

/// From the first to the last token, where the compiler can join them.
fn span_of(tokens: &TokenStream) -> Span {
    tokens.span()
}

fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}

/// A constant or a variable; anything else may run code, which may panic.
fn cannot_panic(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Path(_) | syn::Expr::Lit(_) => true,
        syn::Expr::Reference(reference) => cannot_panic(&reference.expr),
        syn::Expr::Paren(paren) => cannot_panic(&paren.expr),
        syn::Expr::Group(group) => cannot_panic(&group.expr),
        _ => false,
    }
}

/// `a + b`, or `0`.
fn sum(terms: impl Iterator<Item = TokenStream>) -> TokenStream {
    let terms: Vec<_> = terms.collect();
    if terms.is_empty() { quote!(0) } else { quote!(#(#terms)+*) }
}
