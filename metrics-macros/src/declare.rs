//! `declare_metrics!`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token, Type, Visibility, parenthesized};

use crate::args::{self, Bucket, Given};
use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::expand::{Metric, private, registered, track, typed_label};
use crate::help::first_sentence;
use crate::names::{self, Kind};
use crate::plan::{check_buckets, runtime};
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
    labels: Vec<(Ident, Type)>,
    buckets: Option<Given<Vec<Bucket>>>,
}

pub fn declare(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let (krate, declarations) = diagnostics.keep(parse.parse2(tokens)).unwrap_or_default();
    let krate = krate.map_or_else(runtime, |krate| quote!(#krate));
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

/// Where the runtime is, if that is said (`crate = path;`), and the declarations.
fn parse(input: ParseStream) -> Result<(Option<Path>, Vec<Declaration>)> {
    let mut krate = None;
    if input.peek(Token![crate]) && input.peek2(Token![=]) {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        krate = Some(input.call(Path::parse_mod_style)?);
        input.parse::<Token![;]>()?;
    }
    let mut declarations = Vec::new();
    while !input.is_empty() {
        declarations.push(parse_declaration(input)?);
    }
    Ok((krate, declarations))
}

fn parse_declaration(input: ParseStream) -> Result<Declaration> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let kind = parse_kind(input)?;
    let ident: Ident = input.parse()?;
    if !input.peek(Token![=]) {
        return Err(input.error(format!("the metric's name is missing: write `{ident} = \"…\"`")));
    }
    input.parse::<Token![=]>()?;
    let name: LitStr =
        input.parse().map_err(|error| Error::new(error.span(), "the metric's name stands here, in quotes"))?;
    let mut declaration = Declaration { attributes, visibility, kind, ident, name, labels: Vec::new(), buckets: None };
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        if input.peek(Token![;]) {
            break;
        }
        parse_option(input, &mut declaration)?;
    }
    if !input.peek(Token![;]) {
        return Err(Error::new(declaration.name.span(), "the declaration does not end: put `;` behind it"));
    }
    input.parse::<Token![;]>()?;
    Ok(declaration)
}

fn parse_kind(input: ParseStream) -> Result<Kind> {
    let names = KINDS.map(Kind::name);
    let word = input.call(Ident::parse_any)?;
    let text = word.to_string();
    KINDS.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
        let meant = nearest(&text, names).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        Error::new(word.span(), format!("a metric is one of {}, not `{text}`{meant}", listed(names)))
    })
}

fn parse_option(input: ParseStream, declaration: &mut Declaration) -> Result<()> {
    let word = input.call(Ident::parse_any)?;
    match (word.to_string().as_str(), declaration.kind) {
        ("labels", _) => {
            if !declaration.labels.is_empty() {
                return Err(Error::new(word.span(), "`labels` is given twice: keep one of them"));
            }
            let content;
            parenthesized!(content in input);
            while !content.is_empty() {
                let name: Ident = content.call(Ident::parse_any)?;
                if !content.peek(Token![:]) {
                    return Err(Error::new(
                        name.span(),
                        format!("the label `{name}` needs its type: write `{name}: Type`"),
                    ));
                }
                content.parse::<Token![:]>()?;
                declaration.labels.push((name, content.parse()?));
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
        }
        ("buckets", Kind::Histogram) => {
            if declaration.buckets.is_some() {
                return Err(Error::new(word.span(), "`buckets` is given twice: keep one of them"));
            }
            let content;
            parenthesized!(content in input);
            let buckets = content.parse_terminated(args::parse_bucket, Token![,])?;
            declaration.buckets = Some(Given { key: word.span(), value: buckets.into_iter().collect() });
        }
        ("buckets", kind) => {
            return Err(Error::new(word.span(), format!("a {} has no buckets: leave them out", kind.name())));
        }
        (other, Kind::Histogram) => return Err(unknown(&word, other, &["labels", "buckets"])),
        (other, _) => return Err(unknown(&word, other, &["labels"])),
    }
    Ok(())
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
    let Some(help) = first_sentence(attributes) else {
        diagnostics.at(
            ident.span(),
            format!("`{ident}` has no help text: put a doc comment before it, `/// What it measures.`"),
        );
        return TokenStream::new();
    };
    if labels.len() > MAX_LABELS {
        diagnostics.at(
            labels[MAX_LABELS].0.span(),
            format!("a metric has at most {MAX_LABELS} labels: their product is its number of series"),
        );
        return TokenStream::new();
    }
    for (at, (label, _)) in labels.iter().enumerate() {
        let text = label.to_string();
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
    let specs = labels
        .iter()
        .map(|(label, ty)| typed_label(krate, &label.to_string(), &types::without_lifetimes(ty)))
        .collect();
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
