//! Lists, page by page: whether the last page takes longer than the first.

use crate::Result;
use crate::installation::Installation;
use crate::process::Programs;
use crate::report::{Report, millis};
use crate::{requests, seed};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const USERS: usize = 10_000;
const GROUPS: usize = 1_000;
/// How often each list is read through.
const ROUNDS: usize = 9;
/// What the last tenth of the pages may take, in the time of the first tenth.
const GROWTH_MAX: f64 = 1.5;

/// A connection that is asked one thing after the other.
struct Line(BufReader<TcpStream>);

impl Line {
    fn new(at: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request; answers where the list goes on.
    fn ask(&mut self, request: &[u8]) -> Result<Option<String>> {
        self.0.get_mut().write_all(request)?;
        let (mut length, mut next, mut line) = (0, None, String::new());
        self.0.read_line(&mut line)?;
        let status = line.trim_end().to_owned();
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name {
                "content-length" => length = value.parse()?,
                "opc-next-page" => next = Some(value.to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        match status.starts_with("HTTP/1.1 200 ") {
            true => Ok(next),
            false => Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into()),
        }
    }
}

/// Reads lists through, page by page.
pub(crate) fn measure(programs: &Programs, report: &mut Report) -> Result<()> {
    let by = Installation::new(programs)?;
    let store = by.store()?;
    seed::users(&store, &by.tenancy, USERS)?;
    seed::groups(&store, &by.tenancy, GROUPS)?;
    drop(store);
    let server = by.serve(programs)?;
    let mut line = Line::new(server.address)?;
    report.section(
        "Pages of lists",
        &format!("Pages in the order of names, read one after the other, {ROUNDS} times; medians."),
    );
    let mut rows = Vec::new();
    for (what, count, limit) in [("users", USERS, 100), ("groups", GROUPS, 10)] {
        let pages = read_through(&by, &mut line, server.address, what, limit)?;
        let tenth = (pages.len() / 10).max(1);
        let first = median(pages.iter().take(tenth))?;
        let last = median(pages.iter().rev().take(tenth))?;
        let growth = last.as_secs_f64() / first.as_secs_f64();
        rows.push(vec![
            format!("{count} {what}, {limit} a page"),
            pages.len().to_string(),
            millis(first),
            millis(last),
        ]);
        report.goal(
            &format!("the last of {count} {what} take at most {GROWTH_MAX} times the first"),
            &format!("{growth:.2} times"),
            growth <= GROWTH_MAX,
        );
    }
    report.table(&["list", "pages", "the first tenth", "the last tenth"], rows);
    Ok(())
}

/// What each page took, in each round.
fn read_through(
    by: &Installation,
    line: &mut Line,
    at: SocketAddr,
    what: &str,
    limit: usize,
) -> Result<Vec<Vec<Duration>>> {
    let list = format!(
        "/20160918/{what}?compartmentId={}&limit={limit}&sortBy=NAME&sortOrder=ASC",
        by.tenancy
    );
    let mut pages: Vec<Vec<Duration>> = Vec::new();
    for _ in 0..ROUNDS {
        let (mut target, mut number) = (list.clone(), 0);
        loop {
            let request = requests::get(by, at, &target)?;
            let begun = Instant::now();
            let next = line.ask(&request)?;
            let took = begun.elapsed();
            match pages.get_mut(number) {
                Some(page) => page.push(took),
                None => pages.push(vec![took]),
            }
            number += 1;
            let Some(next) = next else { break };
            target = format!("{list}&page={next}");
        }
    }
    Ok(pages)
}

fn median<'a>(pages: impl Iterator<Item = &'a Vec<Duration>>) -> Result<Duration> {
    let mut times: Vec<Duration> = pages.flatten().copied().collect();
    times.sort_unstable();
    Ok(*times.get(times.len() / 2).ok_or("no page was read")?)
}
