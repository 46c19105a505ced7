//! An item that has functions: an `impl`, or a module with its content.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, ImplItem, Item, ItemImpl, ItemMod, Result, parse2};

use crate::names::unraw;
use crate::tokens::text::to_source;

/// What kind of item it is.
#[derive(Clone, Copy)]
pub(super) enum GroupKind {
    Impl,
    Module,
}

/// The kind of an item, if it has functions.
pub(super) fn kind_of(item: &TokenStream) -> Option<GroupKind> {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    // `pub(crate)` and `#[…]` are skipped with their groups.
    let word = words.into_iter().find(|word| !matches!(word.as_str(), "pub" | "unsafe" | "default"))?;
    match word.as_str() {
        "impl" => Some(GroupKind::Impl),
        "mod" => Some(GroupKind::Module),
        _ => None,
    }
}

pub(super) enum GroupItem {
    Impl(ItemImpl),
    /// With its items.
    Module(ItemMod, Vec<Item>),
}

impl GroupItem {
    pub(super) fn parse(kind: GroupKind, tokens: TokenStream) -> Result<Self> {
        Ok(match kind {
            GroupKind::Impl => Self::Impl(parse2(tokens)?),
            GroupKind::Module => {
                let mut module: ItemMod = parse2(tokens)?;
                let items = module.content.take().map_or_else(Vec::new, |(braces, items)| {
                    module.content = Some((braces, Vec::new()));
                    items
                });
                Self::Module(module, items)
            }
        })
    }

    pub(super) fn attributes(&mut self) -> &mut Vec<Attribute> {
        match self {
            Self::Impl(item) => &mut item.attrs,
            Self::Module(module, _) => &mut module.attrs,
        }
    }

    /// What a help text calls its functions.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Impl(ItemImpl { trait_: Some((path, _)), self_ty, .. }) => {
                format!("the functions of `{}` for `{}`", to_source(path), to_source(self_ty))
            }
            Self::Impl(item) => format!("the functions of `{}`", to_source(&item.self_ty)),
            Self::Module(module, _) => format!("the functions of the module `{}`", unraw(&module.ident)),
        }
    }

    /// Its functions.
    pub(super) fn functions(&self) -> Vec<TokenStream> {
        match self {
            Self::Impl(item) => item
                .items
                .iter()
                .filter_map(|item| match item {
                    ImplItem::Fn(function) => Some(function.to_token_stream()),
                    _ => None,
                })
                .collect(),
            Self::Module(_, items) => items
                .iter()
                .filter_map(|item| match item {
                    Item::Fn(function) => Some(function.to_token_stream()),
                    _ => None,
                })
                .collect(),
        }
    }

    /// Replaces each function by what `change` makes of it.
    pub(super) fn each_function(&mut self, mut change: impl FnMut(TokenStream) -> TokenStream) {
        match self {
            Self::Impl(item) => {
                for item in &mut item.items {
                    if let ImplItem::Fn(function) = item {
                        *item = ImplItem::Verbatim(change(function.to_token_stream()));
                    }
                }
            }
            Self::Module(_, items) => {
                for item in items {
                    if let Item::Fn(function) = item {
                        *item = Item::Verbatim(change(function.to_token_stream()));
                    }
                }
            }
        }
    }

    /// The item, and what its functions share: beside an `impl`, and in a module.
    pub(super) fn with(mut self, shared: &TokenStream) -> TokenStream {
        match &mut self {
            Self::Impl(item) => quote!(#shared #item),
            Self::Module(module, items) => {
                if let Some((_, content)) = &mut module.content {
                    content.push(Item::Verbatim(shared.clone()));
                    content.append(items);
                }
                module.to_token_stream()
            }
        }
    }
}
