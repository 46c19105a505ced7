//! All functions of an `impl` or a module: each is measured by the attributes of the item, and they share the metrics.
//!
//! ```text
//! #[timed(histogram = "store_seconds", labels(method))]
//! impl Store { fn get(&self) { … } fn put(&self) { … } }
//! ```
//! becomes
//! ```text
//! enum Method { get, put }
//! impl Label for Method { … }
//! static STORE_SECONDS: Family = …;
//! impl Store {
//!     // Measured, as with `labels(method: Method = Method::get)`, in the family above.
//!     fn get(&self) { … }
//!     fn put(&self) { … }
//! }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{parse_quote, parse2};

use super::function::{Planned, plan_function};
use super::group_item::{GroupItem, GroupKind};
use super::stacked::{mentions, take_stacked};
use crate::diagnostic::Diagnostics;
use crate::expand::shared_family::shared_family;
use crate::label;
use crate::names::unraw;
use crate::parse::args::Args;
use crate::parse::function::Function;
use crate::parse::label_arg::{LabelArg, LabelValue};
use crate::parse::read::Read;
use crate::plan::agreement::check_agreement;
use crate::plan::model::Subject;
use crate::plan::shared::share;
use crate::runtime::RuntimePath;

/// The labels of a group whose value is the name of the function.
const NAME_LABELS: [&str; 2] = ["method", "function"];

