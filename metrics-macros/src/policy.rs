//! Which label names are refused: the built-in list, and the crate's or workspace's `metrics.toml`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{listed, nearest};

/// Why a name is refused.
#[derive(Clone, Copy)]
enum Why {
    /// A value of its own for nearly every call.
    Identity,
    /// Somebody's text, or a place: nobody can list the values.
    Open,
    /// Personal data besides.
    Person,
    /// A moment is on the time axis already.
    Moment,
    /// Prometheus' own.
    Reserved,
}

/// The names refused by default; `*` stands for any letters.
const REFUSED: &[(&str, Why)] = &[
    ("id", Why::Identity),
    ("*_id", Why::Identity),
    ("uuid", Why::Identity),
    ("guid", Why::Identity),
    ("*_hash", Why::Identity),
    ("*_token", Why::Identity),
    ("*_key", Why::Identity),
    ("session", Why::Identity),
    ("trace", Why::Identity),
    ("span", Why::Identity),
    ("request", Why::Identity),
    ("email", Why::Person),
    ("user", Why::Person),
    ("username", Why::Person),
    ("ip", Why::Person),
    ("addr*", Why::Open),
    ("host*", Why::Open),
    ("url", Why::Open),
    ("uri", Why::Open),
    ("path", Why::Open),
    ("file", Why::Open),
    ("filename", Why::Open),
    ("file_name", Why::Open),
    ("query", Why::Open),
    ("prompt", Why::Open),
    ("message", Why::Open),
    ("error_message", Why::Open),
    ("timestamp", Why::Moment),
    ("time", Why::Moment),
    ("date", Why::Moment),
    ("le", Why::Reserved),
    ("quantile", Why::Reserved),
    ("__*", Why::Reserved),
];

/// The largest number of series of a metric, unless `metrics.toml` says otherwise.
const SERIES_PER_METRIC: u64 = 1000;

/// What holds for the crate that is being compiled.
pub struct Policy {
    /// The `metrics.toml` that it was read from, to be tracked.
    pub file: Option<PathBuf>,
    deny: Vec<String>,
    allow: Vec<String>,
    /// The largest number of series that a metric may have.
    pub series_per_metric: u64,
    /// Whether the file could not be used: then it is not known what it allows.
    unknown: bool,
}

impl Policy {
    fn builtin() -> Self {
        Self { file: None, deny: Vec::new(), allow: Vec::new(), series_per_metric: SERIES_PER_METRIC, unknown: false }
    }

    /// What holds while the file has a mistake: no limit, so that the mistake is all that is reported.
    fn unknown(file: Option<PathBuf>) -> Self {
        Self { file, series_per_metric: u64::MAX, unknown: true, ..Self::builtin() }
    }

