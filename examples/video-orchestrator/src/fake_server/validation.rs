//! Validates a workflow as ComfyUI does, and rejects it with the same errors.

use serde_json::{Map, Value, json};

/// The models that this server has.
pub(crate) const CHECKPOINTS: [&str; 2] = ["v1-5-pruned-emaonly-fp16.safetensors", "sd_xl_base_1.0.safetensors"];

/// The node types that this server knows, each with the inputs that it needs and its number of outputs.
const NODES: [(&str, &[&str], u64); 7] = [
    ("CheckpointLoaderSimple", &["ckpt_name"], 3),
    ("CLIPTextEncode", &["text", "clip"], 1),
    ("EmptyLatentImage", &["width", "height", "batch_size"], 1),
    (
        "KSampler",
        &[
            "model",
            "positive",
            "negative",
            "latent_image",
            "seed",
            "steps",
            "cfg",
            "sampler_name",
            "scheduler",
            "denoise",
        ],
        1,
    ),
    ("LatentUpscale", &["samples", "upscale_method", "width", "height", "crop"], 1),
    ("VAEDecode", &["samples", "vae"], 1),
    ("SaveImage", &["images", "filename_prefix"], 0),
];

/// What a valid workflow asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    /// The name of the node that saves the image.
    pub(crate) output: String,
    pub(crate) text: String,
    pub(crate) seed: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Sampling steps that the server has not cached.
    pub(crate) steps: f64,
}

/// Validates a workflow as ComfyUI does. The error is the body of its answer.
pub(crate) fn validate(prompt: &Value) -> Result<Order, Value> {
    let Some(graph) = prompt.as_object().filter(|graph| !graph.is_empty()) else {
        return Err(rejection("no_prompt", "No prompt provided", "", &Map::new()));
    };
    let mut node_errors = Map::new();
    let mut output = None;
    for (name, node) in graph {
        let Some(class) = node["class_type"].as_str() else {
            let details = format!("Node ID '#{name}'");
            return Err(rejection(
                "invalid_prompt",
                "Cannot execute because a node is missing the class_type property.",
                &details,
                &node_errors,
            ));
        };
        let Some((_, inputs, _)) = NODES.iter().find(|(known, ..)| *known == class) else {
            let message = format!("Cannot execute because node {class} does not exist.");
            return Err(rejection("invalid_prompt", &message, &format!("Node ID '#{name}'"), &node_errors));
        };
        let errors: Vec<Value> = inputs.iter().filter_map(|input| input_error(graph, node, class, input)).collect();
        if !errors.is_empty() {
            node_errors.insert(name.clone(), json!({ "errors": errors, "dependent_outputs": [], "class_type": class }));
        }
        if class == "SaveImage" {
            output = Some(name);
        }
    }
    let Some(output) = output else {
        return Err(rejection("prompt_no_outputs", "Prompt has no outputs", "", &node_errors));
    };
    if !node_errors.is_empty() {
        return Err(rejection(
            "prompt_outputs_failed_validation",
            "Prompt outputs failed validation",
            "",
            &node_errors,
        ));
    }
    order(graph, output)
        .ok_or_else(|| rejection("invalid_prompt", "The graph does not lead to an image.", "", &node_errors))
}

fn rejection(kind: &str, message: &str, details: &str, node_errors: &Map<String, Value>) -> Value {
    json!({
        "error": { "type": kind, "message": message, "details": details, "extra_info": {} },
        "node_errors": node_errors,
    })
}

