//! What a label gives the program besides the metrics: `as_str`, `Display` and `FromStr`, each where a word asks for it.
//! Without the word the type may have its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::label::options::ContainerOptions;
use crate::label::value::Value;
use crate::runtime::RuntimePath;
use crate::tokens::deprecated::allow_deprecated;

/// ```text
/// impl Step {
///     pub const fn as_str(&self) -> &'static str { match self { Self::Upscale => "upscale" } }
/// }
/// impl Display for Step {
///     fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.pad(match self { Self::Upscale => "upscale" }) }
/// }
/// impl FromStr for Step {
///     type Err = ParseLabelError;
///     fn from_str(text: &str) -> Result<Self, ParseLabelError> {
///         match text { "upscale" => Ok(Self::Upscale), _ => Err(ParseLabelError::new("Step", text, &["upscale"])) }
///     }
/// }
/// ```
pub(super) fn of_closed(
    input: &DeriveInput,
    options: &ContainerOptions,
    krate: &RuntimePath,
    arms: &TokenStream,
    values: &[Value],
) -> TokenStream {
    let (name, visibility) = (&input.ident, &input.vis);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let allow = allow_deprecated(input);
    let as_str = options.as_str.is_some().then(|| {
        quote! {
            #[automatically_derived]
            #allow
            #[allow(dead_code)]
            impl #impl_generics #name #type_generics #where_clause {
                /// The text that the metrics show.
                #[must_use]
                #visibility const fn as_str(&self) -> &'static ::core::primitive::str {
                    match self { #arms }
                }
            }
        }
    });
    let display = options.display.is_some().then(|| display(input, &quote!(match self { #arms })));
    let from_str = options.from_str.is_some().then(|| {
        let (private, type_name) = (krate.private(), name.to_string());
        let (variants, texts): (Vec<_>, Vec<_>) = values.iter().map(|value| (&value.variant, &value.text)).unzip();
        quote! {
            #[automatically_derived]
            #allow
            impl #impl_generics ::core::str::FromStr for #name #type_generics #where_clause {
                type Err = #krate::ParseLabelError;

                fn from_str(text: &::core::primitive::str) -> ::core::result::Result<Self, #krate::ParseLabelError> {
                    match text {
                        #(#texts => ::core::result::Result::Ok(Self::#variants {}),)*
                        _ => ::core::result::Result::Err(#private::parse_label_error(#type_name, text, &[#(#texts),*])),
                    }
                }
            }
        }
    });
    quote!(#as_str #display #from_str)
}

/// `Display`, which writes the text of the label.
pub(super) fn display(input: &DeriveInput, text: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let allow = allow_deprecated(input);
    quote! {
        #[automatically_derived]
        #allow
        impl #impl_generics ::core::fmt::Display for #name #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::pad(f, #text)
            }
        }
    }
}
