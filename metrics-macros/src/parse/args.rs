//! The grammar of the attributes: the options in their parentheses.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, LitStr, Path, Result, Token, Type};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::names::is_in_capitals;
use crate::parse::attribute::Attribute;
use crate::parse::buckets::Buckets;
use crate::parse::condition::parse_condition;
use crate::parse::grammar::{
    Keyed, each_item, parse_key, parse_list_of, parse_runtime_path, parse_string, parse_type_of, parse_value,
    parse_value_of, set_once,
};
use crate::parse::label_arg::LabelArg;
use crate::parse::max_series::parse_max_series;
use crate::parse::objective::Objective;
use crate::parse::read::{Read, ReadFor};

/// The options of an attribute, each at most once.
#[derive(Clone)]
pub(crate) struct Args {
    pub(crate) attribute: Attribute,
    /// Where the attribute stands: a missing option is reported there.
    pub(crate) span: Span,
    pub(crate) metric: Option<Keyed<MetricName>>,
    /// What `#[observed]` observes.
    pub(crate) value: Option<Keyed<Read>>,
    /// The name of the metric for the age of the oldest call in flight.
    pub(crate) oldest: Option<Keyed<LitStr>>,
    /// The name of the metric for the time of the last call that ended `ok`.
    pub(crate) last: Option<Keyed<LitStr>>,
    pub(crate) labels: Vec<LabelArg>,
    pub(crate) buckets: Option<Keyed<Buckets>>,
    /// The largest number of series that the metric may have.
    pub(crate) max_series: Option<Keyed<u64>>,
    pub(crate) description: Option<Keyed<LitStr>>,
    pub(crate) on: Option<Keyed<On>>,
    /// That calls which are cancelled are not counted.
    pub(crate) except_cancelled: Option<Keyed<()>>,
    /// The type of the user's own reasons.
    pub(crate) reason: Option<Keyed<Type>>,
    /// Whether a returned value is an error that would be `ok` without it.
    pub(crate) error_if: Option<Keyed<Expr>>,
    /// Whether a returned value is `ok` that would be a failure without it.
    pub(crate) ok_if: Option<Keyed<Expr>>,
    pub(crate) objective: Option<Keyed<Objective>>,
    pub(crate) krate: Option<Keyed<Path>>,
    /// Whether it has no options.
    pub(crate) is_empty: bool,
    /// Whether every option could be parsed. If not, an option that seems to be missing may be a misspelt one.
    pub(crate) is_complete: bool,
}

/// How an attribute names its metric.
#[derive(Clone)]
pub(crate) enum MetricName {
    /// `"image_generation_seconds"`.
    Literal(LitStr),
    /// `COMFYUI_REQUESTS`: a metric that `declare_metrics!` declares.
    Declared(Path),
}

/// Which calls `#[counted]` counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Start,
    Ok,
    Failure,
    End,
    Item,
}

impl On {
    const ALL: [(&'static str, Self); 5] = [
        ("start", Self::Start),
        ("ok", Self::Ok),
        ("failure", Self::Failure),
        ("end", Self::End),
        ("item", Self::Item),
    ];
}

impl Args {
    /// Parses the options. After a mistake, which is reported, it continues with the next option.
    pub(crate) fn parse(attribute: Attribute, span: Span, tokens: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut args = Self {
            attribute,
            span,
            metric: None,
            value: None,
            oldest: None,
            last: None,
            labels: Vec::new(),
            buckets: None,
            max_series: None,
            description: None,
            on: None,
            except_cancelled: None,
            reason: None,
            error_if: None,
            ok_if: None,
            objective: None,
            krate: None,
            is_empty: tokens.is_empty(),
            is_complete: true,
        };
        let errors_before = diagnostics.len();
        let parser = |input: ParseStream| {
            each_item(input, diagnostics, |input, diagnostics| args.parse_option(input, diagnostics));
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            diagnostics.add(error);
        }
        args.is_complete = diagnostics.len() == errors_before;
        args
    }

