use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(id))]
fn with_id(id: bool) {}

#[counted(counter = "calls_total", labels(job_id))]
fn with_job_id(job_id: bool) {}

#[counted(counter = "calls_total", labels(run_id))]
fn with_run_id(run_id: bool) {}

#[counted(counter = "calls_total", labels(uuid))]
fn with_uuid(uuid: bool) {}

#[counted(counter = "calls_total", labels(guid))]
fn with_guid(guid: bool) {}

#[counted(counter = "calls_total", labels(content_hash))]
fn with_content_hash(content_hash: bool) {}

#[counted(counter = "calls_total", labels(access_token))]
fn with_access_token(access_token: bool) {}

#[counted(counter = "calls_total", labels(api_key))]
fn with_api_key(api_key: bool) {}

#[counted(counter = "calls_total", labels(session))]
fn with_session(session: bool) {}

#[counted(counter = "calls_total", labels(trace))]
fn with_trace(trace: bool) {}

#[counted(counter = "calls_total", labels(span))]
fn with_span(span: bool) {}

#[counted(counter = "calls_total", labels(request))]
fn with_request(request: bool) {}

fn main() {}
