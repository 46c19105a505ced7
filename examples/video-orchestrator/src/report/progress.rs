//! Says how far the work is: bars where somebody watches, else lines.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

use crate::job::Job;

/// The display. It goes to standard error, so that standard output holds the summary alone.
#[derive(Debug)]
pub struct Progress {
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
    pub fn new() -> Self {
        Self { bars: io::stderr().is_terminal().then(Bars::new) }
    }

    /// Whether it matters how many jobs wait.
    pub fn shows_waiting(&self) -> bool {
        self.bars.is_some()
    }

    /// More jobs are known of.
    pub fn jobs_waiting(&self, jobs: u64) {
        if let Some(bars) = &self.bars {
            bars.jobs.set_length(bars.jobs.position() + jobs);
        }
    }

    pub fn job_started(&self, job: &Job) {
        let name = format!("{}/{}", job.run_id, job.job_id);
        let images = job.images();
        match &self.bars {
            Some(bars) => {
                bars.images.reset();
                bars.images.set_length(images as u64);
                bars.images.set_message(name);
            }
            None => self.line(&format!("started   {name}: {images} {}", plural(images, "image"))),
        }
    }

    pub fn image_done(&self) {
        if let Some(bars) = &self.bars {
            bars.images.inc(1);
        }
    }

    /// A job has ended; the line says how.
    pub fn job_ended(&self, line: &str) {
        self.line(line);
        if let Some(bars) = &self.bars {
            bars.jobs.inc(1);
            bars.images.set_message("");
        }
    }

    /// A line that stays.
    pub fn line(&self, line: &str) {
        self.above(|| {
            // Nobody reads: then there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        });
    }

    /// The bars are gone after this.
    pub fn finish(&self) {
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

/// Whether log lines may have colours: a file that they go to must not have the codes in it. <https://no-color.org>
pub fn is_coloured() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Log lines go above the bars.
#[derive(Clone, Debug)]
pub struct LogWriter(pub std::sync::Arc<Progress>);

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
