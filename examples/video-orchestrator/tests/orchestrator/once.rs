//! `--once`: the jobs' folders, the summary, the exit code.

use std::fs::File;
use std::io::BufReader;
use std::process::Stdio;
use std::sync::{Arc, LazyLock};

use system_tests::Process;

use crate::program::{Program, command, job, write_job};

/// An address where nothing listens.
const NO_SERVER: &str = "http://127.0.0.1:1";

/// One run of the samples, for the tests that only look at its results.
fn samples() -> &'static Program {
    static SAMPLES: LazyLock<Program> = LazyLock::new(|| {
        let mut program = Program::start(&["--once"], &[]);
        assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
        program
    });
    &SAMPLES
}

#[test]
fn the_samples_end_as_intended_and_leave_playable_files() {
    let program = samples();

    let manifest = program.manifest("samples/kettle");
    assert_eq!(manifest["status"], "completed");
    let wav = hound::WavReader::open(program.file("samples/kettle", "voiceover.wav")).expect("the file is a WAV");
    let seconds = f64::from(wav.duration()) / f64::from(wav.spec().sample_rate);
    assert_eq!(manifest["voiceover"]["seconds"].as_f64(), Some(seconds));
    assert!(seconds > 1.0, "{seconds} s are too short for the script");
    let samples: Result<Vec<i16>, _> = wav.into_samples().collect();
    assert!(
        samples.expect("the WAV is complete").iter().any(|sample| sample.unsigned_abs() > 3000),
        "the WAV is silent"
    );

    let images = manifest["images"].as_array().expect("a manifest lists its images");
    let files: Vec<_> = images.iter().filter_map(|image| image["file"].as_str()).collect();
    assert_eq!(
        files,
        ["image-001.png", "image-001-upscaled.png", "image-002.png", "image-002-upscaled.png"],
        "a poster is made in two steps"
    );
    for image in images {
        let file = program.file("samples/kettle", image["file"].as_str().expect("a file has a name"));
        let mut reader = png::Decoder::new(BufReader::new(File::open(file).expect("the image is there")))
            .read_info()
            .expect("the image is a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("the image fits into memory")];
        let info = reader.next_frame(&mut pixels).expect("the image is complete");
        assert_eq!(
            (image["width"].as_u64(), image["height"].as_u64()),
            (Some(info.width.into()), Some(info.height.into()))
        );
        assert!(pixels.iter().any(|byte| *byte != pixels[0]), "the image is blank");
    }

    let reason = |job: &str| {
        let manifest = program.manifest(job);
        assert_eq!(manifest["status"], "failed");
        manifest["error"].as_str().expect("a failed job says why").to_owned()
    };
    assert!(reason("samples/retired-model").contains("Value not in list: ckpt_name"));
    assert!(reason("samples/never-done").contains("no image within 4s"));
    assert!(reason("samples/nothing-to-say").contains("nothing that can be spoken"));
}

#[test]
fn the_summary_has_counts_and_quantiles() {
    let printed = samples().process.printed();
    let cells = |start: &str| -> Vec<String> {
        let line = printed.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {printed}"));
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    assert_eq!(cells("metric "), ["metric", "labels", "count", "mean", "P50", "P95"]);
    assert_eq!(cells("jobs_completed_total"), ["jobs_completed_total", "3"]);
    assert_eq!(cells("jobs_failed_total"), ["jobs_failed_total", "3"]);
    assert_eq!(cells("images_generated_total"), ["images_generated_total", "9"]);
    let landscape = cells("image_generation_seconds          step=text2image workflow=landscape");
    assert_eq!(landscape.len(), 6);
    assert_eq!(landscape[2], "3");
    assert!(landscape[3..].iter().all(|cell| cell.ends_with(" s")), "{landscape:?}");
    assert!(printed.contains("6 of 6 jobs ended as intended"), "{printed}");
}

#[test]
fn a_malformed_file_is_reported_and_the_others_are_done() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "good", "portrait");
    std::fs::write(folder.path().join("broken.json"), r#"{"run_id": "test","#).expect("the file can be written");
    std::fs::write(folder.path().join("notes.txt"), "not a job file").expect("the file can be written");
    let path = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start(&["--once", "--jobs", path], &[]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    let line = printed.lines().find(|line| line.starts_with("rejected")).expect("the broken file is reported");
    assert!(line.contains("broken.json: this is not a job: EOF while parsing"), "{line}");
    assert!(printed.contains("1 of 1 job ended as intended; 1 text was not a job"), "{printed}");
    let counted =
        printed.lines().find(|line| line.starts_with("jobs_rejected_total")).expect("the metric is in the summary");
    assert!(counted.ends_with(" 1"), "{counted}");
    assert_eq!(program.manifest("test/good")["status"], "completed");
}

#[test]
fn a_job_that_does_not_end_as_intended_changes_the_exit_code() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "unlucky", "portrait");
    let path = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start(&["--once", "--jobs", path, "--fake-server-error-rate", "1"], &[]);
    assert_eq!(program.exit_code(), Some(1));
    assert!(program.process.printed().contains("0 of 1 job ended as intended"));
    assert!(program.manifest("test/unlucky")["error"].as_str().is_some_and(|error| error.contains("out of memory")));
}

