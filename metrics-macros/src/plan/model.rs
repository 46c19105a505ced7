//! The plan: everything that the expansion needs, checked, with all defaults resolved.

use std::path::PathBuf;

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, Pat, Path};

use crate::kind::MetricKind;
use crate::parse::number::Amount;
use crate::parse::read::Read;
use crate::runtime::RuntimePath;

/// What to record for one function.
pub(crate) struct Plan {
    /// The path of the runtime.
    pub(crate) krate: RuntimePath,
    /// The `metrics.toml` that was read.
    pub(crate) policy_file: Option<PathBuf>,
    /// The largest number of series that all metrics of the program together may have.
    pub(crate) series_in_total: Option<u64>,
    /// The largest number of series that a metric may have which does not say so itself.
    pub(crate) budget: u64,
    pub(crate) sites: Vec<SitePlan>,
    pub(crate) conditions: Conditions,
    /// Mentions of the attributes below this one that share its guard, for the beginning of the body.
    pub(crate) mentions: TokenStream,
}

impl Plan {
    /// Whether one of the sites needs to know how a call ends.
    pub(crate) fn needs_outcome(&self) -> bool {
        self.sites.iter().any(SitePlan::needs_outcome)
    }

    /// Whether one of the sites needs the returned value itself, and not only the outcome.
    pub(crate) fn needs_value(&self) -> bool {
        let mut labels = self.sites.iter().flat_map(|site| &site.labels);
        self.conditions.is_any()
            || self.sites.iter().any(|site| site.event == Event::EndValue)
            || labels.any(|label| matches!(label.value, LabelPlanValue::Result { .. } | LabelPlanValue::Reason { .. }))
    }

    /// The expressions that are evaluated before the body runs.
    pub(crate) fn expressions_at_start(&self) -> impl Iterator<Item = &Expr> {
        self.sites.iter().flat_map(|site| {
            let labels = site.labels.iter().filter_map(|label| match &label.value {
                LabelPlanValue::Expression(expression) => Some(expression),
                _ => None,
            });
            let value = match &site.value {
                Some(Read::AtStart(expression)) => Some(expression),
                _ => None,
            };
            labels.chain(value)
        })
    }

    /// Whether the sites only count calls that start, so that it does not matter when a call ends.
    pub(crate) fn only_starts(&self) -> bool {
        self.sites.iter().all(|site| matches!(site.event, Event::Start | Event::StartValue))
    }
}

/// What the function itself says about the values that it returns.
pub(crate) struct Conditions {
    /// Which values are errors that would be `ok` without it.
    pub(crate) error_if: Option<Expr>,
    /// Which values are `ok` that would be failures without it.
    pub(crate) ok_if: Option<Expr>,
}

impl Conditions {
    fn is_any(&self) -> bool {
        self.error_if.is_some() || self.ok_if.is_some()
    }
}

/// What the attributes stand on.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A function.
    Function,
    /// One of the functions of an `impl` or a module, which share the metrics of the first attributes.
    OneOf {
        /// What a help text calls the functions.
        described: &'a str,
        /// The static of each shared metric, in the order of the attributes.
        families: &'a [Ident],
    },
    /// Code in `measure!`. It is a function without a name for all who come later.
    Block,
    /// A stream in `measure_stream!`.
    Stream,
}

impl<'a> Subject<'a> {
    /// The static of the metric of an attribute, if functions share it.
    pub(crate) fn family(self, at: usize) -> Option<&'a Ident> {
        match self {
            Self::OneOf { families, .. } => families.get(at),
            Self::Function | Self::Block | Self::Stream => None,
        }
    }

    /// What a help text of an attribute calls it, if that is not the name of the function.
    pub(crate) fn described(self, at: usize) -> Option<&'a str> {
        match self {
            Self::OneOf { described, families } if at < families.len() => Some(described),
            Self::Function | Self::OneOf { .. } => None,
            Self::Block => Some("a block of code"),
            Self::Stream => Some("a stream"),
        }
    }
}

