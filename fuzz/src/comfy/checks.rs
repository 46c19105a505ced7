//! What must hold for every answer.

use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::answers::{place, prompt_id, refusal, stored_image};
use super::error::ComfyError;
use super::image::Image;
use super::words::first_words;
use crate::report::{MAX_LINE, failure_text};
use crate::texts::assert_is_line;

/// The most of a server's text that an error keeps, and our own words around it.
const MAX_ERROR: usize = (4 << 10) + 256;
const MAX_ID: usize = 200;
const MAX_NAME: usize = 1024;
const MAX_SIDE: u32 = 16_384;

/// An answer in JSON, for the workflow with this id.
pub(crate) fn check_answer(id: &str, answer: &Value) {
    match prompt_id(answer) {
        Ok(id) => check_id(&id),
        Err(error) => check_error(&error),
    }
    match stored_image(answer, id) {
        Ok(None) => assert!(answer.as_object().is_some_and(|history| !history.contains_key(id))),
        Ok(Some(image)) => {
            for name in [image.filename, image.subfolder, image.kind] {
                assert!(name.len() <= MAX_NAME, "the name has {} bytes", name.len());
            }
        }
        Err(error) => check_error(&error),
    }
    let is_queue = ["queue_running", "queue_pending"].iter().all(|list| answer[*list].is_array());
    assert_eq!(place(answer, id).is_some(), is_queue);
}

/// A page that is perhaps no JSON.
pub(crate) fn check_page(page: &[u8]) {
    let words = first_words(page);
    assert!(!words.is_empty() && words.chars().count() <= 200, "{words:?}");
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::BAD_GATEWAY] {
        let error = refusal(status, page);
        check_error(&error);
        assert!(error.to_string().contains(status.as_str()), "{error}");
    }
}

/// A file that should be an image.
pub(crate) fn check_image(file: &[u8]) {
    match Image::from_png(file.to_vec()) {
        Ok(image) => {
            assert!((1..=MAX_SIDE).contains(&image.width) && (1..=MAX_SIDE).contains(&image.height), "{image:?}");
            assert_eq!(image.png, file);
        }
        Err(error) => check_error(&error),
    }
}

/// An id becomes one part of the path of a request, whatever it is.
fn check_id(id: &str) {
    assert!((1..=MAX_ID).contains(&id.len()), "{id}");
    let mut url = Url::parse("http://gpu:8188/comfy/").expect("it is an address");
    url.path_segments_mut().expect("it has a path").pop_if_empty().extend(["history", id]);
    let parts: Vec<&str> = url.path_segments().expect("it has a path").collect();
    assert_eq!(parts.len(), 3, "{url}");
    assert_eq!((parts[0], parts[1], url.query(), url.fragment()), ("comfy", "history", None, None), "{url}");
}

fn check_error(error: &ComfyError) {
    let text = error.to_string();
    assert!(text.len() <= MAX_ERROR, "the error has {} bytes", text.len());
    assert_is_line(&failure_text(error), MAX_LINE);
}
