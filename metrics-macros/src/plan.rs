//! The validated plan: everything that the expansion needs, with all defaults resolved.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Pat, Path, Type};

use crate::args::{Args, Attribute, LabelArg, LabelValue, MetricName, On, without_value};
use crate::buckets::{Buckets, check_buckets};
use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::function::Function;
use crate::grammar::{Given, source, unraw};
use crate::names::{self, Kind};
use crate::policy::Policy;
use crate::{twice, types};

/// What to record for one function.
pub struct Plan {
    /// The path of the runtime.
    pub krate: TokenStream,
    /// The `metrics.toml` that was read.
    pub policy_file: Option<std::path::PathBuf>,
    /// The largest number of series that a metric may have.
    pub budget: u64,
    pub sites: Vec<SitePlan>,
    /// Mentions of the attributes that were taken from below this one, for the beginning of the body.
    pub mentions: TokenStream,
}

impl Plan {
    /// Whether one of the sites has to know how a call ends.
    pub fn needs_outcome(&self) -> bool {
        self.sites.iter().any(SitePlan::needs_outcome)
    }
}

/// One attribute.
pub struct SitePlan {
    pub event: Event,
    pub kind: Kind,
    pub metric: MetricPlan,
    pub labels: Vec<LabelPlan>,
}

/// What a site records in.
pub enum MetricPlan {
    /// A metric of its own.
    Own {
        name: String,
        /// Where the name stands.
        span: Span,
        help: String,
        buckets: Vec<f64>,
    },
    /// One that is declared elsewhere.
    Declared(Path),
}

impl SitePlan {
    fn needs_outcome(&self) -> bool {
        matches!(self.event, Event::Ok | Event::Failure)
            || self.labels.iter().any(|label| {
                matches!(
                    label.value,
                    LabelPlanValue::Outcome
                        | LabelPlanValue::Failure
                        | LabelPlanValue::Reason
                        | LabelPlanValue::Result { .. }
                )
            })
    }
}

/// When a site records; the names are the runtime's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Duration,
    Start,
    End,
    Ok,
    Failure,
    InFlight,
}

impl Event {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duration => "Duration",
            Self::Start => "Start",
            Self::End => "End",
            Self::Ok => "Ok",
            Self::Failure => "Failure",
            Self::InFlight => "InFlight",
        }
    }
}

pub struct LabelPlan {
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Its type without lifetimes; `None` where it is built in, or where the metric's declaration has it.
    pub ty: Option<TokenStream>,
    pub value: LabelPlanValue,
}

pub enum LabelPlanValue {
    Parameter(Ident),
    Expression(Expr),
    Result {
        pattern: Pat,
        expression: Expr,
    },
    /// Any outcome.
    Outcome,
    /// Any outcome but `ok`.
    Failure,
    /// What the returned error says.
    Reason,
}

/// Checks the attributes of a function. Every mistake is reported; there is a plan only where there is none.
pub fn plan(all: Vec<Args>, mentions: TokenStream, function: &Function, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let (policy, mistake) = Policy::of_current_crate();
    if let Some(mistake) = mistake {
        diagnostics.at(Span::call_site(), mistake);
    }
    let krate = krate(&all);
    let sites: Vec<Option<SitePlan>> =
        all.into_iter().map(|args| Planner { function, policy: &policy, diagnostics }.site(args)).collect();
    twice::check(sites.iter().flatten(), diagnostics);
    let sites: Option<Vec<SitePlan>> = sites.into_iter().collect();
    Some(Plan { krate, policy_file: policy.file, budget: policy.series_per_metric, sites: sites?, mentions })
}

/// The runtime's path: what one of the attributes says, else the crate's own name.
fn krate(all: &[Args]) -> TokenStream {
    all.iter().find_map(|args| args.krate.as_ref()).map_or_else(runtime, |krate| krate.value.to_token_stream())
}

/// The runtime by its own name.
pub fn runtime() -> TokenStream {
    quote::quote!(::metrics_runtime)
}

/// Whether a path may lead to one of the attributes: by its bare name, or through the runtime.
pub fn attribute_of(path: &Path, krate: Option<&Path>) -> Option<Attribute> {
    let last = path.segments.last()?;
    let attribute = Attribute::ALL.into_iter().find(|attribute| last.ident == attribute.name())?;
    let through = path.segments.len() == 1
        || path
            .segments
            .first()
            .is_some_and(|first| first.ident == "metrics_runtime" || first.ident == "metrics_macros")
        || krate.is_some_and(|krate| {
            let (krate, path) = (krate.segments.iter(), path.segments.iter());
            krate.len() + 1 == path.len() && krate.zip(path).all(|(one, other)| one.ident == other.ident)
        });
    through.then_some(attribute)
}

