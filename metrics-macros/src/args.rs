//! The grammar of the attributes: what may stand between their parentheses.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprClosure, Ident, Lit, LitStr, Pat, Path, Result, ReturnType, Token, Type};

use crate::buckets::Buckets;
use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::grammar::{
    Given, each_item, is_in_capitals, key, list_of, parse_value, runtime_path, set_once, source, string, type_of,
    unraw, value_of,
};
use crate::names::snake_case;

/// Which attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Timed,
    Counted,
    CountedFailure,
    InFlight,
}

impl Attribute {
    pub const ALL: [Self; 4] = [Self::Timed, Self::Counted, Self::CountedFailure, Self::InFlight];

    /// Its name in the source.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timed => "timed",
            Self::Counted => "counted",
            Self::CountedFailure => "counted_failure",
            Self::InFlight => "in_flight",
        }
    }

    /// The option that names its metric, which is the metric's kind.
    pub const fn metric_option(self) -> &'static str {
        match self {
            Self::Timed => "histogram",
            Self::Counted | Self::CountedFailure => "counter",
            Self::InFlight => "gauge",
        }
    }

    /// A name of the right form, for messages.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Timed => "#[timed(histogram = \"image_generation_seconds\")]",
            Self::Counted => "#[counted(counter = \"images_generated_total\")]",
            Self::CountedFailure => "#[counted_failure(counter = \"image_generation_failures_total\")]",
            Self::InFlight => "#[in_flight(gauge = \"worker_active\")]",
        }
    }

    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Timed => &["histogram", "labels", "buckets", "description", "crate"],
            Self::Counted => &["counter", "on", "labels", "description", "crate"],
            Self::CountedFailure => &["counter", "reason", "labels", "description", "crate"],
            Self::InFlight => &["gauge", "labels", "description", "crate"],
        }
    }
}

/// Everything that an attribute was given, each at most once.
pub struct Args {
    pub attribute: Attribute,
    /// Where the attribute stands, for what is missing.
    pub span: Span,
    pub metric: Option<Given<MetricName>>,
    pub labels: Vec<LabelArg>,
    pub buckets: Option<Given<Buckets>>,
    pub description: Option<Given<LitStr>>,
    pub on: Option<Given<On>>,
    /// A set of reasons of the user's own.
    pub reason: Option<Given<Type>>,
    pub krate: Option<Given<Path>>,
    /// Whether all of it could be read. Where it could not, what seems to be missing may be what was misspelt.
    pub complete: bool,
}

/// How the metric is named.
pub enum MetricName {
    /// `"image_generation_seconds"`.
    Literal(LitStr),
    /// `COMFYUI_REQUESTS`: one that `declare_metrics!` declares.
    Declared(Path),
}

/// Which calls `#[counted]` counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum On {
    Start,
    Ok,
    Failure,
    End,
}

