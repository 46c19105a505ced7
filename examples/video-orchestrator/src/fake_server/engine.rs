//! Does the workflows one after the other, as a machine with one GPU does.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::check::Order;
use super::draw::draw;
use crate::cli::Standin;

/// What the server remembers, and what it is told while it works.
pub struct Engine {
    settings: Standin,
    state: Mutex<State>,
    work: mpsc::UnboundedSender<(String, Order)>,
}

struct State {
    random: fastrand::Rng,
    submitted: u64,
    /// Finished workflows, as `/history` shows them.
    history: HashMap<String, Value>,
    images: HashMap<String, Vec<u8>>,
    /// The workflow that is running, and how to stop it.
    running: Option<(String, Arc<Notify>)>,
    deleted: HashSet<String>,
}

/// How a workflow ends.
enum Fate {
    Image,
    Error,
    Hang,
}

/// The time of the settings is for this many sampling steps.
const STEPS_OF_DELAY: f64 = 20.0;
/// Longer than anybody waits.
const MAX_DELAY: Duration = Duration::from_secs(24 * 3600);

impl Engine {
    /// The engine, and what it is to be given to run.
    pub fn new(settings: Standin) -> (Self, mpsc::UnboundedReceiver<(String, Order)>) {
        let (work, orders) = mpsc::unbounded_channel();
        let state = State {
            random: fastrand::Rng::with_seed(settings.seed),
            submitted: 0,
            history: HashMap::new(),
            images: HashMap::new(),
            running: None,
            deleted: HashSet::new(),
        };
        (Self { settings, state: Mutex::new(state), work }, orders)
    }

    /// Takes a workflow; gives its name and number.
    pub fn submit(&self, order: Order) -> (String, u64) {
        let (prompt_id, number) = {
            let mut state = self.state();
            state.submitted += 1;
            let bits = state.random.u128(..);
            (uuid(bits), state.submitted)
        };
        // The other end lives as long as the program.
        let _ = self.work.send((prompt_id.clone(), order));
        (prompt_id, number)
    }

    pub fn history(&self, prompt_id: &str) -> Option<Value> {
        self.state().history.get(prompt_id).cloned()
    }

    pub fn image(&self, filename: &str) -> Option<Vec<u8>> {
        self.state().images.get(filename).cloned()
    }

    /// Forgets workflows that have not begun.
    pub fn delete(&self, prompt_ids: impl Iterator<Item = String>) {
        self.state().deleted.extend(prompt_ids);
    }

    /// Stops the workflow that is running, or only this one.
    pub fn interrupt(&self, prompt_id: Option<&str>) {
        if let Some((running, stop)) = &self.state().running
            && prompt_id.is_none_or(|prompt_id| prompt_id == running)
        {
            stop.notify_one();
        }
    }

    /// Works until nobody can submit any more.
    pub async fn run(&self, mut orders: mpsc::UnboundedReceiver<(String, Order)>) {
        while let Some((prompt_id, order)) = orders.recv().await {
            if self.state().deleted.remove(&prompt_id) {
                continue;
            }
            let stop = Arc::new(Notify::new());
            self.state().running = Some((prompt_id.clone(), Arc::clone(&stop)));
            let (fate, delay) = self.draw_lots(&order);
            let interrupted = tokio::select! {
                () = tokio::time::sleep(delay) => false,
                () = stop.notified() => true,
            };
            let mut state = self.state();
            state.running = None;
            let entry = match fate {
                _ if interrupted => failed("execution_interrupted", "KSampler", "interrupted"),
                Fate::Error => failed("execution_error", "KSampler", "CUDA out of memory (the stand-in's dice say so)"),
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

    fn draw_lots(&self, order: &Order) -> (Fate, Duration) {
        let random = &mut self.state().random;
        let lot = random.f64();
        let jitter = 0.6 + 0.8 * random.f64();
        let delay = self.settings.delay.mul_f64((order.steps / STEPS_OF_DELAY * jitter).clamp(0.0, 1e6));
        if lot < self.settings.hang_rate {
            (Fate::Hang, MAX_DELAY)
        } else if lot < self.settings.hang_rate + self.settings.error_rate {
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
    fn names_look_like_comfyuis() {
        assert_eq!(super::uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(super::uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
