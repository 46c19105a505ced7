//! A label with a closed set of values: an enum, of which each variant is one value.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, LitStr};

use crate::diagnostic::Diagnostics;
use crate::label::case::Case;
use crate::label::fallback::hide_from_suggestions;
use crate::label::options::{self, ContainerOptions};
use crate::label::texts;
use crate::label::value::Value;
use crate::names::unraw;
use crate::runtime::RuntimePath;
use crate::tokens::deprecated::allow_deprecated;

/// A longer value makes the page hard to read, and is probably a free text.
const MAX_VALUE_BYTES: usize = 128;

/// ```text
/// impl Label for Step {
///     const CARDINALITY: usize = 2;
///     fn index(&self) -> usize { match self { Self::Text2image => 0, Self::Upscale => 1 } }
///     fn value(index: usize) -> Option<&'static str> { ["text2image", "upscale"].get(index).copied() }
/// }
/// ```
pub(super) fn derive(
    input: &DeriveInput,
    options: &ContainerOptions,
    krate: &RuntimePath,
    mut diagnostics: Diagnostics,
) -> TokenStream {
    let values = values(input, options, &mut diagnostics);
    let name = &input.ident;
    let errors = (!diagnostics.is_empty()).then(|| diagnostics.into_compile_errors());
    let values = values.unwrap_or_default();
    let (patterns, texts): (Vec<_>, Vec<_>) = values.iter().map(|value| (&value.pattern, &value.text)).unzip();
    let cardinality = Literal::usize_unsuffixed(texts.len().max(1));
    let none = match texts.iter().position(|text| *text == "none") {
        Some(index) => {
            let index = Literal::usize_unsuffixed(index);
            quote!(::core::option::Option::Some(#index))
        }
        None => quote!(::core::option::Option::None),
    };
    // After an error the type is still a label, so that no second error says that it is not.
    let index = if errors.is_some() {
        quote!(0)
    } else {
        let arms = patterns.iter().enumerate().map(|(index, pattern)| {
            let index = Literal::usize_unsuffixed(index);
            quote!(#pattern => #index)
        });
        quote!(match self { #(#arms),* })
    };
    let of_program = errors.is_none().then(|| {
        let arms = quote!(#(#patterns => #texts),*);
        texts::of_closed(input, options, krate, &arms, &values)
    });
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let (hide, allow) = (hide_from_suggestions(krate), allow_deprecated(input));
    quote! {
        #errors
        #of_program
        #[automatically_derived]
        #allow
        #hide
        impl #impl_generics #krate::Label for #name #type_generics #where_clause {
            const CARDINALITY: ::core::primitive::usize = #cardinality;
            const NONE: ::core::option::Option<::core::primitive::usize> = #none;

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                #index
            }

            fn value(index: ::core::primitive::usize) -> ::core::option::Option<&'static ::core::primitive::str> {
                const VALUES: &[&::core::primitive::str] = &[#(#texts),*];
                VALUES.get(index).copied()
            }
        }
    }
}

/// The variants, with their values.
fn values(input: &DeriveInput, options: &ContainerOptions, diagnostics: &mut Diagnostics) -> Option<Vec<Value>> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        diagnostics.under(
            name,
            format!(
                "`{name}` is not an enum, so the set of its values is not closed: derive `Label` on an enum without \
                 fields; for values that are known only at run time, put `#[label(max_values = 32)]` before a struct \
                 around `Interned`, `struct {name}(metrics_runtime::Interned);`"
            ),
        );
        return None;
    };
    if let Some(max_values) = &options.max_values {
        diagnostics.at(max_values.value.span(), "an enum has as many values as variants: remove `max_values`");
    }
    check_fields(input, data, options, diagnostics);
    if data.variants.is_empty() {
        diagnostics.under(name, format!("`{name}` has no variants: add one, since a label needs at least one value"));
        return None;
    }
    let case = options.rename_all.as_ref().map_or_else(Case::default, |case| case.value);
    let mut values: Vec<Value> = Vec::new();
    for variant in &data.variants {
        let Some(renamed) = options::renamed(&variant.attrs, diagnostics) else { continue };
        let text = renamed.as_ref().map_or_else(|| case.apply(&unraw(&variant.ident)), LitStr::value);
        let span = renamed.as_ref().map_or_else(|| variant.ident.span(), LitStr::span);
        if renamed.is_none() && !variant.ident.to_string().is_ascii() {
            diagnostics.at(
                span,
                format!(
                    "the value of `{}` would lose letters that are not ASCII: give it a value, \
                     `#[label(rename = \"…\")]`",
                    variant.ident
                ),
            );
        } else if let Err(problem) = check_value(&text) {
            diagnostics.at(span, problem);
        } else if let Some(other) = values.iter().find(|known| known.text == text) {
            diagnostics.at(
                span,
                format!(
                    "`{}` and `{}` have the same value `{text}`, so they would be one series: rename one of them, \
                     `#[label(rename = \"…\")]`",
                    variant.ident, other.variant
                ),
            );
        }
        values.push(Value::of(variant, text));
    }
    Some(values)
}

/// Reports fields without the word `ignore_fields`, and what they do not go with.
fn check_fields(input: &DeriveInput, data: &DataEnum, options: &ContainerOptions, diagnostics: &mut Diagnostics) {
    let name = &input.ident;
    match (data.variants.iter().find(|variant| !variant.fields.is_empty()), &options.from_str) {
        // A word that could not be parsed may be this one.
        (Some(_), _) if options.ignore_fields.is_none() && !diagnostics.is_empty() => {}
        // One word is right for all variants, so one error says it.
        (Some(variant), _) if options.ignore_fields.is_none() => diagnostics.under(
            &variant.fields,
            format!(
                "the variant `{}` has fields, and the value of a field is not part of a label: if each variant is to be \
                 one value, whatever its fields are, write `#[label(ignore_fields)]` before the enum; otherwise remove \
                 the fields",
                variant.ident
            ),
        ),
        (Some(variant), Some(from_str)) => diagnostics.at(
            from_str.key,
            format!(
                "a text has no values for the fields of `{}`: remove `from_str`, or write `impl FromStr for {name}` by \
                 hand",
                variant.ident
            ),
        ),
        (Some(_), None) => {}
        // The fields of a generic enum may depend on its parameters; without fields nothing does.
        (None, _) => {
            if let Some(parameter) = input.generics.params.first() {
                diagnostics.under(
                    parameter,
                    format!(
                        "`{name}` is generic, and the series of a metric are kept in one static, which cannot be \
                         generic: remove the parameters"
                    ),
                );
            }
        }
    }
}

fn check_value(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("the value is empty, and Prometheus treats a label with an empty value as missing: write a value"
            .to_owned());
    }
    if text.len() > MAX_VALUE_BYTES {
        return Err(format!(
            "the value is {} bytes long, and a label's value has at most {MAX_VALUE_BYTES}: shorten it",
            text.len()
        ));
    }
    if text.chars().any(char::is_control) {
        return Err("the value has a control character: remove it".to_owned());
    }
    Ok(())
}
