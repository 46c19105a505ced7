//! The paths by which generated code names the runtime.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::{Ident, Path};

/// The beginning of a path, which generated code has in dozens of places.
///
/// Its tokens are a plain list. A `TokenStream` belongs to the compiler, which would be asked for a copy at each place.
#[derive(Clone)]
pub(crate) struct RuntimePath(Vec<TokenTree>);

impl RuntimePath {
    /// The runtime: the path in the option `crate = path`, or the name of its crate.
    pub(crate) fn of(krate: Option<&Path>) -> Self {
        krate.map_or_else(
            || Self::from_tokens(quote!(::metrics_runtime)),
            |path| Self::from_tokens(path.to_token_stream()),
        )
    }

    /// A path that is only a name.
    pub(crate) fn of_name(name: Ident) -> Self {
        Self(vec![name.into()])
    }

    /// Whether these are its tokens.
    pub(crate) fn is(&self, tokens: &str) -> bool {
        self.to_token_stream().to_string() == tokens
    }

    fn from_tokens(tokens: TokenStream) -> Self {
        Self(tokens.into_iter().collect())
    }

    /// The module of the runtime that only generated code uses.
    pub(crate) fn private(&self) -> Self {
        let module = Ident::new(&private_module(), Span::call_site());
        Self::from_tokens(quote!(#self::#module))
    }

    /// The path at another place. What its names mean stays as it was.
    pub(crate) fn at(&self, span: Span) -> Self {
        let mut tokens = self.0.clone();
        for token in &mut tokens {
            token.set_span(span.resolved_at(token.span()));
        }
        Self(tokens)
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.0);
    }
}

/// Its name holds the version: where the versions of macros and runtime differ, the generated code does not compile. It
/// would otherwise compile by chance, and record something else.
pub(crate) fn private_module() -> String {
    let version = env!("CARGO_PKG_VERSION").replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    format!("private_{version}")
}