    /// The policy of the crate that the compiler is working on.
    ///
    /// # Errors
    ///
    /// A `metrics.toml` that cannot be used: the message names file, line and key.
    pub fn of_current_crate() -> (Self, Option<String>) {
        let Some(file) = std::env::var_os("CARGO_MANIFEST_DIR").and_then(|folder| find(Path::new(&folder))) else {
            return (Self::builtin(), None);
        };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                // The compiler could not read it either, so it is not tracked.
                let problem = format!("{} cannot be read: {error}", file.display());
                return (Self::unknown(None), Some(problem));
            }
        };
        match Self::parse(&text) {
            Ok(policy) => (Self { file: Some(file), ..policy }, None),
            Err(Mistake { at, problem }) => {
                let line = text[..at.start.min(text.len())].matches('\n').count() + 1;
                let problem = format!("{}:{line}: {problem}", file.display());
                (Self::unknown(Some(file)), Some(problem))
            }
        }
    }

    /// Why a label's name is refused, if it is: what is wrong, why, and where the value belongs.
    pub fn check_label(&self, name: &str) -> Result<(), String> {
        let denied = self.deny.iter().find(|pattern| matches(pattern, name));
        if let Some(pattern) = denied {
            return Err(format!(
                "the label `{name}` is refused: `metrics.toml` denies {}\n\
                 each value of a label is a time series of its own, and the policy of this workspace says that these \
                 have too many\n{}",
                as_pattern(pattern, name),
                on_the_trace(name)
            ));
        }
        let Some((pattern, why)) = REFUSED.iter().find(|(pattern, _)| matches(pattern, name)) else { return Ok(()) };
        if matches!(why, Why::Reserved) {
            return Err(format!(
                "the label `{name}` is refused: Prometheus keeps {} for itself\n\
                 a series with this label would be misread, or lose it\n\
                 give the label another name: `name: Type = {name}`",
                as_pattern(pattern, name)
            ));
        }
        // A refusal would be wrong where the file, once it is corrected, allows the name.
        if self.unknown || self.allow.iter().any(|pattern| matches(pattern, name)) {
            return Ok(());
        }
        let reason = match why {
            Why::Identity => "nearly every call has a value of its own",
            Why::Open => "nobody can list its values",
            Why::Person => "it says who somebody is, and has as many values as there are people",
            Why::Moment => "every sample has its time already, and each moment is a new value",
            Why::Reserved => "",
        };
        Err(format!(
            "the label `{name}` is refused: {reason} ({})\n\
             each value of a label is a time series of its own, which Prometheus keeps for as long as its data\n{}; \
             if its values are few and known, allow the name in `metrics.toml`, with the reason: \
             `[labels]` `allow = [{{ name = \"{name}\", reason = \"…\" }}]`",
            as_pattern(pattern, name),
            on_the_trace(name)
        ))
    }

    fn parse(text: &str) -> Result<Self, Mistake> {
        let mut policy = Self::builtin();
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            Mistake { at, problem: format!("this is not valid TOML: {}", error.message()) }
        })?;
        for (key, value) in document.get_ref() {
            match key.get_ref().as_ref() {
                "labels" => policy.parse_labels(table(key, value, "[labels]")?)?,
                "limits" => policy.parse_limits(table(key, value, "[limits]")?)?,
                other => return Err(unknown(key, other, &["labels", "limits"])),
            }
        }
        Ok(policy)
    }

    fn parse_labels(&mut self, table: &DeTable) -> Result<(), Mistake> {
        let mut places = Vec::new();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "deny" => {
                    for item in array(key, value, "deny = [\"scene\"]")? {
                        self.deny.push(pattern(item, "deny = [\"scene\"]")?);
                    }
                }
                "allow" => {
                    for item in array(key, value, ALLOW)? {
                        self.allow.push(allowed(item)?);
                        places.push(item.span());
                    }
                }
                other => return Err(unknown(key, other, &["deny", "allow"])),
            }
        }
        for (name, at) in self.allow.iter().zip(places) {
            if let Some(denied) = self.deny.iter().find(|pattern| matches(pattern, name)) {
                let by = if denied == name { String::new() } else { format!(" by `{denied}`") };
                let problem = format!("`{name}` is allowed here and denied{by}, and what is denied stays so: keep one");
                return Err(Mistake { at, problem });
            }
        }
        Ok(())
    }

    fn parse_limits(&mut self, table: &DeTable) -> Result<(), Mistake> {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "series-per-metric" => {
                    let number = value.get_ref().as_integer().and_then(|integer| {
                        u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| *number > 0)
                    });
                    self.series_per_metric = number.ok_or_else(|| Mistake {
                        at: value.span(),
                        problem: "`series-per-metric` takes a whole number greater than zero: \
                                  `series-per-metric = 1000`"
                            .to_owned(),
                    })?;
                }
                other => return Err(unknown(key, other, &["series-per-metric"])),
            }
        }
        Ok(())
    }
}

const ALLOW: &str = "allow = [{ name = \"model_id\", reason = \"12 models, fixed at deploy\" }]";

/// A mistake in `metrics.toml`.
struct Mistake {
    at: Range<usize>,
    problem: String,
}

type Spanned<T> = toml::Spanned<T>;

