use crate::comfy::{check_answer, check_image, check_page};

/// The first line is the id of a workflow, and the rest the server's answer.
///
/// Whatever the server answers is an answer or an error, for each request that it could be the answer to. The error's text is
/// short, and one line in the log. What becomes a part of a path or a file is short and cannot leave its place.
pub fn comfy_answers(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (id, body) = (String::from_utf8_lossy(&data[..end]), data.get(end + 1..).unwrap_or_default());
    if body.starts_with(b"\x89PNG") {
        return check_image(body);
    }
    check_page(body);
    if let Ok(answer) = serde_json::from_slice(body) {
        check_answer(&id, &answer);
    }
}
