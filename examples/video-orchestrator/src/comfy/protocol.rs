//! The states of the protocol, on servers that answer as each test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::address::Address;
use super::client::ComfyClient;
use super::error::ComfyError;
use super::image::Image;
use super::workflow::{Drawing, Step, Workflow};

/// No test waits for it.
const LIMIT: Duration = Duration::from_secs(120);
/// For the tests that wait for the time limit.
const SHORT_LIMIT: Duration = Duration::from_millis(500);

/// A request: `GET /history/id`, its number among those with this text, counted from 1, and its body.
struct Asked {
    line: String,
    number: usize,
    body: Value,
}

/// How a server answers.
#[derive(Clone)]
enum Answer {
    Full(u16, Vec<u8>),
    /// The connection breaks in the middle of the body.
    Broken,
    /// The body has no end.
    Endless,
}

/// A server, and the requests that it has seen. It writes its answers byte for byte, so that they can be wrong.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: impl Fn(&Asked) -> Answer + Clone + Send + 'static) -> Self {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                // An error means that the client has closed the connection.
                let _ = serve(connection, &log, &answer);
            }
        });
        Self { url, seen }
    }

    fn count(&self, line: &str) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|seen| *seen == line).count()
    }

    async fn draw(&self, limit: Duration) -> Result<Image, ComfyError> {
        // An error means that another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = Address::Fixed(self.url.parse().expect("it is an address"));
        let client = ComfyClient::new(address, "model".to_owned()).expect("the client can be made").polling_quickly();
        let drawing = Drawing { step: Step::Text2image, workflow: Workflow::Portrait, prompt: "a hill", seed: 1 };
        client.draw(&drawing, limit).await
    }
}

fn png() -> Vec<u8> {
    let mut png = Vec::new();
    let mut writer = png::Encoder::new(&mut png, 1, 1).write_header().expect("memory can be written");
    writer.write_image_data(&[0]).expect("memory can be written");
    writer.finish().expect("memory can be written");
    png
}

/// Reads one request, and answers it.
fn serve(
    mut connection: TcpStream,
    log: &Mutex<Vec<String>>,
    answer: &impl Fn(&Asked) -> Answer,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        reader.read_line(&mut head)?;
        let line = head[start..].trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = head.split([' ', '?']);
    let line = format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let number = {
        let mut seen = log.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(line.clone());
        seen.iter().filter(|earlier| **earlier == line).count()
    };
    match answer(&Asked { line, number, body: serde_json::from_slice(&body).unwrap_or_default() }) {
        Answer::Full(status, body) => {
            let length = body.len();
            write!(connection, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n")?;
            connection.write_all(&body)
        }
        Answer::Broken => connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"),
        Answer::Endless => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")?;
            loop {
                connection.write_all(&[b' '; 8_192])?;
            }
        }
    }
}

fn json(value: &Value) -> Answer {
    Answer::Full(200, value.to_string().into_bytes())
}

fn status(code: u16) -> Answer {
    Answer::Full(code, b"<html><h1>a fault</h1></html>".to_vec())
}

/// What a server answers where nothing is wrong: the image is done at once.
fn usual(asked: &Asked) -> Answer {
    let image = json!({ "filename": "a.png", "subfolder": "", "type": "output" });
    match &*asked.line {
        "POST /prompt" => json(&json!({ "prompt_id": "ours" })),
        "GET /history/ours" => json(&json!({ "ours": { "outputs": { "9": { "images": [image] } } } })),
        "GET /view" => Answer::Full(200, png()),
        _ => json(&json!({})),
    }
}

fn is_waiting(asked: &Asked, running: &[&str], pending: &[&str]) -> Answer {
    let list = |ids: &[&str]| -> Vec<Value> { ids.iter().map(|id| json!([0, id, {}, {}, []])).collect() };
    match &*asked.line {
        "POST /prompt" => json(&json!({ "prompt_id": "ours" })),
        "GET /queue" => json(&json!({ "queue_running": list(running), "queue_pending": list(pending) })),
        _ => json(&json!({})),
    }
}

#[tokio::test]
async fn a_fault_while_polling_does_not_cost_the_image() {
    for fault in [status(502), status(500), status(429), Answer::Broken] {
        let server = Server::start(move |asked| match &*asked.line {
            "GET /history/ours" | "GET /view" if asked.number <= 3 => fault.clone(),
            _ => usual(asked),
        });
        let image = server.draw(LIMIT).await.expect("the image is drawn");
        assert_eq!((image.width, image.height), (1, 1));
        assert_eq!(server.count("POST /prompt"), 1);
        assert_eq!((server.count("GET /history/ours"), server.count("GET /view")), (4, 4));
    }
}

