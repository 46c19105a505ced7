//! Makes the plan of a function from the arguments of its attributes.

use proc_macro2::{Span, TokenStream};
use syn::{LitStr, Path};

use crate::analyse::buckets::check_buckets;
use crate::analyse::metric_name::{check_age_name, check_declared_name, check_metric_name, check_time_name};
use crate::diagnostic::Diagnostics;
use crate::kind::MetricKind;
use crate::parse::args::{Args, MetricName, On};
use crate::parse::attribute::Attribute;
use crate::parse::buckets::Buckets;
use crate::parse::function::Function;
use crate::parse::grammar::Keyed;
use crate::parse::read::Read;
use crate::plan::conditions::{Asked, check_use};
use crate::plan::duplicates::{check_ages, check_duplicates};
use crate::plan::help::default_help;
use crate::plan::labels::LabelPlanner;
use crate::plan::model::{Event, LabelPlan, LabelPlanValue, MetricPlan, OldestPlan, Plan, SitePlan, Subject};
use crate::plan::objectives::{find_totals, plan_objective};
use crate::policy::file::Policy;
use crate::runtime::RuntimePath;
use crate::tokens::text::to_source;

/// Plans the attributes of a function. Every mistake is reported; there is no plan if there is a mistake.
pub(crate) fn plan(
    mut all: Vec<Args>,
    mentions: TokenStream,
    function: &Function,
    subject: Subject<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let (policy, mistake) = Policy::of_current_crate();
    if let Some(mistake) = mistake {
        diagnostics.at(Span::call_site(), mistake);
    }
    let krate = runtime_path(&all);
    let asked_of_values = Asked::take(&mut all, diagnostics);
    if all.is_empty() {
        return None;
    }
    // Those of `last` come after the attributes.
    let mut last = Vec::new();
    let mut sites: Vec<Option<SitePlan>> = Vec::new();
    for (at, mut args) in all.into_iter().enumerate() {
        let asked = args.last.take();
        let mut planner = Planner {
            function,
            subject,
            at,
            policy: &policy,
            has_error_if: asked_of_values.has_error_if(),
            diagnostics,
        };
        let site = planner.plan_site(args);
        if let Some(name) = asked {
            last.push(planner.plan_last(&name, site.as_ref()));
        }
        sites.push(site);
    }
    sites.append(&mut last);
    check_duplicates(sites.iter().flatten(), diagnostics);
    find_totals(&mut sites, function, diagnostics);
    check_ages(sites.iter().flatten(), diagnostics);
    let sites: Option<Vec<SitePlan>> = sites.into_iter().collect();
    let sites = sites?;
    check_use(&asked_of_values, &sites, diagnostics);
    let conditions = asked_of_values.into_conditions();
    let (budget, series_in_total) = (policy.budget(None), policy.series_in_total);
    Some(Plan { krate, policy_file: policy.file, series_in_total, budget, sites, conditions, mentions })
}

/// The runtime's path: that of the first attribute with `crate = path`, else the default.
pub(crate) fn runtime_path(all: &[Args]) -> RuntimePath {
    RuntimePath::of(all.iter().find_map(|args| args.krate.as_ref()).map(|krate| &krate.value))
}

/// The arguments that describe a metric which is not declared elsewhere.
struct MetricArgs {
    span: Span,
    metric: Option<Keyed<MetricName>>,
    buckets: Option<Keyed<Buckets>>,
    max_series: Option<Keyed<u64>>,
    description: Option<Keyed<LitStr>>,
    is_complete: bool,
}

