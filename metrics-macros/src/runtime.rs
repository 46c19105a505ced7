//! The paths by which generated code names the runtime.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// The runtime by the name of its crate, for code that has no option `crate = path`.
pub(crate) fn default_path() -> TokenStream {
    quote!(::metrics_runtime)
}

/// The module of the runtime that only generated code uses.
pub(crate) fn private(krate: &TokenStream) -> TokenStream {
    let module = Ident::new(&private_module(), Span::call_site());
    quote!(#krate::#module)
}

/// Its name holds the version: where the versions of macros and runtime differ, the generated code does not compile. It
/// would otherwise compile by chance, and record something else.
pub(crate) fn private_module() -> String {
    let version = env!("CARGO_PKG_VERSION").replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    format!("private_{version}")
}
