//! Two servers that are asked the same at the same time.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// What a server does when it is asked for something. All else has no answer, ever.
pub(crate) struct Manners {
    pub(crate) answers: &'static [&'static str],
    pub(crate) closes: &'static [&'static str],
}

/// How often each question was asked, by either server. A server answers when the other one has the same question: otherwise a
/// fast answer could end a call before the other has begun, and the numbers would change from run to run.
#[derive(Default)]
struct Asked {
    times: Mutex<BTreeMap<String, usize>>,
    changed: Condvar,
}

/// Starts both, and gives their addresses.
pub(crate) fn start_mirrors(manners: [Manners; 2]) -> [SocketAddr; 2] {
    let asked = Arc::new(Asked::default());
    manners.map(|manners| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (manners, asked) = (Arc::new(manners), Arc::clone(&asked));
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (manners, asked) = (Arc::clone(&manners), Arc::clone(&asked));
                thread::spawn(move || serve(connection, &manners, &asked));
            }
        });
        address
    })
}

fn serve(connection: TcpStream, manners: &Manners, asked: &Asked) {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    // The program closes the connection when it has an answer or gives up.
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let question = line.trim_end();
        asked.by_both(question);
        if manners.closes.contains(&question) {
            return;
        }
        if manners.answers.contains(&question) && writeln!(reader.get_mut(), "prices").is_err() {
            return;
        }
        line.clear();
    }
}

impl Asked {
    /// Waits until both servers have this question.
    fn by_both(&self, question: &str) {
        let mut times = self.times.lock().expect("no server panics");
        *times.entry(question.to_owned()).or_default() += 1;
        self.changed.notify_all();
        let both = self.changed.wait_while(times, |times| times.get(question).is_none_or(|times| *times < 2));
        drop(both);
    }
}
