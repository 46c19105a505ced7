//! The settings of the traces: the variables that OpenTelemetry's specification names, with its meaning.
//!
//! As with the metrics, a value that is not supported is an error: traces that go nowhere are noticed when they are needed.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};

use super::asked::{Asked, DEFAULT_ENDPOINT};
use super::pairs::{pairs, percent_decoded};
use super::variables::{HIDDEN, TracesError, Variables};

const HEADERS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
const TIMEOUT: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const COMPRESSION: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
const PROTOCOL: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_SHARE: &str = "OTEL_TRACES_SAMPLER_ARG";
const SERVICE: &str = "OTEL_SERVICE_NAME";
const RESOURCE: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// Whole numbers that the SDK reads, each with its largest value: the queue has a place in memory for each span.
const NUMBERS: [(&str, u64); 3] = [
    ("OTEL_BSP_SCHEDULE_DELAY", 86_400_000),
    ("OTEL_BSP_MAX_QUEUE_SIZE", 100_000),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 100_000),
];

/// Variables of files for TLS.
const FILES: [&str; 6] = [
    "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
];

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// What the specification says where the timeout is zero: without an end. An hour is as good, and its sums do not overflow.
const WITHOUT_END: Duration = Duration::from_secs(3600);

const ENDPOINT_TAKES: &str = "a URL with `http` or `https`, such as `http://collector:4318`";
const HEADERS_TAKES: &str =
    "headers with their values, separated by commas, such as `x-tenant=video,authorization=Bearer%20abc`";
const MILLISECONDS_TAKES: &str = "a whole number of milliseconds";
const NUMBER_TAKES: &str = "a whole number, from 1 to 100000 (to 86400000 where it is a time in milliseconds)";
const COMPRESSION_TAKES: &str = "`gzip` or `none`";
const PROTOCOL_TAKES: &str = "`http/protobuf`";
const SAMPLER_TAKES: &str = "`always_on`, `always_off`, `traceidratio`, or one of them with `parentbased_` before it";
const SHARE_TAKES: &str = "a share from 0 to 1";
const RESOURCE_TAKES: &str = "attributes with their values, separated by commas, such as `service.name=video,zone=a`";
const FILES_TAKES: &str =
    "nothing: `https` trusts the certificates of the system, or those of the file in `SSL_CERT_FILE`";

/// How and where traces are sent. The sampler and the queue's size are not here: the SDK reads them.
pub(super) struct Settings {
    /// The URL to which they are posted, without user and password.
    pub(super) endpoint: Url,
    pub(super) headers: HashMap<String, String>,
    pub(super) timeout: Duration,
    pub(super) is_gzip: bool,
    /// Attributes of the resource that the environment gives.
    pub(super) resource: HashMap<String, String>,
}

impl Settings {
    pub(super) fn read(asked: &Asked, variables: Variables<'_>) -> Result<Self, TracesError> {
        let endpoint = match asked {
            Asked::ForOwn(url) => endpoint(asked.variable(), url)?,
            Asked::ForAll(base) => of_traces(endpoint(asked.variable(), base)?),
            Asked::ByExporter => of_traces(endpoint(asked.variable(), DEFAULT_ENDPOINT)?),
        };
        if let Some((name, value)) = variables.first(PROTOCOL)?.filter(|(_, value)| value.trim() != "http/protobuf") {
            return Err(TracesError::of(name, &value, "is not supported", PROTOCOL_TAKES));
        }
        for name in FILES {
            if let Some(value) = variables.get(name)? {
                return Err(TracesError::of(name, &value, "is not supported", FILES_TAKES));
            }
        }
        let is_gzip = match variables.first(COMPRESSION)? {
            None => false,
            Some((name, value)) => match value.trim() {
                "gzip" => true,
                "none" => false,
                _ => return Err(TracesError::of(name, &value, "is not supported", COMPRESSION_TAKES)),
            },
        };
        let timeout = variables.first(TIMEOUT)?.map_or(Ok(DEFAULT_TIMEOUT), |(name, value)| timeout(name, &value))?;
        let (endpoint, credentials) = without_credentials(endpoint);
        let mut headers: HashMap<String, String> =
            credentials.into_iter().map(|value| ("authorization".to_owned(), value)).collect();
        if let Some((name, value)) = variables.first(HEADERS)? {
            headers.extend(parse_headers(name, &value)?);
        }
        check_sampler(variables)?;
        for (name, most) in NUMBERS {
            if let Some(value) = variables.get(name)?
                && !value.parse().is_ok_and(|number: u64| (1..=most).contains(&number))
            {
                return Err(TracesError::of(name, &value, "is out of range", NUMBER_TAKES));
            }
        }
        let mut resource = variables.get(RESOURCE)?.map_or(Ok(HashMap::new()), |value| parse_resource(&value))?;
        resource.extend(variables.get(SERVICE)?.map(|name| ("service.name".to_owned(), name)));
        Ok(Self { endpoint, headers, timeout, is_gzip, resource })
    }
}

