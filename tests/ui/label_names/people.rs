use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(email))]
fn with_email(email: bool) {}

#[counted(counter = "calls_total", labels(user))]
fn with_user(user: bool) {}

#[counted(counter = "calls_total", labels(username))]
fn with_username(username: bool) {}

#[counted(counter = "calls_total", labels(ip))]
fn with_ip(ip: bool) {}

fn main() {}
