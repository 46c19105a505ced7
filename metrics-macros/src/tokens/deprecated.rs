//! Types on their way out.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput};

/// `#[allow(deprecated)]` for the code of a derive, if the type or a variant or a field of it is deprecated: a derive uses
/// what the type has, and only the code of others is to be warned. A type that is not deprecated gets no such attribute,
/// which would also hide what the user should know of other types.
pub(crate) fn allow_deprecated(input: &DeriveInput) -> Option<TokenStream> {
    let is_deprecated =
        |attributes: &[Attribute]| attributes.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let has_deprecated = is_deprecated(&input.attrs)
        || match &input.data {
            Data::Enum(data) => data.variants.iter().any(|variant| {
                is_deprecated(&variant.attrs) || variant.fields.iter().any(|field| is_deprecated(&field.attrs))
            }),
            Data::Struct(data) => data.fields.iter().any(|field| is_deprecated(&field.attrs)),
            Data::Union(_) => false,
        };
    has_deprecated.then(|| quote!(#[allow(deprecated)]))
}
