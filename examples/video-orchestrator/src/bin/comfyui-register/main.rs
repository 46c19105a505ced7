//! Keeps the address of a ComfyUI server in Redis while the server runs: as a container's entry point, or beside the
//! server.
//!
//! ```sh
//! comfyui-register --url http://10.0.0.7:8188 -- python main.py --listen
//! ```

mod registration;
#[path = "../../settings/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other program reads more kinds of settings")]
mod settings;

use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

use registration::Registration;
use settings::{AddressSetting, parse_command_line};

/// Writes a ComfyUI server's address to a key in Redis, renews it, and removes it at the end.
///
/// With a command it also runs that: the address is written once the server answers, signals are forwarded to the command, and
/// its exit code becomes this program's.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The address of the server, as the workers reach it.
    #[arg(long, env = "COMFYUI_URL", value_name = "URL", value_parser = parse_address)]
    url: AddressSetting,
    /// The key.
    #[arg(long, env = "COMFYUI_URL_KEY", value_name = "KEY", default_value = "current_comfyui_url")]
    key: String,
    /// The Redis server.
    #[arg(long, env = "REDIS_URL", value_name = "URL", value_parser = parse_redis)]
    redis_url: redis::Client,
    /// How long the address stays after the last renewal, in seconds; it is renewed three times in this time.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    ttl: u64,
    /// The command that runs the server, after `--`.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(parse_command_line()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let registration = Registration::new(cli.redis_url, cli.key, cli.url, Duration::from_secs(cli.ttl));
    let mut child = match cli.command.split_first() {
        None => None,
        Some((program, arguments)) => {
            let child = Command::new(program).args(arguments).spawn();
            Some(child.with_context(|| format!("`{program}` does not start"))?)
        }
    };
    let has_child = child.is_some();
    let status = tokio::select! {
        status = supervise(child.as_mut(), &mut terminate, &mut interrupt) => status?,
        never = registration.keep(has_child) => match never {},
    };
    registration.remove().await;
    Ok(status.map_or(ExitCode::SUCCESS, exit_code))
}

/// Waits for the end of the command, and forwards signals to it; without a command, waits for a signal.
async fn supervise(
    child: Option<&mut Child>,
    terminate: &mut Listener,
    interrupt: &mut Listener,
) -> anyhow::Result<Option<ExitStatus>> {
    let Some(child) = child else {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        return Ok(None);
    };
    loop {
        let signal = tokio::select! {
            status = child.wait() => return Ok(Some(status?)),
            _ = terminate.recv() => Signal::SIGTERM,
            _ = interrupt.recv() => Signal::SIGINT,
        };
        if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
            // An error means that it has just ended.
            let _ = kill(Pid::from_raw(id), signal);
        }
    }
}

/// The exit code of the command. Where a signal has ended it: 128 plus the number of the signal, as in shells.
fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn parse_address(text: &str) -> Result<AddressSetting, String> {
    let url = reqwest::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match (url, text.parse()) {
        (Some(_), Ok(address)) => Ok(address),
        _ => Err("write an address such as `http://10.0.0.7:8188`".to_owned()),
    }
}

fn parse_redis(text: &str) -> Result<redis::Client, String> {
    redis::Client::open(text).map_err(|error| format!("write an address such as `redis://10.0.0.1:6379`: {error}"))
}
