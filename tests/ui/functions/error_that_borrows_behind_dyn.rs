use metrics_runtime::counted_failure;

#[counted_failure(counter = "reads_failed_total")]
fn read<'a>(text: &'a str) -> Result<&'a str, Box<dyn std::error::Error + 'a>> {
    Ok(text)
}

fn main() {}
