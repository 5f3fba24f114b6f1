//! A mail server that takes everything and keeps nothing but a count: as fast as one can be that
//! speaks SMTP a command at a time.

use crate::Result;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The server. It ends with the program.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    taken: Arc<AtomicU64>,
}

impl Sink {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, taken) = (listener.local_addr()?, Arc::<AtomicU64>::default());
        let count = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                std::thread::spawn(move || drop(serve(stream, &count)));
            }
        });
        Ok(Self { address, taken })
    }

    /// How many mails it has taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

fn serve(stream: TcpStream, taken: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    out.write_all(b"220 sink\r\n")?;
    let mut line = Vec::new();
    let mut in_mail = false;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or(&line) {
            _ if in_mail && line != b".\r\n" => continue,
            _ if in_mail => {
                in_mail = false;
                taken.fetch_add(1, Ordering::Relaxed);
                b"250 kept\r\n"
            }
            b"EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            b"DATA" => {
                in_mail = true;
                b"354 go ahead\r\n"
            }
            b"QUIT" => {
                return out.write_all(b"221 bye\r\n");
            }
            _ => b"250 ok\r\n",
        };
        out.write_all(answer)?;
    }
}
