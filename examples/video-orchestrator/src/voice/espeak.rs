//! The voice of `espeak-ng`: <https://github.com/espeak-ng/espeak-ng>.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::error::VoiceError;

/// Checks that it is installed.
pub(crate) async fn check() -> Result<(), VoiceError> {
    let output = Command::new("espeak-ng").arg("--version").stdin(Stdio::null()).output().await;
    let output = output.map_err(VoiceError::Start)?;
    if output.status.success() { Ok(()) } else { Err(failed(&output)) }
}

/// Speaks the script. It is written to standard input, so that no text is taken for an option.
pub(crate) async fn speak(script: &str, file: &Path) -> Result<(), VoiceError> {
    let mut child = Command::new("espeak-ng")
        .arg("--stdin")
        .arg("-w")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(VoiceError::Start)?;
    if let Some(mut input) = child.stdin.take() {
        // An error means that it ended before it read everything; its status says why.
        let _ = input.write_all(script.as_bytes()).await;
    }
    let output = child.wait_with_output().await.map_err(VoiceError::Start)?;
    if output.status.success() { Ok(()) } else { Err(failed(&output)) }
}

fn failed(output: &std::process::Output) -> VoiceError {
    VoiceError::Espeak {
        status: output.status,
        message: String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it gives no reason").to_owned(),
    }
}
