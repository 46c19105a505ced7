//! The selectors of a query, with what is done to the selected series.

use promql_parser::label::{METRIC_NAME, MatchOp, Matcher};
use promql_parser::parser::{self, Expr, VectorSelector};

use super::template::without_variables;

/// A selector of a query.
#[derive(Clone, Debug)]
pub(in crate::artifacts) struct Selector {
    /// The name of the series; `None` if the selector gives a pattern, or none.
    pub(in crate::artifacts) name: Option<String>,
    pub(in crate::artifacts) matchers: Vec<Matcher>,
    /// The labels that the aggregations around it name.
    pub(in crate::artifacts) grouped_by: Vec<String>,
    /// The innermost function that is called with it.
    pub(in crate::artifacts) function: Option<&'static str>,
    /// Whether `histogram_quantile` reads it, and so needs `le`.
    pub(in crate::artifacts) is_in_quantile: bool,
    /// Whether an aggregation between the selector and `histogram_quantile` takes the label `le` away.
    pub(in crate::artifacts) loses_le: bool,
}

/// What stands around a selector.
#[derive(Clone, Default)]
struct Around {
    grouped_by: Vec<String>,
    function: Option<&'static str>,
    is_in_quantile: bool,
    loses_le: bool,
}

/// The selectors of a query, in the order of its text.
pub(in crate::artifacts) fn selectors(query: &str) -> Result<Vec<Selector>, String> {
    let expression = parser::parse(&without_variables(query))?;
    let mut found = Vec::new();
    walk(&expression, &Around::default(), &mut found);
    Ok(found)
}

fn walk(expression: &Expr, around: &Around, found: &mut Vec<Selector>) {
    match expression {
        Expr::Aggregate(aggregate) => {
            let mut inner = around.clone();
            if let Some(modifier) = &aggregate.modifier {
                let labels = &modifier.labels().labels;
                inner.grouped_by.extend(labels.iter().cloned());
                let has_le = labels.iter().any(|label| label == "le");
                inner.loses_le |= modifier.is_include() != has_le;
            } else {
                // These choose among series, which keep their labels.
                inner.loses_le |=
                    !matches!(aggregate.op.to_string().as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio");
            }
            walk(&aggregate.expr, &inner, found);
            if let Some(parameter) = &aggregate.param {
                walk(parameter, &Around::default(), found);
            }
        }
        Expr::Call(call) => {
            let mut inner = around.clone();
            inner.function = Some(call.func.name);
            if call.func.name == "histogram_quantile" {
                inner.is_in_quantile = true;
                inner.loses_le = false;
            }
            for argument in &call.args.args {
                walk(argument, &inner, found);
            }
        }
        Expr::Binary(binary) => {
            let mut inner = Around { function: None, ..around.clone() };
            if let Some(labels) = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref()) {
                // The labels that `on` names must be there on both sides; `ignoring` may name one that is not.
                if labels.is_include() {
                    inner.grouped_by.extend(labels.labels().labels.iter().cloned());
                }
            }
            walk(&binary.lhs, &inner, found);
            walk(&binary.rhs, &inner, found);
        }
        Expr::Unary(unary) => walk(&unary.expr, around, found),
        Expr::Paren(paren) => walk(&paren.expr, around, found),
        Expr::Subquery(subquery) => walk(&subquery.expr, &Around { function: None, ..around.clone() }, found),
        Expr::VectorSelector(selector) => found.push(select(selector, around)),
        Expr::MatrixSelector(selector) => found.push(select(&selector.vs, around)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn select(selector: &VectorSelector, around: &Around) -> Selector {
    let all = selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten());
    let (names, matchers): (Vec<&Matcher>, Vec<&Matcher>) = all.partition(|matcher| matcher.name == METRIC_NAME);
    let by_matcher = names.iter().find(|matcher| matcher.op == MatchOp::Equal).map(|matcher| matcher.value.clone());
    let Around { grouped_by, function, is_in_quantile, loses_le } = around.clone();
    Selector {
        name: selector.name.clone().or(by_matcher),
        matchers: matchers.into_iter().cloned().collect(),
        grouped_by,
        function,
        is_in_quantile,
        loses_le,
    }
}
