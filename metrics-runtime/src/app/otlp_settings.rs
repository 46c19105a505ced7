//! The settings of OTLP: the variables that OpenTelemetry's specification names, with its meaning.
//!
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/> and
//! <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>. They differ from it in one thing: a value
//! that is not supported is an error. The specification has it ignored with a warning, and metrics would then go nowhere.

use std::net::SocketAddr;
use std::time::Duration;

use super::config_error::ConfigError;
use super::instance::instance;
use super::program_file::program_file_name;
use super::variable::Read;
use crate::export::{OtlpRoad, OtlpSettings, Road};
use crate::util::{percent_decoded, redact_address, shown};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const METRICS_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
const HEADERS: [&str; 2] = ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
const TIMEOUT: [&str; 2] = ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const COMPRESSION: [&str; 2] = ["OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
const PROTOCOL: [&str; 2] = ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const EXPORT_INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";
const EXPORT_TIMEOUT: &str = "OTEL_METRIC_EXPORT_TIMEOUT";
const DISABLED: &str = "OTEL_SDK_DISABLED";
const EXPORTER: &str = "OTEL_METRICS_EXPORTER";
const SERVICE: &str = "OTEL_SERVICE_NAME";
const RESOURCE: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// Variables whose only value is the default: another one would be ignored, and what arrives would not be what was asked for.
const FIXED: [(&str, &str, &str); 2] = [
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative", "`cumulative`"),
    (
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "explicit_bucket_histogram",
        "`explicit_bucket_histogram`",
    ),
];

/// Variables of files for TLS.
const FILES: [&str; 6] = [
    "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
];

const DEFAULT_ENDPOINT: &str = "http://localhost:4318";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_EXPORT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

/// What the specification says where a timeout is zero: without an end. An hour is as good, and its sums do not overflow.
const WITHOUT_END: Duration = Duration::from_secs(3600);

/// The sum of a time and an interval must not overflow.
const LONGEST_INTERVAL: Duration = Duration::from_secs(365 * 86_400);

const ENDPOINT_TAKES: &str = "a URL with `http` or `https`, such as `http://collector:4318`";
const HEADERS_TAKES: &str = "headers with their values, separated by commas, such as `x-tenant=video,authorization=Bearer%20abc`, \
    where `%20` is a space";
const HEADER_TAKES: &str = "the name and the value of a header";
const MILLISECONDS_TAKES: &str = "a whole number of milliseconds";
const INTERVAL_TAKES: &str = "a whole number of milliseconds, from 1 on";
const COMPRESSION_TAKES: &str = "`gzip` or `none`";
const PROTOCOL_TAKES: &str = "`http/protobuf`";
const EXPORTER_TAKES: &str = "`otlp`, `prometheus` (the page), `none`, or two of them separated by a comma";
const RESOURCE_TAKES: &str = "attributes with their values, separated by commas, such as \
    `service.name=video,deployment.environment.name=live`, where `%2C` is a comma";
const TEXT_TAKES: &str = "a text";
const FILES_TAKES: &str =
    "nothing yet: `https` trusts the certificates of the system, or those of the file in `SSL_CERT_FILE`";

/// What the program gives.
#[derive(Clone, Default)]
pub(crate) struct OtlpOverrides {
    pub(crate) is_off: bool,
    /// The base URL.
    pub(crate) endpoint: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) interval: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) is_gzip: Option<bool>,
    pub(crate) resource: Vec<(String, String)>,
}

/// Without the headers and the secrets of the address.
impl std::fmt::Debug for OtlpOverrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let endpoint = self.endpoint.as_deref().map(redact_address);
        f.debug_struct("OtlpOverrides")
            .field("endpoint", &endpoint)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