#[test]
fn a_hanging_image_ends_at_the_time_limit() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "stuck", "portrait");
    let path = folder.path().to_str().expect("the path is Unicode");
    let arguments = ["--once", "--jobs", path, "--fake-server-hang-rate", "1", "--image-timeout", "0.3"];
    let mut program = Program::start(&arguments, &[]);
    assert_eq!(program.exit_code(), Some(1));
    assert!(program.manifest("test/stuck")["error"].as_str().is_some_and(|error| error.contains("within 300ms")));
}

#[test]
fn a_missing_comfyui_server_fails_the_job_and_is_counted() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "alone", "portrait");
    let path = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start(&["--once", "--jobs", path], &[("COMFYUI_URL", NO_SERVER)]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    let requests =
        printed.lines().find(|line| line.starts_with("comfyui_requests_total")).expect("the metric is in the summary");
    assert!(requests.contains("endpoint=/prompt status=none") && requests.ends_with(" 1"), "{requests}");
}

#[test]
fn an_empty_or_missing_folder_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let empty = folder.path().to_str().expect("the path is Unicode");
    let missing = format!("{empty}/missing");
    for (path, expected) in [(empty, "has no job files (*.json)"), (missing.as_str(), "cannot be read: No such file")] {
        let mut program = Program::start(&["--once", "--jobs", path], &[]);
        assert_eq!(program.exit_code(), Some(1));
        assert!(program.process.printed().contains(expected), "{}", program.process.printed());
    }
}

#[test]
fn a_job_that_is_meant_to_fail_must_be_the_reason_itself() {
    let mut program = Program::start(&["--once"], &[("COMFYUI_URL", NO_SERVER)]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    let failed = |job: &str| {
        let start = format!("failed    samples/{job}: ");
        printed.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{job}: {printed}"))
    };
    assert!(failed("nothing-to-say").ends_with("write words (as intended)"), "{printed}");
    assert!(failed("retired-model").contains("(not as intended: the job itself must be the reason)"), "{printed}");
    assert!(printed.contains("1 of 6 jobs ended as intended"), "{printed}");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_before_any_job_is_taken() {
    let redis = system_tests::RedisServer::start();
    let list = "video_orchestrator:queue";
    redis.command::<u64>(&["RPUSH", list, &job("waiting", "portrait")]);
    for arguments in [&["--once", "--out", "/proc/nope"][..], &["--out", "/proc/nope", "--intake", "off"]] {
        let mut process = Process::start(command(&[("REDIS_URL", &redis.url())]).args(arguments));
        assert_eq!(process.wait().code(), Some(1));
        let printed = process.printed();
        assert!(
            printed.contains("error: `--out /proc/nope` cannot be written: No such file or directory"),
            "{printed}"
        );
    }
    assert_eq!(redis.command::<u64>(&["LLEN", list]), 1);
}

#[test]
fn a_folder_that_a_job_cannot_write_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
    std::fs::write(out.path().join("test"), "a file where the run's folder should be")
        .expect("the file can be written");
    write_job(folder.path(), "blocked", "portrait");
    let path = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start_in(Arc::clone(&out), &["--once", "--jobs", path], &[]);
    assert_eq!(program.exit_code(), Some(1));
    let expected =
        format!("failed    test/blocked: `{}` cannot be written: ", out.path().join("test/blocked").display());
    assert!(program.process.printed().contains(&expected), "{}", program.process.printed());
}

#[test]
fn a_closed_standard_output_is_not_an_error() {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    for arguments in [&["--once", "--fake-server-delay", "0.05", "--image-timeout", "4"][..], &["catalog"]] {
        let mut command = command(&[]);
        if arguments[0] == "--once" {
            command.args(["--voice", "builtin", "--out"]).arg(out.path());
        }
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
}

#[test]
fn an_empty_queue_in_redis_is_reported() {
    let redis = system_tests::RedisServer::start();
    let mut program = Program::start(&["--once"], &[("REDIS_URL", &redis.url())]);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    assert!(program.process.printed().contains("no jobs were waiting in Redis"), "{}", program.process.printed());
}

#[test]
fn a_second_file_with_the_same_job_is_rejected() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let first = write_job(folder.path(), "hill", "portrait");
    let second = folder.path().join("hill-again.json");
    std::fs::copy(&first, &second).expect("the file can be copied");
    let path = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start(&["--once", "--jobs", path], &[]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    // The files are read in the order of their names.
    let expected = format!(
        "rejected  {}: the job `test/hill` is in `{}` too, and both would write to one folder; give one of \
         them another `job_id`",
        first.display(),
        second.display()
    );
    assert!(printed.contains(&expected), "{printed}");
    assert!(printed.contains("1 of 1 job ended as intended; 1 text was not a job"), "{printed}");
}
