//! The grammar of `declare_metrics!`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, Lit, LitStr, Path, Result, Token, Type, Visibility};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::kind::MetricKind;
use crate::names::{is_in_capitals, snake_case, unraw};
use crate::parse::buckets::Buckets;
use crate::parse::grammar::{
    Keyed, each_item, parse_list_of, parse_runtime_path, parse_type_of, parse_value_of, set_once, skip_to,
};
use crate::parse::max_series::parse_max_series;
use crate::tokens::text::to_source;

/// Everything in the parentheses of `declare_metrics!(…)`.
#[derive(Default)]
pub(crate) struct Declarations {
    pub(crate) krate: Option<Keyed<Path>>,
    pub(crate) metrics: Vec<Declaration>,
}

impl Declarations {
    /// Parses the declarations. After a mistake, which is reported, it continues with the next declaration.
    pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut declarations = Self::default();
        let parser = |input: ParseStream| {
            while !input.is_empty() {
                let parsed = if input.peek(Token![crate]) {
                    parse_crate(input, &mut declarations.krate, diagnostics)
                } else {
                    parse_declaration(input, diagnostics).map(|declaration| declarations.metrics.push(declaration))
                };
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
        declarations
    }
}

/// `/// Jobs waiting.` `pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue);`
pub(crate) struct Declaration {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) kind: MetricKind,
    pub(crate) ident: Ident,
    pub(crate) name: LitStr,
    pub(crate) labels: Option<Keyed<Vec<(Ident, Type)>>>,
    pub(crate) buckets: Option<Keyed<Buckets>>,
    /// The largest number of series that it may have.
    pub(crate) max_series: Option<Keyed<u64>>,
    pub(crate) join: Option<Keyed<Join>>,
    /// Whether a counter counts fractions of anything.
    pub(crate) fractional: Option<Keyed<()>>,
}

/// What a gauge of several processes shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Sum,
    Max,
    Min,
    Latest,
}

impl Join {
    const ALL: [(&'static str, Self); 4] =
        [("sum", Self::Sum), ("max", Self::Max), ("min", Self::Min), ("latest", Self::Latest)];

    /// `max`
    fn parse(input: ParseStream) -> Result<Self> {
        let names = || Self::ALL.map(|(name, _)| name);
        let word = input.call(Ident::parse_any).map_err(|error| {
            Error::new(error.span(), format!("`join` takes one of {}: write `join = max`", listed(names())))
        })?;
        let text = word.to_string();
        Self::ALL.into_iter().find(|(name, _)| *name == text).map(|(_, join)| join).ok_or_else(|| {
            let meant = nearest(&text, names()).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
            Error::new(word.span(), format!("`join` takes one of {}, not `{text}`{meant}", listed(names())))
        })
    }

    /// The variant of the runtime's `Join`.
    pub(crate) const fn variant(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Max => "Max",
            Self::Min => "Min",
            Self::Latest => "Latest",
        }
    }
}

/// `crate = path;`
fn parse_crate(input: ParseStream, krate: &mut Option<Keyed<Path>>, diagnostics: &mut Diagnostics) -> Result<()> {
    let key = input.call(Ident::parse_any)?;
    let path = parse_value_of(&key, input, "path", |input| parse_runtime_path(input, diagnostics))?;
    set_once(krate, &key, path, diagnostics);
    if !input.peek(Token![;]) {
        return Err(Error::new(key.span(), "`crate = path` does not end: add `;` after it"));
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
                "the static `{ident}` is not in capitals, by which an attribute recognises a declared metric: \
                 write `{}`",
                snake_case(&unraw(&ident)).to_uppercase()
            ),
        );
    }
    if !input.peek(Token![=]) {
        let span = if input.is_empty() { ident.span() } else { input.span() };
        let message = match input.fork().parse::<LitStr>() {
            Ok(name) => format!("`=` is missing before the name: write `{ident} = {}`", to_source(name)),
            Err(_) => format!("the metric's name is missing: write `{ident} = \"…\"`"),
        };
        return Err(Error::new(span, message));
    }
    input.parse::<Token![=]>()?;
    let name: LitStr = input
        .parse()
        .map_err(|error| Error::new(error.span(), "the metric's name is expected here: write it in quotes"))?;
    let mut declaration = Declaration {
        attributes,
        visibility,
        kind,
        ident,
        name,
        labels: None,
        buckets: None,
        max_series: None,
        join: None,
        fractional: None,
    };
    while !input.peek(Token![;]) {
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if input.peek(Token![;]) {
                break;
            }
        } else if is_at_option(input) {
            diagnostics.at(input.span(), "a comma is missing before this option: add `,`");
        } else {
            diagnostics.at(declaration.name.span(), "the declaration does not end: add `;` after it");
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

/// Whether the next tokens are an option, not another declaration.
fn is_at_option(input: ParseStream) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|word| {
        ["labels", "buckets", "max_series", "join", "fractional", "description"].iter().any(|option| word == option)
    })
}

