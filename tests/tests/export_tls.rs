//! Receivers with TLS: a program trusts the certificates in the file of `SSL_CERT_FILE`. Where it does not trust a receiver, it goes
//! on, and says why nothing arrives.

use metrics_runtime::declare_metrics;
use system_tests::{Certificate, Page, Process, Pushgateway, VictoriaMetrics, this_program, wait_until};

/// Set for the program that a test starts: the same program again, since metrics are installed once in a process.
const PROGRAM: &str = "EXPORT_TLS_PROGRAM";

declare_metrics! {
    /// Items that were imported.
    counter ITEMS = "tls_items_total";
}

/// The program. It is a test of its own so that it can be started.
#[test]
fn program() {
    if std::env::var_os(PROGRAM).is_none() {
        return;
    }
    tracing_subscriber::fmt().with_ansi(false).init();
    let handle = metrics_runtime::init().unwrap_or_else(|error| panic!("{error}"));
    ITEMS.increment(100);
    println!("all has arrived: {}", metrics_runtime::flush());
    println!("{}", handle.render());
    // Without another export.
    std::process::exit(0);
}

/// Runs the program with these variables, and gives what it has printed.
fn run(variables: &[(&str, &str)]) -> String {
    let mut command = this_program();
    command.env(PROGRAM, "1");
    // No export at the interval comes in the time of a test.
    command.env("METRICS_LISTEN", "off").env("METRICS_PUSH_INTERVAL", "1h").env("METRICS_PUSH_JOB", "tls");
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").envs(variables.iter().copied());
    let mut program = Process::start(&mut command);
    program.wait();
    program.printed()
}

/// A gateway and a database, both with this certificate.
struct Receivers {
    _gateway: Pushgateway,
    database: VictoriaMetrics,
    /// Their addresses, with a password.
    addresses: [String; 2],
}

impl Receivers {
    fn start(certificate: &Certificate) -> Self {
        let (gateway, database) =
            (Pushgateway::start_with_tls(certificate), VictoriaMetrics::start_with_tls(certificate));
        let addresses = [gateway.url(), database.otlp_url()].map(|url| url.replace("https://", "https://user:s3cret@"));
        Self { _gateway: gateway, database, addresses }
    }

    /// What a program prints that trusts the certificates in this file.
    fn run(&self, trusted: &str, host: &str) -> String {
        let [push, otlp] = self.addresses.each_ref().map(|address| address.replace("localhost", host));
        let printed = run(&[
            ("METRICS_PUSH_URL", &push),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &otlp),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-token=s3cret"),
            ("SSL_CERT_FILE", trusted),
        ]);
        assert!(!printed.contains("s3cret"), "{printed}");
        printed
    }
}

fn failures(printed: &str) -> [Option<f64>; 2] {
    let page = Page::from(printed.to_owned());
    ["push", "otlp"].map(|road| page.value("metrics_export_failures_total", &[("road", road)]))
}

#[test]
fn receivers_with_tls_are_trusted_by_their_certificate() {
    let certificate = Certificate::new();
    let receivers = Receivers::start(&certificate);
    let trusted = certificate.path().display().to_string();
    let stored =
        || receivers.database.samples().into_iter().find(|sample| sample.labels["__name__"] == "tls_items_total");

    let another = Certificate::new();
    let (of_another, missing) = (another.path().display().to_string(), trusted.replace("certificate", "missing"));
    let hint = "; trusted are the certificates of the system, or those of the file in `SSL_CERT_FILE`";
    for (file, host, problem) in [
        (&of_another, "localhost", format!("invalid peer certificate: BadSignature{hint}")),
        (&"/dev/null".to_owned(), "localhost", format!("invalid peer certificate: UnknownIssuer{hint}")),
        (&missing, "localhost", format!("invalid peer certificate: UnknownIssuer{hint}")),
        (&trusted, "127.0.0.1", "certificate not valid for name \"127.0.0.1\"".to_owned()),
    ] {
        let printed = receivers.run(file, host);
        assert!(printed.contains("all has arrived: false"), "{printed}");
        assert_eq!(failures(&printed), [Some(1.0); 2], "{printed}");
        for road in ["push", "otlp"] {
            let begin = format!("metrics could not be exported road=\"{road}\" error=https://…@{host}:");
            let line = printed.lines().find(|line| line.contains(&begin)).unwrap_or_else(|| panic!("{printed}"));
            assert!(line.contains(&problem), "{line}");
        }
        let cannot_be_read = printed.contains("the certificates to trust cannot be read");
        assert_eq!(cannot_be_read, file == &missing, "{printed}");
        assert_eq!(stored(), None);
    }

    let printed = receivers.run(&trusted, "localhost");
    assert!(printed.contains("all has arrived: true"), "{printed}");
    assert_eq!(failures(&printed), [Some(0.0); 2], "{printed}");
    assert_eq!(wait_until("the database has it", stored).value.to_bits(), 100_f64.to_bits());
}

#[test]
fn an_address_without_tls_and_a_variable_that_is_not_supported_are_named() {
    let database = VictoriaMetrics::start();
    let address = database.otlp_url().replace("http://", "https://");
    let printed = run(&[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &address)]);
    assert!(printed.contains("; it does not speak TLS, as an address with `https` does"), "{printed}");
    let certificate = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem");
    let printed = run(&[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &address), certificate]);
    let error = "the environment variable `OTEL_EXPORTER_OTLP_CERTIFICATE` is `/ca.pem`, which is not supported";
    assert!(printed.contains(error) && printed.contains("`SSL_CERT_FILE`"), "{printed}");
}
