//! The crate's or workspace's `metrics.toml`.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{listed, nearest};
use crate::policy::builtin::reserved;
use crate::policy::pattern::{describe, matches};
use crate::policy::read_once::ReadOnce;

/// The largest number of series of a metric, unless `metrics.toml` says otherwise.
const SERIES_PER_METRIC: u64 = 1000;

/// The rules for the crate that is being compiled.
#[derive(Clone)]
pub(crate) struct Policy {
    /// The `metrics.toml` with these rules: cargo must build again when it changes.
    pub(crate) file: Option<PathBuf>,
    deny: Vec<String>,
    allow: Vec<String>,
    /// The largest number of series that a metric may have.
    pub(crate) series_per_metric: u64,
    /// The largest number of series that all metrics of the program together may have.
    pub(crate) series_in_total: Option<u64>,
    /// Whether the file has a mistake: then it is not known which names it allows.
    has_mistake: bool,
}

impl Policy {
    pub(crate) fn builtin() -> Self {
        Self {
            file: None,
            deny: Vec::new(),
            allow: Vec::new(),
            series_per_metric: SERIES_PER_METRIC,
            series_in_total: None,
            has_mistake: false,
        }
    }

    /// The rules while the file has a mistake: there is no limit, so that only the mistake is reported.
    pub(crate) fn with_mistake(file: Option<PathBuf>) -> Self {
        Self { file, series_per_metric: u64::MAX, has_mistake: true, ..Self::builtin() }
    }

    /// The policy of the crate that is being compiled; and the mistake in its `metrics.toml`, with file, line and key.
    pub(crate) fn of_current_crate() -> (Self, Option<String>) {
        static POLICIES: ReadOnce<(Policy, Option<String>)> = ReadOnce::new();
        let Some(file) = std::env::var_os("CARGO_MANIFEST_DIR").and_then(|folder| find_file(Path::new(&folder))) else {
            return (Self::builtin(), None);
        };
        POLICIES.get(&file, || match std::fs::read_to_string(&file) {
            Ok(text) => Self::read(file.clone(), &text),
            // The compiler could not read it either, so cargo is not asked to watch it.
            Err(error) => (Self::with_mistake(None), Some(format!("{} cannot be read: {error}", file.display()))),
        })
    }

    /// The policy in the text of a file; and the mistake in it, with file, line and key.
    pub(crate) fn read(file: PathBuf, text: &str) -> (Self, Option<String>) {
        match Self::parse(text) {
            Ok(policy) => (Self { file: Some(file), ..policy }, None),
            Err(FileError { at, problem }) => {
                let line = text[..at.start.min(text.len())].matches('\n').count() + 1;
                let problem = format!("{}:{line}: {problem}", file.display());
                (Self::with_mistake(Some(file)), Some(problem))
            }
        }
    }

    /// The largest number of series of a metric whose own `max_series` is this one.
    pub(crate) fn budget(&self, max_series: Option<u64>) -> u64 {
        if self.has_mistake { u64::MAX } else { max_series.unwrap_or(self.series_per_metric) }
    }

    /// The pattern of the file that denies a name, if there is one.
    pub(crate) fn denied_by(&self, name: &str) -> Option<&str> {
        self.deny.iter().find(|pattern| matches(pattern, name)).map(String::as_str)
    }

    /// Whether the file allows a name, or may allow it once its mistake is corrected.
    pub(crate) fn may_allow(&self, name: &str) -> bool {
        self.has_mistake || self.allow.iter().any(|pattern| matches(pattern, name))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, FileError> {
        let mut policy = Self::builtin();
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            FileError { at, problem: format!("this is not valid TOML: {}", quoted(error.message())) }
        })?;
        for (key, value) in document.get_ref() {
            match key.get_ref().as_ref() {
                "labels" => policy.parse_labels(table(key, value, "[labels]")?)?,
                "limits" => policy.parse_limits(table(key, value, "[limits]")?)?,
                other => return Err(unknown_key(key, other, &["labels", "limits"])),
            }
        }
        Ok(policy)
    }

    fn parse_labels(&mut self, table: &DeTable) -> Result<(), FileError> {
        let mut places = Vec::new();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "deny" => {
                    for item in array(key, value, "deny = [\"scene\"]")? {
                        self.deny.push(parse_pattern(item, "deny = [\"scene\"]")?);
                    }
                }
                "allow" => {
                    for item in array(key, value, ALLOW_EXAMPLE)? {
                        self.allow.push(parse_allowed(item)?);
                        places.push(item.span());
                    }
                }
                other => return Err(unknown_key(key, other, &["deny", "allow"])),
            }
        }
        for (name, at) in self.allow.iter().zip(places) {
            if let Some(denied) = self.deny.iter().find(|pattern| matches(pattern, name)) {
                let by = if denied == name { String::new() } else { format!(" by `{}`", quoted(denied)) };
                let problem = format!(
                    "`{}` is allowed here and denied{by}, and a denied name stays denied: remove one of them",
                    quoted(name)
                );
                return Err(FileError { at, problem });
            }
        }
        Ok(())
    }

    fn parse_limits(&mut self, table: &DeTable) -> Result<(), FileError> {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "series-per-metric" => self.series_per_metric = number(value, "series-per-metric = 1000")?,
                "series-in-total" => self.series_in_total = Some(number(value, "series-in-total = 50000")?),
                other => return Err(unknown_key(key, other, &["series-per-metric", "series-in-total"])),
            }
        }
        Ok(())
    }
}

