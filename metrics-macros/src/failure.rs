//! `#[derive(Failure)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Ident, Member, Result};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::plan::runtime;

const CLASSES: [&str; 3] = ["timeout", "error", "source"];

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
pub fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let arms = arms(input, &mut diagnostics);
    let name = &input.ident;
    let krate = runtime();
    let reason = if diagnostics.is_empty() {
        quote!(match self { #(#arms),* })
    } else {
        // After an error the type still is a `Failure`, so that no second error says that it is not.
        quote!(#krate::Reason::Error)
    };
    let errors = diagnostics.into_compile_errors();
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #errors
        #[automatically_derived]
        impl #impl_generics #krate::Failure for #name #type_generics #where_clause {
            fn reason(&self) -> #krate::Reason {
                #reason
            }
        }
    }
}

fn arms(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Vec<TokenStream> {
    let name = &input.ident;
    match &input.data {
        Data::Enum(data) if data.variants.is_empty() => {
            vec![quote!(_ => match *self {})]
        }
        Data::Enum(data) => data
            .variants
            .iter()
            .filter_map(|variant| {
                let variant_name = &variant.ident;
                diagnostics.keep(arm(&quote!(Self::#variant_name), variant_name, &variant.attrs, &variant.fields))
            })
            .collect(),
        Data::Struct(data) => {
            diagnostics.keep(arm(&quote!(Self), name, &input.attrs, &data.fields)).into_iter().collect()
        }
        Data::Union(_) => {
            diagnostics.under(name, format!("`{name}` is a union: `Failure` is derived on enums and structs"));
            Vec::new()
        }
    }
}

/// `Self::Timeout { .. } => Reason::Timeout`
fn arm(path: &TokenStream, name: &Ident, attributes: &[Attribute], fields: &Fields) -> Result<TokenStream> {
    let krate = runtime();
    let class = class(attributes)?.ok_or_else(|| {
        Error::new(
            name.span(),
            format!(
                "`{name}` is not classified: put `#[failure(timeout)]`, `#[failure(error)]` or `#[failure(source)]` \
                 before it"
            ),
        )
    })?;
    Ok(match class.to_string().as_str() {
        "timeout" => quote!(#path { .. } => #krate::Reason::Timeout),
        "error" => quote!(#path { .. } => #krate::Reason::Error),
        _ => {
            let member = source(&class, fields)?;
            let bound = format_ident!("__metrics_source", span = proc_macro2::Span::mixed_site());
            quote! {
                #path { #member: #bound, .. } => {
                    #[allow(unused_imports)]
                    use #krate::private::{ReasonOfError as _, ReasonOfFailure as _, ReasonOfValue as _};
                    (&&&#krate::private::Source(#bound)).reason()
                }
            }
        }
    })
}

/// The word in `#[failure(timeout)]`.
fn class(attributes: &[Attribute]) -> Result<Option<Ident>> {
    let mut class: Option<Ident> = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("failure")) {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.clone();
            let text = word.to_string();
            if !CLASSES.contains(&text.as_str()) {
                let meant =
                    nearest(&text, CLASSES).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                return Err(Error::new(
                    word.span(),
                    format!("a failure is one of {}, not `{text}`{meant}", listed(CLASSES)),
                ));
            }
            if class.is_some() {
                return Err(Error::new(word.span(), "it is classified twice: keep one of them"));
            }
            class = Some(word);
            Ok(())
        })?;
    }
    Ok(class)
}

/// The field that holds the source: the one marked `#[source]` or `#[from]`, the one named `source`, or the only one.
fn source(class: &Ident, fields: &Fields) -> Result<Member> {
    let member =
        |(index, field): (usize, &Field)| field.ident.clone().map_or_else(|| Member::from(index), Member::Named);
    let marked = |field: &Field| {
        field.attrs.iter().any(|attribute| attribute.path().is_ident("source") || attribute.path().is_ident("from"))
    };
    let fields: Vec<(usize, &Field)> = fields.iter().enumerate().collect();
    let found = fields
        .iter()
        .copied()
        .find(|(_, field)| marked(field))
        .or_else(|| fields.iter().copied().find(|(_, field)| field.ident.as_ref().is_some_and(|name| name == "source")))
        .or_else(|| if let [only] = fields[..] { Some(only) } else { None });
    found.map(member).ok_or_else(|| {
        Error::new(
            class.span(),
            "there is no source to ask: mark the field with `#[source]` or `#[from]`, or classify the failure itself, \
             `#[failure(timeout)]` or `#[failure(error)]`",
        )
    })
}
