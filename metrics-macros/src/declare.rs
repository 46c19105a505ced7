//! `declare_metrics!`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, Lit, LitStr, Path, Result, Token, Type, Visibility};

use crate::buckets::{Buckets, check_buckets};
use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::expand::{Metric, private, registered, track, typed_label};
use crate::grammar::{
    Given, each_item, is_in_capitals, list_of, runtime_path, set_once, skip_to, source, type_of, unraw, value_of,
};
use crate::help::first_sentence;
use crate::names::{self, Kind, snake_case};
use crate::plan::runtime;
use crate::policy::Policy;
use crate::types;

const KINDS: [Kind; 3] = [Kind::Counter, Kind::Gauge, Kind::Histogram];

/// `/// Jobs waiting.` `pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue);`
struct Declaration {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    kind: Kind,
    ident: Ident,
    name: LitStr,
    labels: Option<Given<Vec<(Ident, Type)>>>,
    buckets: Option<Given<Buckets>>,
}

pub fn declare(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let (mut krate, mut declarations) = (None, Vec::new());
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            let parsed = if input.peek(Token![crate]) {
                parse_crate(input, &mut krate, &mut diagnostics)
            } else {
                parse_declaration(input, &mut diagnostics).map(|declaration| declarations.push(declaration))
            };
            // After a mistake it goes on with the next declaration.
            if let Err(error) = parsed {
                diagnostics.add(error);
                skip_to(input, &[';']);
                let _ = input.parse::<Token![;]>();
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        diagnostics.add(error);
    }
    let krate = krate.map_or_else(runtime, |Given { value, .. }: Given<Path>| quote!(#value));
    let (policy, mistake) = Policy::of_current_crate();
    if let Some(mistake) = mistake {
        diagnostics.at(Span::call_site(), mistake);
    }
    let track = policy.file.as_deref().map(track);
    let items: TokenStream =
        declarations.iter().map(|declaration| expand(declaration, &krate, &policy, &mut diagnostics)).collect();
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #track #items)
}

/// `crate = path;`
fn parse_crate(input: ParseStream, krate: &mut Option<Given<Path>>, diagnostics: &mut Diagnostics) -> Result<()> {
    let key = input.call(Ident::parse_any)?;
    let path = value_of(&key, input, "path", |input| runtime_path(input, diagnostics))?;
    set_once(krate, &key, path, diagnostics);
    if !input.peek(Token![;]) {
        return Err(Error::new(key.span(), "`crate = path` does not end: put `;` behind it"));
    }
    input.parse::<Token![;]>().map(|_| ())
}

fn parse_declaration(input: ParseStream, diagnostics: &mut Diagnostics) -> Result<Declaration> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let (kind, word) = parse_kind(input)?;
    if input.peek(Token![=]) || input.peek(Lit) {
        let _ = input.parse::<Token![=]>();
        let name = input.parse::<LitStr>().map_or_else(|_| String::new(), |name| snake_case(&name.value()));
        let ident = if name.is_empty() { "NAME".to_owned() } else { name.to_uppercase() };
        return Err(Error::new(
            word.span(),
            format!("the name of the static is missing: write `{} {ident} = …`", kind.name()),
        ));
    }
    let ident = input.call(Ident::parse_any).map_err(|error| {
        let span = if input.is_empty() { word.span() } else { error.span() };
        Error::new(span, format!("the name of the static is missing: write `{} NAME = …`", kind.name()))
    })?;
    if !is_in_capitals(&ident) {
        diagnostics.at(
            ident.span(),
            format!(
                "the static `{ident}` is not in capitals, by which an attribute tells a declared metric from a name: \
                 write `{}`",
                snake_case(&unraw(&ident)).to_uppercase()
            ),
        );
    }
    if !input.peek(Token![=]) {
        let span = if input.is_empty() { ident.span() } else { input.span() };
        let message = match input.fork().parse::<LitStr>() {
            Ok(name) => format!("`=` is missing before this: write `{ident} = {}`", source(name)),
            Err(_) => format!("the metric's name is missing: write `{ident} = \"…\"`"),
        };
        return Err(Error::new(span, message));
    }
    input.parse::<Token![=]>()?;
    let name: LitStr =
        input.parse().map_err(|error| Error::new(error.span(), "the metric's name stands here, in quotes"))?;
    let mut declaration = Declaration { attributes, visibility, kind, ident, name, labels: None, buckets: None };
    while !input.peek(Token![;]) {
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if input.peek(Token![;]) {
                break;
            }
        } else if at_option(input) {
            diagnostics.at(input.span(), "a comma is missing before this");
        } else {
            diagnostics.at(declaration.name.span(), "the declaration does not end: put `;` behind it");
            return Ok(declaration);
        }
        if let Err(error) = parse_option(input, &mut declaration, diagnostics) {
            diagnostics.add(error);
            skip_to(input, &[',', ';']);
        }
    }
    input.parse::<Token![;]>()?;
    Ok(declaration)
}

/// Whether an option stands next, rather than another declaration.
fn at_option(input: ParseStream) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|word| ["labels", "buckets", "description"].iter().any(|o| word == o))
}

fn parse_kind(input: ParseStream) -> Result<(Kind, Ident)> {
    let names = KINDS.map(Kind::name);
    let word = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), "a declaration stands here: `counter JOBS = \"jobs_total\";`"))?;
    let text = word.to_string();
    KINDS.into_iter().find(|kind| kind.name() == text).map(|kind| (kind, word.clone())).ok_or_else(|| {
        let meant = nearest(&text, names).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        Error::new(word.span(), format!("a metric is one of {}, not `{text}`{meant}", listed(names)))
    })
}

