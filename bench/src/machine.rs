//! The machine that the numbers are from.

use crate::Result;
use std::process::Command;

/// Processor, cores, memory, kernel and compiler, in one line.
pub(crate) fn describe() -> Result<String> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo")?;
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let model = value(&cpus, "model name").unwrap_or_else(|| "an unnamed processor".to_owned());
    let cores = std::thread::available_parallelism()?;
    let memory = value(&std::fs::read_to_string("/proc/meminfo")?, "MemTotal");
    let memory = memory.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let compiler = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
    Ok(format!(
        "{cores} cores ({model}), {} GiB of memory, Linux {}, {}",
        memory.unwrap_or_default().div_ceil(1024 * 1024),
        kernel.trim(),
        compiler.trim(),
    ))
}
