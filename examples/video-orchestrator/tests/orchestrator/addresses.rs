//! The kinds of addresses that a Redis server has.

use system_tests::{Certificate, Process, RedisServer};

use crate::program::{Program, command, job};

/// `p@ss/w#rd%:é ?`, as it is written in an address.
const PASSWORD: &str = "p%40ss%2Fw%23rd%25%3A%C3%A9%20%3F";

#[test]
fn jobs_are_done_with_each_kind_of_address_and_no_password_is_shown() {
    let redis = RedisServer::start_with(&["--unixsocket", "redis.sock"]);
    let rights = ["~video_orchestrator:*", "+@all", "-@admin", "-@dangerous"];
    redis.command::<()>(&[&["ACL", "SETUSER", "worker", "on", ">p@ss/w#rd%:é ?"][..], &rights].concat());
    let folder = redis.command::<Vec<String>>(&["CONFIG", "GET", "dir"]).remove(1);
    let certificate = Certificate::new();
    let trusted = certificate.path();
    let trusted = trusted.to_str().expect("temporary paths are text");
    let with_user = |url: &str| url.replace("://", &format!("://worker:{PASSWORD}@"));
    let (plain, tls) = (with_user(&redis.url()), with_user(&redis.listen_with_tls(&certificate)));
    let urls = [
        format!("{plain}/3"),
        format!("{plain}/3?protocol=resp3"),
        format!("redis+unix://{folder}/redis.sock?db=3&user=worker&pass={PASSWORD}"),
        format!("unix://{folder}/redis.sock?pass={PASSWORD}&user=worker&db=3&protocol=3"),
        format!("{tls}/3"),
        format!("{tls}/3?protocol=resp3"),
    ];
    let jobs = tempfile::tempdir().expect("a temporary folder can be made");
    for (at, url) in urls.iter().enumerate() {
        let file = jobs.path().join("job.json");
        std::fs::write(&file, job(&format!("job-{at}"), "portrait")).expect("it can be written");
        let environment = [("REDIS_URL", url.as_str()), ("SSL_CERT_FILE", trusted)];
        let mut enqueue = Process::start(command(&environment).arg("enqueue").arg(&file));
        assert_eq!(enqueue.wait().code(), Some(0), "{url}: {}", enqueue.printed());
        let mut program = Program::start(&["--once"], &environment);
        assert_eq!(program.exit_code(), Some(0), "{url}: {}", program.process.printed());
        let printed = enqueue.printed() + &program.process.printed();
        assert!(!printed.contains("p@ss") && !printed.contains("p%40ss"), "{printed}");
        // This user may not ask everything, and nothing else is asked.
        assert!(!printed.contains("kind=response"), "{url}: {printed}");
    }
    let count = "redis.call('SELECT', 3) return redis.call('LLEN', 'video_orchestrator:completed')";
    assert_eq!(redis.command::<usize>(&["EVAL", count, "0"]), urls.len());
}

#[test]
fn a_certificate_that_is_not_trusted_is_an_error_that_says_so() {
    let (redis, certificate) = (RedisServer::start(), Certificate::new());
    let url = redis.listen_with_tls(&certificate);
    let mut program = Program::start(&[], &[("REDIS_URL", &url)]);
    let line = program.process.wait_for_line("Redis at rediss://localhost:");
    assert!(line.contains("certificate"), "{line}");
}
