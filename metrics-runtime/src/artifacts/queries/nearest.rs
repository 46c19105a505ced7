//! "Did you mean": the known name that is nearest to a misspelt one.

/// The nearest name, if a third of the letters differ at most.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(name.len()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `: did you mean x?`, or what is known.
pub(super) fn hint(name: &str, known: &[&str]) -> String {
    match (nearest(name, known.iter().copied()), known) {
        (Some(near), _) => format!(": did you mean `{near}`?"),
        (None, []) => String::new(),
        (None, known) if known.len() <= 12 => format!("; it has {}", list(known)),
        (None, _) => String::new(),
    }
}

fn list(known: &[&str]) -> String {
    known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