    /// Whether the metric is named by the path of its declaration.
    pub(crate) fn is_declared(&self) -> bool {
        matches!(self.metric, Some(Keyed { value: MetricName::Declared(_), .. }))
    }

    fn parse_option(&mut self, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<()> {
        let attribute = self.attribute;
        let key = parse_key(input, &format!("{} = …", attribute.metric_option()))?;
        let name = key.to_string();
        if !attribute.options().contains(&name.as_str()) {
            return Err(unknown_option(attribute, &key));
        }
        match name.as_str() {
            "histogram" | "counter" | "gauge" => {
                let value = parse_value_of(&key, input, "\"…\"", |input| parse_metric_name(attribute, input))?;
                set_once(&mut self.metric, &key, value, diagnostics);
            }
            "value" => {
                let value =
                    parse_value_of(&key, input, "|result| …", |input| Read::parse(input, ReadFor::Observation))?;
                set_once(&mut self.value, &key, value, diagnostics);
            }
            "oldest" => {
                let value =
                    parse_value_of(&key, input, "\"…_seconds\"", |input| parse_string(input, OLDEST_IS_A_NAME))?;
                set_once(&mut self.oldest, &key, value, diagnostics);
            }
            "last" => {
                let value = parse_value_of(&key, input, "\"…_timestamp_seconds\"", |input| {
                    parse_string(input, LAST_IS_A_NAME)
                })?;
                set_once(&mut self.last, &key, value, diagnostics);
            }
            "description" => {
                let value = parse_value_of(&key, input, "\"…\"", |input| {
                    parse_string(input, "`description` takes the help text in quotes: `description = \"…\"`")
                })?;
                set_once(&mut self.description, &key, value, diagnostics);
            }
            "crate" => {
                let value = parse_value_of(&key, input, "path", |input| parse_runtime_path(input, diagnostics))?;
                set_once(&mut self.krate, &key, value, diagnostics);
            }
            "on" => {
                let value = parse_value_of(&key, input, "ok", parse_on)?;
                set_once(&mut self.on, &key, value, diagnostics);
            }
            "except" => {
                parse_except(&key, input)?;
                set_once(&mut self.except_cancelled, &key, (), diagnostics);
            }
            "reason" => {
                let value =
                    parse_type_of(&key, input, "`reason` takes the type of the reasons: write `reason: MyReasons`")?;
                set_once(&mut self.reason, &key, value, diagnostics);
            }
            "error_if" => {
                let condition = parse_condition(&key, input)?;
                set_once(&mut self.error_if, &key, condition, diagnostics);
            }
            "ok_if" => {
                let condition = parse_condition(&key, input)?;
                set_once(&mut self.ok_if, &key, condition, diagnostics);
            }
            "buckets" => {
                let buckets = Buckets::parse(&key, input, diagnostics)?;
                set_once(&mut self.buckets, &key, buckets, diagnostics);
            }
            "max_series" => {
                let max_series = parse_max_series(&key, input)?;
                set_once(&mut self.max_series, &key, max_series, diagnostics);
            }
            "objective" => {
                let objective = Objective::parse(attribute, &key, input, diagnostics)?;
                set_once(&mut self.objective, &key, objective, diagnostics);
            }
            _ => {
                let content = parse_list_of(&key, input, "labels(step)")?;
                each_item(&content, diagnostics, |input, _| {
                    self.labels.push(input.parse()?);
                    Ok(())
                });
            }
        }
        Ok(())
    }
}

const OLDEST_IS_A_NAME: &str = "`oldest` takes a name in quotes, `oldest = \"images_in_flight_oldest_seconds\"`: the page reads \
    the age when it is made, so it cannot be a declared metric, whose values are recorded";

const LAST_IS_A_NAME: &str = "`last` takes a name in quotes, `last = \"import_last_success_timestamp_seconds\"`: it is a gauge of \
    this attribute, so it cannot be a declared metric";

fn unknown_option(attribute: Attribute, key: &Ident) -> Error {
    let name = key.to_string();
    let owner = Attribute::ALL.into_iter().find(|other| other.options().contains(&name.as_str()));
    let hint = if let Some(known) = nearest(&name, attribute.options().iter().copied()) {
        format!("did you mean `{known}`?")
    } else if let (Attribute::Measured, Some(owner)) = (attribute, owner) {
        format!(
            "it has what all attributes have in common, and this belongs to one of them, such as `#[{}]`",
            owner.name()
        )
    } else if let (true, "histogram" | "counter" | "gauge") = (owner.is_some(), name.as_str()) {
        format!("its metric is a {}: write `{} = \"…\"`", attribute.metric_option(), attribute.metric_option())
    } else if name == "objective" && attribute == Attribute::InFlight {
        "a gauge has no good and bad calls: give the objective to `#[timed]` or `#[counted_failure]`".to_owned()
    } else if matches!(name.as_str(), "error_if" | "ok_if") && attribute == Attribute::InFlight {
        "a gauge does not record how a call ends: give it to another attribute of the function, `#[timed]`, `#[counted]` \
         or `#[counted_failure]`, and it holds for all of them"
            .to_owned()
    } else if let Some(other) = owner {
        format!(
            "it is an option of `#[{}]`; the options here are {}",
            other.name(),
            listed(attribute.options().iter().copied())
        )
    } else {
        format!("the options are {}", listed(attribute.options().iter().copied()))
    };
    Error::new(key.span(), format!("`#[{}]` has no option `{name}`: {hint}", attribute.name()))
}

fn parse_metric_name(attribute: Attribute, input: ParseStream) -> Result<MetricName> {
    match parse_value(input)? {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(MetricName::Literal(text)),
        // Statics are written in capitals; another path was meant as a name.
        Expr::Path(path) if path.path.segments.last().is_some_and(|last| is_in_capitals(&last.ident)) => {
            Ok(MetricName::Declared(path.path))
        }
        other => Err(Error::new(
            other.span(),
            format!(
                "`{}` takes the metric's name in quotes, `{}`, or the path of a metric that `declare_metrics!` \
                 declares",
                attribute.metric_option(),
                attribute.example()
            ),
        )),
    }
}

/// Parses the list in `except(cancelled)`, which has one item.
fn parse_except(key: &Ident, input: ParseStream) -> Result<()> {
    let content = parse_list_of(key, input, EXCEPT_EXAMPLE)?;
    let end = content.call(Ident::parse_any).map_err(|error| Error::new(error.span(), EXCEPT_MESSAGE))?;
    if end != "cancelled" {
        return Err(Error::new(end.span(), format!("`except` does not take `{end}`: {EXCEPT_MESSAGE}")));
    }
    if content.is_empty() || (content.parse::<Token![,]>().is_ok() && content.is_empty()) {
        return Ok(());
    }
    let error = content.error(EXCEPT_MESSAGE);
    // What is left would be a second error.
    content.parse::<TokenStream>()?;
    Err(error)
}

const EXCEPT_EXAMPLE: &str = "except(cancelled)";
const EXCEPT_MESSAGE: &str = "write `except(cancelled)`: only a call that is cancelled can be left out, because what else is no \
    failure is said by `ok_if` or `#[failure(ok)]`";

fn parse_on(input: ParseStream) -> Result<On> {
    let names = On::ALL.map(|(name, _)| name);
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return Err(Error::new(literal.span(), format!("`on` takes one of {}, without quotes", listed(names))));
    }
    let event = input.call(Ident::parse_any)?;
    let name = event.to_string();
    On::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, on)| on).ok_or_else(|| {
        let meant = nearest(&name, names).map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
        Error::new(event.span(), format!("`on` takes one of {}, not `{name}`{meant}", listed(names)))
    })
}