#[tokio::test]
async fn a_fault_that_lasts_is_named_at_the_time_limit() {
    let server = Server::start(|asked| match &*asked.line {
        "GET /history/ours" => status(503),
        _ => usual(asked),
    });
    let error = server.draw(SHORT_LIMIT).await.expect_err("there is no image");
    assert_eq!(error.to_string(), "no image within 500ms");
    let source = std::error::Error::source(&error).expect("it has a reason").to_string();
    assert_eq!(source, "the ComfyUI server answers `503 Service Unavailable` at `/history`: a fault");
}

#[tokio::test]
async fn a_workflow_that_the_server_forgets_fails_before_the_time_limit() {
    let server = Server::start(|asked| is_waiting(asked, &["another"], &[]));
    assert!(matches!(server.draw(LIMIT).await, Err(ComfyError::Lost)));
    assert_eq!(server.count("POST /queue") + server.count("POST /interrupt"), 0, "there is nothing to take away");
}

#[tokio::test]
async fn a_workflow_that_ends_while_the_queue_is_asked_is_not_lost() {
    let server = Server::start(|asked| match &*asked.line {
        "GET /history/ours" if asked.number <= 6 => json(&json!({})),
        "GET /queue" => json(&json!({ "queue_running": [], "queue_pending": [] })),
        _ => usual(asked),
    });
    let image = server.draw(LIMIT).await;
    assert!(image.is_ok(), "{image:?}");
}

#[tokio::test]
async fn a_server_that_does_not_say_what_waits_is_polled_on() {
    for queue in [json!({}), json!([]), json!({ "queue_running": 1, "queue_pending": 2 })] {
        let server = Server::start(move |asked| match &*asked.line {
            "GET /history/ours" if asked.number <= 20 => json(&json!({})),
            "GET /queue" => json(&queue),
            _ => usual(asked),
        });
        assert!(server.draw(LIMIT).await.is_ok());
    }
}

#[tokio::test]
async fn giving_up_takes_away_our_own_workflow_only() {
    for (running, pending, interrupts) in
        [(&["ours"][..], &[][..], 1), (&["another"], &["third", "ours"], 0), (&[], &["ours"], 0)]
    {
        let asked_to_delete: Arc<Mutex<Vec<Value>>> = Arc::default();
        let log = Arc::clone(&asked_to_delete);
        let server = Server::start(move |asked| {
            if ["POST /queue", "POST /interrupt"].contains(&&*asked.line) {
                log.lock().unwrap_or_else(PoisonError::into_inner).push(asked.body.clone());
            }
            is_waiting(asked, running, pending)
        });
        assert!(matches!(server.draw(SHORT_LIMIT).await, Err(ComfyError::Timeout { .. })));
        assert_eq!(server.count("POST /interrupt"), interrupts, "{running:?} {pending:?}");
        let mut expected = vec![json!({ "delete": ["ours"] })];
        expected.extend((0..interrupts).map(|_| json!({ "prompt_id": "ours" })));
        assert_eq!(*asked_to_delete.lock().unwrap_or_else(PoisonError::into_inner), expected);
    }
}

#[tokio::test]
async fn a_workflow_whose_submission_has_no_answer_is_taken_away() {
    let server = Server::start(|asked| if asked.line == "POST /prompt" { Answer::Broken } else { usual(asked) });
    let error = server.draw(LIMIT).await.expect_err("there is no image");
    assert!(matches!(error, ComfyError::Http(_)), "{error:?}");
    assert_eq!(server.count("POST /queue"), 1);
}

#[tokio::test]
async fn an_answer_in_another_shape_is_an_error() {
    for (history, expected) in [
        (json!([]), "`/history` does not answer with an object"),
        (json!("ours"), "`/history` does not answer with an object"),
        (json!({ "ours": [] }), "the workflow in `/history` is not an object"),
        (json!({ "ours": {} }), "the workflow is done, and has no image"),
    ] {
        let server = Server::start(move |asked| match &*asked.line {
            "GET /history/ours" => json(&history),
            _ => usual(asked),
        });
        let error = server.draw(LIMIT).await.expect_err("there is no image").to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_an_error_of_a_bounded_size() {
    for (line, expected) in [
        ("POST /prompt", "at `/prompt` has more than 8388608 bytes"),
        ("GET /history/ours", "at `/history` has more than 8388608 bytes"),
        ("GET /view", "at `/view` has more than 67108864 bytes"),
    ] {
        let server = Server::start(move |asked| if asked.line == line { Answer::Endless } else { usual(asked) });
        let error = server.draw(LIMIT).await.expect_err("there is no image").to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}