fn unknown(key: &Spanned<std::borrow::Cow<'_, str>>, name: &str, known: &[&str]) -> Mistake {
    let hint = nearest(name, known.iter().copied()).map_or_else(
        || format!("there are {}", listed(known.iter().copied())),
        |near| format!("did you mean `{near}`?"),
    );
    Mistake { at: key.span(), problem: format!("there is no key `{name}` here: {hint}") }
}

fn table<'a, 'i>(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &'a Spanned<DeValue<'i>>,
    shown: &str,
) -> Result<&'a DeTable<'i>, Mistake> {
    value.get_ref().as_table().ok_or_else(|| Mistake {
        at: value.span(),
        problem: format!("`{}` is a table: write `{shown}` on a line of its own", key.get_ref()),
    })
}

fn array<'a, 'i>(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &'a Spanned<DeValue<'i>>,
    shown: &str,
) -> Result<impl Iterator<Item = &'a Spanned<DeValue<'i>>>, Mistake> {
    let array = value.get_ref().as_array().ok_or_else(|| Mistake {
        at: value.span(),
        problem: format!("`{}` takes a list: write `{shown}`", key.get_ref()),
    })?;
    Ok(array.iter())
}

fn pattern(value: &Spanned<DeValue<'_>>, shown: &str) -> Result<String, Mistake> {
    let text = value.get_ref().as_str().ok_or_else(|| Mistake {
        at: value.span(),
        problem: format!("a label's name is text in quotes: write `{shown}`"),
    })?;
    let valid = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '*');
    if text.is_empty() || !text.chars().all(valid) {
        return Err(Mistake {
            at: value.span(),
            problem: format!(
                "`{text}` is no label's name: it takes `a` to `z`, `0` to `9`, `_`, and `*` for any letters"
            ),
        });
    }
    Ok(text.to_owned())
}

fn allowed(value: &Spanned<DeValue<'_>>) -> Result<String, Mistake> {
    let wrong = |problem: String| Mistake { at: value.span(), problem };
    let Some(table) = value.get_ref().as_table() else {
        return Err(wrong(format!("an allowed name needs its reason: write `{ALLOW}`")));
    };
    let (mut name, mut reason) = (None, None);
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "name" => name = Some(pattern(value, ALLOW)?),
            "reason" => reason = value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()),
            other => return Err(unknown(key, other, &["name", "reason"])),
        }
    }
    if let Some(name) = &name {
        check_allowed(name).map_err(wrong)?;
    }
    match (name, reason) {
        (Some(name), Some(_)) => Ok(name),
        (Some(name), None) => Err(wrong(format!("`{name}` is allowed without a reason: write `{ALLOW}`"))),
        (None, _) => Err(wrong(format!("the name is missing: write `{ALLOW}`"))),
    }
}

/// What cannot be allowed.
fn check_allowed(name: &str) -> Result<(), String> {
    if name.chars().all(|letter| letter == '*') {
        return Err(format!("`{name}` would allow every name, as if there were no rule: name those that are meant"));
    }
    let is_reserved = |(pattern, why): &&(&str, Why)| matches!(why, Why::Reserved) && matches(pattern, name);
    match REFUSED.iter().find(is_reserved) {
        Some((pattern, _)) => Err(format!(
            "`{name}` cannot be allowed: Prometheus keeps {} for itself; give the label another name, and leave this \
             out",
            as_pattern(pattern, name)
        )),
        None => Ok(()),
    }
}

/// Where the value belongs.
fn on_the_trace(name: &str) -> String {
    format!("put it on the trace, which is made for such values: `#[tracing::instrument(fields({name}))]`")
}

fn as_pattern(pattern: &str, name: &str) -> String {
    if pattern == name { "this name".to_owned() } else { format!("names like `{pattern}`") }
}

/// Whether a name fits a pattern, in which `*` stands for any letters.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|name| (0..=name.len()).any(|at| name.is_char_boundary(at) && matches(rest, &name[at..]))),
    }
}

/// The `metrics.toml` of a crate: in its folder, or in one above it up to its workspace's root. Nothing above the
/// root is read: a crate that is built as a dependency must not pick up a file from somebody's home folder.
fn find(crate_folder: &Path) -> Option<PathBuf> {
    let root = crate_folder.ancestors().find(|folder| is_workspace_root(folder)).unwrap_or(crate_folder);
    crate_folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .map(|folder| folder.join("metrics.toml"))
        .find(|file| file.is_file())
}

