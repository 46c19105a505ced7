//! The code of one label: its `LabelSpec`, and the index of a value.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use crate::expand::evaluations::{Evaluations, cannot_panic};
use crate::plan::model::{LabelPlan, LabelPlanValue, SitePlan};
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::{local, of_ours};

/// The code that reads one label's value.
pub(crate) struct LabelCode<'p> {
    pub(crate) plan: &'p LabelPlan,
    /// The `LabelSpec`.
    pub(crate) spec: TokenStream,
    /// The function that gives the index of a value.
    pub(crate) index: Option<TokenStream>,
    /// The declared metric, which that function takes too.
    pub(crate) metric: Option<TokenStream>,
}

impl LabelCode<'_> {
    /// The offset of a parameter. To read it runs no code of the user's but that of `Label`, so it needs no closure here: each one is
    /// code of its own for the compiler.
    pub(crate) fn of_parameter(&self, evaluations: &Evaluations, parameter: &Ident) -> TokenStream {
        if self.metric.is_some() {
            return self.evaluate(evaluations, &quote!(#parameter));
        }
        let (spec, index) = (&self.spec, &self.index);
        quote_spanned!(self.plan.span=> #spec.offset_by(#index, &#parameter))
    }

    /// The offset of a value, which is an expression.
    pub(crate) fn evaluate(&self, evaluations: &Evaluations, value: &TokenStream) -> TokenStream {
        let (spec, index, metric) = (&self.spec, &self.index, self.metric.iter());
        if let Some(evaluated) = evaluations.find(self.plan, value) {
            let value = local("value_of_label");
            let index = quote_spanned!(self.plan.span=> #index(#(#metric,)* #value));
            return quote!(#spec.evaluate_value(&#evaluated, |#value| #index));
        }
        let index = quote_spanned!(self.plan.span=> #index(#(#metric,)* &#value));
        quote!(#spec.evaluate(|| #index))
    }
}

/// The `LabelSpec` of a label whose metric the attribute describes.
pub(crate) fn label_spec(krate: &RuntimePath, label: &LabelPlan) -> TokenStream {
    let name = &label.name;
    let private = krate.private();
    let typed = label.ty.as_ref().map(|ty| typed_label_spec(krate, name, ty));
    match &label.value {
        LabelPlanValue::Parameter(_) => quote!(#typed),
        LabelPlanValue::Expression(expression) if cannot_panic(expression) => quote!(#typed),
        LabelPlanValue::Expression(_) => quote!(#typed.or_none()),
        LabelPlanValue::Result { .. } => quote!(#typed.from_result()),
        LabelPlanValue::Reason { may_be_missing, except_cancelled } => {
            let without_cancelled = except_cancelled.then(|| quote!(.without_cancelled()));
            let from_value = may_be_missing.then(|| quote!(.or_value()));
            quote!(#typed.from_error() #without_cancelled #from_value)
        }
        LabelPlanValue::Outcome => quote!(#private::LabelSpec::outcome()),
        LabelPlanValue::Failure => quote!(#private::LabelSpec::failure(#name)),
        LabelPlanValue::FailureExceptCancelled => quote!(#private::LabelSpec::failure_except_cancelled(#name)),
    }
}

/// `LabelSpec::new("step", <Step as Label>::DATA)`
pub(crate) fn typed_label_spec(krate: &RuntimePath, name: &str, ty: &TokenStream) -> TokenStream {
    let private = krate.private();
    let data = label_item(krate, ty, "DATA");
    quote!(#private::LabelSpec::new(#name, #data))
}

/// `<Step as Label>::index`, with the place of the type: the compiler reports there a type that is not a label. It
/// reports it once, because every mention gives the same message.
pub(crate) fn label_item(krate: &RuntimePath, ty: &TokenStream, item: &str) -> TokenStream {
    let span = ty.span();
    let item = Ident::new(item, span);
    let krate = krate.at(span);
    let label = of_ours("Label", span);
    quote_spanned!(span=> <#ty as #krate::#label>::#item)
}

/// `counter(&COMFYUI_REQUESTS)`: the declared metric, whose kind the compiler checks.
pub(crate) fn declared_metric(private: &RuntimePath, site: &SitePlan, path: &Path) -> TokenStream {
    let span = path.span();
    let taken_by = if site.value.is_some() { "observed_histogram" } else { site.kind.name() };
    let (private, kind) = (private.at(span), Ident::new(taken_by, span));
    quote_spanned!(span=> #private::#kind(&#path))
}

/// The constant with the position of a label in a declared metric.
pub(crate) fn position_const(site: usize, at: usize, label: &LabelPlan) -> Ident {
    Ident::new(&format!("__METRICS_AT_{site}_{at}"), Span::mixed_site().located_at(label.span))
}

/// The `LabelUse` of a label of a declared metric.
pub(crate) fn declared_use(
    private: &RuntimePath,
    metric: &TokenStream,
    label: &LabelPlan,
    position: &Ident,
) -> TokenStream {
    match &label.value {
        LabelPlanValue::Parameter(_) | LabelPlanValue::Expression(_) => quote!(#private::LabelUse::at_start(#position)),
        LabelPlanValue::Result { .. } | LabelPlanValue::Reason { .. } => {
            quote!(#private::LabelUse::from_result(#position))
        }
        LabelPlanValue::Outcome => {
            quote_spanned!(label.span=> #private::LabelUse::outcome(#private::is_outcome::<_, #position>(#metric)))
        }
        LabelPlanValue::Failure | LabelPlanValue::FailureExceptCancelled => quote_spanned! {label.span=>
            #private::LabelUse::failed_outcome(#private::is_failed_outcome::<_, #position>(#metric))
        },
    }
}
