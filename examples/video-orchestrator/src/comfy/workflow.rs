//! The workflows: graphs of nodes, in the form that ComfyUI's `POST /prompt` takes.

use metrics_runtime::Label;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the images of a job are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Label)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Workflow {
    /// Upright images.
    Portrait,
    /// Wide images.
    Landscape,
    /// Upright images, then enlarged.
    Poster,
    /// Upright images with far too many sampling steps: they take longer than the time limit.
    Marathon,
    /// Upright images by a model that servers no longer have.
    Retired,
}

/// A step of a workflow. Each makes an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Label)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Draws the image.
    Text2image,
    /// Draws it again, larger. The server caches the nodes that did not change, so it only runs the new ones.
    Upscale,
}

impl Workflow {
    /// The steps for each prompt, in their order.
    pub(crate) fn steps(self) -> &'static [Step] {
        match self {
            Self::Poster => &[Step::Text2image, Step::Upscale],
            _ => &[Step::Text2image],
        }
    }

    fn size(self) -> (u32, u32) {
        match self {
            Self::Landscape => (768, 512),
            _ => (512, 768),
        }
    }

    fn sampling_steps(self) -> u32 {
        if self == Self::Marathon { 10_000 } else { 20 }
    }
}

/// One image to draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawing<'a> {
    pub(crate) step: Step,
    pub(crate) workflow: Workflow,
    pub(crate) prompt: &'a str,
    /// The same seed and prompt give the same image.
    pub(crate) seed: u64,
}

const NEGATIVE_PROMPT: &str = "text, watermark, blurry";

impl Drawing<'_> {
    /// The graph: nodes by name; an input is a value or `[node, output]`.
    pub(crate) fn graph(&self, checkpoint: &str) -> Value {
        let (width, height) = self.workflow.size();
        let checkpoint = if self.workflow == Workflow::Retired { "retired-v0.ckpt" } else { checkpoint };
        let sampler = |latent: &str, denoise: f64| {
            json!({
                "class_type": "KSampler",
                "inputs": {
                    "model": ["checkpoint", 0], "positive": ["positive", 0], "negative": ["negative", 0],
                    "latent_image": [latent, 0], "seed": self.seed, "steps": self.workflow.sampling_steps(),
                    "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": denoise,
                },
            })
        };
        let mut graph = json!({
            "checkpoint": { "class_type": "CheckpointLoaderSimple", "inputs": { "ckpt_name": checkpoint } },
            "empty": {
                "class_type": "EmptyLatentImage",
                "inputs": { "width": width, "height": height, "batch_size": 1 },
            },
            "positive": { "class_type": "CLIPTextEncode", "inputs": { "text": self.prompt, "clip": ["checkpoint", 1] } },
            "negative": {
                "class_type": "CLIPTextEncode",
                "inputs": { "text": NEGATIVE_PROMPT, "clip": ["checkpoint", 1] },
            },
            "sampler": sampler("empty", 1.0),
            "decoder": { "class_type": "VAEDecode", "inputs": { "samples": ["sampler", 0], "vae": ["checkpoint", 2] } },
            "image": {
                "class_type": "SaveImage",
                "inputs": { "filename_prefix": "video-orchestrator", "images": ["decoder", 0] },
            },
        });
        if self.step == Step::Upscale {
            graph["larger"] = json!({
                "class_type": "LatentUpscale",
                "inputs": {
                    "samples": ["sampler", 0], "upscale_method": "nearest-exact", "crop": "disabled",
                    "width": width * 3 / 2, "height": height * 3 / 2,
                },
            });
            graph["second_sampler"] = sampler("larger", 0.5);
            graph["decoder"]["inputs"]["samples"] = json!(["second_sampler", 0]);
        }
        graph
    }
}
