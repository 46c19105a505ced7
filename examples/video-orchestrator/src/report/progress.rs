//! Shows the progress of the work: bars on a terminal, else lines.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

use super::one_line::{MAX_LINE, one_line};
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

    /// Lines alone: the bars of several processes would write over each other.
    pub(crate) fn in_lines() -> Self {
        Self { bars: None }
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

    /// A job has not come to its end, and is not the current one any more.
    pub(crate) fn job_given_back(&self) {
        if let Some(bars) = &self.bars {
            bars.images.set_message("");
        }
    }

    /// Prints a line, above the bars. Whatever it quotes, it stays one line of up to 1 KB.
    pub(crate) fn line(&self, line: &str) {
        let line = one_line(line, MAX_LINE);
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

/// The start of a colour code.
const COLOUR: &str = "\x1b[";
/// Ends all colours.
const NO_COLOUR: &str = "\x1b[0m";

/// A log line, with its end.
fn log_line(text: &str, has_colours: bool) -> String {
    if !has_colours {
        return one_line(text, MAX_LINE) + "\n";
    }
    let mut line = String::new();
    let mut parts = text.split(COLOUR);
    line.push_str(&one_line(parts.next().unwrap_or_default(), MAX_LINE));
    for part in parts {
        let room = MAX_LINE.saturating_sub(line.len());
        match part.split_once('m').filter(|(code, _)| code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';')) {
            Some((code, behind)) => {
                let _ = write!(line, "{COLOUR}{code}m{}", one_line(behind, room));
            }
            None => line.push_str(&one_line(part, room)),
        }
        if line.len() >= MAX_LINE {
            break;
        }
    }
    line + NO_COLOUR + "\n"
}

/// Writes log lines above the bars.
#[derive(Clone, Debug)]
pub(crate) struct LogWriter(pub(crate) Arc<Progress>);

impl Write for LogWriter {
    /// Takes one log line with each call. Colours are kept where there are any; what others have written has none, because
    /// the log escapes them there.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = log_line(&String::from_utf8_lossy(bytes), has_colours());
        self.0.above(|| io::stderr().write_all(line.as_bytes()))?;
        Ok(bytes.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_stays_one_line() {
        let text = "WARN a\x1b[2J\nerror: b\n";
        assert_eq!(log_line(text, false), "WARN a [2J error: b\n");
        let coloured = format!("\x1b[33m WARN\x1b[0m a\x1b[2J\nerror: {}\n", "x".repeat(100_000));
        let line = log_line(&coloured, true);
        assert!(line.starts_with("\x1b[33m WARN\x1b[0m a2J error: x"), "{line}");
        assert!(line.ends_with("x…\x1b[0m\n") && line.len() < 1100 && line.lines().count() == 1, "{}", line.len());
    }
}