impl On {
    const ALL: [(&'static str, Self); 4] =
        [("start", Self::Start), ("ok", Self::Ok), ("failure", Self::Failure), ("end", Self::End)];
}

/// One item of `labels(…)`.
pub struct LabelArg {
    pub name: Ident,
    pub value: LabelValue,
}

/// Where a label's value comes from.
pub enum LabelValue {
    /// `step`.
    Parameter,
    /// `step: Step`, of which the value is missing.
    Nothing { ty: Type },
    /// `status: StatusClass = expression`; without the type where the metric is declared.
    Expression { ty: Option<Type>, expression: Expr },
    /// `status: StatusClass = |result| expression`, likewise.
    Result { ty: Option<Type>, pattern: Pat, expression: Expr },
}

impl Args {
    /// Parses what stands between the parentheses. Each mistake is reported, and the next option read.
    pub fn parse(attribute: Attribute, span: Span, tokens: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut args = Self {
            attribute,
            span,
            metric: None,
            labels: Vec::new(),
            buckets: None,
            description: None,
            on: None,
            reason: None,
            krate: None,
            complete: true,
        };
        let known = diagnostics.len();
        let parser = |input: ParseStream| {
            each_item(input, diagnostics, |input, diagnostics| args.parse_option(input, diagnostics));
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            diagnostics.add(error);
        }
        args.complete = diagnostics.len() == known;
        args
    }

    fn parse_option(&mut self, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<()> {
        let attribute = self.attribute;
        let key = key(input, &format!("{} = …", attribute.metric_option()))?;
        let name = key.to_string();
        if !attribute.options().contains(&name.as_str()) {
            return Err(unknown_option(attribute, &key));
        }
        match name.as_str() {
            "histogram" | "counter" | "gauge" => {
                let value = value_of(&key, input, "\"…\"", |input| parse_metric_name(attribute, input))?;
                set_once(&mut self.metric, &key, value, diagnostics);
            }
            "description" => {
                let value = value_of(&key, input, "\"…\"", |input| {
                    string(input, "`description` takes the help text in quotes: `description = \"…\"`")
                })?;
                set_once(&mut self.description, &key, value, diagnostics);
            }
            "crate" => {
                let value = value_of(&key, input, "path", |input| runtime_path(input, diagnostics))?;
                set_once(&mut self.krate, &key, value, diagnostics);
            }
            "on" => {
                let value = value_of(&key, input, "ok", parse_on)?;
                set_once(&mut self.on, &key, value, diagnostics);
            }
            "reason" => {
                let value = type_of(&key, input, "`reason` takes the type of the reasons: write `reason: MyReasons`")?;
                set_once(&mut self.reason, &key, value, diagnostics);
            }
            "buckets" => {
                let buckets = Buckets::parse(&key, input, diagnostics)?;
                set_once(&mut self.buckets, &key, buckets, diagnostics);
            }
            _ => {
                let content = list_of(&key, input, "labels(step)")?;
                each_item(&content, diagnostics, |input, _| {
                    self.labels.push(input.parse()?);
                    Ok(())
                });
            }
        }
        Ok(())
    }
}

fn unknown_option(attribute: Attribute, key: &Ident) -> Error {
    let name = key.to_string();
    let of_another = Attribute::ALL.into_iter().find(|other| other.options().contains(&name.as_str()));
    let hint = if let Some(known) = nearest(&name, attribute.options().iter().copied()) {
        format!("did you mean `{known}`?")
    } else if let (true, "histogram" | "counter" | "gauge") = (of_another.is_some(), name.as_str()) {
        format!("it records a {}: write `{} = \"…\"`", attribute.metric_option(), attribute.metric_option())
    } else if let Some(other) = of_another {
        format!(
            "it is an option of `#[{}]`; here there are {}",
            other.name(),
            listed(attribute.options().iter().copied())
        )
    } else {
        format!("there are {}", listed(attribute.options().iter().copied()))
    };
    Error::new(key.span(), format!("`#[{}]` has no option `{name}`: {hint}", attribute.name()))
}

fn parse_metric_name(attribute: Attribute, input: ParseStream) -> Result<MetricName> {
    match parse_value(input)? {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(MetricName::Literal(text)),
        // Statics are written in capitals; what is not was meant as a name.
        Expr::Path(path) if path.path.segments.last().is_some_and(|last| is_in_capitals(&last.ident)) => {
            Ok(MetricName::Declared(path.path))
        }
        other => Err(Error::new(
            other.span(),
            format!(
                "`{}` takes the metric's name in quotes, `{}`, or the path of a metric that `declare_metrics!` declares",
                attribute.metric_option(),
                attribute.example()
            ),
        )),
    }
}

fn parse_on(input: ParseStream) -> Result<On> {
    let names = On::ALL.map(|(name, _)| name);
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return Err(Error::new(literal.span(), format!("`on` takes one of {} without quotes", listed(names))));
    }
    let event = input.call(Ident::parse_any)?;
    let name = event.to_string();
    On::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, on)| on).ok_or_else(|| {
        let meant = nearest(&name, names).map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
        Error::new(event.span(), format!("`on` takes one of {}, not `{name}`{meant}", listed(names)))
    })
}

impl Parse for LabelArg {
    fn parse(input: ParseStream) -> Result<Self> {
        if let Some(mistake) = without_a_name(input) {
            return Err(mistake);
        }
        let name = input.call(Ident::parse_any)?;
        let ty = if input.peek(Token![:]) { Some(type_of(&name, input, &without_value(&unraw(&name)))?) } else { None };
        if !input.peek(Token![=]) || input.peek(Token![==]) {
            let value = ty.map_or(LabelValue::Parameter, |ty| LabelValue::Nothing { ty });
            return Ok(Self { name, value });
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(Error::new(equals.span, without_value(&unraw(&name))));
        }
        let expression: Expr = input.parse()?;
        if let Some(leaves) = find_return(expression.to_token_stream()) {
            return Err(Error::new(
                leaves.span(),
                "`return` would leave more than this expression, whose value is the label's: write \
                 `if … { … } else { … }`",
            ));
        }
        let value = match expression {
            Expr::Closure(ExprClosure { asyncness: Some(asyncness), .. }) => {
                return Err(Error::new(
                    asyncness.span,
                    "a label's closure looks at the returned value and cannot wait: leave out `async`",
                ));
            }
            Expr::Closure(ExprClosure { output: output @ ReturnType::Type(..), .. }) => {
                return Err(Error::new_spanned(
                    output,
                    "the type of a label stands before its value: write `name: Type = |result| …`",
                ));
            }
            Expr::Closure(closure) => {
                let bars = (closure.inputs_begin, closure.inputs_end);
                let mut patterns: Punctuated<Pat, Token![,]> = closure.inputs;
                match (patterns.pop(), patterns.is_empty()) {
                    (Some(pattern), true) => LabelValue::Result { ty, pattern, expression: *closure.body },
                    (last, _) => {
                        patterns.extend(last);
                        let message = if patterns.is_empty() {
                            "a label's closure takes the returned value, `|result| …`: write an expression that needs \
                             none without `||`"
                        } else {
                            "a label's closure takes one thing, a reference to the returned value: `|result| …`"
                        };
                        return Err(Error::new_spanned(in_bars(bars, &patterns), message));
                    }
                }
            }
            expression => LabelValue::Expression { ty, expression },
        };
        Ok(Self { name, value })
    }
}

