//! A label whose values are known only at run time: a struct around `Interned`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DataStruct, DeriveInput, Fields, Ident, LitInt, Type};

use crate::diagnostic::Diagnostics;
use crate::expand::metric::{Metric, registered_metric};
use crate::kind::MetricKind;
use crate::label::fallback::{errors_and_impl, hide_from_suggestions};
use crate::label::options::ContainerOptions;
use crate::label::texts;
use crate::names::snake_case;
use crate::policy::file::Policy;
use crate::runtime::RuntimePath;
use crate::tokens::deprecated::allow_deprecated;

/// A new value is compared with every value that is kept.
const MAX_VALUES: usize = 10_000;

/// ```text
/// const _: () = {
///     static FAMILY: Family = …;      // metrics_label_overflow_total{label="workflow"}
///     static VALUES: Values<32> = Values::new("workflow", "video::Workflow", &FAMILY);
///     impl Workflow {
///         pub fn new(value: &str) -> Self { Self(VALUES.intern(value)) }
///         pub fn preset(names: impl IntoIterator<…>) -> Result<(), PresetError> { VALUES.preset(names) }
///         pub fn as_str(self) -> &'static str { … }
///     }
///     impl Label for Workflow {
///         const CARDINALITY: usize = 33;
///         fn index(&self) -> usize { VALUES.index(self.0) }
///         fn value(index: usize) -> Option<&'static str> { VALUES.value(index) }
///         fn capped() -> Option<Capped> { Some(VALUES.capped::<Self>()) }
///     }
/// };
/// ```
pub(super) fn derive(
    input: &DeriveInput,
    data: &DataStruct,
    max_values: &LitInt,
    options: &ContainerOptions,
    krate: &RuntimePath,
    mut diagnostics: Diagnostics,
) -> TokenStream {
    let (name, visibility) = (&input.ident, &input.vis);
    let message = format!("a label with `max_values` is a struct around `Interned`: write `struct {name}(Interned);`");
    let field = match &data.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
        _ => None,
    };
    if field.is_none() {
        diagnostics.under(name, &message);
    }
    if let Some(parameter) = input.generics.params.first() {
        diagnostics.under(
            parameter,
            format!(
                "`{name}` is generic, and the values of a label are kept in one static, which cannot be generic: \
                 remove the parameters"
            ),
        );
    }
    let max: usize = max_values.base10_parse().ok().filter(|max| (1..=MAX_VALUES).contains(max)).unwrap_or_else(|| {
        diagnostics.at(max_values.span(), format!("`max_values` takes a whole number from 1 to {MAX_VALUES}"));
        1
    });
    let (Some(field), true) = (field, diagnostics.is_empty()) else {
        return errors_and_impl(input, krate, diagnostics);
    };
    let (max, with_other) = (Literal::usize_unsuffixed(max), Literal::usize_unsuffixed(max + 1));
    let private = krate.private();
    let (label, path) = (snake_case(&name.to_string()), name.to_string());
    let overflow = Metric {
        kind: MetricKind::Counter,
        name: "metrics_label_overflow_total",
        help: "Values of a capped label that were counted as `other`.",
        specs: vec![quote!(#private::LabelSpec::fixed("label", |_| ::core::option::Option::Some(#label)))],
        buckets: &[],
        budget: Policy::of_current_crate().0.series_per_metric,
        span: Span::mixed_site(),
    };
    let (statics, family) = registered_metric(&private, &name.to_string(), &overflow);
    let (hide, allow) = (hide_from_suggestions(krate), allow_deprecated(input));
    let (interned_trait, into, from) = interned_trait(krate, &field.ty, &message);
    let display = options.display.is_some().then(|| texts::display(input, &quote!(Self::as_str(Self(self.0)))));
    quote! {
        #allow
        const _: () = {
            #interned_trait
            #statics
            static __METRICS_VALUES: #private::Values<#max> =
                #private::Values::new(#label, ::core::concat!(::core::module_path!(), "::", #path), &#family);

            #[automatically_derived]
            #[allow(dead_code)]
            impl #name {
                /// The label's value for a text: the text itself, or `other` once `max_values` texts are kept.
                #visibility fn new(value: &::core::primitive::str) -> Self {
                    Self(#from(#private::Values::intern(&__METRICS_VALUES, value)))
                }

                /// Keeps these names as values of the label. Before `init()`, their series are there at zero from the start;
                /// later, the series of a name appears with its first value.
                ///
                /// # Errors
                ///
                /// A name is empty, longer than 128 bytes or contains control characters, or there are more names than
                /// `max_values`. The names that fit are kept all the same.
                #visibility fn preset(
                    names: impl ::core::iter::IntoIterator<Item = impl ::core::convert::AsRef<::core::primitive::str>>,
                ) -> ::core::result::Result<(), #krate::PresetError> {
                    #private::Values::preset(&__METRICS_VALUES, names)
                }

                /// The text that the metrics show.
                #visibility fn as_str(self) -> &'static ::core::primitive::str {
                    let index = #private::Values::index(&__METRICS_VALUES, #into(self.0));
                    #private::Values::value(&__METRICS_VALUES, index).unwrap_or("other")
                }
            }

            #display

            #[automatically_derived]
            #hide
            impl #krate::Label for #name {
                const CARDINALITY: ::core::primitive::usize = #with_other;

                #[inline]
                fn index(&self) -> ::core::primitive::usize {
                    #private::Values::index(&__METRICS_VALUES, #into(self.0))
                }

                fn value(index: ::core::primitive::usize) -> ::core::option::Option<&'static ::core::primitive::str> {
                    #private::Values::value(&__METRICS_VALUES, index)
                }

                fn capped() -> ::core::option::Option<#private::Capped> {
                    ::core::option::Option::Some(#private::Values::capped::<Self>(&__METRICS_VALUES))
                }
            }
        };
    }
}

/// A trait that only `Interned` implements, also under another name of that type, and its two functions for the field's
/// type. They have the place of that type: so the compiler reports there a type that is not `Interned`, once, with our
/// message.
///
/// ```text
/// trait IsInterned {
///     fn from(value: Interned) -> Self;
///     fn into(self) -> Interned;
/// }
/// impl IsInterned for Interned { … }
/// ```
fn interned_trait(krate: &RuntimePath, ty: &Type, message: &str) -> (TokenStream, TokenStream, TokenStream) {
    let span = ty.span();
    let name = Ident::new("__MetricsIsInterned", Span::mixed_site());
    let at_type = Ident::new("__MetricsIsInterned", span.resolved_at(Span::mixed_site()));
    let into = quote_spanned!(span=> <#ty as #at_type>::into);
    let from = quote_spanned!(span=> <#ty as #at_type>::from);
    let declared = quote! {
        #[diagnostic::on_unimplemented(message = #message, label = "is not `Interned`")]
        trait #name {
            fn from(value: #krate::Interned) -> Self;
            fn into(self) -> #krate::Interned;
        }

        #[diagnostic::do_not_recommend]
        impl #name for #krate::Interned {
            #[inline]
            fn from(value: Self) -> Self {
                value
            }

            #[inline]
            fn into(self) -> Self {
                self
            }
        }
    };
    (declared, into, from)
}
