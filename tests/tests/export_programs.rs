//! Programs that end: what has arrived at the Pushgateway and in the file afterwards.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use metrics_runtime::{counted, declare_metrics};
use system_tests::{Page, Process, Pushgateway, THIS_PROGRAM, this_program, wait_until};

/// What the program does that a test starts: the same program again, since metrics are installed once in a process.
const PART: &str = "EXPORT_PROGRAM";

declare_metrics! {
    /// A value with a long text, so that writing the page takes some time.
    gauge LONG = "long_value";
}

#[counted(counter = "batch_items_total", on = end, labels(outcome))]
fn import(item: u32) -> Result<(), String> {
    if item.is_multiple_of(10) { Err(format!("{item}")) } else { Ok(()) }
}

fn import_all() {
    for item in 0..100 {
        let _ = import(item);
    }
}

/// The programs. It is a test of its own so that it can be started.
#[test]
fn program() {
    let Ok(part) = std::env::var(PART) else { return };
    let handle = metrics_runtime::init().expect("the variables are valid");
    import_all();
    match part.as_str() {
        "returns" => drop(handle),
        "shuts down" => handle.shutdown(),
        "exits" => std::process::exit(0),
        "flushes and exits" => {
            assert!(metrics_runtime::flush(), "all has arrived");
            std::process::exit(0);
        }
        "panics" => panic!("the program has a mistake"),
        "aborts" => std::process::abort(),
        "forgets the handle" => std::mem::forget(handle),
        "goes on" => {
            drop(handle);
            println!("dropped");
            import_all();
            loop {
                std::thread::park();
            }
        }
        "waits" => {
            println!("waiting");
            loop {
                std::thread::park();
            }
        }
        "writes" => {
            let file = std::env::var("METRICS_TEXTFILE").expect("it is set");
            metrics::gauge!("zzz_last", "text" => "x".repeat(4 << 20)).set(1.0);
            println!("writing");
            loop {
                LONG.increment(1.0);
                handle.write_textfile(&file).expect("the folder is there");
            }
        }
        other => panic!("there is no program `{other}`"),
    }
}

/// Starts a program with a gateway and a file. There is no port, and no export at the interval in the time of a test.
fn start(part: &str, gateway: &Pushgateway, file: &Path, variables: &[(&str, &str)]) -> Process {
    start_by(&mut this_program(), part, gateway, file, variables)
}

fn start_by(
    command: &mut Command,
    part: &str,
    gateway: &Pushgateway,
    file: &Path,
    variables: &[(&str, &str)],
) -> Process {
    command
        .env(PART, part)
        .env("METRICS_LISTEN", "off")
        .env("METRICS_PUSH_URL", gateway.url())
        .env("METRICS_PUSH_JOB", part)
        .env("METRICS_PUSH_INTERVAL", "1h")
        .env("METRICS_TEXTFILE", file);
    command.envs(variables.iter().copied());
    Process::start(command)
}

/// The items that are at the gateway for a job, and those in the file.
fn items(gateway: &Pushgateway, job: &str, file: &Path) -> (Option<f64>, Option<f64>) {
    let sum = |page: &Page, job: Option<&str>| {
        let series = page.series("batch_items_total").into_iter();
        let values: Vec<f64> =
            series.filter(|(labels, _)| labels.get("job").map(String::as_str) == job).map(|(_, value)| value).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    };
    let written = std::fs::read_to_string(file).ok().map(Page::from);
    (sum(&gateway.page(), Some(job)), written.and_then(|page| sum(&page, None)))
}

#[test]
fn what_has_arrived_when_a_program_has_ended() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let all = (Some(100.0), Some(100.0));
    let nothing = (None, None);
    for (part, expected) in [
        ("returns", all),
        ("shuts down", all),
        ("exits", nothing),
        ("flushes and exits", all),
        ("panics", all),
        ("aborts", nothing),
        ("forgets the handle", nothing),
    ] {
        let file = folder.path().join(format!("{part}.prom"));
        let mut program = start(part, &gateway, &file, &[]);
        let status: ExitStatus = program.wait();
        assert_eq!(status.success(), !matches!(part, "panics" | "aborts"), "{part}: {}", program.printed());
        assert_eq!(items(&gateway, part, &file), expected, "{part}: {}", program.printed());
    }
    for signal in ["TERM", "KILL"] {
        let file = folder.path().join(format!("{signal}.prom"));
        let mut program = start("waits", &gateway, &file, &[]);
        let _ = program.wait_for_line("waiting");
        program.signal(signal);
        program.wait();
        assert_eq!(items(&gateway, "waits", &file), nothing, "{signal}");
    }
}

#[test]
fn a_group_is_deleted_or_left_at_the_end() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("end.prom");
    for (at_exit, left) in [("none", None), ("push", Some(100.0)), ("none", Some(100.0)), ("delete", None)] {
        let mut program = start("returns", &gateway, &file, &[("METRICS_PUSH_AT_EXIT", at_exit)]);
        assert!(program.wait().success(), "{}", program.printed());
        assert_eq!(items(&gateway, "returns", &file), (left, Some(100.0)), "{at_exit}: {}", program.printed());
    }
}