struct Planner<'a> {
    function: &'a Function,
    subject: Subject<'a>,
    /// The position of the attribute.
    at: usize,
    policy: &'a Policy,
    has_error_if: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Planner<'_> {
    fn plan_site(&mut self, args: Args) -> Option<SitePlan> {
        let Args {
            attribute,
            span,
            metric,
            value,
            oldest,
            labels,
            buckets,
            max_series,
            description,
            on,
            except_cancelled,
            reason,
            objective,
            is_complete,
            ..
        } = args;
        let value =
            if attribute == Attribute::Observed { Some(self.plan_value(span, value, is_complete)?) } else { None };
        let event = self.plan_event(attribute, on.as_ref(), value.as_ref(), except_cancelled.as_ref())?;
        let kind = match attribute {
            Attribute::Timed | Attribute::Observed => MetricKind::Histogram,
            // `#[measured]` was taken out.
            Attribute::Counted | Attribute::CountedFailure | Attribute::Measured => MetricKind::Counter,
            Attribute::InFlight => MetricKind::Gauge,
        };
        let declared = match &metric {
            Some(Keyed { value: MetricName::Declared(path), .. }) => Some(path.clone()),
            _ => None,
        };
        let mut label_planner = LabelPlanner {
            function: self.function,
            subject: self.subject,
            policy: self.policy,
            attribute,
            event,
            declared: declared.as_ref(),
            has_error_if: self.has_error_if,
            diagnostics: self.diagnostics,
        };
        let mut labels = label_planner.plan_labels(labels);
        if attribute == Attribute::CountedFailure {
            let reason = label_planner.plan_reason(span, reason);
            match (&mut labels, reason) {
                (Some(labels), Some(reason)) => labels.push(reason),
                _ => labels = None,
            }
        }
        let objective = match objective {
            Some(objective) => {
                let labels = labels.as_deref().unwrap_or_default();
                plan_objective((attribute, event), labels, objective, self.diagnostics).map(Some)
            }
            None => Some(None),
        };
        let metric = if let Some(path) = declared {
            self.refuse_with_path("description", &path, description.as_ref().map(|description| description.key));
            self.refuse_with_path("buckets", &path, buckets.as_ref().map(|buckets| buckets.key));
            self.refuse_with_path("max_series", &path, max_series.as_ref().map(|max_series| max_series.key));
            Some(MetricPlan::Declared(path))
        } else {
            let args = MetricArgs { span, metric, buckets, max_series, description, is_complete };
            self.plan_metric(attribute, event, kind, args)
        };
        let oldest = oldest.map(|oldest| self.plan_oldest(&oldest.value));
        // The inner one is `None` after a mistake.
        let oldest = if let Some(planned) = oldest { Some(planned?) } else { None };
        Some(SitePlan { event, kind, metric: metric?, value, labels: labels?, objective: objective?, oldest })
    }

    /// What `#[observed]` observes.
    fn plan_value(&mut self, place: Span, value: Option<Keyed<Read>>, is_complete: bool) -> Option<Read> {
        if value.is_none() && is_complete {
            self.diagnostics.at(
                place,
                "`#[observed]` needs what it observes: write `value = |result| …` for a value that is read from the returned \
                 one, or `value = …` with an expression over the parameters",
            );
        }
        let value = value?.value;
        if let (Subject::Stream, Read::FromResult { expression, .. }) = (self.subject, &value) {
            self.diagnostics.under(
                expression,
                "a stream returns no value that could be observed: observe what its items have where they are read",
            );
            return None;
        }
        Some(value)
    }

    /// When the attribute records.
    fn plan_event(
        &mut self,
        attribute: Attribute,
        on: Option<&Keyed<On>>,
        value: Option<&Read>,
        except_cancelled: Option<&Keyed<()>>,
    ) -> Option<Event> {
        let event = match (attribute, on.map(|on| on.value)) {
            (Attribute::Observed, _) if matches!(value, Some(Read::AtStart(_))) => Event::StartValue,
            (Attribute::Observed, _) => Event::EndValue,
            (Attribute::Timed, _) => Event::Duration,
            (Attribute::InFlight, _) => Event::InFlight,
            (Attribute::CountedFailure, _) | (_, Some(On::Failure)) => Event::Failure,
            (_, Some(On::Ok)) => Event::Ok,
            (_, Some(On::End)) => Event::End,
            (_, Some(On::Item)) => Event::Item,
            (_, Some(On::Start) | None) => Event::Start,
        };
        if let (Event::Item, Some(Keyed { key, .. }), false) = (event, on, matches!(self.subject, Subject::Stream)) {
            self.diagnostics
                .at(*key, "`on = item` counts the items of a stream, and this is none: use it in `measure_stream!`");
            return None;
        }
        match except_cancelled {
            None => Some(event),
            Some(_) if event == Event::Failure => Some(Event::FailureExceptCancelled),
            Some(Keyed { key, .. }) => {
                self.diagnostics.at(
                    *key,
                    "`except(cancelled)` is for a counter of failures: write `on = failure`, or tell the calls apart with \
                     `labels(outcome)`",
                );
                None
            }
        }
    }

    fn plan_metric(
        &mut self,
        attribute: Attribute,
        event: Event,
        kind: MetricKind,
        args: MetricArgs,
    ) -> Option<MetricPlan> {
        let name = match &args.metric {
            Some(Keyed { value: MetricName::Literal(literal), .. }) => self.check_name(attribute, kind, literal),
            _ if args.is_complete => {
                self.report_missing_name(attribute, args.span);
                None
            }
            _ => None,
        };
        let buckets =
            args.buckets.map_or_else(|| Some(Vec::new()), |buckets| check_buckets(&buckets, self.diagnostics));
        let is_described = args.description.is_some();
        let metric = name.as_ref().map_or("", |(name, _)| name);
        let help = self.help(attribute, event, metric, args.description)?;
        let (name, span) = name?;
        let budget = self.policy.budget(args.max_series.map(|max_series| max_series.value));
        let shared = self.subject.family(self.at).cloned();
        Some(MetricPlan::Own { name, span, help, is_described, buckets: buckets?, budget, shared })
    }

    /// Refuses an option that belongs to the metric's declaration.
    fn refuse_with_path(&mut self, option: &str, path: &Path, key: Option<Span>) {
        if let Some(key) = key {
            let metric = to_source(path);
            self.diagnostics.at(key, format!("`{option}` belongs to the declaration of `{metric}`: remove it here"));
        }
    }

    fn check_name(&mut self, attribute: Attribute, kind: MetricKind, literal: &LitStr) -> Option<(String, Span)> {
        let name = literal.value();
        let checked = match attribute {
            Attribute::Observed => check_declared_name(kind, &name),
            _ => check_metric_name(kind, &name),
        };
        match checked {
            Ok(()) => Some((name, literal.span())),
            Err(problem) => {
                self.diagnostics.at(literal.span(), problem);
                None
            }
        }
    }

    /// The metric for the age of the oldest call in flight, unless its name has a mistake.
    fn plan_oldest(&mut self, literal: &LitStr) -> Option<OldestPlan> {
        let (name, span) = (literal.value(), literal.span());
        if let Err(problem) = check_age_name(&name) {
            self.diagnostics.at(span, problem);
            return None;
        }
        let function = self.described();
        let help = format!("How long the oldest call of {function} that has not ended has been running.");
        Some(OldestPlan { name, span, help })
    }

    /// The site that shows when the last call of an attribute ended `ok`, unless there is a mistake.
    fn plan_last(&mut self, Keyed { key, value }: &Keyed<LitStr>, counter: Option<&SitePlan>) -> Option<SitePlan> {
        let (name, span) = (value.value(), value.span());
        if let Err(problem) = check_time_name(&name) {
            self.diagnostics.at(span, problem);
            return None;
        }
        let counter = counter?;
        if let (MetricPlan::Declared(path), false) = (&counter.metric, counter.labels.is_empty()) {
            let metric = to_source(path);
            let message = format!(
                "`last` has the labels of the counter, whose types only the declaration of `{metric}` has: name the counter \
                 here, or declare a gauge and set it by hand"
            );
            self.diagnostics.at(*key, message);
            return None;
        }
        let budget = match &counter.metric {
            MetricPlan::Own { budget, .. } => *budget,
            MetricPlan::Declared(_) => self.policy.budget(None),
        };
        let is_known = |label: &&LabelPlan| {
            !matches!(
                label.value,
                LabelPlanValue::Outcome | LabelPlanValue::Failure | LabelPlanValue::FailureExceptCancelled
            )
        };
        let function = self.described();
        let help = format!("When the last call of {function} that ended `ok` has ended, in seconds since 1970.");
        Some(SitePlan {
            event: Event::LastOk,
            kind: MetricKind::Gauge,
            metric: MetricPlan::Own {
                name,
                span,
                help,
                is_described: false,
                buckets: Vec::new(),
                budget,
                shared: None,
            },
            value: None,
            // The outcome is always the same.
            labels: counter.labels.iter().filter(is_known).cloned().collect(),
            objective: None,
            oldest: None,
        })
    }

    /// What a help text calls the function, or the functions that share the metric.
    fn described(&self) -> String {
        match self.subject.described(self.at) {
            Some(described) => described.to_owned(),
            None => format!("`{}`", self.function.signature.ident),
        }
    }

    fn report_missing_name(&mut self, attribute: Attribute, span: Span) {
        self.diagnostics.at(
            span,
            format!(
                "`#[{}]` needs the name of its {}: write `{}`",
                attribute.name(),
                attribute.metric_option(),
                attribute.example()
            ),
        );
    }

    fn help(
        &mut self,
        attribute: Attribute,
        event: Event,
        metric: &str,
        description: Option<Keyed<LitStr>>,
    ) -> Option<String> {
        if let Some(description) = description {
            let text = description.value.value();
            if text.trim().is_empty() {
                self.diagnostics.at(
                    description.value.span(),
                    "the description is empty: write what is measured, or remove it for a default",
                );
                return None;
            }
            return Some(text.trim().to_owned());
        }
        // The sentence says what the function does. A duration is one of that, and a count is of its calls.
        if attribute == Attribute::Timed
            && !matches!(self.subject, Subject::OneOf { .. } if self.subject.described(self.at).is_some())
            && let Some(sentence) = self.function.first_sentence()
        {
            return Some(sentence);
        }
        Some(default_help(attribute, event, metric, &self.described()))
    }
}