impl OtlpOverrides {
    /// The settings; `None` where nothing is exported. An empty value counts as unset.
    pub(crate) fn resolve(self, read: Read<'_>) -> Result<Option<OtlpSettings>, ConfigError> {
        let read = |name| read(name, TEXT_TAKES).map_err(hide_secrets);
        let first = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| read(name).map(|value| Some((name, value?))).transpose()).transpose()
        };
        let is_disabled = read(DISABLED)?.is_some_and(|value| is_true(DISABLED, &value));
        let exporters = read(EXPORTER)?.map(|value| Exporters::parse(&value)).transpose()?;
        if self.is_off || is_disabled || exporters.as_ref().is_some_and(|exporters| !exporters.has_otlp) {
            return Ok(None);
        }
        let of_variable = |name, url: &str| {
            checked_endpoint(url)
                .map_err(|problem| ConfigError::of_variable(name, redact_address(url), problem, ENDPOINT_TAKES))
        };
        let endpoint = match self.endpoint {
            Some(base) => {
                let base = checked_endpoint(&base).map_err(|problem| {
                    ConfigError::of_builder("otlp_endpoint", redact_address(&base), problem, ENDPOINT_TAKES)
                })?;
                metrics_url(&base)
            }
            None => match (read(METRICS_ENDPOINT)?, read(ENDPOINT)?) {
                (Some(url), _) => of_variable(METRICS_ENDPOINT, &url)?,
                (None, Some(base)) => metrics_url(&of_variable(ENDPOINT, &base)?),
                // It was asked for, so it has the specification's default.
                (None, None) if exporters.is_some() => metrics_url(DEFAULT_ENDPOINT),
                (None, None) => return Ok(None),
            },
        };
        if let Some((name, value)) = first(PROTOCOL)?.filter(|(_, value)| value.trim() != "http/protobuf") {
            return Err(ConfigError::of_variable(name, value, "is not supported", PROTOCOL_TAKES));
        }
        for (name, only, takes) in FIXED {
            if let Some(value) = read(name)?.filter(|value| !value.trim().eq_ignore_ascii_case(only)) {
                return Err(ConfigError::of_variable(name, value, "is not supported", takes));
            }
        }
        for name in FILES {
            if let Some(value) = read(name)? {
                return Err(ConfigError::of_variable(name, value, "is not supported", FILES_TAKES));
            }
        }
        let is_gzip = match (self.is_gzip, first(COMPRESSION)?) {
            (Some(is_gzip), _) => is_gzip,
            (None, None) => false,
            (None, Some((name, value))) => match value.trim() {
                "gzip" => true,
                "none" => false,
                _ => return Err(ConfigError::of_variable(name, value, "is not supported", COMPRESSION_TAKES)),
            },
        };
        let mut headers = first(HEADERS)?.map_or(Ok(Vec::new()), |(name, value)| parse_headers(name, &value))?;
        for (name, value) in self.headers {
            check_header(&name, &value)
                .map_err(|problem| ConfigError::of_builder("otlp_header", HIDDEN, problem, HEADER_TAKES))?;
            headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
            headers.push((name, value));
        }
        let bounded = |timeout: Duration| if timeout.is_zero() { WITHOUT_END } else { timeout.min(WITHOUT_END) };
        let timeout = |found: Option<(&'static str, String)>, default| {
            let found = found.map(|(name, value)| milliseconds(name, &value, MILLISECONDS_TAKES)).transpose()?;
            Ok(found.map_or(default, bounded))
        };
        let of_request = timeout(first(TIMEOUT)?, DEFAULT_TIMEOUT)?;
        let of_export = timeout(read(EXPORT_TIMEOUT)?.map(|value| (EXPORT_TIMEOUT, value)), DEFAULT_EXPORT_TIMEOUT)?;
        Ok(Some(OtlpSettings {
            endpoint,
            headers,
            is_gzip,
            // An export is one request: what fails is sent with the next values, so there is no time for a second one.
            timeout: self.timeout.map_or_else(|| of_request.min(of_export), bounded),
            interval: match self.interval {
                Some(interval) => interval.clamp(Duration::from_millis(1), LONGEST_INTERVAL),
                None => read(EXPORT_INTERVAL)?.map_or(Ok(DEFAULT_INTERVAL), |value| interval(&value))?,
            },
            resource: resource(read(SERVICE)?, read(RESOURCE)?, self.resource)?,
        }))
    }
}

/// Stands for a value that may hold a secret.
const HIDDEN: &str = "…";

