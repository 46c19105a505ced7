//! What the server's answers say. They come from outside: any shape of JSON is an answer or an error.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::error::ComfyError;
use super::words::{first_words, kept};

/// The longest id: those of ComfyUI have 36 characters.
const MAX_ID: usize = 200;
/// The longest name of a file or folder.
const MAX_NAME: usize = 1024;

/// Where the server stores an image.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct StoredImage {
    pub(super) filename: String,
    #[serde(default)]
    pub(super) subfolder: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// Where a workflow is that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Running,
    Pending,
    Nowhere,
}

/// The id of a workflow, from the answer of `/prompt`.
pub(super) fn prompt_id(answer: &Value) -> Result<String, ComfyError> {
    let Some(id) = answer["prompt_id"].as_str() else {
        let answer = first_words(answer.to_string().as_bytes());
        return Err(ComfyError::Protocol(format!("`/prompt` answers without a `prompt_id`: {answer}")));
    };
    // It becomes a part of paths, where dots have a meaning of their own.
    let is_usable = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_usable || id.bytes().all(|byte| byte == b'.') {
        let shown = first_words(id.as_bytes());
        return Err(ComfyError::Protocol(format!(
            "the `prompt_id` is not one of up to {MAX_ID} characters: `{shown}`"
        )));
    }
    Ok(id.to_owned())
}

/// Why `/prompt` does not take a workflow.
pub(super) fn refusal(status: StatusCode, body: &[u8]) -> ComfyError {
    let reason = serde_json::from_slice(body).ok().and_then(|answer| rejection(&answer));
    match reason {
        Some(reason) if status == StatusCode::BAD_REQUEST => ComfyError::Rejected { status, reason },
        reason => {
            let body = reason.unwrap_or_else(|| first_words(body));
            ComfyError::Status { endpoint: "/prompt", status, body }
        }
    }
}

/// The server's own words, and those for each node. Old versions answer with a text in place of an object.
fn rejection(answer: &Value) -> Option<String> {
    let error = answer.get("error").filter(|error| !error.is_null())?;
    let mut messages = vec![match error["message"].as_str().or(error.as_str()) {
        Some(message) => message.to_owned(),
        None => first_words(error.to_string().as_bytes()),
    }];
    for (name, node) in answer["node_errors"].as_object().into_iter().flatten() {
        for error in node["errors"].as_array().into_iter().flatten() {
            messages.push(format!("node `{name}`: {}: {}", text(&error["message"]), text(&error["details"])));
        }
    }
    Some(kept(&messages.join("; ")))
}

/// Where the image is, from the answer of `/history/{id}`; `None`: the workflow is not done, or not known.
pub(super) fn stored_image(history: &Value, prompt_id: &str) -> Result<Option<StoredImage>, ComfyError> {
    let protocol = |text: &str| Err(ComfyError::Protocol(text.to_owned()));
    let Some(history) = history.as_object() else {
        return protocol("`/history` does not answer with an object");
    };
    let Some(entry) = history.get(prompt_id) else {
        return Ok(None);
    };
    if !entry.is_object() {
        return protocol("the workflow in `/history` is not an object");
    }
    let status = &entry["status"];
    if status["status_str"] == "error" || status["completed"] == false {
        return Err(execution_error(&status["messages"]));
    }
    let mut images = entry["outputs"].as_object().into_iter().flat_map(|outputs| outputs.values());
    let Some(image) = images.find_map(|output| output["images"].get(0)) else {
        return protocol("the workflow is done, and has no image");
    };
    // Without names, the values of a list would become the fields in their order.
    if !image.is_object() {
        return protocol("an image of the workflow is not an object");
    }
    let stored = StoredImage::deserialize(image).map_err(|error| ComfyError::Protocol(kept(&error.to_string())))?;
    if [&stored.filename, &stored.subfolder, &stored.kind].iter().any(|name| name.len() > MAX_NAME) {
        return protocol("the name of the image is too long");
    }
    Ok(Some(stored))
}