#[test]
fn a_program_that_drops_its_handle_early_goes_on() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("early.prom");
    let mut program = start("goes on", &gateway, &file, &[("METRICS_PUSH_INTERVAL", "100ms")]);
    let _ = program.wait_for_line("dropped");
    wait_until("what came later is pushed", || (items(&gateway, "goes on", &file).0 == Some(200.0)).then_some(()));
}

#[test]
fn a_gateway_that_is_away_does_not_keep_a_program() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("away.prom");
    // Nothing listens at this port, which only root may use.
    let mut program = start("returns", &gateway, &file, &[("METRICS_PUSH_URL", "http://127.0.0.1:1")]);
    assert!(program.wait().success(), "{}", program.printed());
    assert_eq!(items(&gateway, "returns", &file), (None, Some(100.0)));
}

#[test]
fn a_program_that_is_killed_while_it_writes_leaves_the_old_file_or_the_new_one() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("killed.prom");
    let whole = || {
        let text = std::fs::read_to_string(&file).expect("it is there");
        text.ends_with("\"} 1\n").then(|| Page::from(text).value("long_value", &[]).expect("it is there"))
    };
    for round in 0..10 {
        let mut program = start("writes", &gateway, &file, &[]);
        let _ = program.wait_for_line("writing");
        wait_until("it has written", || file.exists().then_some(()));
        // At another point of the write each time.
        std::thread::sleep(Duration::from_millis(3 * round));
        program.kill();
        assert!(whole().is_some_and(|value| value >= 1.0), "round {round}: the file is cut");
    }
    // What they have left does not stay for ever, and has not the ending that `node_exporter` reads.
    let names = || {
        let files = std::fs::read_dir(folder.path()).expect("it is there").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| name != "killed.prom").collect::<Vec<_>>()
    };
    for name in names() {
        assert!(name.starts_with(".killed.prom.") && name.strip_suffix(".tmp").is_some(), "{name}");
    }
    let old = folder.path().join(".killed.prom.1.tmp");
    let other = folder.path().join(".killed.prom.x.tmp");
    for path in [&old, &other] {
        let left = std::fs::File::create(path).expect("it can be made");
        left.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("it can be changed");
    }
    let mut program = start("returns", &gateway, &file, &[]);
    assert!(program.wait().success());
    assert!(!old.exists() && other.exists(), "{:?}", names());
}

#[test]
fn a_disk_that_is_full_keeps_the_old_file_and_the_program() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("full.prom");
    std::fs::write(&file, "old 1\n").expect("it can be written");
    // A file can have 512 bytes, and a program that writes more gets an error.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]);
    let mut program = start_by(
        shell.arg(std::env::current_exe().expect("a test knows its program")).args(THIS_PROGRAM),
        "returns",
        &gateway,
        &file,
        &[],
    );
    assert!(program.wait().success(), "{}", program.printed());
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "old 1\n");
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 1, "nothing else is left");
    assert_eq!(items(&gateway, "returns", &file).0, Some(100.0), "the other road is not touched");
}

#[test]
fn the_default_port_may_be_that_of_another_program() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    // If this fails, it is another program's already.
    let _taken = TcpListener::bind(("127.0.0.1", 8000));
    let file = folder.path().join("taken.prom");
    let mut program = start("returns", &gateway, &file, &[("METRICS_LISTEN", "")]);
    assert!(program.wait().success(), "{}", program.printed());
    assert_eq!(items(&gateway, "returns", &file), (Some(100.0), Some(100.0)));
    // A port that was asked for is needed, and so is one of a program that is only scraped.
    for variables in [
        &[("METRICS_LISTEN", "127.0.0.1:8000")][..],
        &[("METRICS_LISTEN", ""), ("METRICS_PUSH_URL", ""), ("METRICS_TEXTFILE", "")],
    ] {
        let mut program = start("returns", &gateway, &file, variables);
        assert!(!program.wait().success(), "{}", program.printed());
        assert!(program.printed().contains("cannot serve metrics at 127.0.0.1:8000: "), "{}", program.printed());
    }
}

#[test]
fn a_wrong_variable_is_an_error_that_names_it() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let file = folder.path().join("wrong.prom");
    for (variable, value, message) in [
        ("METRICS_PUSH_URL", "user:secret@gateway", "`METRICS_PUSH_URL` is `…@gateway`, which"),
        ("METRICS_PUSH_INTERVAL", "often", "`METRICS_PUSH_INTERVAL` is `often`, which is not such a time; it takes"),
        ("METRICS_PUSH_AT_EXIT", "keep", "it takes `push`, `delete` or `none`"),
        (
            "METRICS_PUSH_GROUPING",
            "outcome=a",
            "the label `outcome` of the group at the Pushgateway is a label of the metric",
        ),
        ("METRICS_TEXTFILE", "/", "`METRICS_TEXTFILE` is `/`, which does not name a file; it takes"),
        ("METRICS_TEXTFILE", "/x.txt", "`METRICS_TEXTFILE` is `/x.txt`, which does not end in `.prom`"),
    ] {
        let mut program = start("returns", &gateway, &file, &[(variable, value)]);
        assert!(!program.wait().success());
        assert!(program.printed().contains(message), "{variable}: {}", program.printed());
        assert!(!program.printed().contains("secret"), "{}", program.printed());
    }
}