/// The road. The instance has a name of its own, unless the environment gives it one.
pub(super) fn open(mut settings: OtlpSettings, address: Option<SocketAddr>) -> Box<dyn Road> {
    const INSTANCE: &str = "service.instance.id";
    if settings.resource.iter().all(|(name, _)| name != INSTANCE) {
        settings.resource.push((INSTANCE.to_owned(), instance(address)));
    }
    Box::new(OtlpRoad::new(settings))
}

/// The error of a value that is not Unicode shows the value.
fn hide_secrets(error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Variable { variable, value, problem, takes } => {
            let value = match variable {
                _ if HEADERS.contains(&variable) => HIDDEN.to_owned(),
                ENDPOINT | METRICS_ENDPOINT => redact_address(&value),
                _ => value,
            };
            ConfigError::of_variable(variable, value, problem, takes)
        }
        other => other,
    }
}

/// The specification has one text for true; any other one is false, with a warning.
fn is_true(name: &str, value: &str) -> bool {
    let is = |text: &str| value.trim().eq_ignore_ascii_case(text);
    if !is("true") && !is("false") {
        tracing::warn!("the environment variable `{name}` is `{}`, which means `false`", shown(value));
    }
    is("true")
}

/// The value of `OTEL_METRICS_EXPORTER`.
struct Exporters {
    has_otlp: bool,
}

impl Exporters {
    fn parse(value: &str) -> Result<Self, ConfigError> {
        let mut has_otlp = false;
        for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name {
                "otlp" => has_otlp = true,
                // The page is switched on and off by variables of its own.
                "prometheus" | "none" => {}
                _ => {
                    return Err(ConfigError::of_variable(EXPORTER, value, "is not supported", EXPORTER_TAKES));
                }
            }
        }
        Ok(Self { has_otlp })
    }
}

/// The URL, or what is wrong with it.
fn checked_endpoint(value: &str) -> Result<String, &'static str> {
    let value = value.trim();
    let is_http = |scheme: &str| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let Some((_, rest)) = value.split_once("://").filter(|(scheme, _)| is_http(scheme)) else {
        return Err("does not begin with `http://` or `https://`");
    };
    if !OtlpSettings::is_url(value) || rest.starts_with(['/', '?', '#', ':']) {
        return Err("is not a URL");
    }
    Ok(value.to_owned())
}

/// The URL for metrics at a base URL: its path with `v1/metrics`.
fn metrics_url(base: &str) -> String {
    let (path, query) = base.split_at(base.find(['?', '#']).unwrap_or(base.len()));
    format!("{}/v1/metrics{query}", path.trim_end_matches('/'))
}

/// Pairs such as `a=1,b=2`.
fn pairs(text: &str) -> impl Iterator<Item = Result<(&str, &str), usize>> {
    let pairs = text.split(',').map(str::trim).enumerate().filter(|(_, pair)| !pair.is_empty());
    pairs.map(|(at, pair)| pair.split_once('=').map(|(name, value)| (name.trim(), value.trim())).ok_or(at + 1))
}

/// Reads headers. No message has a part of the value.
fn parse_headers(variable: &'static str, text: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let wrong = |problem: &str| ConfigError::of_variable(variable, HIDDEN, problem, HEADERS_TAKES);
    let mut headers = Vec::new();
    for pair in pairs(text) {
        let (name, value) = pair.map_err(|at| wrong(&format!("has no `=` in part {at}")))?;
        let value = percent_decoded(value)
            .ok_or_else(|| wrong("has a `%` that is not followed by two hexadecimal digits of a text"))?;
        check_header(name, &value).map_err(wrong)?;
        headers.push((name.to_owned(), value));
    }
    Ok(headers)
}

fn check_header(name: &str, value: &str) -> Result<(), &'static str> {
    if OtlpSettings::is_header(name, value) { Ok(()) } else { Err("has a name or a value that a header cannot have") }
}

fn milliseconds(name: &'static str, value: &str, takes: &'static str) -> Result<Duration, ConfigError> {
    let parsed = value.trim().parse().map(Duration::from_millis);
    parsed.map_err(|_| ConfigError::of_variable(name, value, "is not a number of milliseconds", takes))
}

fn interval(value: &str) -> Result<Duration, ConfigError> {
    match milliseconds(EXPORT_INTERVAL, value, INTERVAL_TAKES)? {
        Duration::ZERO => Err(ConfigError::of_variable(EXPORT_INTERVAL, value, "is too short", INTERVAL_TAKES)),
        interval => Ok(interval.min(LONGEST_INTERVAL)),
    }
}