/// A whole number greater than zero; `example` shows its key with one.
fn number(value: &Spanned<DeValue<'_>>, example: &str) -> Result<u64, FileError> {
    let number = value.get_ref().as_integer();
    let number = number.and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok());
    number.filter(|number| *number > 0).ok_or_else(|| {
        let key = example.split(' ').next().unwrap_or_default();
        let problem = format!("`{key}` takes a whole number greater than zero: `{example}`");
        FileError { at: value.span(), problem }
    })
}

const ALLOW_EXAMPLE: &str = "allow = [{ name = \"model_id\", reason = \"12 models, fixed at deploy\" }]";

/// A mistake in `metrics.toml`, and where it is.
pub(crate) struct FileError {
    at: Range<usize>,
    problem: String,
}

/// The most letters that a message shows of the file.
const SHOWN: usize = 200;

/// A part of the file in one line: a string in TOML can have line breaks, and any length.
fn quoted(text: &str) -> String {
    let text: String = text.trim_end().chars().take(SHOWN + 1).collect();
    let is_cut = text.chars().count() > SHOWN;
    let letters = text.chars().take(SHOWN).map(|letter| if breaks_the_line(letter) { ' ' } else { letter });
    letters.chain(is_cut.then_some('…')).collect()
}

/// Control characters, the separators of lines and paragraphs, and what turns the direction of a text.
fn breaks_the_line(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

type Spanned<T> = toml::Spanned<T>;

fn unknown_key(key: &Spanned<Cow<'_, str>>, name: &str, known: &[&str]) -> FileError {
    let hint = nearest(name, known.iter().copied()).map_or_else(
        || format!("there are {}", listed(known.iter().copied())),
        |near| format!("did you mean `{near}`?"),
    );
    FileError { at: key.span(), problem: format!("there is no key `{}` here: {hint}", quoted(name)) }
}

fn table<'a, 'i>(
    key: &Spanned<Cow<'_, str>>,
    value: &'a Spanned<DeValue<'i>>,
    shown: &str,
) -> Result<&'a DeTable<'i>, FileError> {
    value.get_ref().as_table().ok_or_else(|| FileError {
        at: value.span(),
        problem: format!("`{}` is a table: write `{shown}` on a line of its own", key.get_ref()),
    })
}

fn array<'a, 'i>(
    key: &Spanned<Cow<'_, str>>,
    value: &'a Spanned<DeValue<'i>>,
    shown: &str,
) -> Result<impl Iterator<Item = &'a Spanned<DeValue<'i>>>, FileError> {
    let array = value.get_ref().as_array().ok_or_else(|| FileError {
        at: value.span(),
        problem: format!("`{}` takes a list: write `{shown}`", key.get_ref()),
    })?;
    Ok(array.iter())
}

fn parse_pattern(value: &Spanned<DeValue<'_>>, shown: &str) -> Result<String, FileError> {
    let text = value.get_ref().as_str().ok_or_else(|| FileError {
        at: value.span(),
        problem: format!("a label's name is a string in quotes: write `{shown}`"),
    })?;
    let valid = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '*');
    if text.is_empty() || !text.chars().all(valid) {
        return Err(FileError {
            at: value.span(),
            problem: format!(
                "`{}` is not a label's name: use `a` to `z`, `0` to `9`, `_`, and `*` for any letters",
                quoted(text)
            ),
        });
    }
    Ok(text.to_owned())
}

fn parse_allowed(value: &Spanned<DeValue<'_>>) -> Result<String, FileError> {
    let wrong = |problem: String| FileError { at: value.span(), problem };
    let Some(table) = value.get_ref().as_table() else {
        return Err(wrong(format!("an allowed name needs a reason: write `{ALLOW_EXAMPLE}`")));
    };
    let (mut name, mut reason) = (None, None);
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "name" => name = Some(parse_pattern(value, ALLOW_EXAMPLE)?),
            "reason" => reason = value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()),
            other => return Err(unknown_key(key, other, &["name", "reason"])),
        }
    }
    if let Some(name) = &name {
        check_allowed(name).map_err(wrong)?;
    }
    match (name, reason) {
        (Some(name), Some(_)) => Ok(name),
        (Some(name), None) => {
            Err(wrong(format!("`{}` is allowed without a reason: write `{ALLOW_EXAMPLE}`", quoted(&name))))
        }
        (None, _) => Err(wrong(format!("the name is missing: write `{ALLOW_EXAMPLE}`"))),
    }
}

