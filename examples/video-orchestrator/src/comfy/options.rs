//! The options of the ComfyUI server.

use std::time::Duration;

use clap::Args;

use crate::settings::{AddressSetting, parse_seconds};

/// The longest that one image may take on a GPU.
pub(crate) const IMAGE_TIMEOUT: Duration = Duration::from_secs(1200);

#[derive(Debug, Args)]
pub(crate) struct ComfyOptions {
    /// The ComfyUI server; without it a fake server in this process draws the images.
    #[arg(long, env = "COMFYUI_URL", value_name = "URL")]
    pub(crate) comfyui_url: Option<AddressSetting>,
    /// The Redis key that holds the address of the ComfyUI server, such as `current_comfyui_url`, for a server that comes
    /// and goes; `comfyui-register` writes it there.
    #[arg(long, env = "COMFYUI_URL_KEY", value_name = "KEY", requires = "redis_url", conflicts_with = "comfyui_url")]
    pub(crate) comfyui_url_key: Option<String>,
    /// How long the address from the key is used before the key is read again, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "60")]
    pub(crate) comfyui_url_cache: Duration,
    /// The model that the workflows load.
    #[arg(
        long,
        env = "COMFYUI_CHECKPOINT",
        value_name = "FILE",
        default_value = "v1-5-pruned-emaonly-fp16.safetensors"
    )]
    pub(crate) checkpoint: String,
    /// The longest that one image may take, in seconds [default: 1200, or 2 with the fake server].
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(crate) image_timeout: Option<Duration>,
}

impl ComfyOptions {
    /// Whether they name a server, or the key that holds its address.
    pub(crate) fn has_server(&self) -> bool {
        self.comfyui_url.is_some() || self.comfyui_url_key.is_some()
    }
}
