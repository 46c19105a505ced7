//! The answer to a request without a connection. It is compiled only with `--cfg fuzzing`.

use std::pin::Pin;

use hyper::body::{Body as _, Bytes};
use hyper::{Request, Response};

use super::respond::{Wanted, respond};
use super::shared_pages::SharedPages;
use super::targets::Targets;
use crate::page::Page;

pub(crate) fn answer(page: Page, request: &Request<()>) -> Response<Bytes> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("it starts no thread");
    let wanted = Wanted::by(request, &Targets::default(), None);
    runtime.block_on(async {
        let (head, mut body) = respond(wanted, &SharedPages::new(page, None), None).await.into_parts();
        let mut whole = Vec::new();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            if let Ok(data) = frame.expect("the body is in memory").into_data() {
                whole.extend_from_slice(&data);
            }
        }
        Response::from_parts(head, whole.into())
    })
}
