//! The attributes of functions.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Meta, Path};

/// An attribute of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Timed,
    Counted,
    CountedFailure,
    InFlight,
    Observed,
    /// It records nothing: its options hold for all attributes of the function.
    Measured,
}

impl Attribute {
    pub(crate) const ALL: [Self; 6] =
        [Self::Timed, Self::Counted, Self::CountedFailure, Self::InFlight, Self::Observed, Self::Measured];

    /// Its name in the source.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Timed => "timed",
            Self::Counted => "counted",
            Self::CountedFailure => "counted_failure",
            Self::InFlight => "in_flight",
            Self::Observed => "observed",
            Self::Measured => "measured",
        }
    }

    /// The option that names its metric: the metric's kind. `#[measured]` has no metric; this is its first option.
    pub(crate) const fn metric_option(self) -> &'static str {
        match self {
            Self::Timed | Self::Observed => "histogram",
            Self::Counted | Self::CountedFailure => "counter",
            Self::InFlight => "gauge",
            Self::Measured => "labels",
        }
    }

    /// Its options in short, for messages.
    pub(crate) fn options_in_short(self) -> String {
        if self == Self::Measured { "…".to_owned() } else { format!("{} = …", self.metric_option()) }
    }

    /// The attribute with a proper name, for messages.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::Timed => "#[timed(histogram = \"image_generation_seconds\")]",
            Self::Counted => "#[counted(counter = \"images_generated_total\")]",
            Self::CountedFailure => "#[counted_failure(counter = \"image_generation_failures_total\")]",
            Self::InFlight => "#[in_flight(gauge = \"worker_active\")]",
            Self::Observed => "#[observed(histogram = \"image_size_bytes\", value = |image| image.len())]",
            Self::Measured => "#[measured(labels(step))]",
        }
    }

    /// The options that it takes.
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Timed => &[
                "histogram",
                "labels",
                "buckets",
                "max_series",
                "error_if",
                "ok_if",
                "objective",
                "description",
                "crate",
            ],
            Self::Counted => &[
                "counter",
                "on",
                "except",
                "last",
                "labels",
                "max_series",
                "error_if",
                "ok_if",
                "objective",
                "description",
                "crate",
            ],
            Self::CountedFailure => &[
                "counter",
                "reason",
                "except",
                "labels",
                "max_series",
                "error_if",
                "ok_if",
                "objective",
                "description",
                "crate",
            ],
            Self::InFlight => &["gauge", "oldest", "labels", "max_series", "description", "crate"],
            Self::Observed => {
                &["histogram", "value", "labels", "buckets", "max_series", "error_if", "ok_if", "description", "crate"]
            }
            Self::Measured => &["labels", "buckets", "error_if", "ok_if", "crate"],
        }
    }

    /// The attribute of ours that stands here, as far as tokens show it. Another crate may have an attribute with the same
    /// name, and without the option that names our metric it is left where it is: if it is ours after all, it reports
    /// that mistake itself.
    pub(crate) fn of_meta(meta: &Meta, krate: Option<&Path>) -> Option<Self> {
        let attribute = Self::of_path(meta.path(), krate)?;
        let is_ours = meta.path().segments.len() > 1
            || match meta {
                Meta::Path(_) => false,
                Meta::List(list) if attribute == Self::Measured => attribute.begins_with_option(&list.tokens),
                Meta::List(list) => attribute.has_metric(&list.tokens),
                // No crate's attribute may be written so.
                Meta::NameValue(_) => true,
            };
        is_ours.then_some(attribute)
    }

    /// Whether the option that names the metric is among these.
    fn has_metric(self, options: &TokenStream) -> bool {
        let mut tokens = options.clone().into_iter().peekable();
        while let Some(token) = tokens.next() {
            let is_key = matches!(&token, TokenTree::Ident(ident) if ident == self.metric_option());
            if is_key && matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=') {
                return true;
            }
        }
        false
    }

    /// Whether one of its options is the first of these tokens.
    fn begins_with_option(self, options: &TokenStream) -> bool {
        let first = options.clone().into_iter().next();
        matches!(first, Some(TokenTree::Ident(ident)) if self.options().iter().any(|option| ident == option))
    }

    /// The attribute that a path names: by its own name, or through the runtime.
    fn of_path(path: &Path, krate: Option<&Path>) -> Option<Self> {
        let last = path.segments.last()?;
        let attribute = Self::ALL.into_iter().find(|attribute| last.ident == attribute.name())?;
        let is_ours = path.segments.len() == 1
            || path
                .segments
                .first()
                .is_some_and(|first| first.ident == "metrics_runtime" || first.ident == "metrics_macros")
            || krate.is_some_and(|krate| {
                let (krate, path) = (krate.segments.iter(), path.segments.iter());
                krate.len() + 1 == path.len() && krate.zip(path).all(|(one, other)| one.ident == other.ident)
            });
        is_ours.then_some(attribute)
    }
}
