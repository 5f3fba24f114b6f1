//! The load generator: connections that are kept alive, each sending its next request when it has
//! the answer to the last. One thread, so that the server has the rest of the machine.

use crate::Result;
use crate::process::Server;
use crate::requests::Heads;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Load before anything is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// What came of a load.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) worst: Duration,
    /// The server's processor time for each request.
    pub(crate) processor: Duration,
}

/// Which request comes next, of all connections together: users differ as long as they can.
pub(crate) struct Turns(Rc<Cell<u64>>);

impl Turns {
    pub(crate) fn new() -> Self {
        Self(Rc::new(Cell::new(0)))
    }

    /// How many requests were begun so far.
    pub(crate) fn taken(&self) -> u64 {
        self.0.get()
    }

    fn next(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

/// Sends requests over that many connections for that long. Any answer but 200 ends the run.
pub(crate) fn run(
    server: &Server,
    heads: &Rc<Heads>,
    turns: &Turns,
    connections: usize,
    time: Duration,
) -> Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (at, before) = (server.address, (turns.taken(), server.processor_time()?));
    let start = Instant::now() + WARM_UP;
    let local = LocalSet::new();
    let mut latencies = local.block_on(&runtime, async {
        let running: Vec<_> = (0..connections)
            .map(|_| {
                let (heads, turns) = (Rc::clone(heads), Turns(Rc::clone(&turns.0)));
                tokio::task::spawn_local(connection(at, heads, turns, start, start + time))
            })
            .collect();
        let mut latencies = Vec::new();
        for connection in running {
            latencies.extend(connection.await??);
        }
        Ok::<_, crate::Failure>(latencies)
    })?;
    let requests = u32::try_from(turns.taken() - before.0)?.max(1);
    let processor = (server.processor_time()? - before.1) / requests;
    latencies.sort_unstable();
    let at_share = |per_mille: usize| {
        let index = (latencies.len().saturating_sub(1)) * per_mille / 1000;
        latencies.get(index).copied().ok_or("no request was answered in time")
    };
    let count = u32::try_from(latencies.len())?;
    Ok(Measured {
        per_second: f64::from(count) / time.as_secs_f64(),
        p50: at_share(500)?,
        p99: at_share(990)?,
        worst: at_share(1000)?,
        processor,
    })
}

/// One connection; answers how long each request took that was answered between the two moments.
async fn connection(
    at: SocketAddr,
    heads: Rc<Heads>,
    turns: Turns,
    from: Instant,
    to: Instant,
) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(at).await?;
    stream.set_nodelay(true)?;
    let run = at.port(); // tokens differ between servers, and turns between requests
    let (mut request, mut answer, mut latencies) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let turn = turns.next();
        let index = usize::try_from(turn)? % heads.len().max(1);
        let head = heads.get(index).ok_or("there are no requests")?;
        request.clear();
        request.extend_from_slice(head);
        let token = format!("opc-retry-token: bench-{run:05}-{turn:018}\r\n\r\n");
        request.extend_from_slice(token.as_bytes());
        let sent = Instant::now();
        stream.write_all(&request).await?;
        read_answer(&mut stream, &mut answer).await?;
        let answered = Instant::now();
        if answered >= to {
            return Ok(latencies);
        }
        if answered >= from {
            latencies.push(answered - sent);
        }
    }
}

/// Reads one answer to its end; fails unless it is a 200.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<()> {
    const HEAD_END: &[u8] = b"\r\n\r\n";
    answer.clear();
    let mut whole = usize::MAX;
    while answer.len() < whole {
        if stream.read_buf(answer).await? == 0 {
            return Err("the server hung up".into());
        }
        let head_end = answer.windows(HEAD_END.len()).position(|bytes| bytes == HEAD_END);
        if let (usize::MAX, Some(head_end)) = (whole, head_end) {
            let head = String::from_utf8_lossy(answer.get(..head_end).unwrap_or_default());
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.ok_or("an answer without a length")?.parse()?;
            whole = head_end + HEAD_END.len() + length;
        }
    }
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(format!("an answer that is no 200: {}", String::from_utf8_lossy(answer)).into())
}
