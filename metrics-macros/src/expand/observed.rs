//! The values of `#[observed]`.
//!
//! ```text
//! [CallValue::NONE, observed::<unit::Bytes, _>(|| image.len())]
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::analyse::metric_name::unit_of;
use crate::parse::read::Read;
use crate::plan::model::{Event, MetricPlan, Plan, SitePlan};
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::body_of_closure;

/// The values that the sites observe before the body runs, or nothing if none does.
pub(crate) fn values_at_start(plan: &Plan) -> Option<TokenStream> {
    values(plan, Event::StartValue, |read| match read {
        Read::AtStart(expression) => Some((expression.span(), expression.to_token_stream())),
        Read::FromResult { .. } => None,
    })
}

/// The values that the sites observe of the returned value, or nothing if none does.
pub(crate) fn values_at_end(plan: &Plan, returned: &Ident) -> Option<TokenStream> {
    values(plan, Event::EndValue, |read| match read {
        Read::FromResult { pattern, expression } => {
            Some((expression.span(), quote!({ let #pattern = #returned; #expression })))
        }
        Read::AtStart(_) => None,
    })
}

fn values(plan: &Plan, event: Event, code_of: impl Fn(&Read) -> Option<(Span, TokenStream)>) -> Option<TokenStream> {
    if !plan.sites.iter().any(|site| site.event == event) {
        return None;
    }
    let private = plan.krate.private();
    let values = plan.sites.iter().map(|site| match site.value.as_ref().and_then(&code_of) {
        Some((span, code)) => value(plan, &private, site, span, &code),
        None => quote!(#private::CallValue::NONE),
    });
    Some(quote!([#(#values),*]))
}

/// A value that the histogram cannot observe is reported at the expression.
fn value(plan: &Plan, private: &RuntimePath, site: &SitePlan, span: Span, code: &TokenStream) -> TokenStream {
    let private = private.at(span);
    let code = body_of_closure(code);
    match &site.metric {
        MetricPlan::Own { name, .. } => {
            let (krate, unit) = (plan.krate.at(span), Ident::new(unit_of(name), span));
            quote_spanned!(span=> #private::observed::<#krate::unit::#unit, _>(|| #code))
        }
        MetricPlan::Declared(path) => quote_spanned!(span=> #private::observed_by(&#path, || #code)),
    }
}
