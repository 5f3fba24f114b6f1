//! One command, whole: wall time and peak memory of our command line and of the official one,
//! against the same server.

use crate::Result;
use crate::installation::Installation;
use crate::process::{Programs, Used};
use crate::report::{Report, kib, millis};
use crate::seed;
use std::path::Path;
use std::time::Duration;

/// Ours is so quick that it takes more runs for a median to stand still.
const RUNS_OF_OURS: usize = 10;
const WALL_SHARE_MAX: f64 = 1.0 / 150.0;
const PEAK_MAX_KIB: u64 = 12 * 1024;

/// One command of both.
struct Pair {
    name: &'static str,
    ours: Used,
    official: Used,
}

/// What was measured.
pub(crate) struct Commands(Vec<Pair>);

/// Measures both command lines in turns.
pub(crate) fn measure(programs: &Programs, official: &Path, runs: usize) -> Result<Commands> {
    let official = official.canonicalize().map_err(|cause| {
        format!("the official command line `{}` is missing: {cause}", official.display())
    })?;
    let by = Installation::new(programs)?;
    let users = seed::users(&by.store()?, &by.tenancy, 10)?;
    let server = by.serve(programs)?;
    let user = users.first().ok_or("there is no user")?.to_string();
    let config = by.config_file().display().to_string();
    let endpoint = format!("http://{}", server.address);
    let reset = [
        "--config-file",
        &config,
        "--endpoint",
        &endpoint,
        "iam",
        "user",
        "ui-password",
        "create-or-reset",
        "--user-id",
        &user,
    ];
    let skeleton = ["iam", "user", "create", "--generate-full-command-json-input"];
    let commands: [(&'static str, &[&str]); 4] = [
        ("iam user ui-password create-or-reset", &reset),
        ("--version", &["--version"]),
        ("--help", &["--help"]),
        ("iam user create --generate-full-command-json-input", &skeleton),
    ];
    let mut pairs = Vec::new();
    for (name, args) in commands {
        let (mut of_ours, mut of_official) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            of_official.push(programs.run(&official, args)?);
            for _ in 0..RUNS_OF_OURS {
                of_ours.push(programs.run(&programs.oci(), args)?);
            }
        }
        pairs.push(Pair { name, ours: median(&of_ours)?, official: median(&of_official)? });
    }
    Ok(Commands(pairs))
}

fn median(runs: &[Used]) -> Result<Used> {
    let mut walls: Vec<Duration> = runs.iter().map(|run| run.wall).collect();
    let mut peaks: Vec<u64> = runs.iter().map(|run| run.peak_kib).collect();
    walls.sort_unstable();
    peaks.sort_unstable();
    let (wall, peak_kib) = (walls.get(runs.len() / 2), peaks.get(runs.len() / 2));
    Ok(Used {
        wall: *wall.ok_or("nothing was measured")?,
        peak_kib: *peak_kib.ok_or("nothing was measured")?,
    })
}

impl Commands {
    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "The command line",
            "One command as a process, from its start to its end, against the same server; medians.",
        );
        let rows = self.0.iter().map(|pair| {
            let Pair { name, ours, official } = pair;
            let times = official.wall.as_secs_f64() / ours.wall.as_secs_f64();
            vec![
                format!("`oci {name}`"),
                millis(ours.wall),
                kib(ours.peak_kib),
                millis(official.wall),
                kib(official.peak_kib),
                format!("1/{times:.0}"),
            ]
        });
        let head =
            ["command", "ours", "peak memory", "official", "peak memory", "ours of the official"];
        report.table(&head, rows.collect());
        for Pair { name, ours, official } in &self.0 {
            let times = official.wall.as_secs_f64() / ours.wall.as_secs_f64();
            report.goal(
                &format!("`oci {name}` takes at most 1/150 of the official one's time"),
                &format!("1/{times:.0}"),
                1.0 / times <= WALL_SHARE_MAX,
            );
        }
        if let Some(Pair { ours, .. }) = self.0.first() {
            report.goal(
                "a reset takes at most 12 MiB of the command line's memory",
                &kib(ours.peak_kib),
                ours.peak_kib <= PEAK_MAX_KIB,
            );
        }
    }
}
