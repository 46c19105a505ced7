//! Plans the labels of one attribute.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, Path, Type};

use crate::analyse::label_name::check_label_name;
use crate::analyse::label_type::check_label_type;
use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::names::unraw;
use crate::parse::attribute::Attribute;
use crate::parse::function::Function;
use crate::parse::grammar::Keyed;
use crate::parse::label_arg::{LabelArg, LabelValue, missing_value_message};
use crate::parse::read::Read;
use crate::plan::model::{Event, LabelPlan, LabelPlanValue, Subject};
use crate::policy::file::Policy;
use crate::tokens::text::to_source;

pub(crate) struct LabelPlanner<'a> {
    pub(crate) function: &'a Function,
    pub(crate) subject: Subject<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) attribute: Attribute,
    pub(crate) event: Event,
    /// The path of a declared metric: its declaration has the types of the labels.
    pub(crate) declared: Option<&'a Path>,
    /// Whether `error_if` makes errors of values that have no reason.
    pub(crate) has_error_if: bool,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl LabelPlanner<'_> {
    /// The labels, unless one of them has a mistake.
    pub(crate) fn plan_labels(&mut self, labels: Vec<LabelArg>) -> Option<Vec<LabelPlan>> {
        let mut seen: Vec<String> = Vec::new();
        let mut planned = Some(Vec::new());
        for label in labels {
            let name = unraw(&label.name);
            if seen.contains(&name) {
                let message = format!("the label `{name}` is given twice: remove one of them");
                self.diagnostics.at(label.name.span(), message);
                planned = None;
                continue;
            }
            seen.push(name);
            match (self.plan_label(label), &mut planned) {
                (Some(label), Some(labels)) => labels.push(label),
                _ => planned = None,
            }
        }
        planned
    }

    /// The label `reason` that `#[counted_failure]` adds.
    pub(crate) fn plan_reason(&mut self, attribute_span: Span, reasons: Option<Keyed<Type>>) -> Option<LabelPlan> {
        let name = "reason".to_owned();
        let Some(Keyed { key, value }) = reasons else {
            return Some(LabelPlan { name, span: attribute_span, ty: None, value: self.failure() });
        };
        if self.declared.is_some() {
            self.diagnostics.at(
                key,
                "a declared metric cannot have reasons of your own: name the metric here, `counter = \"…\"`, or remove \
                 `reason`",
            );
            return None;
        }
        let ty = self.check_type(&Ident::new("reason", key), &value)?;
        let except_cancelled = self.event == Event::FailureExceptCancelled;
        let value = LabelPlanValue::Reason { may_be_missing: self.has_error_if, except_cancelled };
        Some(LabelPlan { name, span: key, ty: Some(ty), value })
    }

    fn plan_label(&mut self, label: LabelArg) -> Option<LabelPlan> {
        let LabelArg { name: ident, value, is_shared } = label;
        let (name, span) = (unraw(&ident), ident.span());
        if let Err(problem) = check_label_name(self.policy, &name) {
            self.diagnostics.at(span, problem);
            return None;
        }
        if self.attribute == Attribute::CountedFailure && (name == "reason" || name == "outcome") {
            self.diagnostics.at(
                span,
                format!(
                    "`#[counted_failure]` adds the label `reason` itself, which tells how the call ended: remove \
                     `{name}`"
                ),
            );
            return None;
        }
        let (ty, value) = match value {
            LabelValue::Parameter if name == "outcome" => (None, self.plan_outcome(&ident)?),
            LabelValue::Parameter => {
                let (parameter, ty) = self.find_parameter(&ident)?;
                // For a declared metric the declaration has the type, which may differ from the parameter's.
                let ty = if self.declared.is_some() { None } else { Some(self.check_type(&ident, &ty)?) };
                (ty, LabelPlanValue::Parameter(parameter))
            }
            LabelValue::Missing { ty } => {
                self.diagnostics.under(ty, type_without_value_message(&name, self.declared));
                return None;
            }
            LabelValue::Read { ty, read } => self.plan_read(&ident, ty, *read, is_shared)?,
        };
        Some(LabelPlan { name, span, ty, value })
    }

    /// A label whose value is an expression or a closure.
    fn plan_read(
        &mut self,
        label: &Ident,
        ty: Option<Type>,
        read: Read,
        is_shared: bool,
    ) -> Option<(Option<TokenStream>, LabelPlanValue)> {
        let value = match read {
            Read::FromResult { .. } if matches!(self.subject, Subject::Stream) => {
                self.diagnostics.at(
                    label.span(),
                    format!(
                        "the label `{}` is read from the returned value, and a stream returns none: use an expression, without \
                         `|…|`",
                        unraw(label)
                    ),
                );
                return None;
            }
            Read::AtStart(expression) => LabelPlanValue::Expression(expression),
            Read::FromResult { .. } if matches!(self.event, Event::Start | Event::InFlight | Event::StartValue) => {
                let (attribute, fix) = match self.attribute {
                    Attribute::Counted => ("`#[counted]` without `on`".to_owned(), "write `on = end`"),
                    Attribute::Observed => (
                        "`#[observed]` with a value that is known before".to_owned(),
                        "remove it, or read the value from the returned one, too, `value = |result| …`",
                    ),
                    other => (
                        format!("`#[{}]`", other.name()),
                        "remove it, or use a label whose value is known when the call starts",
                    ),
                };
                self.diagnostics.at(
                    label.span(),
                    format!(
                        "the label `{}` is read from the returned value, but {attribute} records when the call starts: {fix}",
                        unraw(label)
                    ),
                );
                return None;
            }
            Read::FromResult { pattern, expression } => LabelPlanValue::Result { pattern, expression },
        };
        Some((self.check_optional_type(label, ty, is_shared)?, value))
    }

    /// The type in `name: Type = …`, which is needed unless the metric's declaration has it.
    #[allow(clippy::option_option, reason = "the outer one is `None` after a mistake, as in all these functions")]
    fn check_optional_type(&mut self, label: &Ident, ty: Option<Type>, is_shared: bool) -> Option<Option<TokenStream>> {
        match (self.declared, ty) {
            // Another attribute may need it.
            (Some(_), Some(_)) if is_shared => Some(None),
            (None, Some(ty)) => self.check_type(label, &ty).map(Some),
            (Some(_), None) => Some(None),
            (None, None) => {
                self.diagnostics.at(
                    label.span(),
                    format!(
                        "the label `{label}` needs its type, from which the number of its values is known: write \
                         `{label}: Type = …`"
                    ),
                );
                None
            }
            (Some(path), Some(ty)) => {
                let metric = to_source(path);
                self.diagnostics.under(
                    &ty,
                    format!(
                        "the type of the label `{label}` belongs to the declaration of `{metric}`: write `{label} = …`"
                    ),
                );
                None
            }
        }
    }

    /// The value of the built-in label of a counter of failures. A declared metric has the labels of its declaration.
    fn failure(&self) -> LabelPlanValue {
        if self.event == Event::FailureExceptCancelled && self.declared.is_none() {
            LabelPlanValue::FailureExceptCancelled
        } else {
            LabelPlanValue::Failure
        }
    }

    /// The built-in label `outcome`.
    fn plan_outcome(&mut self, ident: &Ident) -> Option<LabelPlanValue> {
        let problem = match self.event {
            Event::Duration | Event::LastOk | Event::End | Event::EndValue => None,
            Event::Failure | Event::FailureExceptCancelled => return Some(self.failure()),
            Event::Ok => {
                Some("with `on = ok` the label `outcome` would always be `ok`: write `on = end`, or remove it")
            }
            Event::Item => Some("an item has no outcome: remove the label `outcome`"),
            Event::Start => Some(
                "the outcome is not known when the call starts: write `on = end` to count calls by their outcome, or \
                 remove the label",
            ),
            Event::StartValue => Some(
                "the value is known before the call starts, and is observed then, so there is no outcome yet: remove the \
                 label, or read the value from the returned one, `value = |result| …`",
            ),
            Event::InFlight => Some("a call in flight has no outcome yet: remove the label `outcome`"),
        };
        if let Some(problem) = problem {
            self.diagnostics.at(ident.span(), problem);
            return None;
        }
        if self.function.parameter(ident).is_some() {
            self.diagnostics.at(
                ident.span(),
                "`outcome` is the built-in label for how the call ended, and a parameter has the same name: for the \
                 parameter, give the label another name, `name: Type = outcome`; for the built-in label, rename the \
                 parameter",
            );
            return None;
        }
        Some(LabelPlanValue::Outcome)
    }

    /// A parameter and its type. A parameter may need an `r#` that the label does not have.
    fn find_parameter(&mut self, ident: &Ident) -> Option<(Ident, Type)> {
        let Some((parameter, ty)) = self.function.parameter(ident) else {
            if matches!(self.subject, Subject::Block | Subject::Stream) {
                let name = unraw(ident);
                self.diagnostics.at(
                    ident.span(),
                    format!(
                        "the type of the variable `{name}` is not known here: write `{name}: Type = {ident}`; only a parameter with a \
                         type, of a closure, needs none"
                    ),
                );
                return None;
            }
            let names: Vec<String> = self.function.parameters().map(|(name, _)| name.to_string()).collect();
            let names = names.iter().map(String::as_str);
            let hint = if let Some(near) = nearest(&ident.to_string(), names.clone()) {
                format!("did you mean `{near}`?")
            } else if names.len() == 0 {
                format!("it has none with a name; for another value write `{ident}: Type = expression`")
            } else {
                format!("its parameters are {}; for another value write `{ident}: Type = expression`", listed(names))
            };
            let function = &self.function.signature.ident;
            self.diagnostics.at(ident.span(), format!("`{function}` has no parameter `{ident}`: {hint}"));
            return None;
        };
        let mut parameter = parameter.clone();
        parameter.set_span(ident.span());
        Some((parameter, ty.clone()))
    }

    fn check_type(&mut self, label: &Ident, ty: &Type) -> Option<TokenStream> {
        check_label_type(label, ty, &self.function.signature.generics, self.diagnostics)
    }
}

/// The message for a label that has a type and no value.
fn type_without_value_message(name: &str, declared: Option<&Path>) -> String {
    match declared {
        _ if name == "outcome" => "`outcome` is built in: write only `outcome`".to_owned(),
        Some(path) => format!(
            "the type of the label `{name}` belongs to the declaration of `{}`, and its value is missing: write \
             `{name} = expression`, or only `{name}` for the parameter with that name",
            to_source(path)
        ),
        None => missing_value_message(name),
    }
}
