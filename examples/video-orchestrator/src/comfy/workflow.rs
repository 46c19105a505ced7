//! The workflows: graphs of nodes, in the form that ComfyUI's `POST /prompt` takes.

use metrics_runtime::Label;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the images of a job are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Label)]
#[serde(rename_all = "snake_case")]
pub enum Workflow {
    /// Upright images.
    Portrait,
    /// Wide images.
    Landscape,
    /// Upright images, then enlarged.
    Poster,
    /// Upright images with more sampling than anybody waits for.
    Marathon,
    /// Upright images by a model that servers do not have any more.
    Retired,
}

/// A step on the way to an image. Each makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Label)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Draws the image.
    Text2image,
    /// Draws it again, larger. The server still has the nodes that did not change, so it only does what is new.
    Upscale,
}

impl Workflow {
    /// The steps for each prompt, in their order.
    pub fn steps(self) -> &'static [Step] {
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

/// One image to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    pub step: Step,
    pub workflow: Workflow,
    pub prompt: &'a str,
    /// The same seed and prompt give the same image.
    pub seed: u64,
}

const NOT_WANTED: &str = "text, watermark, blurry";

impl Drawing<'_> {
    /// The graph: each node by its name, its inputs either values or `[node, output]`.
    pub fn graph(&self, checkpoint: &str) -> Value {
        let (width, height) = self.workflow.size();
        let checkpoint = if self.workflow == Workflow::Retired { "retired-v0.ckpt" } else { checkpoint };
        let sampler = |latent: &str, denoise: f64| {
            json!({
                "class_type": "KSampler",
                "inputs": {
                    "model": ["checkpoint", 0], "positive": ["wanted", 0], "negative": ["not_wanted", 0],
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
            "wanted": { "class_type": "CLIPTextEncode", "inputs": { "text": self.prompt, "clip": ["checkpoint", 1] } },
            "not_wanted": {
                "class_type": "CLIPTextEncode",
                "inputs": { "text": NOT_WANTED, "clip": ["checkpoint", 1] },
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