fn endpoint(variable: &'static str, value: &str) -> Result<Url, TracesError> {
    let wrong = |problem| TracesError::of_address(variable, value, problem, ENDPOINT_TAKES);
    let is_http = |scheme: &str| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let Some((_, rest)) = value.trim().split_once("://").filter(|(scheme, _)| is_http(scheme)) else {
        return Err(wrong("does not begin with `http://` or `https://`"));
    };
    // A URL's parser passes over slashes that are too many.
    let url = Url::parse(value.trim()).ok().filter(|_| !rest.starts_with(['/', '?', '#', ':']));
    let mut url = url.ok_or_else(|| wrong("is not a URL"))?;
    url.set_fragment(None);
    Ok(url)
}

/// The URL for traces at a base URL: its path with `v1/traces`.
fn of_traces(mut base: Url) -> Url {
    let path = format!("{}/v1/traces", base.path().trim_end_matches('/'));
    base.set_path(&path);
    base
}

/// Takes user and password out of a URL, as the value of a header.
fn without_credentials(mut url: Url) -> (Url, Option<String>) {
    if url.username().is_empty() && url.password().is_none() {
        return (url, None);
    }
    // What is not percent-encoded is meant as it is.
    let [user, password] = [url.username(), url.password().unwrap_or_default()]
        .map(|text| percent_decoded(text).unwrap_or_else(|| text.to_owned()));
    let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    // They fail only where the URL can have neither.
    let _ = (url.set_username(""), url.set_password(None));
    (url, Some(header))
}

fn timeout(name: &'static str, value: &str) -> Result<Duration, TracesError> {
    let wrong = |_| TracesError::of(name, value, "is not a number of milliseconds", MILLISECONDS_TAKES);
    let timeout = value.trim().parse().map(Duration::from_millis).map_err(wrong)?;
    Ok(if timeout.is_zero() { WITHOUT_END } else { timeout.min(WITHOUT_END) })
}

/// No message has a part of the value.
fn parse_headers(variable: &'static str, text: &str) -> Result<Vec<(String, String)>, TracesError> {
    let is_header = |(name, value): &(String, String)| {
        HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok()
    };
    pairs(text)
        .map(|pair| pair.filter(is_header).map(|(name, value)| (name.to_ascii_lowercase(), value)))
        .collect::<Option<_>>()
        .ok_or_else(|| TracesError::of(variable, HIDDEN, "has a part that is not a header", HEADERS_TAKES))
}

/// Of two attributes with one name, the last one counts.
fn parse_resource(text: &str) -> Result<HashMap<String, String>, TracesError> {
    let parsed: Option<_> = pairs(text).collect();
    parsed.ok_or_else(|| TracesError::of(RESOURCE, text, "has a part that is not an attribute", RESOURCE_TAKES))
}