/// Measures the functions of an item. The output has the item in any case.
pub(super) fn measure(kind: GroupKind, args: Args, item: TokenStream, mut diagnostics: Diagnostics) -> TokenStream {
    let mut group = match GroupItem::parse(kind, item.clone()) {
        Ok(group) => group,
        Err(error) => {
            diagnostics.add(error);
            let mut output = diagnostics.into_compile_errors();
            output.extend(item);
            return output;
        }
    };
    let place = args.span;
    let mut all = vec![args];
    let merged = take_stacked(group.attributes(), &mut all, &mut diagnostics);
    // The attributes stand outside of a module, where other names may be in scope than in it.
    let mentions = mentions(&merged, &all);
    share(&mut all, &mut diagnostics);
    let mut functions: Vec<Entry> = group.functions().into_iter().map(Entry::parse).collect();
    let id = id_of(&item);
    let method = MethodType::of(&all, &functions, id);
    let described = group.described();
    let families: Vec<Ident> =
        (0..all.len()).map(|at| Ident::new(&format!("__METRICS_FAMILY_{id:016X}_{at}"), Span::mixed_site())).collect();
    let subject = Subject::OneOf { described: &described, families: &families };
    if !functions.iter().any(|entry| matches!(entry, Entry::Measured(_))) {
        diagnostics.at(
            place,
            "there is no function here to measure: the functions of an `impl` are measured, or those of a module that are in no \
             `impl`, if they have a body and no `#[skip]`",
        );
    }
    let planned: Vec<Option<Planned>> = functions
        .iter_mut()
        .map(|entry| match entry {
            Entry::Measured(function) if !all.is_empty() => {
                let mut of_function = Diagnostics::default();
                let planned = plan_one(&all, function, method.as_ref(), subject, &mut of_function);
                diagnostics.add_new_places(of_function);
                planned
            }
            _ => None,
        })
        .collect();
    let named = functions.iter().zip(&planned).filter_map(|(entry, planned)| match (entry, planned) {
        (Entry::Measured(function), Some(planned)) => Some((&function.signature.ident, &planned.plan)),
        _ => None,
    });
    let named: Vec<_> = named.collect();
    check_agreement(&named, families.len(), &mut diagnostics);
    if !diagnostics.is_empty() {
        let mut unmeasured = functions.iter().map(Entry::unmeasured);
        group.each_function(|function| unmeasured.next().unwrap_or(function));
        let group = group.with(&diagnostics.into_compile_errors());
        return quote!(#mentions #group);
    }
    let items = named.first().map(|(_, plan)| {
        let families = plan.sites.iter().zip(&families).map(|(site, name)| shared_family(plan, site, name));
        let families: TokenStream = families.collect();
        let method = method.as_ref().map(|method| method.items(&plan.krate));
        quote!(#method #families)
    });
    let mut expanded = functions.into_iter().zip(planned).map(|(entry, planned)| match (entry, planned) {
        (Entry::Measured(function), Some(planned)) => planned.expand(*function),
        (entry, _) => entry.unmeasured(),
    });
    group.each_function(|function| expanded.next().unwrap_or(function));
    let group = group.with(&items.unwrap_or_default());
    quote!(#mentions #group)
}

/// A function of the group.
enum Entry {
    Measured(Box<Function>),
    /// It has `#[skip]`, or no body.
    Skipped(TokenStream),
}

impl Entry {
    fn parse(tokens: TokenStream) -> Self {
        let Ok(mut function) = parse2::<Function>(tokens.clone()) else { return Self::Skipped(tokens) };
        let before = function.attributes.len();
        function.attributes.retain(|attribute| !attribute.path().is_ident("skip"));
        if function.attributes.len() == before {
            Self::Measured(Box::new(function))
        } else {
            Self::Skipped(function.unmeasured(&TokenStream::new()))
        }
    }

    fn unmeasured(&self) -> TokenStream {
        match self {
            Self::Measured(function) => function.unmeasured(&TokenStream::new()),
            Self::Skipped(tokens) => tokens.clone(),
        }
    }
}

/// Plans one function with the attributes of the group and its own.
fn plan_one(
    group: &[Args],
    function: &mut Function,
    method: Option<&MethodType>,
    subject: Subject<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Planned> {
    if let Some(constness) = &function.signature.constness {
        diagnostics.under(
            constness,
            "a `const fn` cannot be measured: it may run in the compiler, where there is no clock and no recorder: put `#[skip]` \
             before it",
        );
        return None;
    }
    let mut own = Vec::new();
    let merged = take_stacked(&mut function.attributes, &mut own, diagnostics);
    share(&mut own, diagnostics);
    let mut all: Vec<Args> = group.to_vec();
    if let Some(method) = method {
        for label in all.iter_mut().flat_map(|args| &mut args.labels).filter(|label| is_name(label)) {
            if let Some((parameter, _)) = function.parameter(&label.name) {
                let name = unraw(parameter);
                diagnostics.at(
                    parameter.span(),
                    format!(
                        "the label `{name}` is the name of the function, and here a parameter has the same name: write \
                         `labels({})`, or rename the parameter",
                        NAME_LABELS.into_iter().find(|other| *other != name).unwrap_or_default()
                    ),
                );
                return None;
            }
            label.value = method.value(&function.signature.ident);
        }
    }
    all.append(&mut own);
    let mentions = mentions(&merged, &all);
    plan_function(all, mentions, function, subject, diagnostics)
}

fn is_name(label: &LabelArg) -> bool {
    matches!(label.value, LabelValue::Parameter) && NAME_LABELS.contains(&unraw(&label.name).as_str())
}

/// The type of the label `method`: an enum with the names of the functions.
struct MethodType {
    name: Ident,
    functions: Vec<Ident>,
}

impl MethodType {
    /// `None` if no attribute has the label.
    fn of(all: &[Args], functions: &[Entry], id: u64) -> Option<Self> {
        all.iter().flat_map(|args| &args.labels).find(|label| is_name(label))?;
        let mut names: Vec<Ident> = Vec::new();
        for entry in functions {
            let Entry::Measured(function) = entry else { continue };
            // `#[cfg(…)]` can choose between two of one name.
            if !names.contains(&function.signature.ident) {
                names.push(function.signature.ident.clone());
            }
        }
        let name = Ident::new(&format!("__MetricsMethod{id:016X}"), Span::mixed_site());
        Some(Self { name, functions: names.into_iter().map(|name| name_of_variant(&name)).collect() })
    }

    fn value(&self, function: &Ident) -> LabelValue {
        let (ty, variant) = (&self.name, name_of_variant(function));
        LabelValue::Read { ty: Some(parse_quote!(#ty)), read: Box::new(Read::AtStart(parse_quote!(#ty::#variant))) }
    }

    fn items(&self, krate: &RuntimePath) -> TokenStream {
        let Self { name, functions } = self;
        let texts = functions.iter().map(unraw);
        let variants = quote!(#(#[label(rename = #texts)] #functions),*);
        let derived = label::derive(&parse_quote!(#[label(crate = #krate)] enum #name { #variants }));
        quote! {
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types, clippy::upper_case_acronyms, clippy::enum_variant_names)]
            enum #name { #(#functions),* }
            #derived
        }
    }
}

/// The name of a function where it cannot be confused with another name.
fn name_of_variant(function: &Ident) -> Ident {
    let mut name = function.clone();
    name.set_span(Span::mixed_site().located_at(function.span()));
    name
}

/// A number for the names of the items: two groups in one module must not have the same names. FNV-1a.
fn id_of(item: &impl ToTokens) -> u64 {
    item.to_token_stream()
        .to_string()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
