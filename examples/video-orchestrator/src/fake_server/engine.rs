//! Runs the workflows one after the other, as a machine with one GPU does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::drawing::draw;
use super::options::FakeServerOptions;
use super::validation::Order;

/// The queue, the history and the images of the server.
pub(crate) struct Engine {
    options: FakeServerOptions,
    state: Mutex<State>,
    orders: mpsc::UnboundedSender<(String, Order)>,
}

struct State {
    random: fastrand::Rng,
    submitted: u64,
    /// Finished workflows, as `/history` shows them.
    history: HashMap<String, Value>,
    images: HashMap<String, Vec<u8>>,
    /// The workflow that is running, and what stops it.
    running: Option<(String, Arc<Notify>)>,
    /// The workflows that wait, in their order.
    pending: Vec<String>,
}

/// How a workflow ends.
enum Fate {
    Image,
    Error,
    Hang,
}

/// The delay in the options is for this many sampling steps.
const STEPS_OF_DELAY: f64 = 20.0;
/// Longer than any time limit.
const MAX_DELAY: Duration = Duration::from_secs(24 * 3600);

impl Engine {
    /// An engine, and the channel of its workflows, for `run`.
    pub(crate) fn new(options: FakeServerOptions) -> (Self, mpsc::UnboundedReceiver<(String, Order)>) {
        let (orders, receiver) = mpsc::unbounded_channel();
        let state = State {
            random: fastrand::Rng::with_seed(options.seed),
            submitted: 0,
            history: HashMap::new(),
            images: HashMap::new(),
            running: None,
            pending: Vec::new(),
        };
        (Self { options, state: Mutex::new(state), orders }, receiver)
    }

    /// Queues a workflow, with the id that the client proposes; returns its id and number.
    pub(crate) fn submit(&self, order: Order, proposed_id: Option<String>) -> (String, u64) {
        let (prompt_id, number) = {
            let mut state = self.state();
            state.submitted += 1;
            let bits = state.random.u128(..);
            let prompt_id = proposed_id.unwrap_or_else(|| uuid(bits));
            state.pending.push(prompt_id.clone());
            (prompt_id, state.submitted)
        };
        // An error means that the engine has ended, with the program.
        let _ = self.orders.send((prompt_id.clone(), order));
        (prompt_id, number)
    }

    pub(crate) fn history(&self, prompt_id: &str) -> Option<Value> {
        self.state().history.get(prompt_id).cloned()
    }

    pub(crate) fn image(&self, filename: &str) -> Option<Vec<u8>> {
        self.state().images.get(filename).cloned()
    }

    /// The workflows that run and those that wait, as `/queue` shows them.
    pub(crate) fn queue(&self) -> Value {
        let state = self.state();
        let running: Vec<Value> =
            state.running.iter().map(|(prompt_id, _)| json!([0, prompt_id, {}, {}, []])).collect();
        let pending: Vec<Value> = state.pending.iter().map(|prompt_id| json!([1, prompt_id, {}, {}, []])).collect();
        json!({ "queue_running": running, "queue_pending": pending })
    }

    /// Removes workflows that have not started.
    pub(crate) fn delete(&self, prompt_ids: &[String]) {
        self.state().pending.retain(|pending| !prompt_ids.contains(pending));
    }

    /// Stops the workflow that is running; with an id, only that one.
    pub(crate) fn interrupt(&self, prompt_id: Option<&str>) {
        if let Some((running, stop)) = &self.state().running
            && prompt_id.is_none_or(|prompt_id| prompt_id == running)
        {
            stop.notify_one();
        }
    }

    /// Runs workflows until no more can be submitted.
    pub(crate) async fn run(&self, mut orders: mpsc::UnboundedReceiver<(String, Order)>) {
        while let Some((prompt_id, order)) = orders.recv().await {
            let stop = Arc::new(Notify::new());
            {
                let mut state = self.state();
                let Some(at) = state.pending.iter().position(|pending| *pending == prompt_id) else {
                    // It was deleted.
                    continue;
                };
                state.pending.remove(at);
                state.running = Some((prompt_id.clone(), Arc::clone(&stop)));
            }
            let (fate, delay) = self.choose_fate(&order);
            let interrupted = tokio::select! {
                () = tokio::time::sleep(delay) => false,
                () = stop.notified() => true,
            };
            let mut state = self.state();
            state.running = None;
            let entry = match fate {
                _ if interrupted => failed("execution_interrupted", "KSampler", "interrupted"),
                Fate::Error => failed(
                    "execution_error",
                    "KSampler",
                    "CUDA out of memory (an error of the fake server's error rate)",
                ),
                Fate::Image | Fate::Hang => match draw(&order) {
                    Ok(png) => {
                        let filename = format!("video-orchestrator_{:05}_.png", state.images.len() + 1);
                        state.images.insert(filename.clone(), png);
                        done(&order.output, &filename)
                    }
                    Err(error) => failed("execution_error", "SaveImage", &error.to_string()),
                },
            };
            state.history.insert(prompt_id, entry);
        }
    }

    fn choose_fate(&self, order: &Order) -> (Fate, Duration) {
        let random = &mut self.state().random;
        let chance = random.f64();
        let jitter = 0.6 + 0.8 * random.f64();
        let delay = self.options.delay.mul_f64((order.steps / STEPS_OF_DELAY * jitter).clamp(0.0, 1e6));
        if chance < self.options.hang_rate {
            (Fate::Hang, MAX_DELAY)
        } else if chance < self.options.hang_rate + self.options.error_rate {
            (Fate::Error, delay)
        } else {
            (Fate::Image, delay)
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn done(output: &str, filename: &str) -> Value {
    json!({
        "outputs": { output: { "images": [{ "filename": filename, "subfolder": "", "type": "output" }] } },
        "status": { "status_str": "success", "completed": true, "messages": [] },
    })
}

fn failed(kind: &str, node: &str, message: &str) -> Value {
    let details = json!({ "node_type": node, "exception_message": message });
    json!({
        "outputs": {},
        "status": { "status_str": "error", "completed": false, "messages": [[kind, details]] },
    })
}

/// The bits in the form of a random UUID: <https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4>.
fn uuid(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_have_the_form_of_a_uuid() {
        assert_eq!(super::uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(super::uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