/// The SDK reads it, and takes another sampler where the value is wrong.
fn check_sampler(variables: Variables<'_>) -> Result<(), TracesError> {
    let Some(sampler) = variables.get(SAMPLER)? else { return Ok(()) };
    match sampler.strip_prefix("parentbased_").unwrap_or(&sampler) {
        "always_on" | "always_off" => Ok(()),
        "traceidratio" => {
            let share = variables.get(SAMPLER_SHARE)?.unwrap_or_else(|| "1".to_owned());
            let is_share = share.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share));
            if is_share { Ok(()) } else { Err(TracesError::of(SAMPLER_SHARE, &share, "is not a share", SHARE_TAKES)) }
        }
        _ => Err(TracesError::of(SAMPLER, &sampler, "is not supported", SAMPLER_TAKES)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::{ENDPOINT, TRACES_ENDPOINT};
    use super::*;

    fn read(environment: &[(&'static str, &str)]) -> Result<Settings, TracesError> {
        let find = |name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        let asked = Asked::read(Variables(&find))?.expect("they are asked for");
        Settings::read(&asked, Variables(&find))
    }

    fn settings(environment: &[(&'static str, &str)]) -> Settings {
        read(&[environment, &[(ENDPOINT, "http://c:4318")]].concat()).expect("the values are valid")
    }

    fn error_text(name: &'static str, value: &str) -> String {
        let environment = [(name, value), (ENDPOINT, "http://c:4318"), (SAMPLER, "traceidratio"), (SAMPLER_SHARE, "1")];
        read(&environment).err().unwrap_or_else(|| panic!("`{name}` takes `{value}`")).to_string()
    }

    #[test]
    fn the_endpoint_is_a_base_or_the_traces_own() {
        for (base, url) in [
            ("http://c:4318", "http://c:4318/v1/traces"),
            (" HTTPS://c/otlp/ ", "https://c/otlp/v1/traces"),
            ("http://c/a?b=/", "http://c/a/v1/traces?b=/"),
        ] {
            assert_eq!(read(&[(ENDPOINT, base)]).expect("it is valid").endpoint.as_str(), url);
        }
        let own = read(&[(ENDPOINT, "http://c"), (TRACES_ENDPOINT, "http://t/x")]).expect("it is valid");
        assert_eq!(own.endpoint.as_str(), "http://t/x");
        let by_exporter = read(&[("OTEL_TRACES_EXPORTER", "otlp")]).expect("it is valid");
        assert_eq!(by_exporter.endpoint.as_str(), "http://localhost:4318/v1/traces");
        for value in
            ["c:4318", "grpc://c:4317", "http://", "http:///v1", "http://:4318", "http://a b", "http://c:999999"]
        {
            let text = error_text(TRACES_ENDPOINT, value);
            assert!(text.contains(TRACES_ENDPOINT) && text.contains("it takes a URL"), "{text}");
        }
    }

    #[test]
    fn the_traces_own_variable_comes_first() {
        let set = settings(&[
            (TIMEOUT[0], "2000"),
            (TIMEOUT[1], "3000"),
            (COMPRESSION[0], "gzip"),
            (COMPRESSION[1], "none"),
            (PROTOCOL[0], "http/protobuf"),
            (PROTOCOL[1], "grpc"),
            (HEADERS[0], "A = 1%2C2,,b="),
            (HEADERS[1], "c=2"),
            (RESOURCE, "zone=a,service.name=a,zone=x%2Cy"),
            (SERVICE, "s"),
        ]);
        assert_eq!((set.timeout, set.is_gzip), (Duration::from_secs(2), true));
        let expected = [("a", "1,2"), ("b", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(set.headers, HashMap::from(expected));
        let expected =
            [("service.name", "s"), ("zone", "x,y")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(set.resource, HashMap::from(expected));
        let set = settings(&[]);
        assert_eq!((set.timeout, set.is_gzip, set.headers.len()), (DEFAULT_TIMEOUT, false, 0));
        assert_eq!(settings(&[(TIMEOUT[1], "0")]).timeout, WITHOUT_END);
    }

    #[test]
    fn user_and_password_become_a_header() {
        let url = "http://user:p%40ss@c/x?token=t";
        let set = read(&[(TRACES_ENDPOINT, url)]).expect("it is valid");
        assert_eq!(set.endpoint.as_str(), "http://c/x?token=t");
        assert_eq!(set.headers["authorization"], format!("Basic {}", STANDARD.encode("user:p@ss")));
        let set = read(&[(TRACES_ENDPOINT, url), (HEADERS[1], "Authorization=own")]).expect("it is valid");
        assert_eq!(set.headers["authorization"], "own");
    }

    #[test]
    fn an_error_names_the_variable_and_shows_no_secret() {
        for (name, value, part) in [
            (PROTOCOL[1], "grpc", "is not supported; it takes `http/protobuf`"),
            (COMPRESSION[1], "zstd", "is not supported; it takes `gzip` or `none`"),
            (TIMEOUT[1], "10s", "is not a number of milliseconds"),
            (FILES[1], "/ca.pem", "is not supported"),
            (RESOURCE, "a", "is not an attribute"),
            (RESOURCE, "a=%zz", "is not an attribute"),
            (RESOURCE, "=1", "is not an attribute"),
            (SAMPLER, "xray", "is not supported"),
            (SAMPLER, "parentbased_jaeger_remote", "is not supported"),
            (SAMPLER_SHARE, "1.5", "is not a share"),
            (SAMPLER_SHARE, "all", "is not a share"),
            (NUMBERS[0].0, "0", "is out of range"),
            (NUMBERS[1].0, "10000000000000", "is out of range"),
            (NUMBERS[2].0, "x", "is out of range"),
            (HEADERS[0], "secret", "is `…`, which has a part that is not a header"),
            (HEADERS[1], "a=1,secret", "is not a header"),
            (HEADERS[1], "authorization=secret%", "is not a header"),
            (HEADERS[1], "authorization=secret%0A", "is not a header"),
            (HEADERS[1], "a secret=1", "is not a header"),
            (TRACES_ENDPOINT, "http://user:secret@", "is not a URL"),
            (TRACES_ENDPOINT, "http://user:se cret@c:x?token=secret", "is not a URL"),
            (TRACES_ENDPOINT, "grpc://user:secret@c:4317", "does not begin with"),
        ] {
            let text = error_text(name, value);
            assert!(text.contains(name) && text.contains(part) && !text.contains("secret"), "{text}");
        }
    }
}
