//! What both forms of `#[derive(Label)]` share: the output after an error, and a hint to the compiler.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::diagnostic::Diagnostics;
use crate::runtime::RuntimePath;
use crate::tokens::deprecated::allow_deprecated;

/// The errors, and an `impl` without values: the type is still a label, so that no second error says that it is not.
pub(super) fn errors_and_impl(input: &DeriveInput, krate: &RuntimePath, diagnostics: Diagnostics) -> TokenStream {
    let (errors, name) = (diagnostics.into_compile_errors(), &input.ident);
    let allow = allow_deprecated(input);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #errors
        #allow
        impl #impl_generics #krate::Label for #name #type_generics #where_clause {
            const CARDINALITY: ::core::primitive::usize = 1;

            fn index(&self) -> ::core::primitive::usize {
                0
            }

            fn value(_: ::core::primitive::usize) -> ::core::option::Option<&'static ::core::primitive::str> {
                ::core::option::Option::None
            }
        }
    }
}

/// Keeps the labels of the runtime itself, which uses `crate = crate`, out of the compiler's suggestions for a type
/// that is not a label.
pub(super) fn hide_from_suggestions(krate: &RuntimePath) -> Option<TokenStream> {
    krate.is("crate").then(|| quote!(#[diagnostic::do_not_recommend]))
}
