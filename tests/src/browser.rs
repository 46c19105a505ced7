//! A real browser without windows, driven through its debugging protocol: <https://chromedevtools.github.io/devtools-protocol/>.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::does_not_start;
use crate::waiting::SAFETY_LIMIT;

/// The names of the program in Debian's packages.
const PROGRAMS: [&str; 2] = ["chromium-headless-shell", "chromium"];

/// How long to wait before looking at the page again.
const PAUSE: Duration = Duration::from_millis(20);

/// The key in the set of keys that are held down.
const CONTROL_KEY: u32 = 2;

const ARGUMENTS: [&str; 8] = [
    "--headless",
    // Where the tests run as root, the browser's own sandbox does not start. It opens only pages of the tests.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
    // No name leads to another machine, and this one leads to this machine, as a page of another site can make its own do.
    "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A browser with one tab. It ends when this is dropped.
pub struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    /// The tab.
    session: Option<String>,
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder can be made");
        let program = PROGRAMS.iter().find(|program| runs(program)).unwrap_or(&PROGRAMS[0]);
        let mut child = Command::new("sh")
            // The browser reads commands from file 3, and writes its messages to file 4.
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null", "sh", program])
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}", does_not_start(program, &error)));
        let commands = child.stdin.take().expect("it is piped");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                let parsed = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                if parsed.is_ok_and(|message| sender.send(message).is_err()) {
                    break;
                }
                message.clear();
            }
        });
        let mut browser =
            Self { child, commands, messages, last_id: 0, session: None, complaints: Vec::new(), _profile: profile };
        let tab = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = browser.call("Target.attachToTarget", &json!({ "targetId": tab["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Sends a command, and gives its result.
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let sent = self.commands.write_all(format!("{command}\0").as_bytes()).and_then(|()| self.commands.flush());
        sent.unwrap_or_else(|error| panic!("{}", does_not_start(PROGRAMS[0], &error)));
        loop {
            let message = self.messages.recv_timeout(SAFETY_LIMIT);
            let mut message = message
                .unwrap_or_else(|error| panic!("the browser does not answer `{method}` ({error}): is it installed?"));
            if message["id"] == self.last_id {
                return if message["error"].is_null() {
                    Ok(message["result"].take())
                } else {
                    Err(message["error"].take())
                };
            }
            self.note(&message);
        }
    }

    /// Keeps what a person would see as an error in the browser's console.
    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        let is_complaint = match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => parameters["type"] == "error",
            Some("Log.entryAdded") => matches!(parameters["entry"]["level"].as_str(), Some("error" | "warning")),
            _ => false,
        };
        if is_complaint {
            self.complaints.push(parameters.to_string());
        }
    }

    /// Goes to an address.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
    }

    /// The value of an expression, or of the promise that it is.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        self.try_evaluate(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    fn try_evaluate(&mut self, expression: &str) -> Result<Value, Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut result = self.try_call("Runtime.evaluate", &parameters)?;
        let exception = &mut result["exceptionDetails"];
        if exception.is_null() { Ok(result["result"]["value"].take()) } else { Err(exception.take()) }
    }

    /// Waits until an expression is true, or something that counts as true, and gives its value. While a page is loading, it may
    /// throw.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    pub fn wait_for(&mut self, expression: &str) -> Value {
        let deadline = Instant::now() + SAFETY_LIMIT;
        loop {
            let value = self.try_evaluate(&format!("({expression}) || null"));
            if let Some(value) = value.ok().filter(|value| !value.is_null()) {
                return value;
            }
            assert!(
                Instant::now() < deadline,
                "waited {SAFETY_LIMIT:?} for this: {expression}; the console has: {:?}",
                self.complaints
            );
            thread::sleep(PAUSE);
        }
    }

    /// Presses a key, such as `Tab`, `Enter`, `ArrowDown` or `a`.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            " " => (32, " "),
            character => (character.bytes().next().map_or(0, |byte| u32::from(byte.to_ascii_uppercase())), character),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Lets pages write to the clipboard, which a browser with windows does when a person presses a button.
    pub fn allow_clipboard(&mut self) {
        self.call(
            "Browser.grantPermissions",
            &json!({ "permissions": ["clipboardSanitizedWrite", "clipboardReadWrite"] }),
        );
    }

    /// Pastes the text of the clipboard where the focus is, as a person does.
    pub fn paste(&mut self) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": "v", "code": "KeyV", "windowsVirtualKeyCode": 86, "modifiers": CONTROL_KEY, "commands": ["paste"],
            });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Sets the size of the window, and whether the person prefers dark colours.
    pub fn look(&mut self, width: u32, height: u32, is_dark: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if is_dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }

    /// The errors and warnings of the console since the last call: exceptions, violations of the content security policy,
    /// and requests that failed.
    pub fn complaints(&mut self) -> Vec<String> {
        // Its answer comes after all messages so far.
        self.evaluate("0");
        std::mem::take(&mut self.complaints)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The child may be a script around the browser, so it is asked to end. Errors mean that it has ended already.
        let close = json!({ "id": self.last_id + 1, "method": "Browser.close" });
        let _ = self.commands.write_all(format!("{close}\0").as_bytes());
        while self.messages.recv_timeout(SAFETY_LIMIT).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn runs(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file()))
}