fn is_workspace_root(folder: &Path) -> bool {
    let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { return false };
    // Parsing every manifest on the way up would cost more than the rest of the macro.
    manifest.contains("[workspace")
        && DeTable::parse(&manifest).is_ok_and(|manifest| manifest.get_ref().contains_key("workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builtin() -> Policy {
        Policy::parse("").unwrap_or_else(|mistake| panic!("{}", mistake.problem))
    }

    fn mistake(text: &str) -> String {
        match Policy::parse(text) {
            Ok(_) => panic!("the policy has a mistake"),
            Err(mistake) => mistake.problem,
        }
    }

    #[test]
    fn every_default_name_is_refused() {
        for (pattern, _) in REFUSED {
            let name = pattern.replace('*', "x");
            assert!(builtin().check_label(&name).is_err(), "{name} is not refused");
        }
        for name in ["step", "workflow", "status", "reason", "identity", "monkey", "width", "model"] {
            assert!(builtin().check_label(name).is_ok(), "{name} is refused");
        }
    }

    #[test]
    fn a_policy_denies_and_allows() {
        let policy = Policy::parse(
            "[labels]\ndeny = [\"scene*\"]\nallow = [{ name = \"model_id\", reason = \"12 models\" }]\n\
             [limits]\nseries-per-metric = 50\n",
        )
        .unwrap_or_else(|mistake| panic!("{}", mistake.problem));
        assert!(policy.check_label("scene_name").is_err());
        assert!(policy.check_label("model_id").is_ok());
        assert!(policy.check_label("job_id").is_err());
        assert_eq!(policy.series_per_metric, 50);
    }

    #[test]
    fn what_prometheus_keeps_for_itself_cannot_be_allowed() {
        for name in ["le", "quantile", "__name__", "__*"] {
            let said = mistake(&format!("[labels]\nallow = [{{ name = \"{name}\", reason = \"because\" }}]"));
            assert!(said.contains(&format!("`{name}` cannot be allowed")), "{said}");
        }
        assert!(builtin().check_label("le").is_err());
    }

    #[test]
    fn what_allows_everything_or_nothing_is_a_mistake() {
        for name in ["*", "**"] {
            assert!(
                mistake(&format!("[labels]\nallow = [{{ name = \"{name}\", reason = \"because\" }}]"))
                    .contains("would allow every name")
            );
        }
        for deny in ["scene_id", "scene*"] {
            let allow = "allow = [{ name = \"scene_id\", reason = \"3 scenes\" }]";
            assert!(mistake(&format!("[labels]\ndeny = [\"{deny}\"]\n{allow}")).contains("is allowed here and denied"));
            assert!(mistake(&format!("[labels]\n{allow}\ndeny = [\"{deny}\"]")).contains("is allowed here and denied"));
        }
    }

    #[test]
    fn while_the_file_has_a_mistake_no_name_is_refused_for_want_of_it() {
        let policy = Policy::unknown(None);
        assert!(policy.check_label("model_id").is_ok());
        assert!(policy.check_label("le").is_err());
    }

    #[test]
    fn a_mistake_is_named() {
        assert!(mistake("[label]\n").contains("no key `label` here: did you mean `labels`?"));
        assert!(mistake("[labels]\nallow = [\"x\"]").contains("needs its reason"));
        assert!(mistake("[labels]\nallow = [{ name = \"x\" }]").contains("`x` is allowed without a reason"));
        assert!(mistake("[limits]\nseries-per-metric = 0").contains("greater than zero"));
        assert!(mistake("[labels\n").contains("not valid TOML"));
    }

    #[test]
    fn a_star_stands_for_any_letters() {
        assert!(matches("*_id", "job_id"));
        assert!(!matches("*_id", "id"));
        assert!(matches("a*b*c", "a_b_b_c"));
        assert!(!matches("a*b", "abc"));
    }
}
