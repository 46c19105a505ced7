//! Shows the progress of the work: bars on a terminal, else lines.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

use super::plural::plural;

/// The display. It goes to standard error, so that standard output holds the summary alone.
#[derive(Debug)]
pub(crate) struct Progress {
    bars: Option<Bars>,
}

#[derive(Debug)]
struct Bars {
    all: MultiProgress,
    jobs: ProgressBar,
    images: ProgressBar,
}

const TICK: Duration = Duration::from_millis(120);

impl Progress {
    pub(crate) fn new() -> Self {
        Self { bars: io::stderr().is_terminal().then(Bars::new) }
    }

    /// Whether the number of waiting jobs is shown.
    pub(crate) fn shows_waiting(&self) -> bool {
        self.bars.is_some()
    }

    /// Sets how many jobs are still to do.
    pub(crate) fn set_waiting(&self, jobs: u64) {
        if let Some(bars) = &self.bars {
            bars.jobs.set_length(bars.jobs.position() + jobs);
        }
    }

    /// A job has started, which makes a number of images.
    pub(crate) fn job_started(&self, name: String, images: usize) {
        match &self.bars {
            Some(bars) => {
                bars.images.reset();
                bars.images.set_length(images as u64);
                bars.images.set_message(name);
            }
            None => self.line(&format!("started   {name}: {images} {}", plural(images, "image"))),
        }
    }

    /// One more image of the job is done.
    pub(crate) fn image_done(&self) {
        if let Some(bars) = &self.bars {
            bars.images.inc(1);
        }
    }

    /// A job has ended; the line says how.
    pub(crate) fn job_ended(&self, line: &str) {
        self.line(line);
        if let Some(bars) = &self.bars {
            bars.jobs.inc(1);
            bars.images.set_message("");
        }
    }

    /// Prints a line, above the bars.
    pub(crate) fn line(&self, line: &str) {
        self.above(|| {
            // An error means that standard error is closed: then no one reads the line.
            let _ = writeln!(io::stderr(), "{line}");
        });
    }

    /// Removes the bars.
    pub(crate) fn finish(&self) {
        if let Some(bars) = &self.bars {
            bars.jobs.finish_and_clear();
            bars.images.finish_and_clear();
        }
    }

    fn above<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bars {
            Some(bars) => bars.all.suspend(print),
            None => print(),
        }
    }
}

impl Bars {
    fn new() -> Self {
        let all = MultiProgress::new();
        let style =
            |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let jobs = all.add(ProgressBar::new(0).with_style(style("{spinner} jobs   [{bar:30}] {pos}/{len}  {elapsed}")));
        let images = all.add(ProgressBar::new(0).with_style(style("  images [{bar:30}] {pos}/{len}  {msg}")));
        jobs.enable_steady_tick(TICK);
        Self { all, jobs, images }
    }
}

/// Whether log lines may have colours: a log file must not contain colour codes. <https://no-color.org>
pub(crate) fn has_colours() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes log lines above the bars.
#[derive(Clone, Debug)]
pub(crate) struct LogWriter(pub(crate) Arc<Progress>);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.above(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
