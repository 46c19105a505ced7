//! `#[derive(Failure)]`.

mod options;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Generics, Ident, Member, Result, Type, parse_quote};

use crate::diagnostic::Diagnostics;
use crate::failure::options::{Class, Options, Place};
use crate::runtime::RuntimePath;
use crate::tokens::deprecated::allow_deprecated;
use crate::tokens::hygiene::{of_ours, respanned};
use crate::tokens::search::find_ident;

/// ```text
/// impl Failure for ComfyError {
///     fn reason(&self) -> Reason {
///         match self {
///             Self::Timeout { .. } => Reason::Timeout,
///             Self::NotFound { .. } => Reason::Expected,
///             Self::Http { 0: source, .. } => {
///                 reason_of_source((&&Source(source)).__metrics_source(), |source| (&&&&&&&&&&source).__metrics_reason())
///             }
///         }
///     }
/// }
/// impl DerivedFailure for ComfyError {}
/// const _: () = {
///     #[distributed_slice(FAILURES)]
///     static __METRICS_FAILURE: FindFailure = |looked| (&&Derived::<ComfyError>::TYPE).__metrics_find(looked);
/// };
/// ```
/// and with `#[failure(reason: MyReasons)]` on the type
/// ```text
/// impl FailureReason<MyReasons> for ComfyError {
///     fn failure_reason(&self) -> MyReasons {
///         match self {
///             Self::Timeout { .. } => MyReasons::Timeout,
///             Self::Http { 0: source, .. } => FailureReason::<MyReasons>::failure_reason(source),
///         }
///     }
/// }
/// ```
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let place = if matches!(input.data, Data::Struct(_)) { Place::Struct } else { Place::Enum };
    let container = Options::parse(place, &input.attrs, &mut diagnostics);
    let krate = RuntimePath::of(container.krate.as_ref().map(|krate| &krate.value));
    let derive = Derive { krate: &krate, private: &krate.private(), container: &container, input };
    let variants = derive.variants(&mut diagnostics);
    let is_valid = diagnostics.is_empty();
    let errors = diagnostics.into_compile_errors();
    let failure = derive.failure_impl(&variants, is_valid);
    let failure_reason = derive.failure_reason_impl(&variants, is_valid);
    let registration = derive.registration(is_valid);
    quote!(#errors #failure #registration #failure_reason)
}

struct Derive<'a> {
    krate: &'a RuntimePath,
    private: &'a RuntimePath,
    /// The options before the type.
    container: &'a Options,
    input: &'a DeriveInput,
}

/// A variant, or a whole struct.
struct Variant<'a> {
    /// `Self::Timeout`.
    path: TokenStream,
    class: Class,
    reason: Option<Ident>,
    /// The field with the source, and its type, if the class is `source`.
    source: Option<(Member, &'a Type)>,
}