/// Where a workflow is, from the answer of `/queue`; `None`: the answer does not say.
pub(super) fn place(queue: &Value, prompt_id: &str) -> Option<Place> {
    // Each entry is a list, with the id at the second place.
    let has = |list: &str| Some(queue[list].as_array()?.iter().any(|entry| entry[1] == prompt_id));
    let (is_running, is_pending) = (has("queue_running")?, has("queue_pending")?);
    Some(match (is_running, is_pending) {
        (true, _) => Place::Running,
        (false, true) => Place::Pending,
        (false, false) => Place::Nowhere,
    })
}

/// Why a workflow has ended without an image; the messages are pairs of a kind and its details.
fn execution_error(messages: &Value) -> ComfyError {
    let details = |kind: &str| {
        let mut messages = messages.as_array().into_iter().flatten();
        messages.find(|message| message[0] == kind).map(|message| &message[1])
    };
    if let Some(error) = details("execution_error") {
        let text = format!("{}: {}", text(&error["node_type"]), text(&error["exception_message"]).trim());
        return ComfyError::Execution(kept(&text));
    }
    if let Some(interrupted) = details("execution_interrupted") {
        let at = interrupted["node_type"].as_str().map(|node| kept(&format!(", at a node `{node}`")));
        return ComfyError::Interrupted { at: at.unwrap_or_default() };
    }
    ComfyError::Execution("the server does not say why".to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("(no text)")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a program of another kind may put in any place.
    fn oddities() -> Vec<Value> {
        vec![
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5e300),
            json!(""),
            json!(".."),
            json!("x".repeat(100_000)),
            json!([]),
            json!([[]]),
            json!([null, [null]]),
            json!({}),
            json!({ "id": [] }),
            json!({ "errors": [[], {}, "x", { "message": {} }] }),
        ]
    }

    /// The value with each of its parts, and itself, replaced by each oddity or removed.
    fn variants(value: &Value) -> Vec<Value> {
        let mut all = oddities();
        let parts: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(key, part)| (key.clone(), part)).collect(),
            Value::Array(list) => list.iter().enumerate().map(|(at, part)| (at.to_string(), part)).collect(),
            _ => Vec::new(),
        };
        for (key, part) in parts {
            for variant in variants(part) {
                let mut changed = value.clone();
                *changed.pointer_mut(&format!("/{key}")).expect("the part is there") = variant;
                all.push(changed);
            }
            let mut without = value.clone();
            match &mut without {
                Value::Object(map) => drop(map.remove(&key)),
                Value::Array(list) => drop(list.remove(key.parse().expect("it is a number"))),
                _ => {}
            }
            all.push(without);
        }
        all
    }

    fn is_short(error: &ComfyError) -> bool {
        error.to_string().len() < 5_000
    }

    #[test]
    fn any_shape_of_a_history_is_an_image_or_an_error() {
        let image = json!({ "filename": "a.png", "subfolder": "", "type": "output" });
        let done =
            json!({ "id": { "outputs": { "9": { "images": [image] } }, "status": { "status_str": "success" } } });
        let failed = json!({ "id": { "outputs": {}, "status": {
            "status_str": "error", "completed": false,
            "messages": [["execution_start", {}], ["execution_error", { "node_type": "K", "exception_message": "oom" }]],
        } } });
        assert!(matches!(stored_image(&done, "id"), Ok(Some(stored)) if stored.filename == "a.png"));
        assert!(matches!(stored_image(&failed, "id"), Err(ComfyError::Execution(text)) if text == "K: oom"));
        assert!(matches!(stored_image(&json!({}), "id"), Ok(None)));
        for variant in variants(&done).into_iter().chain(variants(&failed)) {
            match stored_image(&variant, "id") {
                Ok(None) => assert!(variant.get("id").is_none() && variant.is_object(), "{variant}"),
                Ok(Some(stored)) => assert!(stored.filename.len() <= MAX_NAME, "{variant}"),
                Err(error) => assert!(is_short(&error), "{error}"),
            }
        }
    }

    #[test]
    fn an_interrupted_workflow_is_reported_as_interrupted() {
        let history = |details: Value| json!({ "id": { "status": { "status_str": "error", "messages": [["execution_interrupted", details]] } } });
        let text = |details| stored_image(&history(details), "id").expect_err("there is no image").to_string();
        let expected = "the workflow was interrupted on the ComfyUI server";
        assert_eq!(text(json!({ "node_type": "KSampler" })), format!("{expected}, at a node `KSampler`"));
        assert_eq!(text(json!([])), expected);
    }

    #[test]
    fn any_shape_of_a_queue_is_a_place_or_unknown() {
        let queue =
            json!({ "queue_running": [[0, "runs", {}, {}, []]], "queue_pending": [[1, "waits", {}], [2, "too"]] });
        let found = |id| place(&queue, id);
        assert_eq!(found("runs"), Some(Place::Running));
        assert_eq!(found("too"), Some(Place::Pending));
        assert_eq!(found("gone"), Some(Place::Nowhere));
        for variant in variants(&queue) {
            let is_complete = ["queue_running", "queue_pending"].iter().all(|list| variant[*list].is_array());
            assert_eq!(place(&variant, "other").is_some(), is_complete, "{variant}");
        }
    }

    #[test]
    fn any_shape_of_an_id_is_usable_or_an_error() {
        let answer = json!({ "prompt_id": "3f-9", "number": 1, "node_errors": {} });
        assert!(prompt_id(&answer).is_ok_and(|id| id == "3f-9"));
        for id in ["", ".", "..", "a b", "a\nb", "ü", &"x".repeat(201)] {
            assert!(prompt_id(&json!({ "prompt_id": id })).is_err(), "{id}");
        }
        assert!(prompt_id(&json!({ "prompt_id": "x".repeat(200) })).is_ok());
        for variant in variants(&answer) {
            assert!(prompt_id(&variant).map_or_else(|error| is_short(&error), |id| id == "3f-9"), "{variant}");
        }
    }

    #[test]
    fn a_refusal_in_any_shape_has_its_status_and_first_words() {
        let told = |status: u16, body: &str| {
            refusal(StatusCode::from_u16(status).expect("it is a status"), body.as_bytes()).to_string()
        };
        let current = json!({
            "error": { "type": "t", "message": "Prompt outputs failed validation", "details": "" },
            "node_errors": { "4": { "errors": [{ "message": "Value not in list", "details": "ckpt_name: 'x'" }] } },
        });
        for (status, body, expected) in [
            (
                400,
                current.to_string(),
                "400 Bad Request`: Prompt outputs failed validation; node `4`: Value not in list",
            ),
            (
                400,
                json!({ "error": "no checkpoint", "node_errors": [] }).to_string(),
                "400 Bad Request`: no checkpoint",
            ),
            (400, json!({ "error": ["odd"] }).to_string(), "400 Bad Request`: [\"odd\"]"),
            (400, json!({ "error": null }).to_string(), "`400 Bad Request` at `/prompt`: {\"error\":null}"),
            (400, "<html><h1>plain HTTP</h1></html>".to_owned(), "`400 Bad Request` at `/prompt`: plain HTTP"),
            (401, String::new(), "`401 Unauthorized` at `/prompt`: (no text)"),
            (403, json!({ "error": "forbidden" }).to_string(), "`403 Forbidden` at `/prompt`: forbidden"),
            (413, "too large".to_owned(), "`413 Payload Too Large` at `/prompt`: too large"),
        ] {
            assert!(told(status, &body).contains(expected), "{} instead of {expected}", told(status, &body));
        }
        for variant in variants(&current) {
            assert!(is_short(&refusal(StatusCode::BAD_REQUEST, variant.to_string().as_bytes())), "{variant}");
        }
    }
}
