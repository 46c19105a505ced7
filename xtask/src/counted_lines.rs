//! Which lines of a program count.

/// The number of lines that are neither blank nor a comment. In `declare_metrics!`, and first in `measure!`, comments count: there they
/// are the metrics' help texts, which other programs write as code.
pub(crate) fn counted_lines(source: &str) -> usize {
    let (mut declares, mut measures) = (false, false);
    let mut count = 0;
    for line in source.lines() {
        declares = if declares { line.trim_end() != "}" } else { line.contains("declare_metrics! {") };
        let line = line.trim_start();
        let is_help = (declares || measures) && line.starts_with("///");
        if is_help || !(line.is_empty() || line.starts_with("//")) {
            count += 1;
        }
        measures = line.ends_with("measure!(") || line.ends_with("measure_stream!(");
    }
    count
}

#[cfg(test)]
mod tests {
    use super::counted_lines;

    #[test]
    fn blank_lines_and_comments_do_not_count() {
        assert_eq!(
            counted_lines("//! A program.\n\nuse std::fs;\n\n    // Why.\n/// What.\nfn main() {} // Here.\n"),
            2
        );
    }

    #[test]
    fn help_texts_of_declared_metrics_count() {
        let source = "declare_metrics! {\n    // Why.\n    /// Jobs.\n    gauge JOBS = \"jobs\";\n}\n\n/// Does one job.\nfn job() {}\n";
        assert_eq!(counted_lines(source), 5);
        let source = "let x = measure!(\n    /// Draws.\n    #[timed(histogram = \"draw_seconds\")]\n    // Why.\n    draw()\n);\n";
        assert_eq!(counted_lines(source), 5);
    }
}
