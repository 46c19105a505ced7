use metrics_runtime::{counted, declare_metrics};

declare_metrics! {
    /// Time.
    counter CPU = "cpu_seconds_total", fractional;
    /// Energy.
    counter ENERGY = "energy_joules_total", fractional, fractional;
    /// Waiting.
    gauge WAITING = "waiting", fractional;
    /// Rows.
    histogram ROWS = "batch_rows", fractional;
    /// Misspelt.
    counter PAGES = "pages_total", fractionl;
    /// Without the suffix of counters.
    counter WAITED = "waited_seconds";
}

#[counted(counter = "draw_seconds_total")]
fn draw() {}

fn main() {}