fn parse_kind(input: ParseStream) -> Result<(MetricKind, Ident)> {
    let names = MetricKind::ALL.map(MetricKind::name);
    let word = input.call(Ident::parse_any).map_err(|error| {
        Error::new(error.span(), "a declaration is expected here: write `counter JOBS = \"jobs_total\";`")
    })?;
    let text = word.to_string();
    MetricKind::ALL.into_iter().find(|kind| kind.name() == text).map(|kind| (kind, word.clone())).ok_or_else(|| {
        let meant = nearest(&text, names).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        Error::new(word.span(), format!("a metric is one of {}, not `{text}`{meant}", listed(names)))
    })
}

fn parse_option(input: ParseStream, declaration: &mut Declaration, diagnostics: &mut Diagnostics) -> Result<()> {
    let word = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), "an option or `;` is expected here: write `labels(step: Step)`"))?;
    match (word.to_string().as_str(), declaration.kind) {
        ("labels", _) => {
            let content = parse_list_of(&word, input, "labels(step: Step)")?;
            let mut labels = Vec::new();
            each_item(&content, diagnostics, |input, diagnostics| {
                labels.push(parse_label(input, diagnostics)?);
                Ok(())
            });
            set_once(&mut declaration.labels, &word, labels, diagnostics);
        }
        ("buckets", MetricKind::Histogram) => {
            let buckets = Buckets::parse(&word, input, diagnostics)?;
            set_once(&mut declaration.buckets, &word, buckets, diagnostics);
        }
        ("buckets", kind) => {
            return Err(Error::new(word.span(), format!("a {} has no buckets: remove them", kind.name())));
        }
        ("max_series", _) => {
            let max_series = parse_max_series(&word, input)?;
            set_once(&mut declaration.max_series, &word, max_series, diagnostics);
        }
        ("join", MetricKind::Gauge) => {
            let join = parse_value_of(&word, input, "max", Join::parse)?;
            set_once(&mut declaration.join, &word, join, diagnostics);
        }
        ("join", kind) => {
            return Err(Error::new(
                word.span(),
                format!("a {} of several processes is their sum, so it has no `join`: remove it", kind.name()),
            ));
        }
        ("fractional", MetricKind::Counter) => set_once(&mut declaration.fractional, &word, (), diagnostics),
        ("fractional", kind) => {
            return Err(Error::new(
                word.span(),
                format!("a {} takes numbers with fractions already: remove `fractional`", kind.name()),
            ));
        }
        ("description", _) => {
            return Err(Error::new(
                word.span(),
                "the help text of a declaration is its doc comment: write `/// What it measures.` before the \
                 declaration",
            ));
        }
        ("objective", _) => {
            return Err(Error::new(
                word.span(),
                format!(
                    "an objective is about calls, so it belongs to the attribute that records them: write it there, \
                     `#[timed(histogram = {}, objective(percent = 99, under = 300))]`",
                    declaration.ident
                ),
            ));
        }
        (other, MetricKind::Histogram) => {
            return Err(unknown_option(&word, other, &["labels", "buckets", "max_series"]));
        }
        (other, MetricKind::Gauge) => return Err(unknown_option(&word, other, &["labels", "max_series", "join"])),
        (other, MetricKind::Counter) => {
            return Err(unknown_option(&word, other, &["labels", "max_series", "fractional"]));
        }
    }
    Ok(())
}

/// `step: Step`
fn parse_label(input: ParseStream, diagnostics: &mut Diagnostics) -> Result<(Ident, Type)> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        Error::new(error.span(), "a label has a name and a type here: write `name: Type`, without quotes")
    })?;
    let ty = parse_type_of(&name, input, &format!("the label `{name}` needs its type: write `{name}: Type`"))?;
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        diagnostics.at(
            equals.span,
            format!(
                "a declaration gives a label no value: write only `{name}: {}`; the value is given where the metric is \
                 recorded, by `.with(…)` or in the `labels(…)` of an attribute",
                to_source(&ty)
            ),
        );
        skip_to(input, &[',']);
    }
    Ok((name, ty))
}

fn unknown_option(word: &Ident, name: &str, known: &[&str]) -> Error {
    let hint = nearest(name, known.iter().copied()).map_or_else(
        || format!("the options are {}", listed(known.iter().copied())),
        |near| format!("did you mean `{near}`?"),
    );
    Error::new(word.span(), format!("a declaration has no option `{name}`: {hint}"))
}
