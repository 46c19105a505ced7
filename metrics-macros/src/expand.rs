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
//!         static SLOTS_0: [Slot; series(&LABELS_0)] = [const { Slot::new() }; series(&LABELS_0)];
//!         static FAMILY_0: Family = Family::new(Histogram, "image_generation_seconds", help, &LABELS_0, &[], &SLOTS_0);
//!         // LABELS_1, SLOTS_1 and FAMILY_1 of the counter.
//!         static FUNCTION: Function<2> =
//!             Function::new(place, [Site::new(Event::Duration, &FAMILY_0), Site::new(Event::Failure, &FAMILY_1)]);
//!         #[distributed_slice(DEFINITIONS)]
//!         static DEFINITION: Definition = FUNCTION.definition();
//!         Call::start(&FUNCTION, |function| [function.label(0, 0).at(&step), 0])
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
use crate::plan::{Event, LabelPlan, LabelPlanValue, Plan, SitePlan};
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
        let (call, Shape { items, statements, .. }) = (local("call"), self.shape);
        match &self.shape.returns {
            // Only the value says how the call ended, so the body runs in a closure that cannot `return` past us. Its
            // type is written out, so that the body is read as in a plain function.
            Some(returns) if self.plan.needs_outcome() => {
                let (start, ended) = (self.start("start"), self.ended(returns));
                let body = braced(self.shape.span, quote!(#items #statements));
                quote_spanned! {Span::mixed_site()=>
                    let #call = #start;
                    #call.run(move || -> #returns #body, #ended)
                }
            }
            // A function that never returns can only panic.
            None if self.plan.needs_outcome() => {
                let start = self.start("start_running");
                quote_spanned! {Span::mixed_site()=>
                    #items
                    let #call = #start;
                    #statements
                }
            }
            _ => {
                let start = self.start("guard");
                quote_spanned! {Span::mixed_site()=>
                    #items
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
        let (call, start) = (local("call"), self.start("start_running"));
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
                let #call = #start;
                #measured
            },
        )
    }

    fn asynchronous(&self) -> TokenStream {
        let (call, private, Shape { items, statements, .. }) = (local("call"), self.private, self.shape);
        if !self.plan.needs_outcome() {
            let start = self.start("guard");
            return quote_spanned! {Span::mixed_site()=>
                #items
                let #call = #start;
                #statements
            };
        }
        let start = self.start("start");
        let Some(returns) = &self.shape.returns else {
            return quote_spanned! {Span::mixed_site()=>
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
        let track = self.plan.policy_file.as_deref().map(track);
        let probe = self.probe();
        let function = local("function");
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            let offsets = site.labels.iter().enumerate().filter_map(|(index, label)| {
                let spec = label_spec(&function, at, index);
                match &label.value {
                    LabelPlanValue::Parameter { ty, parameter } => {
                        let index = label_item(&self.plan.krate, ty, "index");
                        Some(quote!(#spec.at(#index(&#parameter))))
                    }
                    LabelPlanValue::Expression { ty, expression } => {
                        let index = label_item(&self.plan.krate, ty, "index");
                        Some(quote!(#spec.evaluate(|| #index(&{ #expression }))))
                    }
                    _ => None,
                }
            });
            sum(offsets)
        });
        let parameter = self.closure_parameter(&function, |value| {
            matches!(value, LabelPlanValue::Parameter { .. } | LabelPlanValue::Expression { .. })
        });
        quote_spanned! {Span::mixed_site()=>
            {
                #mentions
                #probe
                #(#statics)*
                static __METRICS_FUNCTION: #private::Function<#count> =
                    #private::Function::new(#place, [#(#sites),*]);
                #[#private::linkme::distributed_slice(#private::DEFINITIONS)]
                #[linkme(crate = #private::linkme)]
                static __METRICS_DEFINITION: #private::Definition = __METRICS_FUNCTION.definition();
                #track
                #private::Call::#constructor(&__METRICS_FUNCTION, |#parameter| [#(#offsets),*])
            }
        }
    }

    /// The closure that reads the returned value.
    fn ended(&self, returns: &Type) -> TokenStream {
        let private = self.private;
        let (function, value) = (local("function"), local("value"));
        let offsets = self.plan.sites.iter().enumerate().map(|(at, site)| {
            sum(site.labels.iter().enumerate().filter_map(|(index, label)| {
                let spec = label_spec(&function, at, index);
                match &label.value {
                    LabelPlanValue::Result { ty, pattern, expression } => {
                        let index = label_item(&self.plan.krate, ty, "index");
                        Some(quote!(#spec.evaluate(|| #index(&{ let #pattern = #value; #expression }))))
                    }
                    LabelPlanValue::Reason { ty } => {
                        let (span, index) = (span_of(ty), label_item(&self.plan.krate, ty, "index"));
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
            matches!(value, LabelPlanValue::Result { .. } | LabelPlanValue::Reason { .. })
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
        let specs = site.labels.iter().map(|label| label_spec_of(&self.plan.krate, label)).collect();
        let SitePlan { kind, name, help, buckets, .. } = site;
        let (statics, family) = family(private, &format!("_{at}"), &Metric { kind: *kind, name, help, specs, buckets });
        let event = Ident::new(site.event.name(), Span::mixed_site());
        (statics, quote!(#private::Site::new(#private::Event::#event, &#family)))
    }
}

/// The constants and statics of one metric; `suffix` tells them from those of the others.
///
/// ```text
/// const LABELS_0: [LabelSpec; 1] = labels([LabelSpec::of::<Step>("step")]);
/// static SLOTS_0: [Slot; series(&LABELS_0)] = [const { Slot::new() }; series(&LABELS_0)];
/// static FAMILY_0: Family = Family::new(Kind::Histogram, "…_seconds", "…", &LABELS_0, &[10.0], &SLOTS_0);
/// ```
pub fn family(private: &TokenStream, suffix: &str, metric: &Metric<'_>) -> (TokenStream, Ident) {
    let [labels, slots, family] =
        ["LABELS", "SLOTS", "FAMILY"].map(|name| Ident::new(&format!("__METRICS_{name}{suffix}"), Span::mixed_site()));
    let Metric { name, help, specs, .. } = metric;
    let count = Literal::usize_unsuffixed(specs.len());
    let kind = match metric.kind {
        Kind::Counter => quote!(Counter),
        Kind::Gauge => quote!(Gauge),
        Kind::Histogram => quote!(Histogram),
    };
    let buckets = metric.buckets.iter().map(|bound| Literal::f64_unsuffixed(*bound));
    let buckets = quote!(&[#(#buckets),*]);
    let statics = if specs.is_empty() {
        quote_spanned! {Span::mixed_site()=>
            static #slots: #private::Slot = #private::Slot::new();
            static #family: #private::Family = #private::Family::new(
                #private::Kind::#kind, #name, #help, &[], #buckets, ::core::slice::from_ref(&#slots)
            );
        }
    } else {
        quote_spanned! {Span::mixed_site()=>
            const #labels: [#private::LabelSpec; #count] = #private::labels([#(#specs),*]);
            static #slots: [#private::Slot; #private::series(&#labels)] =
                [const { #private::Slot::new() }; #private::series(&#labels)];
            static #family: #private::Family =
                #private::Family::new(#private::Kind::#kind, #name, #help, &#labels, #buckets, &#slots);
        }
    };
    (statics, family)
}

/// What the statics of a metric hold.
pub struct Metric<'a> {
    pub kind: Kind,
    pub name: &'a str,
    pub help: &'a str,
    /// A `LabelSpec` for each label.
    pub specs: Vec<TokenStream>,
    pub buckets: &'a [f64],
}

/// Where the attribute stands.
pub fn place(private: &TokenStream, item: &str) -> TokenStream {
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

fn label_spec(function: &Ident, site: usize, label: usize) -> TokenStream {
    let (site, label) = (Literal::usize_unsuffixed(site), Literal::usize_unsuffixed(label));
    quote!(#function.label(#site, #label))
}

fn label_spec_of(krate: &TokenStream, label: &LabelPlan) -> TokenStream {
    let name = &label.name;
    let private = private(krate);
    match &label.value {
        LabelPlanValue::Parameter { ty, .. } => typed_label(krate, name, ty),
        LabelPlanValue::Expression { ty, expression } => {
            let typed = typed_label(krate, name, ty);
            if cannot_panic(expression) { typed } else { quote!(#typed.or_none()) }
        }
        LabelPlanValue::Result { ty, .. } => {
            let typed = typed_label(krate, name, ty);
            quote!(#typed.from_result())
        }
        LabelPlanValue::Reason { ty } => {
            let typed = typed_label(krate, name, ty);
            quote!(#typed.from_error())
        }
        LabelPlanValue::Outcome => quote!(#private::LabelSpec::outcome()),
        LabelPlanValue::Failure => quote!(#private::LabelSpec::failure(#name)),
    }
}

/// `LabelSpec::new("step", <Step as Label>::CARDINALITY, <Step as Label>::NONE, <Step as Label>::value)`
pub fn typed_label(krate: &TokenStream, name: &str, ty: &TokenStream) -> TokenStream {
    let private = private(krate);
    let [cardinality, none, value] = ["CARDINALITY", "NONE", "value"].map(|item| label_item(krate, ty, item));
    quote!(#private::LabelSpec::new(#name, #cardinality, #none, #value))
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
