use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(addr))]
fn with_addr(addr: bool) {}

#[counted(counter = "calls_total", labels(address))]
fn with_address(address: bool) {}

#[counted(counter = "calls_total", labels(host))]
fn with_host(host: bool) {}

#[counted(counter = "calls_total", labels(hostname))]
fn with_hostname(hostname: bool) {}

#[counted(counter = "calls_total", labels(url))]
fn with_url(url: bool) {}

#[counted(counter = "calls_total", labels(uri))]
fn with_uri(uri: bool) {}

#[counted(counter = "calls_total", labels(path))]
fn with_path(path: bool) {}

#[counted(counter = "calls_total", labels(file))]
fn with_file(file: bool) {}

#[counted(counter = "calls_total", labels(filename))]
fn with_filename(filename: bool) {}

#[counted(counter = "calls_total", labels(file_name))]
fn with_file_name(file_name: bool) {}

#[counted(counter = "calls_total", labels(query))]
fn with_query(query: bool) {}

#[counted(counter = "calls_total", labels(prompt))]
fn with_prompt(prompt: bool) {}

#[counted(counter = "calls_total", labels(message))]
fn with_message(message: bool) {}

#[counted(counter = "calls_total", labels(error_message))]
fn with_error_message(error_message: bool) {}

fn main() {}