impl Derive<'_> {
    fn variants(&self, diagnostics: &mut Diagnostics) -> Vec<Variant<'_>> {
        let name = &self.input.ident;
        match &self.input.data {
            Data::Enum(data) => data
                .variants
                .iter()
                .filter_map(|variant| {
                    let ident = &variant.ident;
                    let options = Options::parse(Place::Variant, &variant.attrs, diagnostics);
                    diagnostics
                        .ok_or_report(self.variant(quote!(Self::#ident), ident, &options, &variant.fields))
                        .flatten()
                })
                .collect(),
            Data::Struct(data) => {
                let whole = self.variant(quote!(Self), name, self.container, &data.fields);
                diagnostics.ok_or_report(whole).flatten().into_iter().collect()
            }
            Data::Union(_) => {
                diagnostics.under(name, format!("`{name}` is a union: derive `Failure` on an enum or a struct"));
                Vec::new()
            }
        }
    }

    /// The variant, unless its options could not be parsed, which was reported.
    fn variant<'a>(
        &self,
        path: TokenStream,
        name: &Ident,
        options: &Options,
        fields: &'a Fields,
    ) -> Result<Option<Variant<'a>>> {
        if !options.is_complete {
            return Ok(None);
        }
        let Some((class, span)) = options.class else {
            return Err(Error::new(
                name.span(),
                format!(
                    "`{name}` has no class: write `#[failure(timeout)]`, `#[failure(error)]`, `#[failure(source)]` or, if \
                     it is expected, `#[failure(ok)]` before it"
                ),
            ));
        };
        match (&self.container.reasons, &options.reason) {
            // If the type's options could not be parsed, the mistake may be in the type of the reasons.
            (None, Some(reason)) if self.container.is_complete => {
                return Err(Error::new(
                    reason.value.span(),
                    "the type of the reasons is missing: write `#[failure(reason: MyReasons)]` before the type, or \
                     remove this reason",
                ));
            }
            (Some(_), None) if class != Class::Source => {
                return Err(Error::new(
                    span,
                    format!("`{name}` needs a reason: write `#[failure({}, reason = …)]`", class.name()),
                ));
            }
            _ => {}
        }
        let source = if class == Class::Source { Some(find_source(span, fields)?) } else { None };
        let reason = options.reason.as_ref().map(|reason| reason.value.clone());
        Ok(Some(Variant { path, class, reason, source }))
    }

    fn failure_impl(&self, variants: &[Variant<'_>], is_valid: bool) -> TokenStream {
        let krate = self.krate;
        let arms = variants.iter().map(|Variant { path, class, source, .. }| match (class, source) {
            (Class::Source, Some((member, ty))) => {
                let bound = format_ident!("__metrics_source", span = Span::mixed_site());
                let reason = self.reason_of_source(&bound, ty);
                quote!(#path { #member: #bound, .. } => #reason)
            }
            (Class::Timeout, _) => quote!(#path { .. } => #krate::Reason::Timeout),
            (Class::Ok, _) => quote!(#path { .. } => #krate::Reason::Expected),
            _ => quote!(#path { .. } => #krate::Reason::Error),
        });
        // After an error the type is still a `Failure`, so that no second error says that it is not.
        let reason = match_self(&arms.collect::<Vec<_>>(), is_valid, &quote!(#krate::Reason::Error));
        let sources = variants.iter().filter_map(|variant| variant.source.as_ref());
        let generics = self.with_bounds(sources, &quote!(#krate::Failure));
        self.implement(
            &generics,
            &quote!(#krate::Failure),
            &quote! {
                fn reason(&self) -> #krate::Reason {
                    #reason
                }
            },
        )
    }

    /// The reason of the source that is bound to this name.
    fn reason_of_source(&self, bound: &Ident, ty: &Type) -> TokenStream {
        let private = self.private;
        if self.is_generic(ty) {
            return quote!(#private::reason_of_failure(#bound));
        }
        // A source that cannot be asked is reported at its type.
        let span = ty.span().resolved_at(Span::mixed_site());
        let (private, bound) = (private.at(span), respanned(&quote!(#bound), span));
        quote_spanned! {span=>
            {
                use #private::by_type::*;
                #private::reason_of_source(
                    (&&#private::Source(#bound)).__metrics_source(),
                    |source| (&&&&&&&&&&source).__metrics_reason(),
                )
            }
        }
    }

    /// What other errors know of this type: that it is meant to be a `Failure`, and how it is found where only
    /// `dyn Error` is known.
    fn registration(&self, is_valid: bool) -> TokenStream {
        let (private, name) = (self.private, &self.input.ident);
        let mark = self.implement(&self.input.generics, &quote!(#private::DerivedFailure), &TokenStream::new());
        if !is_valid || !self.input.generics.params.is_empty() {
            return mark;
        }
        quote_spanned! {Span::mixed_site()=>
            #mark
            #[allow(deprecated)]
            const _: () = {
                use #private::by_type::*;
                #[#private::linkme::distributed_slice(#private::FAILURES)]
                #[linkme(crate = #private::linkme)]
                static __METRICS_FAILURE: #private::FindFailure =
                    |looked| (&&#private::Derived::<#name>::TYPE).__metrics_find(looked);
            };
        }
    }

    fn failure_reason_impl(&self, variants: &[Variant<'_>], is_valid: bool) -> TokenStream {
        let (krate, private) = (self.krate, self.private);
        let Some(reasons) = self.container.reasons.as_ref().map(|reasons| &reasons.value) else {
            return if self.container.is_complete { TokenStream::new() } else { self.impl_for_any_reasons() };
        };
        let name = of_ours("FailureReason", reasons.span());
        let implemented = quote_spanned!(reasons.span()=> #krate::#name<#reasons>);
        let arms = variants.iter().map(|Variant { path, reason, source, .. }| match (reason, source) {
            (None, Some((member, _))) => {
                let bound = format_ident!("__metrics_source", span = Span::mixed_site());
                quote!(#path { #member: #bound, .. } => <_ as #implemented>::failure_reason(#bound))
            }
            (reason, _) => quote!(#path { .. } => #reasons::#reason),
        });
        // After an error the type still gives a reason, so that no second error says that it does not.
        let reason = match_self(&arms.collect::<Vec<_>>(), is_valid, &quote!(#private::never_called()));
        let sources = variants.iter().filter(|variant| variant.reason.is_none());
        let generics = self.with_bounds(sources.filter_map(|variant| variant.source.as_ref()), &implemented);
        self.implement(
            &generics,
            &implemented,
            &quote! {
                fn failure_reason(&self) -> #reasons {
                    #reason
                }
            },
        )
    }

    /// An `impl` for every type of reasons, if that type could not be parsed.
    fn impl_for_any_reasons(&self) -> TokenStream {
        let (krate, private) = (self.krate, self.private);
        let reasons = Ident::new("__MetricsReasons", Span::mixed_site());
        let mut generics = self.input.generics.clone();
        generics.params.push(parse_quote!(#reasons));
        self.implement(
            &generics,
            &quote!(#krate::FailureReason<#reasons>),
            &quote! {
                fn failure_reason(&self) -> #reasons {
                    #private::never_called()
                }
            },
        )
    }

    /// The generics, with a bound for each source whose type depends on them: tokens do not show whether such a source
    /// can be classified.
    fn with_bounds<'a>(&self, sources: impl Iterator<Item = &'a (Member, &'a Type)>, bound: &TokenStream) -> Generics {
        let mut generics = self.input.generics.clone();
        for (_, ty) in sources.filter(|(_, ty)| self.is_generic(ty)) {
            generics.make_where_clause().predicates.push(parse_quote!(#ty: #bound));
        }
        generics
    }

    /// Whether the type depends on a type parameter.
    fn is_generic(&self, ty: &Type) -> bool {
        let parameters: Vec<String> =
            self.input.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
        find_ident(ty, &parameters).is_some()
    }

    fn implement(&self, generics: &Generics, implemented: &TokenStream, method: &TokenStream) -> TokenStream {
        let name = &self.input.ident;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, type_generics, _) = self.input.generics.split_for_impl();
        let allow = allow_deprecated(self.input);
        quote! {
            #[automatically_derived]
            #allow
            impl #impl_generics #implemented for #name #type_generics #where_clause {
                #method
            }
        }
    }
}

fn match_self(arms: &[TokenStream], is_valid: bool, otherwise: &TokenStream) -> TokenStream {
    if !is_valid {
        return otherwise.clone();
    }
    if arms.is_empty() {
        return quote!(match *self {});
    }
    quote!(match self { #(#arms),* })
}

/// The field with the source: the one with `#[source]` or `#[from]`, the one named `source`, or the only one.
fn find_source(class: Span, fields: &Fields) -> Result<(Member, &Type)> {
    let is_marked = |field: &Field| {
        field
            .attrs
            .iter()
            .any(|attribute: &Attribute| attribute.path().is_ident("source") || attribute.path().is_ident("from"))
    };
    let fields: Vec<(usize, &Field)> = fields.iter().enumerate().collect();
    let found = fields
        .iter()
        .find(|(_, field)| is_marked(field))
        .or_else(|| fields.iter().find(|(_, field)| field.ident.as_ref().is_some_and(|name| name == "source")))
        .or(if let [only] = &fields[..] { Some(only) } else { None });
    let (index, field) = found.ok_or_else(|| {
        Error::new(
            class,
            "there is no field with the source: mark one with `#[source]` or `#[from]`, or classify the failure \
             itself, `#[failure(timeout)]` or `#[failure(error)]`",
        )
    })?;
    Ok((field.ident.clone().map_or_else(|| Member::from(*index), Member::Named), &field.ty))
}
