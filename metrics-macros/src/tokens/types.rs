//! Types of a signature, as generated code must write them.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound, parse_quote};

use crate::tokens::search::find_ident;

/// The type without the names of its lifetimes, which a static cannot use.
pub(crate) fn without_lifetimes(ty: &Type) -> TokenStream {
    strip_lifetimes(ty.to_token_stream())
}

fn strip_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut stripped = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut after_reference = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(quote) if quote.as_char() == '\'' => {
                tokens.next();
                if !after_reference {
                    stripped.extend(quote!('_));
                }
                after_reference = false;
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), strip_lifetimes(group.stream()));
                inner.set_span(group.span());
                stripped.extend([TokenTree::Group(inner)]);
                after_reference = false;
            }
            other => {
                after_reference = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '&');
                stripped.extend([other]);
            }
        }
    }
    stripped
}

/// Whether a drop of such a value does nothing, as far as tokens show it.
pub(crate) fn is_never_dropped(ty: &Type) -> bool {
    const PRIMITIVES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize",
    ];
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Array(array) => is_never_dropped(&array.elem),
        Type::Group(group) => is_never_dropped(&group.elem),
        Type::Paren(paren) => is_never_dropped(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_never_dropped),
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|name| path.qself.is_none() && PRIMITIVES.iter().any(|primitive| name == primitive)),
        _ => false,
    }
}

/// Whether a part of the type is inferred.
pub(crate) fn has_placeholder(ty: &Type) -> bool {
    find_ident(ty, &["_", "impl"]).is_some()
}

/// The return type, with `_` for each `impl Trait`, which an expression cannot name.
pub(crate) fn return_type(output: &ReturnType) -> Type {
    match output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => {
            let mut ty = (**ty).clone();
            erase_impl_trait(&mut ty);
            ty
        }
    }
}

/// Replaces each `impl Trait` by `_`.
fn erase_impl_trait(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = parse_quote!(_),
        Type::Array(array) => erase_impl_trait(&mut array.elem),
        Type::Group(group) => erase_impl_trait(&mut group.elem),
        Type::Paren(paren) => erase_impl_trait(&mut paren.elem),
        Type::Ptr(pointer) => erase_impl_trait(&mut pointer.elem),
        Type::Reference(reference) => erase_impl_trait(&mut reference.elem),
        Type::Slice(slice) => erase_impl_trait(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase_impl_trait),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(argument) = argument {
                        erase_impl_trait(argument);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The output of the future that a plain function returns, with `_` for what the signature does not name; `None` if the
/// return type is not written as a future.
///
/// These are recognised: `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `BoxFuture<'_, T>` and
/// `LocalBoxFuture`.
pub(crate) fn future_output(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    let mut output = output_of_type(ty)?;
    erase_impl_trait(&mut output);
    Some(output)
}

fn output_of_type(ty: &Type) -> Option<Type> {
    match ty {
        Type::ImplTrait(implemented) => output_of_bounds(&implemented.bounds),
        Type::TraitObject(object) => output_of_bounds(&object.bounds),
        Type::Group(group) => output_of_type(&group.elem),
        Type::Paren(paren) => output_of_type(&paren.elem),
        Type::Path(path) => {
            let segment = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
            let last = arguments.args.iter().rev().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })?;
            match segment.ident.to_string().as_str() {
                "BoxFuture" | "LocalBoxFuture" => Some(last.clone()),
                "Pin" | "Box" => output_of_type(last),
                _ => None,
            }
        }
        _ => None,
    }
}

fn output_of_bounds<P>(bounds: &Punctuated<TypeParamBound, P>) -> Option<Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let segment = bound.path.segments.last()?;
        if segment.ident != "Future" {
            return None;
        }
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Some(parse_quote!(_)) };
        let output = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(associated) if associated.ident == "Output" => Some(associated.ty.clone()),
            _ => None,
        });
        Some(output.unwrap_or_else(|| parse_quote!(_)))
    })
}

/// The return type, if it is written as a stream: `impl Stream<Item = T>`, `Pin<Box<dyn Stream<Item = T>>>`,
/// `BoxStream<'_, T>`, and the like.
pub(crate) fn shown_stream(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    is_stream(ty).then_some(&**ty)
}

fn is_stream(ty: &Type) -> bool {
    match ty {
        Type::ImplTrait(implemented) => are_of_stream(&implemented.bounds),
        Type::TraitObject(object) => are_of_stream(&object.bounds),
        Type::Group(group) => is_stream(&group.elem),
        Type::Paren(paren) => is_stream(&paren.elem),
        Type::Reference(reference) => is_stream(&reference.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| match &segment.arguments {
            _ if segment.ident == "BoxStream" || segment.ident == "LocalBoxStream" => true,
            PathArguments::AngleBracketed(arguments) if segment.ident == "Pin" || segment.ident == "Box" => {
                arguments.args.iter().any(|argument| matches!(argument, GenericArgument::Type(ty) if is_stream(ty)))
            }
            _ => false,
        }),
        _ => false,
    }
}

fn are_of_stream<P>(bounds: &Punctuated<TypeParamBound, P>) -> bool {
    const STREAMS: [&str; 4] = ["Stream", "TryStream", "FusedStream", "AsyncIterator"];
    bounds.iter().any(|bound| {
        matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last()
            .is_some_and(|segment| STREAMS.iter().any(|name| segment.ident == name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lifetimes_are_removed() {
        let ty: Type = parse_quote!(&'a Tagged<'b, (u8, &'c Step)>);
        assert_eq!(without_lifetimes(&ty).to_string(), quote!(&Tagged<'_, (u8, &Step)>).to_string());
    }

    #[test]
    fn futures_are_recognised() {
        let output = |output: ReturnType| {
            future_output(&output).map_or_else(|| "no".to_owned(), |ty| ty.to_token_stream().to_string())
        };
        assert_eq!(output(parse_quote!(-> impl Future<Output = u8> + Send)), "u8");
        assert_eq!(output(parse_quote!(-> Pin<Box<dyn std::future::Future<Output = u8> + Send + 'a>>)), "u8");
        assert_eq!(output(parse_quote!(-> futures::future::BoxFuture<'a, u8>)), "u8");
        assert_eq!(output(parse_quote!(-> Result<u8, E>)), "no");
        assert_eq!(output(parse_quote!(-> Box<dyn Iterator<Item = u8>>)), "no");
    }

    #[test]
    fn streams_are_recognised() {
        let is_shown = |output: ReturnType| shown_stream(&output).is_some();
        assert!(is_shown(parse_quote!(-> impl futures::Stream<Item = u8> + Send + 'a)));
        assert!(is_shown(parse_quote!(-> impl Send + TryStream<Ok = u8, Error = E>)));
        assert!(is_shown(parse_quote!(-> std::pin::Pin<Box<dyn Stream<Item = u8> + Send>>)));
        assert!(is_shown(parse_quote!(-> Box<dyn Stream<Item = u8> + Unpin>)));
        assert!(is_shown(parse_quote!(-> Pin<&mut (dyn Stream<Item = u8> + '_)>)));
        assert!(is_shown(parse_quote!(-> futures::stream::BoxStream<'static, u8>)));
        assert!(!is_shown(parse_quote!(-> impl Iterator<Item = u8>)));
        assert!(!is_shown(parse_quote!(-> TcpStream)));
        assert!(!is_shown(parse_quote!(-> Result<BoxStream<'static, u8>, E>)));
    }
}
