//! The endpoint answers a scrape while others hold all the connections that it serves, and leaves the program its file
//! descriptors.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use metrics_runtime::Handle;
use system_tests::{Process, Response, SAFETY_LIMIT, wait_until};

/// More than the endpoint serves at a time.
const CROWD: usize = 300;

/// What a slow client sends, and then no more.
const HALF: &[u8] = b"GET /metrics HTTP/1.1\r\nHost:";

/// The endpoint of this program. Its tests have it to themselves, one after the other.
fn endpoint() -> (SocketAddr, MutexGuard<'static, ()>) {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = HANDLE
        .get_or_init(|| metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid"));
    (handle.local_addr().expect("it listens"), turn)
}

fn scrape(address: SocketAddr) -> u16 {
    Response::get(&format!("http://{address}/metrics")).expect("the endpoint answers").status
}

fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).expect("the endpoint listens")
}

/// Whether the endpoint has not closed it.
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a socket can be asked without waiting");
    matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// Does this many times what would reach the safety limit if it waited each time until idle connections have timed out.
fn many_times(what: &str, mut action: impl FnMut()) {
    let deadline = Instant::now() + SAFETY_LIMIT;
    for _ in 0..30 {
        action();
        assert!(Instant::now() < deadline, "waited {SAFETY_LIMIT:?} for this: {what}");
    }
}

#[test]
fn scrapes_are_answered_while_idle_connections_are_open() {
    let (address, _turn) = endpoint();
    many_times("scrapes with idle connections", || {
        let idle: Vec<TcpStream> = (0..CROWD).map(|_| connect(address)).collect();
        assert_eq!(scrape(address), 200);
        drop(idle);
    });
}

#[test]
fn the_connection_that_is_idle_for_longest_gives_way() {
    let (address, _turn) = endpoint();
    wait_until("the first connection is closed, and the last ones are open", || {
        let idle: Vec<TcpStream> = (0..CROWD).map(|_| connect(address)).collect();
        assert_eq!(scrape(address), 200);
        let (old, young) = idle.split_at(CROWD - CROWD / 2);
        (!is_open(&old[0]) && young.iter().all(is_open)).then_some(())
    });
}

#[test]
fn a_head_has_less_time_than_a_pause_between_requests() {
    let (address, _turn) = endpoint();
    let health = |stream: &mut TcpStream| -> io::Result<()> {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")?;
        let mut answer = String::new();
        while !answer.ends_with("ok\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            answer.push(char::from(byte[0]));
        }
        Ok(())
    };
    // On a machine that is slow now, the idle connection may have ended too.
    wait_until("a head ends before an idle connection that is older", || {
        let (mut idle, mut after_another) = (connect(address), connect(address));
        health(&mut idle).and_then(|()| health(&mut after_another)).expect("the endpoint answers");
        let (silent, mut half, mut steady) = (connect(address), connect(address), connect(address));
        half.write_all(HALF).expect("it can be sent");
        steady.write_all(HALF).expect("it can be sent");
        after_another.write_all(HALF).expect("it can be sent");
        // Bytes that come one by one do not help.
        while steady.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
        for mut stream in [silent, half, after_another] {
            // It ends, in whichever way.
            let _ = stream.read_to_end(&mut Vec::new());
        }
        health(&mut idle).ok()
    });
}

#[test]
fn scrapes_are_answered_while_slow_clients_come_back() {
    const THREADS: usize = 4;
    let (address, _turn) = endpoint();
    let deadline = Instant::now() + SAFETY_LIMIT;
    let (crowds, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let slow = || {
        let mut stream = connect(address);
        // The endpoint may have closed it.
        let _ = stream.write_all(HALF);
        stream
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut crowd: Vec<TcpStream> = (0..2 * CROWD / THREADS).map(|_| slow()).collect();
                crowds.fetch_add(1, Ordering::Relaxed);
                while !is_over.load(Ordering::Relaxed) {
                    for stream in crowd.iter_mut().filter(|stream| !is_open(stream)) {
                        *stream = slow();
                    }
                }
            });
        }
        wait_until("all slow clients have come", || (crowds.load(Ordering::Relaxed) == THREADS).then_some(()));
        // In a thread, because a panic must not leave the slow clients running.
        let scrapes = scope.spawn(|| {
            for _ in 0..100 {
                assert_eq!(scrape(address), 200);
                assert!(Instant::now() < deadline, "waited {SAFETY_LIMIT:?} for the slow clients and the scrapes");
            }
        });
        let ended = scrapes.join();
        is_over.store(true, Ordering::Relaxed);
        ended.expect("all scrapes are answered");
    });
}

/// Set for the process that this one starts, because the system's limits apply to a whole process.
const STARTED: &str = "ENDPOINT_WITH_FEW_DESCRIPTORS";

/// How many files the program needs for itself, of its 64 descriptors.
const FILES: usize = 24;

#[test]
fn idle_connections_leave_the_program_its_descriptors() {
    if std::env::var_os(STARTED).is_some() {
        return run_program();
    }
    let program = std::env::current_exe().expect("a test knows its program");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 64 && exec \"$@\"", "sh"]).arg(program).env(STARTED, "yes");
    command.args(["--exact", "idle_connections_leave_the_program_its_descriptors", "--nocapture"]);
    let mut program = Process::start(&mut command);
    let mut address = |what: &str| -> SocketAddr {
        let line = program.wait_for_line(what);
        line.rsplit(' ').next().and_then(|address| address.parse().ok()).expect("it prints an address")
    };
    let (metrics, control) = (address("metrics at "), address("control at "));

    many_times("scrapes and files with idle connections", || {
        let idle: Vec<TcpStream> = (0..CROWD).map(|_| connect(metrics)).collect();
        let mut opened = String::new();
        connect(control).read_to_string(&mut opened).expect("the program answers");
        assert_eq!(opened, "opened");
        assert_eq!(scrape(metrics), 200);
        drop(idle);
    });
}

/// Serves metrics, and opens its files whenever it is asked.
fn run_program() {
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let control = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    println!("metrics at {}", handle.local_addr().expect("it listens"));
    println!("control at {}", control.local_addr().expect("it has an address"));
    loop {
        let (mut stream, _) = control.accept().expect("the program has a descriptor left");
        let files: io::Result<Vec<File>> = (0..FILES).map(|_| File::open("/dev/null")).collect();
        let answer = if files.is_ok() { "opened" } else { "too many open files" };
        stream.write_all(answer.as_bytes()).expect("the test reads it");
    }
}