/// One attribute.
pub(crate) struct SitePlan {
    pub(crate) event: Event,
    pub(crate) kind: MetricKind,
    pub(crate) metric: MetricPlan,
    /// What it observes, if it records a value of the user's.
    pub(crate) value: Option<Read>,
    pub(crate) labels: Vec<LabelPlan>,
    pub(crate) objective: Option<ObjectivePlan>,
    pub(crate) oldest: Option<OldestPlan>,
}

/// The share of the calls that must be good.
pub(crate) struct ObjectivePlan {
    /// Where it stands.
    pub(crate) key: Span,
    pub(crate) percent: f64,
    /// The seconds within which a good call ends, if the attribute is `#[timed]`.
    pub(crate) under: Option<Amount>,
    /// The position of the attribute that counts all calls, if this one counts failures.
    pub(crate) total: Option<usize>,
}

/// The metric for the age of the oldest call in flight.
pub(crate) struct OldestPlan {
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) span: Span,
    pub(crate) help: String,
}

impl SitePlan {
    pub(crate) fn needs_outcome(&self) -> bool {
        matches!(
            self.event,
            Event::Ok | Event::Failure | Event::FailureExceptCancelled | Event::LastOk | Event::EndValue
        ) || self.labels.iter().any(|label| {
            matches!(
                label.value,
                LabelPlanValue::Outcome
                    | LabelPlanValue::Failure
                    | LabelPlanValue::FailureExceptCancelled
                    | LabelPlanValue::Reason { .. }
                    | LabelPlanValue::Result { .. }
            )
        })
    }
}

/// The metric that a site records.
pub(crate) enum MetricPlan {
    /// A metric that the attribute itself describes.
    Own {
        name: String,
        /// Where the name stands.
        span: Span,
        help: String,
        /// Whether the help text is a `description` of the attribute.
        is_described: bool,
        buckets: Vec<f64>,
        /// The largest number of series that it may have.
        budget: u64,
        /// The static that has its family, if functions of a group share it.
        shared: Option<Ident>,
    },
    /// A metric that `declare_metrics!` declares.
    Declared(Path),
}

/// When a site records, with the names of the runtime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Duration,
    Start,
    End,
    Ok,
    Failure,
    FailureExceptCancelled,
    InFlight,
    LastOk,
    StartValue,
    EndValue,
    Item,
}

impl Event {
    /// Whether it records only calls that fail.
    pub(crate) const fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::FailureExceptCancelled)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Duration => "Duration",
            Self::Start => "Start",
            Self::End => "End",
            Self::Ok => "Ok",
            Self::Failure => "Failure",
            Self::FailureExceptCancelled => "FailureExceptCancelled",
            Self::InFlight => "InFlight",
            Self::LastOk => "LastOk",
            Self::StartValue => "StartValue",
            Self::EndValue => "EndValue",
            Self::Item => "Item",
        }
    }
}

#[derive(Clone)]
pub(crate) struct LabelPlan {
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) span: Span,
    /// Its type without lifetimes; `None` if it is built in, or if the metric's declaration has the type.
    pub(crate) ty: Option<TokenStream>,
    pub(crate) value: LabelPlanValue,
}

impl LabelPlan {
    /// Whether its value is known when a call starts.
    pub(crate) const fn is_known_at_start(&self) -> bool {
        matches!(self.value, LabelPlanValue::Parameter(_) | LabelPlanValue::Expression(_))
    }
}

/// Where a label's value comes from.
#[derive(Clone)]
pub(crate) enum LabelPlanValue {
    Parameter(Ident),
    Expression(Expr),
    Result {
        pattern: Pat,
        expression: Expr,
    },
    /// Every outcome.
    Outcome,
    /// Every outcome except `ok`.
    Failure,
    /// Every outcome except `ok` and `cancelled`.
    FailureExceptCancelled,
    /// The reason that the returned error gives.
    Reason {
        /// Whether a value may be an error that has no reason: `error_if` decides.
        may_be_missing: bool,
        /// Whether calls that are cancelled are not counted.
        except_cancelled: bool,
    },
}
