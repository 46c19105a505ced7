//! Which types labels may have, as far as tokens show it: those that a static can name.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Generics, Ident, Type};

use crate::diagnostic::Diagnostics;
use crate::tokens::search::find_ident;
use crate::tokens::types::without_lifetimes;

/// The type of a label without lifetimes, unless it depends on what only a call knows.
pub(crate) fn check_label_type(
    label: &Ident,
    ty: &Type,
    generics: &Generics,
    diagnostics: &mut Diagnostics,
) -> Option<TokenStream> {
    let mut parameters: Vec<String> = generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    parameters.extend(generics.const_params().map(|parameter| parameter.ident.to_string()));
    let dependency = if let Some(name) = find_ident(ty, &parameters) {
        format!("the generic parameter `{name}`")
    } else if find_ident(ty, &["Self"]).is_some() {
        "`Self`".to_owned()
    } else if find_ident(ty, &["impl"]).is_some() {
        "`impl Trait`".to_owned()
    } else {
        return Some(without_lifetimes(ty));
    };
    diagnostics.at(
        ty.span(),
        format!(
            "the type of the label `{label}` depends on {dependency}: the series of a function are kept in one static, \
             which cannot know it; use a concrete type, `{label}: Type = expression`"
        ),
    );
    None
}