/// The attributes of the resource, without the instance, which depends on the address.
fn resource(
    service: Option<String>,
    text: Option<String>,
    of_program: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut attributes: Vec<(String, String)> = Vec::new();
    if let Some(text) = text {
        let wrong = |problem: &str| ConfigError::of_variable(RESOURCE, text.clone(), problem, RESOURCE_TAKES);
        for pair in pairs(&text) {
            let (name, value) = pair.map_err(|at| wrong(&format!("has no `=` in part {at}")))?;
            let decoded = percent_decoded(name).zip(percent_decoded(value));
            let (name, value) =
                decoded.ok_or_else(|| wrong("has a `%` that is not followed by two hexadecimal digits of a text"))?;
            if name.is_empty() {
                return Err(wrong("has an attribute without a name"));
            }
            attributes.retain(|(other, _)| *other != name);
            attributes.push((name, value));
        }
    }
    if let Some(service) = service {
        attributes.retain(|(name, _)| name != "service.name");
        attributes.insert(0, ("service.name".to_owned(), service));
    }
    for (name, value) in of_program {
        attributes.retain(|(other, _)| *other != name);
        attributes.push((name, value));
    }
    if attributes.iter().all(|(name, _)| name != "service.name") {
        let program = program_file_name().unwrap_or_default();
        // The specification's default.
        attributes.insert(0, ("service.name".to_owned(), format!("unknown_service:{program}")));
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(environment: &[(&str, &str)]) -> Result<Option<OtlpSettings>, ConfigError> {
        resolve_with(OtlpOverrides::default(), environment)
    }

    fn resolve_with(
        overrides: OtlpOverrides,
        environment: &[(&str, &str)],
    ) -> Result<Option<OtlpSettings>, ConfigError> {
        overrides.resolve(&|name, _| {
            let value = environment.iter().find(|(key, value)| *key == name && !value.trim().is_empty());
            Ok(value.map(|(_, value)| (*value).to_owned()))
        })
    }

    fn settings(environment: &[(&str, &str)]) -> OtlpSettings {
        let on = [environment, &[(ENDPOINT, "http://c:4318")]].concat();
        resolve(&on).expect("the values are valid").expect("it is on")
    }

    fn error_text(name: &'static str, value: &str) -> String {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
        resolve(&[(name, value), endpoint]).expect_err("the variable does not take this value").to_string()
    }

    #[test]
    fn it_is_on_only_where_it_is_asked_for() {
        let is_on = |environment: &[_]| resolve(environment).expect("the values are valid").is_some();
        let endpoint = (ENDPOINT, "http://c:4318");
        assert!(!is_on(&[]));
        assert!(!is_on(&[(ENDPOINT, " "), (PROTOCOL[1], "grpc"), (HEADERS[1], "x")]));
        assert!(is_on(&[endpoint]));
        assert!(is_on(&[(METRICS_ENDPOINT, "http://c:4318")]));
        assert!(!is_on(&[endpoint, (DISABLED, "TRUE")]));
        assert!(is_on(&[endpoint, (DISABLED, "1")]));
        assert!(!is_on(&[endpoint, (EXPORTER, "none")]));
        assert!(!is_on(&[endpoint, (EXPORTER, "prometheus")]));
        assert!(is_on(&[endpoint, (EXPORTER, "prometheus, otlp")]));
        let by_default = resolve(&[(EXPORTER, "otlp")]).expect("it is valid").expect("it is on");
        assert_eq!(by_default.endpoint, "http://localhost:4318/v1/metrics");
        let off = OtlpOverrides { is_off: true, ..OtlpOverrides::default() };
        assert!(resolve_with(off, &[endpoint]).expect("it is valid").is_none());
    }

    #[test]
    fn the_endpoint_is_a_base_or_the_metrics_own() {
        for (base, url) in [
            ("http://c:4318", "http://c:4318/v1/metrics"),
            ("http://c:4318/", "http://c:4318/v1/metrics"),
            (" HTTPS://c/otlp/ ", "HTTPS://c/otlp/v1/metrics"),
            ("http://c/a?b=/", "http://c/a/v1/metrics?b=/"),
        ] {
            let settings = resolve(&[(ENDPOINT, base)]).expect("it is valid").expect("it is on");
            assert_eq!(settings.endpoint, url);
        }
        let own = resolve(&[(ENDPOINT, "http://c"), (METRICS_ENDPOINT, "http://m/x")]).expect("it is valid");
        assert_eq!(own.expect("it is on").endpoint, "http://m/x");
        for value in
            ["c:4318", "grpc://c:4317", "http://", "http:///v1", "http://:4318", "http://a b", "http://c:999999"]
        {
            let text = resolve(&[(ENDPOINT, value)]).expect_err("it is not one").to_string();
            assert!(text.contains(ENDPOINT) && text.contains("it takes a URL"), "{text}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_specification() {
        let settings = settings(&[]);
        assert_eq!(settings.timeout, Duration::from_secs(10));
        assert_eq!(settings.interval, Duration::from_secs(60));
        assert!(!settings.is_gzip && settings.headers.is_empty());
        let [(name, service)] = &settings.resource[..] else { panic!("{:?}", settings.resource) };
        assert!(name == "service.name" && service.starts_with("unknown_service:metrics_runtime"), "{service}");
    }

    #[test]
    fn the_metrics_own_variable_comes_first() {
        let settings = settings(&[
            (TIMEOUT[0], "2000"),
            (TIMEOUT[1], "3000"),
            (COMPRESSION[0], "gzip"),
            (COMPRESSION[1], "none"),
            (PROTOCOL[0], "http/protobuf"),
            (PROTOCOL[1], "grpc"),
            (HEADERS[0], "a=1"),
            (HEADERS[1], "b=2"),
            (EXPORT_INTERVAL, "500"),
        ]);
        assert_eq!((settings.timeout, settings.interval), (Duration::from_secs(2), Duration::from_millis(500)));
        assert!(settings.is_gzip);
        assert_eq!(settings.headers, [("a".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn a_timeout_of_zero_has_no_end_and_the_shorter_one_counts() {
        assert_eq!(settings(&[(TIMEOUT[1], "0")]).timeout, Duration::from_secs(30));
        assert_eq!(settings(&[(TIMEOUT[1], "0"), (EXPORT_TIMEOUT, "0")]).timeout, WITHOUT_END);
        assert_eq!(settings(&[(EXPORT_TIMEOUT, "700")]).timeout, Duration::from_millis(700));
        for (given, timeout, interval) in [
            (Duration::ZERO, WITHOUT_END, Duration::from_millis(1)),
            (Duration::MAX, WITHOUT_END, LONGEST_INTERVAL),
            (Duration::from_secs(2), Duration::from_secs(2), Duration::from_secs(2)),
        ] {
            let overrides = OtlpOverrides { timeout: Some(given), interval: Some(given), ..OtlpOverrides::default() };
            let settings = resolve_with(overrides, &[(ENDPOINT, "http://c")]).expect("it is valid").expect("it is on");
            assert_eq!((settings.timeout, settings.interval), (timeout, interval));
        }
        let longest = u64::MAX.to_string();
        let settings = settings(&[(EXPORT_INTERVAL, &longest), (TIMEOUT[1], &longest), (EXPORT_TIMEOUT, &longest)]);
        assert_eq!((settings.timeout, settings.interval), (WITHOUT_END, LONGEST_INTERVAL));
    }

    #[test]
    fn headers_are_decoded() {
        let text = " authorization = Basic%20YTpi== ,x-tenant=a%2Cb,,y=";
        let expected = [("authorization", "Basic YTpi=="), ("x-tenant", "a,b"), ("y", "")];
        assert_eq!(settings(&[(HEADERS[1], text)]).headers, expected.map(|(name, value)| (name.into(), value.into())));
        let overrides = OtlpOverrides { headers: vec![("X-Tenant".into(), "c".into())], ..OtlpOverrides::default() };
        let both = resolve_with(overrides, &[(ENDPOINT, "http://c"), (HEADERS[1], "x-tenant=a")]).expect("it is valid");
        assert_eq!(both.expect("it is on").headers, [("X-Tenant".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn the_resource_is_decoded_and_the_service_has_a_variable_of_its_own() {
        let text = "service.name=a,zone=x%2Cy%3D%C3%A9,zone2=b=c,k%65y=v";
        let resource = |environment: &[_]| {
            let pairs = settings(environment).resource;
            pairs.into_iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(resource(&[(RESOURCE, text)]), "service.name:a zone:x,y=é zone2:b=c key:v");
        assert_eq!(resource(&[(RESOURCE, "service.name=a,zone=b"), (SERVICE, "c d")]), "service.name:c d zone:b");
        let of_program = vec![("service.name".to_owned(), "p".to_owned())];
        let overrides = OtlpOverrides { resource: of_program.clone(), is_gzip: Some(true), ..OtlpOverrides::default() };
        let both = resolve_with(overrides, &[(ENDPOINT, "http://c"), (SERVICE, "s"), (COMPRESSION[1], "none")]);
        let both = both.expect("it is valid").expect("it is on");
        assert_eq!((both.resource, both.is_gzip), (of_program, true));
    }

    #[test]
    fn an_error_names_the_variable_and_the_values_that_it_takes() {
        assert_eq!(
            error_text(PROTOCOL[1], "grpc"),
            "the environment variable `OTEL_EXPORTER_OTLP_PROTOCOL` is `grpc`, which is not supported; it takes `http/protobuf`"
        );
        for (name, value, part) in [
            (PROTOCOL[0], "http/json", "is not supported; it takes `http/protobuf`"),
            (COMPRESSION[1], "zstd", "is not supported; it takes `gzip` or `none`"),
            (EXPORTER, "otlp,console", "is not supported; it takes `otlp`"),
            (TIMEOUT[1], "10s", "is not a number of milliseconds"),
            (TIMEOUT[1], "-1", "is not a number of milliseconds"),
            (EXPORT_TIMEOUT, "x", "is not a number of milliseconds"),
            (EXPORT_INTERVAL, "0", "is too short"),
            (FIXED[0].0, "delta", "is not supported; it takes `cumulative`"),
            (FIXED[1].0, "base2_exponential_bucket_histogram", "is not supported"),
            (FILES[1], "/ca.pem", "is not supported; it takes nothing yet"),
            (RESOURCE, "a", "has no `=` in part 1"),
            (RESOURCE, "a=1,b=%zz", "has a `%`"),
            (RESOURCE, "=1", "without a name"),
        ] {
            let text = error_text(name, value);
            assert!(text.contains(name) && text.contains(part), "{text}");
        }
    }

    #[test]
    fn no_error_shows_a_secret() {
        for (name, value) in [
            (HEADERS[0], "secret"),
            (HEADERS[1], "a=1,secret"),
            (HEADERS[1], "authorization=secret%"),
            (HEADERS[1], "authorization=secret%0A"),
            (HEADERS[1], "a secret=1"),
            (METRICS_ENDPOINT, "http://user:secret@"),
            (METRICS_ENDPOINT, "http://user:se cret@c?token=secret"),
            (METRICS_ENDPOINT, "grpc://user:secret@c:4317"),
        ] {
            let text = error_text(name, value);
            assert!(text.contains(name) && !text.contains("secret"), "{text}");
        }
        let of_unicode = |name: &'static str, takes| {
            Err(ConfigError::of_variable(name, "http://user:secret@".to_owned(), "is not valid Unicode", takes))
        };
        let read = |name: &'static str, takes| match name {
            METRICS_ENDPOINT => Ok(Some("http://c".to_owned())),
            name if HEADERS.contains(&name) => of_unicode(name, takes),
            _ => Ok(None),
        };
        let text = OtlpOverrides::default().resolve(&read).expect_err("it is not Unicode").to_string();
        assert!(text.contains("METRICS_HEADERS` is `…`, which is not valid Unicode"), "{text}");
        let text = OtlpOverrides::default().resolve(&|name, takes| match name {
            METRICS_ENDPOINT => of_unicode(name, takes),
            _ => Ok(None),
        });
        let text = text.expect_err("it is not Unicode").to_string();
        assert!(text.contains(METRICS_ENDPOINT) && !text.contains("secret"), "{text}");
    }
}
