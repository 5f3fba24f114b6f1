//! Programs under measurement: built, started, watched, stopped.

use crate::Result;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to become ready.
const READY_MAX: Duration = Duration::from_secs(60);

/// Says how far the run is.
pub(crate) fn progress(text: &str) {
    let _nobody_looks = writeln!(std::io::stderr(), "bench: {text}");
}

/// The programs, as they are released.
pub(crate) struct Programs {
    dir: PathBuf,
}

impl Programs {
    /// Those beside this one: built now, unless they are to be taken as they are.
    pub(crate) fn beside(as_built: bool) -> Result<Self> {
        let own = std::env::current_exe()?;
        let dir = own.parent().ok_or("this program is nowhere")?.to_owned();
        if as_built {
            return Ok(Self { dir });
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--release", "--quiet", "--workspace", "--bins"])
            .status()?;
        if !built.success() {
            return Err("the programs cannot be built".into());
        }
        Ok(Self { dir })
    }

    pub(crate) fn durward(&self) -> PathBuf {
        self.dir.join("durward")
    }

    pub(crate) fn oci(&self) -> PathBuf {
        self.dir.join("oci")
    }

    pub(crate) fn floor(&self) -> PathBuf {
        self.dir.join("durward-bench")
    }

    /// Runs a program once, whole; answers its wall time and its peak memory.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, program: &Path, args: &[S]) -> Result<Used> {
        let mut command = Command::new(self.dir.join("durward-bench-peak"));
        let output = command.arg(program).args(args).stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let text = String::from_utf8(output.stdout)?;
        let (wall, peak) = text.trim().split_once(' ').ok_or("the measuring program is silent")?;
        Ok(Used { wall: Duration::from_micros(wall.parse()?), peak_kib: peak.parse()? })
    }
}

/// What one run of a program used.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    pub(crate) wall: Duration,
    pub(crate) peak_kib: u64,
}

/// A server that is running, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From its start to the line that says that it listens.
    pub(crate) start_up: Duration,
    started: Instant,
}

impl Server {
    /// Starts a program that prints `listening on http://HOST:PORT` when it is ready.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let start = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("a server without output")?;
        BufReader::new(output).read_line(&mut line)?;
        let start_up = start.elapsed();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.ok_or_else(|| format!("a server began with `{}`", line.trim()))?;
        Ok(Self { address: address.parse()?, child, start_up, started: start })
    }

    /// Asks until it says that it is ready; answers the time since its start.
    pub(crate) fn ready(&self) -> Result<Duration> {
        let request =
            format!("GET /readyz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        loop {
            let mut stream = TcpStream::connect(self.address)?;
            stream.write_all(request.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            if answer.starts_with("HTTP/1.1 200 ") {
                return Ok(self.started.elapsed());
            }
            if self.started.elapsed() > READY_MAX {
                return Err(format!("it does not become ready: {answer}").into());
            }
        }
    }

    /// A line of its status, such as `VmRSS`, in KiB.
    pub(crate) fn memory_kib(&self, line: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let number = found.and_then(|text| text.split_whitespace().next());
        Ok(number.ok_or_else(|| format!("no {line} in its status"))?.parse()?)
    }

    /// The processor time that it took so far.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        const TICKS_PER_SECOND: u64 = 100; // `USER_HZ`, the same on every Linux
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, after_name) = stat.rsplit_once(')').ok_or("a process without a name")?;
        let mut fields = after_name.split_whitespace().skip(11);
        let mut next = || -> Result<u64> { Ok(fields.next().ok_or("too few fields")?.parse()?) };
        let ticks = next()? + next()?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _status = self.child.wait();
    }
}