/// What the attribute says of a metric of its own.
struct OwnArgs {
    span: Span,
    metric: Option<Given<MetricName>>,
    buckets: Option<Given<Buckets>>,
    description: Option<Given<syn::LitStr>>,
    complete: bool,
}

struct Planner<'a> {
    function: &'a Function,
    policy: &'a Policy,
    diagnostics: &'a mut Diagnostics,
}

impl Planner<'_> {
    fn site(&mut self, args: Args) -> Option<SitePlan> {
        let Args { attribute, span, metric, labels, buckets, description, on, reason, complete, .. } = args;
        let event = match (attribute, on.as_ref().map(|on| on.value)) {
            (Attribute::Timed, _) => Event::Duration,
            (Attribute::InFlight, _) => Event::InFlight,
            (Attribute::CountedFailure, _) | (_, Some(On::Failure)) => Event::Failure,
            (_, Some(On::Ok)) => Event::Ok,
            (_, Some(On::End)) => Event::End,
            (_, Some(On::Start) | None) => Event::Start,
        };
        let kind = match attribute {
            Attribute::Timed => Kind::Histogram,
            Attribute::Counted | Attribute::CountedFailure => Kind::Counter,
            Attribute::InFlight => Kind::Gauge,
        };
        let declared = match &metric {
            Some(Given { value: MetricName::Declared(path), .. }) => Some(path.clone()),
            _ => None,
        };
        let mut labels = self.labels(attribute, event, declared.as_ref(), labels);
        if attribute == Attribute::CountedFailure {
            let reason = self.reason(span, declared.as_ref(), reason);
            match (&mut labels, reason) {
                (Some(labels), Some(reason)) => labels.push(reason),
                _ => labels = None,
            }
        }
        let metric = if let Some(path) = declared {
            self.refuse_with_path("description", &path, description.as_ref().map(|given| given.key));
            self.refuse_with_path("buckets", &path, buckets.as_ref().map(|given| given.key));
            Some(MetricPlan::Declared(path))
        } else {
            self.own_metric(attribute, event, kind, OwnArgs { span, metric, buckets, description, complete })
        };
        Some(SitePlan { event, kind, metric: metric?, labels: labels? })
    }

    fn own_metric(&mut self, attribute: Attribute, event: Event, kind: Kind, args: OwnArgs) -> Option<MetricPlan> {
        let name = match &args.metric {
            Some(Given { value: MetricName::Literal(literal), .. }) => self.name(kind, literal),
            _ if args.complete => self.missing_name(attribute, args.span),
            _ => None,
        };
        let buckets =
            args.buckets.map_or_else(|| Some(Vec::new()), |buckets| check_buckets(&buckets, self.diagnostics));
        let help = self.help(attribute, event, args.description)?;
        let (name, span) = name?;
        Some(MetricPlan::Own { name, span, help, buckets: buckets? })
    }

    /// What the declaration says already.
    fn refuse_with_path(&mut self, option: &str, path: &Path, key: Option<Span>) {
        if let Some(key) = key {
            let metric = source(path);
            self.diagnostics.at(key, format!("`{option}` stands where `{metric}` is declared: leave it out here"));
        }
    }

    fn reason(&mut self, span: Span, declared: Option<&Path>, given: Option<Given<Type>>) -> Option<LabelPlan> {
        let name = "reason".to_owned();
        let Some(Given { key, value }) = given else {
            return Some(LabelPlan { name, span, ty: None, value: LabelPlanValue::Failure });
        };
        if declared.is_some() {
            self.diagnostics.at(
                key,
                "a set of reasons of one's own is for a metric that is named here: write `counter = \"…\"`, or leave \
                 `reason` out",
            );
            return None;
        }
        let ty = self.label_type(&Ident::new("reason", key), &value)?;
        Some(LabelPlan { name, span: key, ty: Some(ty), value: LabelPlanValue::Reason })
    }

    fn name(&mut self, kind: Kind, literal: &syn::LitStr) -> Option<(String, Span)> {
        let name = literal.value();
        match names::check_metric_name(kind, &name) {
            Ok(()) => Some((name, literal.span())),
            Err(problem) => {
                self.diagnostics.at(literal.span(), problem);
                None
            }
        }
    }

    fn missing_name(&mut self, attribute: Attribute, span: Span) -> Option<(String, Span)> {
        self.diagnostics.at(
            span,
            format!(
                "`#[{}]` needs the name of its {}: write `{}`",
                attribute.name(),
                attribute.metric_option(),
                attribute.example()
            ),
        );
        None
    }

    fn help(&mut self, attribute: Attribute, event: Event, given: Option<Given<syn::LitStr>>) -> Option<String> {
        if let Some(given) = given {
            let text = given.value.value();
            if text.trim().is_empty() {
                self.diagnostics.at(
                    given.value.span(),
                    "the description is empty: say what is measured, or leave it out for the function's doc comment",
                );
                return None;
            }
            return Some(text.trim().to_owned());
        }
        if let Some(sentence) = self.function.first_sentence() {
            return Some(sentence);
        }
        let name = &self.function.signature.ident;
        Some(match (attribute, event) {
            (Attribute::Timed, _) => format!("Time spent in `{name}`."),
            (Attribute::InFlight, _) => format!("Calls of `{name}` that have started and not ended."),
            (Attribute::CountedFailure, _) => format!("Calls of `{name}` that did not end `ok`, by reason."),
            (_, Event::Ok) => format!("Calls of `{name}` that ended `ok`."),
            (_, Event::Failure) => format!("Calls of `{name}` that did not end `ok`."),
            (_, Event::End) => format!("Calls of `{name}` that have ended."),
            _ => format!("Calls of `{name}` that have started."),
        })
    }

    fn labels(
        &mut self,
        attribute: Attribute,
        event: Event,
        declared: Option<&Path>,
        labels: Vec<LabelArg>,
    ) -> Option<Vec<LabelPlan>> {
        let mut seen: Vec<String> = Vec::new();
        let mut planned = Some(Vec::new());
        for label in labels {
            let name = unraw(&label.name);
            if seen.contains(&name) {
                self.diagnostics.at(label.name.span(), format!("the label `{name}` is given twice: keep one of them"));
                planned = None;
                continue;
            }
            seen.push(name);
            match (self.label(attribute, event, declared, label), &mut planned) {
                (Some(label), Some(labels)) => labels.push(label),
                _ => planned = None,
            }
        }
        planned
    }

    fn label(
        &mut self,
        attribute: Attribute,
        event: Event,
        declared: Option<&Path>,
        label: LabelArg,
    ) -> Option<LabelPlan> {
        let LabelArg { name: ident, value } = label;
        let (name, span) = (unraw(&ident), ident.span());
        if let Err(problem) = self.policy.check_label(&name).and_then(|()| names::check_label_form(&name)) {
            self.diagnostics.at(span, problem);
            return None;
        }
        if attribute == Attribute::CountedFailure && (name == "reason" || name == "outcome") {
            self.diagnostics.at(
                span,
                format!(
                    "`#[counted_failure]` adds the label `reason` by itself, and it says how the call ended: leave \
                     `{name}` out"
                ),
            );
            return None;
        }
        let (ty, value) = match value {
            LabelValue::Parameter if name == "outcome" => (None, self.outcome(event, &ident)?),
            LabelValue::Parameter => {
                let (parameter, ty) = self.parameter(&ident)?;
                // The declaration's type is what counts, whatever the parameter's.
                let ty = if declared.is_some() { None } else { Some(self.label_type(&ident, &ty)?) };
                (ty, LabelPlanValue::Parameter(parameter))
            }
            LabelValue::Nothing { ty } => {
                self.diagnostics.under(ty, instead_of_type(&name, declared));
                return None;
            }
            LabelValue::Expression { ty, expression } => {
                (self.written_type(&ident, declared, ty)?, LabelPlanValue::Expression(expression))
            }
            LabelValue::Result { ty, pattern, expression } => {
                if matches!(event, Event::Start | Event::InFlight) {
                    self.diagnostics.at(
                        span,
                        format!(
                            "the label `{name}` is read from the returned value, but {} records when the call starts: \
                             {}",
                            shown(attribute),
                            instead_of_start(attribute)
                        ),
                    );
                    return None;
                }
                (self.written_type(&ident, declared, ty)?, LabelPlanValue::Result { pattern, expression })
            }
        };
        Some(LabelPlan { name, span, ty, value })
    }

    /// The type in `name: Type = …`, which is needed unless the metric's declaration has it.
    #[allow(clippy::option_option, reason = "the outer one is whether all is well, as everywhere here")]
    fn written_type(
        &mut self,
        label: &Ident,
        declared: Option<&Path>,
        ty: Option<Type>,
    ) -> Option<Option<TokenStream>> {
        match (declared, ty) {
            (None, Some(ty)) => self.label_type(label, &ty).map(Some),
            (Some(_), None) => Some(None),
            (None, None) => {
                self.diagnostics.at(
                    label.span(),
                    format!(
                        "the label `{label}` needs its type, which makes the number of its values known: write \
                         `{label}: Type = …`"
                    ),
                );
                None
            }
            (Some(path), Some(ty)) => {
                let metric = source(path);
                self.diagnostics.under(
                    &ty,
                    format!("the type of the label `{label}` stands where `{metric}` is declared: write `{label} = …`"),
                );
                None
            }
        }
    }

    fn outcome(&mut self, event: Event, ident: &Ident) -> Option<LabelPlanValue> {
        let problem = match event {
            Event::Duration | Event::End => None,
            Event::Failure => return Some(LabelPlanValue::Failure),
            Event::Ok => {
                Some("with `on = ok` the label `outcome` would always be `ok`: write `on = end`, or leave it out")
            }
            Event::Start => Some(
                "the outcome is not known when the call starts: write `on = end` to count calls by their outcome, or \
                 leave it out",
            ),
            Event::InFlight => Some("a call in flight has no outcome yet: leave the label `outcome` out"),
        };
        if let Some(problem) = problem {
            self.diagnostics.at(ident.span(), problem);
            return None;
        }
        if self.function.parameter(ident).is_some() {
            self.diagnostics.at(
                ident.span(),
                "`outcome` is the built-in label of how the call ended, and there is a parameter of that name too: for \
                 the parameter give the label another name, `name: Type = outcome`; for the built-in one rename the \
                 parameter",
            );
            return None;
        }
        Some(LabelPlanValue::Outcome)
    }

    /// A parameter and its type. Where its name needs an `r#`, the label's does not.
    fn parameter(&mut self, ident: &Ident) -> Option<(Ident, Type)> {
        let Some((parameter, ty)) = self.function.parameter(ident) else {
            let names: Vec<String> = self.function.parameters().map(|(name, _)| name.to_string()).collect();
            let names = names.iter().map(String::as_str);
            let hint = if let Some(near) = nearest(&ident.to_string(), names.clone()) {
                format!("did you mean `{near}`?")
            } else if names.len() == 0 {
                format!("it has none with a name; for any other value write `{ident}: Type = expression`")
            } else {
                format!("there are {}; for any other value write `{ident}: Type = expression`", listed(names))
            };
            let function = &self.function.signature.ident;
            self.diagnostics.at(ident.span(), format!("`{function}` has no parameter `{ident}`: {hint}"));
            return None;
        };
        let mut parameter = parameter.clone();
        parameter.set_span(ident.span());
        Some((parameter, ty.clone()))
    }

    /// The type as a static can name it.
    fn label_type(&mut self, label: &Ident, ty: &Type) -> Option<TokenStream> {
        let mut generic: Vec<String> =
            self.function.signature.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
        generic.extend(self.function.signature.generics.const_params().map(|parameter| parameter.ident.to_string()));
        let what = if let Some(name) = types::mentions(ty, &generic) {
            format!("the generic parameter `{name}`")
        } else if types::mentions(ty, &["Self".to_owned()]).is_some() {
            "`Self`".to_owned()
        } else if types::mentions(ty, &["impl".to_owned()]).is_some() {
            "`impl Trait`".to_owned()
        } else {
            return Some(types::without_lifetimes(ty));
        };
        self.diagnostics.at(
            ty.span(),
            format!(
                "the type of the label `{label}` depends on {what}: the series of a function are kept in one static, \
                 which cannot know it; use a concrete type, `{label}: Type = expression`"
            ),
        );
        None
    }
}

/// What to write where a label has a type and no value.
fn instead_of_type(name: &str, declared: Option<&Path>) -> String {
    match declared {
        _ if name == "outcome" => "`outcome` is built in: write `outcome` alone".to_owned(),
        Some(path) => format!(
            "the type of the label `{name}` stands where `{}` is declared, and its value is missing: write \
             `{name} = expression`, or `{name}` alone for the parameter of that name",
            source(path)
        ),
        None => without_value(name),
    }
}

fn shown(attribute: Attribute) -> String {
    match attribute {
        Attribute::Counted => "`#[counted]` without `on`".to_owned(),
        other => format!("`#[{}]`", other.name()),
    }
}

fn instead_of_start(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Counted => "write `on = end`",
        _ => "leave it out, or take a label that is known at the start",
    }
}