fn parse_option(input: ParseStream, declaration: &mut Declaration, diagnostics: &mut Diagnostics) -> Result<()> {
    let word = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), "an option stands here, or `;`: `labels(step: Step)`"))?;
    match (word.to_string().as_str(), declaration.kind) {
        ("labels", _) => {
            let content = list_of(&word, input, "labels(step: Step)")?;
            let mut labels = Vec::new();
            each_item(&content, diagnostics, |input, diagnostics| {
                labels.push(parse_label(input, diagnostics)?);
                Ok(())
            });
            set_once(&mut declaration.labels, &word, labels, diagnostics);
        }
        ("buckets", Kind::Histogram) => {
            let buckets = Buckets::parse(&word, input, diagnostics)?;
            set_once(&mut declaration.buckets, &word, buckets, diagnostics);
        }
        ("buckets", kind) => {
            return Err(Error::new(word.span(), format!("a {} has no buckets: leave them out", kind.name())));
        }
        ("description", _) => {
            return Err(Error::new(
                word.span(),
                "the help text of a declaration is its doc comment: write `/// What it measures.` before it",
            ));
        }
        (other, Kind::Histogram) => return Err(unknown(&word, other, &["labels", "buckets"])),
        (other, _) => return Err(unknown(&word, other, &["labels"])),
    }
    Ok(())
}

/// `step: Step`
fn parse_label(input: ParseStream, diagnostics: &mut Diagnostics) -> Result<(Ident, Type)> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        Error::new(error.span(), "a label is a name and a type here: write `name: Type`, without quotes")
    })?;
    let ty = type_of(&name, input, &format!("the label `{name}` needs its type: write `{name}: Type`"))?;
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        diagnostics.at(
            equals.span,
            format!(
                "a declaration has only `{name}: {}`; the value is given where the metric is recorded, by `.with(…)` \
                 or in the `labels(…)` of an attribute",
                source(&ty)
            ),
        );
        skip_to(input, &[',']);
    }
    Ok((name, ty))
}

fn unknown(word: &Ident, name: &str, known: &[&str]) -> Error {
    let hint = nearest(name, known.iter().copied()).map_or_else(
        || format!("there are {}", listed(known.iter().copied())),
        |near| format!("did you mean `{near}`?"),
    );
    Error::new(word.span(), format!("a declaration has no option `{name}`: {hint}"))
}

/// ```text
/// /// Jobs waiting.
/// pub static QUEUE_DEPTH: Gauge<(Queue,)> = {
///     const LABELS: [LabelSpec; 1] = labels([LabelSpec::of::<Queue>("queue")]);
///     static SLOTS: Slots<[Slot; series(&LABELS)]> = Slots::new();
///     static FAMILY: Family = Family { … };
///     static FUNCTION: Function<1> = Function { sites: [Site { event: Event::Declared, family: &FAMILY, … }], … };
///     #[distributed_slice(DEFINITIONS)]
///     static DEFINITION: Definition = FUNCTION.definition();
///     Gauge::new(&FAMILY)
/// };
/// ```
fn expand(
    declaration: &Declaration,
    krate: &TokenStream,
    policy: &Policy,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let Declaration { attributes, visibility, kind, ident, name, labels, buckets } = declaration;
    if let Err(problem) = names::check_metric_name(*kind, &name.value()) {
        diagnostics.at(name.span(), problem);
    }
    let help = first_sentence(attributes).unwrap_or_else(|| {
        diagnostics.at(
            ident.span(),
            format!("`{ident}` has no help text: put a doc comment before it, `/// What it measures.`"),
        );
        String::new()
    });
    let labels = labels.as_ref().map_or(&[][..], |labels| &labels.value);
    if labels.len() > MAX_LABELS {
        diagnostics.at(
            labels[MAX_LABELS].0.span(),
            format!("a metric has at most {MAX_LABELS} labels: their product is its number of series"),
        );
        return TokenStream::new();
    }
    for (at, (label, _)) in labels.iter().enumerate() {
        let text = unraw(label);
        if let Err(problem) = policy.check_label(&text).and_then(|()| names::check_label_form(&text)) {
            diagnostics.at(label.span(), problem);
        }
        if labels[..at].iter().any(|(other, _)| other == label) {
            diagnostics.at(label.span(), format!("the label `{text}` is given twice: keep one of them"));
        }
    }
    let bounds = match buckets {
        Some(buckets) => check_buckets(buckets, diagnostics).unwrap_or_default(),
        None => Vec::new(),
    };
    let private = private(krate);
    let metric = match kind {
        Kind::Counter => quote!(#krate::Counter),
        Kind::Gauge => quote!(#krate::Gauge),
        Kind::Histogram => quote!(#krate::Histogram),
    };
    let parameters = (!labels.is_empty()).then(|| {
        let types = labels.iter().map(|(_, ty)| ty);
        quote!(<(#(#types,)*)>)
    });
    let specs =
        labels.iter().map(|(label, ty)| typed_label(krate, &unraw(label), &types::without_lifetimes(ty))).collect();
    let described = Metric {
        kind: *kind,
        name: &name.value(),
        help: &help,
        specs,
        buckets: &bounds,
        budget: policy.series_per_metric,
        span: name.span(),
    };
    let (registered, family) = registered(&private, &ident.to_string(), &described);
    quote! {
        #(#attributes)*
        #visibility static #ident: #metric #parameters = {
            #registered
            #metric::new(&#family)
        };
    }
}

/// As many as the runtime's `with` takes.
const MAX_LABELS: usize = 6;
