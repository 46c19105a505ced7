//! What cargo and the compiler say, read from `--message-format=json`.

use std::path::PathBuf;

use serde_json::{Value, json};

/// An error or a warning of the compiler.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whether it is an error.
    pub is_error: bool,
    /// Its sentence, with the lint or the code.
    pub summary: String,
    /// Its sentence, and those of the notes below it.
    pub text: String,
    /// As the compiler shows it.
    pub rendered: String,
    /// The places: the primary ones, each followed by those of the macros that made it.
    pub places: Vec<Place>,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file, as the compiler names it.
    pub file: PathBuf,
    /// The byte in it.
    pub byte: usize,
}

/// What a build says.
#[derive(Debug, Default)]
pub struct Build {
    /// Errors and warnings of the packages that were asked for.
    pub messages: Vec<Message>,
    /// Their libraries and programs, as they are and with unit tests.
    pub artifacts: Vec<PathBuf>,
    /// Whether all was built.
    pub success: bool,
}

impl Build {
    /// Reads the lines that concern the package with this manifest.
    #[must_use]
    pub fn read(output: &str, manifest: &str) -> Self {
        let mut build = Self::default();
        for line in output.lines() {
            let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
            if value["reason"] == "build-finished" {
                build.success = value["success"] == true;
            }
            if value["manifest_path"] != manifest {
                continue;
            }
            match value["reason"].as_str() {
                Some("compiler-message") => build.messages.extend(Message::read(&value["message"])),
                Some("compiler-artifact") if value["target"]["kind"] != json!(["test"]) => {
                    let files = value["filenames"].as_array().into_iter().flatten();
                    build.artifacts.extend(files.filter_map(Value::as_str).map(PathBuf::from));
                }
                _ => {}
            }
        }
        build
    }
}

impl Message {
    fn read(value: &Value) -> Option<Self> {
        let is_error = value["level"].as_str().is_some_and(|level| level.starts_with("error"));
        let spans = value["spans"].as_array()?;
        // Without a place they only sum up: "aborting due to 3 previous errors", "5 warnings emitted".
        if spans.is_empty() && value["code"].is_null() {
            return None;
        }
        let sentence = value["message"].as_str()?;
        let code = value["code"]["code"].as_str().unwrap_or_default();
        let mut text = sentence.to_owned();
        for child in value["children"].as_array().into_iter().flatten() {
            text.push('\n');
            text.push_str(child["message"].as_str().unwrap_or_default());
        }
        let mut places = Vec::new();
        for span in spans.iter().filter(|span| span["is_primary"] == true) {
            let mut span = span;
            while let (Some(file), Some(byte)) = (span["file_name"].as_str(), span["byte_start"].as_u64()) {
                places.push(Place { file: file.into(), byte: usize::try_from(byte).ok()? });
                span = &span["expansion"]["span"];
            }
        }
        let rendered = value["rendered"].as_str().unwrap_or(sentence).to_owned();
        Some(Self { is_error, summary: format!("{sentence} [{code}]"), text, rendered, places })
    }
}