/// The first `return` in an expression.
fn find_return(expression: TokenStream) -> Option<TokenTree> {
    expression.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find_return(group.stream()),
        TokenTree::Ident(ref ident) if ident == "return" => Some(token),
        _ => None,
    })
}

/// What to write where a label has a type, or the beginning of a value, and no value.
pub fn without_value(name: &str) -> String {
    format!(
        "the value of the label `{name}` is missing: write `{name}: Type = expression`, or `{name}` alone for the \
         parameter of that name"
    )
}

/// The parameters of a closure as they were written.
fn in_bars((first, last): (Token![|], Token![|]), patterns: &Punctuated<Pat, Token![,]>) -> TokenStream {
    quote!(#first #patterns #last)
}

/// What to write instead, where a label does not begin with its name.
fn without_a_name(input: ParseStream) -> Option<Error> {
    let named = input.fork();
    let first = named.call(Ident::parse_any);
    let ends = named.is_empty()
        || named.peek(Token![,])
        || (named.peek(Token![:]) && !named.peek(Token![::]))
        || (named.peek(Token![=]) && !named.peek(Token![==]) && !named.peek(Token![=>]));
    if first.as_ref().is_ok_and(|name| name != "self") && ends {
        return None;
    }
    // `if` is no name.
    if let (Ok(name), Ok(ty)) = (input.fork().parse::<Ident>(), named.parse::<Type>())
        && named.peek(Token![=])
        && !named.peek(Token![==])
    {
        let message = format!("a colon is missing before this: write `{name}: {} = …`", source(&ty));
        return Some(Error::new_spanned(ty, message));
    }
    let whole = input.fork();
    match whole.parse::<Expr>() {
        Ok(expression) if whole.is_empty() || whole.peek(Token![,]) => Some(only_a_value(&expression)),
        // A name, and behind it something that a comma is missing before.
        _ if first.is_ok_and(|name| name != "self") && at_another(input) => None,
        _ => Some(input.error("a label is the name of a parameter here, or `name: Type = expression`")),
    }
}

/// Whether behind the first word stands what another label, or a value, may begin with.
fn at_another(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && (ahead.peek(Ident::peek_any) || ahead.peek(Lit))
}

fn only_a_value(expression: &Expr) -> Error {
    let parameter = match expression {
        Expr::Reference(reference) => Some(&*reference.expr),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => Some(&**expr),
        _ => None,
    };
    let parameter = match parameter {
        Some(Expr::Path(path)) => path.path.get_ident().filter(|name| *name != "self"),
        _ => None,
    };
    let message = match (expression, parameter) {
        (Expr::Lit(_), _) => {
            "a label is named without quotes: write the name of a parameter, or `name: Type = expression`".to_owned()
        }
        (_, Some(name)) => {
            format!("a label is named as its parameter is, whose type may be a reference: write `{name}` alone")
        }
        (Expr::Path(this), _) if this.path.is_ident("self") => {
            "a label needs a name and a type here: write `name: Type = self.field`".to_owned()
        }
        _ => {
            let (name, value) = likely_name(expression)
                .map_or_else(|| ("name".to_owned(), "…".to_owned()), |name| (name, source(expression)));
            format!("a label needs a name and a type here: write `{name}: Type = {value}`")
        }
    };
    Error::new_spanned(expression, message)
}

/// The name that says what an expression is the value of.
fn likely_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => {
            // `Kind::Large` is a kind, `job::kind` is one as well.
            let is_lower = |name: &Ident| unraw(name).starts_with(char::is_lowercase);
            let mut segments = path.path.segments.iter().rev().map(|segment| &segment.ident);
            let last = segments.next()?;
            let name = if is_lower(last) { last } else { segments.next().unwrap_or(last) };
            (name != "self" && name != "Self").then(|| snake_case(&unraw(name)))
        }
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(unraw(name)),
            syn::Member::Unnamed(_) => likely_name(&field.base),
        },
        Expr::MethodCall(call) => likely_name(&call.receiver).or_else(|| Some(unraw(&call.method))),
        Expr::Call(call) => likely_name(&call.func),
        Expr::Cast(cast) => likely_name(&cast.expr),
        Expr::Index(index) => likely_name(&index.expr),
        Expr::Paren(paren) => likely_name(&paren.expr),
        Expr::Reference(reference) => likely_name(&reference.expr),
        Expr::Try(question) => likely_name(&question.expr),
        Expr::Unary(unary) => likely_name(&unary.expr),
        _ => None,
    }
}