/// Refuses names that no file can allow.
fn check_allowed(name: &str) -> Result<(), String> {
    if name.chars().all(|letter| letter == '*') {
        return Err(format!("`{}` would allow every name: write the names that you need", quoted(name)));
    }
    match reserved(name) {
        Some(pattern) => Err(format!(
            "`{}` cannot be allowed: Prometheus reserves {}; give the label another name, and remove this entry",
            quoted(name),
            describe(pattern, name)
        )),
        None => Ok(()),
    }
}

/// The `metrics.toml` of a crate: in its folder, or in a folder above it, up to the root of its workspace. No folder
/// above the root is read: a crate that is built as a dependency must not take a file from the user's home folder.
fn find_file(crate_folder: &Path) -> Option<PathBuf> {
    let root = crate_folder.ancestors().find(|folder| is_workspace_root(folder)).unwrap_or(crate_folder);
    crate_folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .map(|folder| folder.join("metrics.toml"))
        .find(|file| file.is_file())
}

fn is_workspace_root(folder: &Path) -> bool {
    static ROOTS: ReadOnce<bool> = ReadOnce::new();
    let manifest = folder.join("Cargo.toml");
    ROOTS.get(&manifest, || {
        let Ok(manifest) = std::fs::read_to_string(&manifest) else { return false };
        // Parsing every manifest on the way up would cost more than the rest of the macro.
        manifest.contains("[workspace")
            && DeTable::parse(&manifest).is_ok_and(|manifest| manifest.get_ref().contains_key("workspace"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        match Policy::parse(text) {
            Ok(_) => panic!("the policy has a mistake"),
            Err(error) => error.problem,
        }
    }

    #[test]
    fn a_name_that_would_turn_the_line_is_shown_without_that() {
        for turns in ["\\n", "\\u202a", "\\u202E", "\\u2028", "\\u2066", "\\u200F", "\\uFEFF"] {
            let deny = problem(&format!("[labels]\ndeny = [\"bb{turns}c\"]"));
            assert!(deny.contains("`bb c` is not a label's name"), "{deny:?}");
            let key = problem(&format!("[labels]\n\"de{turns}ny\" = []"));
            assert!(key.contains("there is no key `de ny`"), "{key:?}");
        }
    }

    #[test]
    fn reserved_names_cannot_be_allowed() {
        for name in ["le", "quantile", "__name__", "__*"] {
            let problem = problem(&format!("[labels]\nallow = [{{ name = \"{name}\", reason = \"because\" }}]"));
            assert!(problem.contains(&format!("`{name}` cannot be allowed")), "{problem}");
        }
    }

    #[test]
    fn an_entry_that_allows_every_name_or_a_denied_name_is_a_mistake() {
        for name in ["*", "**"] {
            assert!(
                problem(&format!("[labels]\nallow = [{{ name = \"{name}\", reason = \"because\" }}]"))
                    .contains("would allow every name")
            );
        }
        for deny in ["scene_id", "scene*"] {
            let allow = "allow = [{ name = \"scene_id\", reason = \"3 scenes\" }]";
            assert!(problem(&format!("[labels]\ndeny = [\"{deny}\"]\n{allow}")).contains("is allowed here and denied"));
            assert!(problem(&format!("[labels]\n{allow}\ndeny = [\"{deny}\"]")).contains("is allowed here and denied"));
        }
    }

    #[test]
    fn a_file_with_a_mistake_may_allow_every_name() {
        assert!(Policy::with_mistake(None).may_allow("model_id"));
        assert!(!Policy::builtin().may_allow("model_id"));
    }

    #[test]
    fn each_mistake_has_its_message() {
        assert!(problem("[label]\n").contains("no key `label` here: did you mean `labels`?"));
        assert!(problem("[labels]\nallow = [\"x\"]").contains("needs a reason"));
        assert!(problem("[labels]\nallow = [{ name = \"x\" }]").contains("`x` is allowed without a reason"));
        assert!(problem("[limits]\nseries-per-metric = 0").contains("greater than zero"));
        assert!(problem("[labels\n").contains("not valid TOML"));
    }

    #[test]
    fn a_message_is_one_short_line() {
        let long = "x\n".repeat(10_000);
        for text in [
            "a\nb",
            &format!("[labels]\ndeny = [\"\"\"{long}\"\"\"]"),
            &format!("[labels]\nallow = [{{ name = \"\"\"{long}\"\"\", reason = \"x\" }}]"),
            &format!("[labels]\nallow = [{{ name = \"{}\" }}]", "x".repeat(10_000)),
            &format!("\"{}\" = 1", "x\\n".repeat(10_000)),
            &format!("[labels]\n\"{}\" = 1", "x\\n".repeat(10_000)),
        ] {
            let problem = problem(text);
            assert!(problem.len() < 900 && !problem.contains(char::is_control), "{problem}");
        }
    }
}