fn input_error(graph: &Map<String, Value>, node: &Value, class: &str, input: &str) -> Option<Value> {
    let error = |kind: &str, message: &str, details: String| {
        Some(json!({ "type": kind, "message": message, "details": details, "extra_info": { "input_name": input } }))
    };
    let value = &node["inputs"][input];
    if value.is_null() {
        return error("required_input_missing", "Required input is missing", input.to_owned());
    }
    if let Some([from, at]) = value.as_array().map(Vec::as_slice) {
        let class = from.as_str().and_then(|from| graph.get(from)).and_then(|node| node["class_type"].as_str());
        let outputs = NODES.iter().find(|(known, ..)| Some(*known) == class).map_or(0, |(_, _, outputs)| *outputs);
        if at.as_u64().is_none_or(|at| at >= outputs) {
            return error("bad_linked_input", "Bad linked input", format!("{input}: {value}"));
        }
    }
    if class == "CheckpointLoaderSimple" && !CHECKPOINTS.iter().any(|known| value == known) {
        return error("value_not_in_list", "Value not in list", format!("{input}: {value} not in {CHECKPOINTS:?}"));
    }
    None
}

/// Follows the links from the output back to the sizes, the text and the seed.
fn order(graph: &Map<String, Value>, output: &str) -> Option<Order> {
    let follow = |node: &Value, input: &str| graph.get(node["inputs"][input].get(0)?.as_str()?);
    let decoder = follow(graph.get(output)?, "images")?;
    let sampler = follow(decoder, "samples")?;
    let latent = follow(sampler, "latent_image")?;
    let size = |input: &str| u32::try_from(latent["inputs"][input].as_u64()?).ok().filter(|size| *size <= 4096);
    Some(Order {
        output: output.to_owned(),
        text: follow(sampler, "positive")?["inputs"]["text"].as_str()?.to_owned(),
        seed: sampler["inputs"]["seed"].as_u64()?,
        width: size("width")?,
        height: size("height")?,
        steps: sampler["inputs"]["steps"].as_f64()? * sampler["inputs"]["denoise"].as_f64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comfy::{Drawing, Step, Workflow};

    fn graph(step: Step, workflow: Workflow) -> Value {
        Drawing { step, workflow, prompt: "a hill", seed: 7 }.graph(CHECKPOINTS[0])
    }

    #[test]
    fn a_valid_workflow_becomes_an_order() {
        let order = validate(&graph(Step::Text2image, Workflow::Portrait)).expect("the workflow is valid");
        assert_eq!((order.text.as_str(), order.seed), ("a hill", 7));
        assert_eq!((order.width, order.height), (512, 768));
        let larger = validate(&graph(Step::Upscale, Workflow::Poster)).expect("the workflow is valid");
        assert_eq!((larger.width, larger.height), (768, 1152));
        assert!(larger.steps < order.steps);
    }

    #[test]
    fn an_invalid_workflow_is_rejected_with_comfyuis_error() {
        let valid = graph(Step::Text2image, Workflow::Portrait);
        let rejection = |change: &dyn Fn(&mut Value)| {
            let mut graph = valid.clone();
            change(&mut graph);
            validate(&graph).expect_err("the workflow is invalid")
        };
        assert_eq!(validate(&json!({})).expect_err("it is empty")["error"]["type"], "no_prompt");
        let unknown = rejection(&|graph| graph["decoder"]["class_type"] = "Dekoder".into());
        assert_eq!(unknown["error"]["type"], "invalid_prompt");
        let no_model = rejection(&|graph| graph["checkpoint"]["inputs"]["ckpt_name"] = "x.ckpt".into());
        assert_eq!(no_model["error"]["type"], "prompt_outputs_failed_validation");
        assert_eq!(no_model["node_errors"]["checkpoint"]["errors"][0]["type"], "value_not_in_list");
        let missing = rejection(&|graph| graph["sampler"]["inputs"]["steps"] = Value::Null);
        assert_eq!(missing["node_errors"]["sampler"]["errors"][0]["type"], "required_input_missing");
        let bad_link = rejection(&|graph| graph["decoder"]["inputs"]["samples"] = json!(["sampler", 4]));
        assert_eq!(bad_link["node_errors"]["decoder"]["errors"][0]["type"], "bad_linked_input");
        let no_output = rejection(&|graph| {
            graph.as_object_mut().expect("it is an object").remove("image");
        });
        assert_eq!(no_output["error"]["type"], "prompt_no_outputs");
    }
}
