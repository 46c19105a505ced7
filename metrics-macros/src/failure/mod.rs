//! `#[derive(Failure)]`.

mod options;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Generics, Ident, Member, Result, Type, parse_quote};

use crate::diagnostic::Diagnostics;
use crate::grammar::Given;
use crate::plan::runtime;
use crate::types;
use options::{Class, Options, Place};

/// ```text
/// impl Failure for ComfyError {
///     fn reason(&self) -> Reason {
///         match self {
///             Self::Timeout { .. } => Reason::Timeout,
///             Self::Http { 0: source, .. } => (&&&Source(source)).reason(),
///         }
///     }
/// }
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
pub fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let place = if matches!(input.data, Data::Struct(_)) { Place::Struct } else { Place::Enum };
    let container = Options::parse(place, &input.attrs, &mut diagnostics);
    let krate = container.krate.as_ref().map_or_else(runtime, |Given { value, .. }| quote!(#value));
    let derive = Derive { krate: &krate, container: &container, input };
    let variants = derive.variants(&mut diagnostics);
    let is_sound = diagnostics.is_empty();
    let errors = diagnostics.into_compile_errors();
    let classified = derive.classified(&variants, is_sound);
    let reasons = derive.reasons(&variants, is_sound);
    quote!(#errors #classified #reasons)
}

struct Derive<'a> {
    krate: &'a TokenStream,
    /// What stands before the type.
    container: &'a Options,
    input: &'a DeriveInput,
}

/// A variant, or the whole of a struct.
struct Variant<'a> {
    /// `Self::Timeout`.
    path: TokenStream,
    class: Class,
    reason: Option<Ident>,
    /// The field that is asked, and its type, where the class is `source`.
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
                    diagnostics.keep(self.variant(quote!(Self::#ident), ident, &options, &variant.fields)).flatten()
                })
                .collect(),
            Data::Struct(data) => {
                let whole = self.variant(quote!(Self), name, self.container, &data.fields);
                diagnostics.keep(whole).flatten().into_iter().collect()
            }
            Data::Union(_) => {
                diagnostics.under(name, format!("`{name}` is a union: `Failure` is derived on enums and structs"));
                Vec::new()
            }
        }
    }

    /// The variant, unless its options could not be read, which was reported.
    fn variant<'a>(
        &self,
        path: TokenStream,
        name: &Ident,
        options: &Options,
        fields: &'a Fields,
    ) -> Result<Option<Variant<'a>>> {
        if !options.complete {
            return Ok(None);
        }
        let Some((class, span)) = options.class else {
            return Err(Error::new(
                name.span(),
                format!(
                    "`{name}` is not classified: put `#[failure(timeout)]`, `#[failure(error)]` or \
                     `#[failure(source)]` before it"
                ),
            ));
        };
        match (&self.container.reasons, &options.reason) {
            // Where the type's options could not be read, the set may be what is wrong there.
            (None, Some(reason)) if self.container.complete => {
                return Err(Error::new(
                    reason.value.span(),
                    "the set of reasons is not named: put `#[failure(reason: MyReasons)]` before the type, or leave \
                     this reason out",
                ));
            }
            (Some(_), None) if class != Class::Source => {
                return Err(Error::new(
                    span,
                    format!("`{name}` needs its reason: write `#[failure({}, reason = …)]`", class.name()),
                ));
            }
            _ => {}
        }
        let source = if class == Class::Source { Some(source(span, fields)?) } else { None };
        let reason = options.reason.as_ref().map(|reason| reason.value.clone());
        Ok(Some(Variant { path, class, reason, source }))
    }

    fn classified(&self, variants: &[Variant<'_>], is_sound: bool) -> TokenStream {
        let krate = self.krate;
        let arms = variants.iter().map(|Variant { path, class, source, .. }| match (class, source) {
            (Class::Source, Some((member, _))) => {
                let bound = format_ident!("__metrics_source", span = Span::mixed_site());
                quote! {
                    #path { #member: #bound, .. } => {
                        #[allow(unused_imports)]
                        use #krate::private::{ReasonOfError as _, ReasonOfFailure as _, ReasonOfValue as _};
                        (&&&#krate::private::Source(#bound)).reason()
                    }
                }
            }
            (Class::Timeout, _) => quote!(#path { .. } => #krate::Reason::Timeout),
            _ => quote!(#path { .. } => #krate::Reason::Error),
        });
        // After an error the type still is a `Failure`, so that no second error says that it is not.
        let reason = match_self(&arms.collect::<Vec<_>>(), is_sound, &quote!(#krate::Reason::Error));
        let sources = variants.iter().filter_map(|variant| variant.source.as_ref());
        let generics = self.bounded(sources, &quote!(#krate::Failure));
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

    fn reasons(&self, variants: &[Variant<'_>], is_sound: bool) -> TokenStream {
        let krate = self.krate;
        let Some(reasons) = self.container.reasons.as_ref().map(|reasons| &reasons.value) else {
            return if self.container.complete { TokenStream::new() } else { self.any_reasons() };
        };
        let the_trait = quote_spanned!(reasons.span()=> #krate::FailureReason<#reasons>);
        let arms = variants.iter().map(|Variant { path, reason, source, .. }| match (reason, source) {
            (None, Some((member, _))) => {
                let bound = format_ident!("__metrics_source", span = Span::mixed_site());
                quote!(#path { #member: #bound, .. } => <_ as #the_trait>::failure_reason(#bound))
            }
            (reason, _) => quote!(#path { .. } => #reasons::#reason),
        });
        // After an error the type still says its reason, so that no second error says that it does not.
        let reason = match_self(&arms.collect::<Vec<_>>(), is_sound, &quote!(#krate::private::never_called()));
        let sources = variants.iter().filter(|variant| variant.reason.is_none());
        let generics = self.bounded(sources.filter_map(|variant| variant.source.as_ref()), &the_trait);
        self.implement(
            &generics,
            &the_trait,
            &quote! {
                fn failure_reason(&self) -> #reasons {
                    #reason
                }
            },
        )
    }

    /// Where the set of reasons could not be read, it may be any.
    fn any_reasons(&self) -> TokenStream {
        let krate = self.krate;
        let reasons = Ident::new("__MetricsReasons", Span::mixed_site());
        let mut generics = self.input.generics.clone();
        generics.params.push(parse_quote!(#reasons));
        self.implement(
            &generics,
            &quote!(#krate::FailureReason<#reasons>),
            &quote! {
                fn failure_reason(&self) -> #reasons {
                    #krate::private::never_called()
                }
            },
        )
    }

    /// The generics, and a bound for each source whose type depends on them: whether such a source says what it is
    /// cannot be seen from its type's name.
    fn bounded<'a>(&self, sources: impl Iterator<Item = &'a (Member, &'a Type)>, bound: &TokenStream) -> Generics {
        let mut generics = self.input.generics.clone();
        let parameters: Vec<String> = generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
        for (_, ty) in sources.filter(|(_, ty)| types::mentions(ty, &parameters).is_some()) {
            generics.make_where_clause().predicates.push(parse_quote!(#ty: #bound));
        }
        generics
    }

    fn implement(&self, generics: &Generics, the_trait: &TokenStream, method: &TokenStream) -> TokenStream {
        let name = &self.input.ident;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, type_generics, _) = self.input.generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #the_trait for #name #type_generics #where_clause {
                #method
            }
        }
    }
}

fn match_self(arms: &[TokenStream], is_sound: bool, otherwise: &TokenStream) -> TokenStream {
    if !is_sound {
        return otherwise.clone();
    }
    if arms.is_empty() {
        return quote!(match *self {});
    }
    quote!(match self { #(#arms),* })
}

/// The field that holds the source: the one marked `#[source]` or `#[from]`, the one named `source`, or the only one.
fn source(class: Span, fields: &Fields) -> Result<(Member, &Type)> {
    let marked = |field: &Field| {
        field
            .attrs
            .iter()
            .any(|attribute: &Attribute| attribute.path().is_ident("source") || attribute.path().is_ident("from"))
    };
    let fields: Vec<(usize, &Field)> = fields.iter().enumerate().collect();
    let found = fields
        .iter()
        .find(|(_, field)| marked(field))
        .or_else(|| fields.iter().find(|(_, field)| field.ident.as_ref().is_some_and(|name| name == "source")))
        .or(if let [only] = &fields[..] { Some(only) } else { None });
    let (index, field) = found.ok_or_else(|| {
        Error::new(
            class,
            "there is no source to ask: mark the field with `#[source]` or `#[from]`, or classify the failure itself, \
             `#[failure(timeout)]` or `#[failure(error)]`",
        )
    })?;
    Ok((field.ident.clone().map_or_else(|| Member::from(*index), Member::Named), &field.ty))
}
