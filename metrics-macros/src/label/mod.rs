//! `#[derive(Label)]`.

mod capped;
mod options;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, LitInt, LitStr};

use crate::diagnostic::Diagnostics;
use crate::grammar::{Given, unraw};
use crate::names::snake_case;
use crate::plan::runtime;
use options::Container;

/// Longer values make pages that nobody can read, and say that the value is a text.
const MAX_VALUE_BYTES: usize = 128;

/// ```text
/// impl Label for Step {
///     const CARDINALITY: usize = 2;
///     fn index(&self) -> usize { match self { Self::Text2image => 0, Self::Upscale => 1 } }
///     fn value(index: usize) -> Option<&'static str> { ["text2image", "upscale"].get(index).copied() }
/// }
/// ```
pub fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Container { krate, max_values } = options::container(input, &mut diagnostics);
    let krate = krate.map_or_else(runtime, |Given { value, .. }| quote!(#value));
    let max_values = max_values.map(|Given { value, .. }| value);
    // A struct may have been meant to have the option that could not be read; an enum's variants are read all the same.
    if !diagnostics.is_empty() && !matches!(input.data, Data::Enum(_)) {
        return refused(input, &krate, diagnostics);
    }
    if let (Data::Struct(data), Some(max_values)) = (&input.data, max_values.as_ref()) {
        return capped::derive(input, data, max_values, &krate, diagnostics);
    }
    let values = values(input, max_values.as_ref(), &mut diagnostics);
    let name = &input.ident;
    let errors = (!diagnostics.is_empty()).then(|| diagnostics.into_compile_errors());
    let values = values.unwrap_or_default();
    let (variants, texts): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    let cardinality = Literal::usize_unsuffixed(texts.len().max(1));
    let none = match texts.iter().position(|text| text == "none") {
        Some(index) => {
            let index = Literal::usize_unsuffixed(index);
            quote!(::core::option::Option::Some(#index))
        }
        None => quote!(::core::option::Option::None),
    };
    // After an error the type still is a label, so that no second error says that it is not.
    let index = if errors.is_some() {
        quote!(0)
    } else {
        let arms = variants.iter().enumerate().map(|(index, variant)| {
            let index = Literal::usize_unsuffixed(index);
            quote!(Self::#variant => #index)
        });
        quote!(match self { #(#arms),* })
    };
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let unrecommended = unrecommended(&krate);
    quote! {
        #errors
        #[automatically_derived]
        #unrecommended
        impl #impl_generics #krate::Label for #name #type_generics #where_clause {
            const CARDINALITY: usize = #cardinality;
            const NONE: ::core::option::Option<usize> = #none;

            #[inline]
            fn index(&self) -> usize {
                #index
            }

            fn value(index: usize) -> ::core::option::Option<&'static str> {
                const VALUES: &[&str] = &[#(#texts),*];
                VALUES.get(index).copied()
            }
        }
    }
}

/// The labels of the runtime itself, which says `crate = crate`, are no help to who uses a type that is none.
fn unrecommended(krate: &TokenStream) -> Option<TokenStream> {
    (krate.to_string() == "crate").then(|| quote!(#[diagnostic::do_not_recommend]))
}

/// The errors alone. The type still is a label, so that no second error says that it is not.
fn refused(input: &DeriveInput, krate: &TokenStream, diagnostics: Diagnostics) -> TokenStream {
    let (errors, name) = (diagnostics.into_compile_errors(), &input.ident);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #errors
        impl #impl_generics #krate::Label for #name #type_generics #where_clause {
            const CARDINALITY: usize = 1;

            fn index(&self) -> usize {
                0
            }

            fn value(_: usize) -> ::core::option::Option<&'static str> {
                ::core::option::Option::None
            }
        }
    }
}

/// The variants with the texts of their values.
fn values(
    input: &DeriveInput,
    max_values: Option<&LitInt>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(syn::Ident, String)>> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        diagnostics.under(
            name,
            format!(
                "`{name}` is no enum, so the set of its values is not closed: `Label` is derived on enums without \
                 fields; for values that are known only at run time, put `#[label(max_values = 32)]` before a struct \
                 around `Interned`, `struct {name}({}::Interned);`",
                runtime().to_string().replace(' ', "").trim_start_matches("::")
            ),
        );
        return None;
    };
    if let Some(max_values) = max_values {
        diagnostics.at(max_values.span(), "an enum has as many values as variants: leave `max_values` out");
    }
    if let Some(parameter) = input.generics.params.first() {
        diagnostics.under(
            parameter,
            format!("`{name}` is generic: the series of a metric are kept in one static, which needs a concrete type"),
        );
    }
    if data.variants.is_empty() {
        diagnostics.under(name, format!("`{name}` has no variants: a label needs at least one value"));
        return None;
    }
    let mut values: Vec<(syn::Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            diagnostics.under(
                &variant.fields,
                format!(
                    "the variant `{}` has fields, so the set of its values is not closed: leave the fields out, and \
                     make the label from the value where it is used, `name: {name} = …`",
                    variant.ident
                ),
            );
            continue;
        }
        let Some(renamed) = options::renamed(&variant.attrs, diagnostics) else { continue };
        let text = renamed.as_ref().map_or_else(|| snake_case(&unraw(&variant.ident)), LitStr::value);
        let span = renamed.as_ref().map_or_else(|| variant.ident.span(), LitStr::span);
        if renamed.is_none() && !variant.ident.to_string().is_ascii() {
            diagnostics.at(
                span,
                format!(
                    "the value made of `{}` would lack some of its letters: give it one, `#[label(rename = \"…\")]`",
                    variant.ident
                ),
            );
        } else if let Err(problem) = check_value(&text) {
            diagnostics.at(span, problem);
        } else if let Some((other, _)) = values.iter().find(|(_, known)| *known == text) {
            diagnostics.at(
                span,
                format!(
                    "`{}` has the value `{text}`, as `{other}` has: two variants with one value would be one series; \
                     rename one of them, `#[label(rename = \"…\")]`",
                    variant.ident
                ),
            );
        }
        values.push((variant.ident.clone(), text));
    }
    Some(values)
}

fn check_value(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(
            "the value is empty: to Prometheus a label with an empty value is no label; give it a name".to_owned()
        );
    }
    if text.len() > MAX_VALUE_BYTES {
        return Err(format!(
            "the value is {} bytes long, and a label's value has {MAX_VALUE_BYTES} at most: shorten it",
            text.len()
        ));
    }
    if text.chars().any(char::is_control) {
        return Err("the value has a control character: leave it out".to_owned());
    }
    Ok(())
}
