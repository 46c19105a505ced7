//! Grafana's variables in a query, which `PromQL` does not know.

/// Stands for a variable's value, which is not known here.
pub(super) const VARIABLE: &str = "__variable__";

/// A query with its variables replaced: durations by a duration, others by [`VARIABLE`].
///
/// ```text
/// rate(jobs_total{job="$job"}[$__rate_interval])  ->  rate(jobs_total{job="__variable__"}[5m])
/// ```
pub(super) fn without_variables(query: &str) -> String {
    let mut text = String::with_capacity(query.len());
    let mut rest = query;
    // Whether the text so far ends within `[…]`, where only durations stand.
    let mut in_range = false;
    let mut quote = None;
    while let Some(character) = rest.chars().next() {
        if let Some((name, after)) = variable(rest) {
            text.push_str(replacement(name, in_range));
            rest = after;
            continue;
        }
        match (quote, character) {
            (None, '"' | '\'' | '`') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            (None, '[') => in_range = true,
            (None, ']') => in_range = false,
            _ => {}
        }
        text.push(character);
        rest = &rest[character.len_utf8()..];
    }
    text
}

/// The name of the variable with which a text begins, and what follows: `$name`, `${name}`, `${name:format}`, `[[name]]`.
fn variable(text: &str) -> Option<(&str, &str)> {
    if let Some(text) = text.strip_prefix("${") {
        let (inner, after) = text.split_once('}')?;
        return Some((inner.split(':').next().unwrap_or(inner), after));
    }
    if let Some(text) = text.strip_prefix("[[") {
        let (inner, after) = text.split_once("]]")?;
        return is_name(inner.split(':').next()?).then_some((inner, after));
    }
    let text = text.strip_prefix('$')?;
    let end = text.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(text.len());
    (end > 0 && !text.starts_with(|character: char| character.is_ascii_digit())).then(|| text.split_at(end))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn replacement(name: &str, in_range: bool) -> &'static str {
    match name {
        "__rate_interval" | "__interval" | "__range" => "5m",
        "__interval_ms" | "__range_ms" => "300000",
        "__range_s" => "300",
        _ if in_range => "5m",
        _ => VARIABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced() {
        for (query, expected) in [
            ("rate(a_total[$__rate_interval])", "rate(a_total[5m])"),
            ("rate(a_total[${__rate_interval}])", "rate(a_total[5m])"),
            ("a{job=\"$job\", step=~\"${step:regex}\"}", "a{job=\"__variable__\", step=~\"__variable__\"}"),
            ("a{job=~\"[[job]]\"}[$window]", "a{job=~\"__variable__\"}[5m]"),
            ("max_over_time(a[$__range:$__interval]) / $__range_s", "max_over_time(a[5m:5m]) / 300"),
            ("label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")", "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")"),
            ("a{b=\"x[\"} + $c", "a{b=\"x[\"} + __variable__"),
            ("${open", "${open"),
            ("é$", "é$"),
        ] {
            assert_eq!(without_variables(query), expected);
        }
    }
}
