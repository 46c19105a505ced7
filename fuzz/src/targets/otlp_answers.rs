use std::time::Duration;

use metrics_runtime::fuzzing::otlp_answer;

use crate::texts::assert_is_line;

/// The most bytes of an error.
const MAX_ERROR: usize = 1200;

/// The longest time that a receiver can ask for.
const LONGEST: Duration = Duration::from_secs(3600);

/// Two bytes of the status, the header `Retry-After` up to a zero byte, and the body of the answer.
///
/// An answer is a success or an error in one short line without a secret, and a receiver can ask for an hour at most, and only
/// with 429 or 503.
pub fn otlp_answers(data: &[u8]) {
    let Some((status, rest)) = data.split_first_chunk() else { return };
    let status = 100 + u16::from_le_bytes(*status) % 500;
    let (header, body) =
        rest.iter().position(|byte| *byte == 0).map_or((None, rest), |at| (Some(&rest[..at]), &rest[at + 1..]));
    let header = header.and_then(|header| std::str::from_utf8(header).ok()).map(str::to_owned);
    let Err((message, wait)) = otlp_answer(status, header.clone(), body.to_vec()) else {
        assert!((200..300).contains(&status));
        return;
    };
    assert_is_line(&message, MAX_ERROR);
    // The words of a failure are the receiver's, and may be any.
    let is_failure = !(200..300).contains(&status);
    assert!(is_failure || !message.contains("secret@"), "{message}");
    assert!(wait.is_none_or(|wait| wait <= LONGEST && matches!(status, 429 | 503) && header.is_some()), "{wait:?}");
}
