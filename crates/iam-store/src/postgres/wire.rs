//! A connection of PostgreSQL's protocol, a round at a time: all that is asked goes out together
//! and is answered together.
//!
//! That is why this is ours. The client that most others stand on ends each statement by itself,
//! and so the server hands over each answer by itself: eleven times for a reset, each of which
//! wakes this side up. What leads to a connection is still that client's (`entrance`).

use super::message::{Answer, Prepared, Refused, Round, Said};
use crate::engine::StoreError;
use futures_util::future::try_join;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};

/// How much room there is for what is heard: at the least, and the most that is kept for the next.
const HEARD_MIN: usize = 16 << 10;
const HEARD_KEPT: usize = 256 << 10;

/// Bytes both ways.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A connection.
pub(super) struct Wire {
    stream: Box<dyn Duplex>,
    heard: Vec<u8>,
    /// Whether a round was begun and not ended. What is heard then answers who knows what.
    is_amid: bool,
}

impl Wire {
    /// Goes on on a connection at which a server waits for the first round.
    pub(super) fn new(stream: Box<dyn Duplex>) -> Self {
        Self { stream, heard: Vec::with_capacity(HEARD_MIN), is_amid: false }
    }

    /// Asks, and waits for all answers; or the first error, after which nothing was done.
    pub(super) async fn run(&mut self, round: Round) -> Result<Vec<Answer>, StoreError> {
        let asked = round.asked();
        let said = self.exchange(round.ended()).await?;
        match said.answers.len() == asked {
            true => Ok(said.answers),
            false => Err(StoreError::Away("the server did not answer all that was asked".into())),
        }
    }

    /// Has a statement prepared.
    pub(super) async fn prepare(
        &mut self,
        name: String,
        sql: &str,
    ) -> Result<Prepared, StoreError> {
        let said = self.exchange(Round::to_prepare(&name, sql)?).await?;
        Prepared::new(name, &said.types)
    }

    /// Runs statements in one text. What they answer is passed over.
    pub(super) async fn run_text(&mut self, sql: &str) -> Result<(), StoreError> {
        self.exchange(Round::of_text(sql)?).await.map(|_| ())
    }

    /// While much is told, what is said already is heard: else each side might wait for the other.
    async fn exchange(&mut self, told: Vec<u8>) -> Result<Said, StoreError> {
        if std::mem::replace(&mut self.is_amid, true) {
            return Err(StoreError::Away("an earlier round on the connection never ended".into()));
        }
        let (mut from_server, mut to_server) = split(&mut self.stream);
        let tell = async {
            to_server.write_all(&told).await?;
            to_server.flush().await
        };
        let listened = try_join(tell, listen(&mut from_server, &mut self.heard)).await;
        let ((), mut said) = listened.map_err(|cause| StoreError::Away(cause.into()))?;
        self.is_amid = false;
        if self.heard.capacity() > HEARD_KEPT {
            self.heard.shrink_to(HEARD_MIN);
        }
        said.refused.take().map_or(Ok(said), |refused| Err(refused.into()))
    }
}

/// Hears a server out.
async fn listen(
    server: &mut (impl AsyncRead + Unpin),
    heard: &mut Vec<u8>,
) -> Result<Said, io::Error> {
    let mut said = Said::default();
    while !said.take(heard).map_err(io::Error::other)? {
        heard.reserve(HEARD_MIN);
        if server.read_buf(heard).await? == 0 {
            let text = said.refused.map(|refused| refused.message);
            let text = text.unwrap_or_else(|| "the server closed the connection".to_owned());
            return Err(io::Error::other(text));
        }
    }
    Ok(said)
}

/// What an error of the server means to who asked.
impl From<Refused> for StoreError {
    fn from(Refused { code, message }: Refused) -> Self {
        failure(&code, format!("{message} (SQLSTATE {code})").into())
    }
}

/// What an error with this SQLSTATE means to who asked.
pub(super) fn failure(code: &str, cause: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    match code {
        "40001" | "40P01" => StoreError::Conflict, // not serializable, deadlock
        // Refused, cancelled, or being shut down: as if it were not there.
        _ if matches!(code.get(..2), Some("57" | "53" | "08" | "25")) => StoreError::Away(cause),
        _ => StoreError::Failed(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::DuplexStream;
    use tokio::time::timeout;

    const DONE: &[u8] = b"C\0\0\0\x0FINSERT 0 1\0";
    const REFUSED: &[u8] = b"E\0\0\0\x13C23505\0Mtwice\0\0";
    const READY: &[u8] = b"Z\0\0\0\x05T";

    /// What comes of it, which may take 5 s.
    fn within_time<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { timeout(Duration::from_secs(5), work).await }).unwrap()
    }

    fn wire(room: usize) -> (Wire, DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(room);
        (Wire::new(Box::new(ours)), theirs)
    }

    fn round(statements: usize) -> Round {
        let statement = Prepared::new("s1".to_owned(), &[]).unwrap();
        let mut round = Round::default();
        (0..statements).for_each(|_| round.ask(&statement, [].into_iter()).unwrap());
        round
    }

    /// Answers each statement as soon as it is there, and goes on only when it has said so.
    async fn answer_each(server: &mut DuplexStream) {
        loop {
            let what = server.read_u8().await.unwrap();
            let mut body = vec![0; server.read_u32().await.unwrap() as usize - 4];
            server.read_exact(&mut body).await.unwrap();
            match what {
                b'E' => server.write_all(DONE).await.unwrap(),
                b'S' => return server.write_all(READY).await.unwrap(),
                _ => {}
            }
        }
    }

    #[test]
    fn what_is_asked_may_be_more_than_there_is_room_for_on_the_way() {
        let (mut wire, mut server) = wire(64);
        let ran = within_time(async {
            let (ran, ()) = tokio::join!(wire.run(round(100)), answer_each(&mut server));
            ran
        });
        assert_eq!(ran.unwrap().iter().map(|answer| answer.count).sum::<u64>(), 100);
    }

    #[test]
    fn an_error_is_reported_and_the_next_round_is_answered() {
        let (mut wire, mut server) = wire(1024);
        within_time(async {
            server.write_all(&[DONE, REFUSED, READY].concat()).await.unwrap();
            let refused = wire.run(round(3)).await.unwrap_err();
            assert!(matches!(refused, StoreError::Failed(_)), "{refused}");
            assert!(refused.to_string().contains("twice (SQLSTATE 23505)"), "{refused}");
            server.write_all(&[DONE, READY].concat()).await.unwrap();
            assert_eq!(wire.run(round(1)).await.unwrap().len(), 1);
            server.write_all(READY).await.unwrap();
            assert!(wire.run(round(1)).await.is_err(), "it has not answered");
        });
    }

    #[test]
    fn nothing_is_taken_for_the_answer_to_another_question() {
        let (mut wire, mut server) = wire(1024);
        within_time(async {
            timeout(Duration::from_millis(10), wire.run(round(1))).await.unwrap_err();
            server.write_all(&[DONE, READY].concat()).await.unwrap();
            let ran = wire.run(round(1)).await;
            assert!(matches!(ran, Err(StoreError::Away(_))), "{ran:?}");
        });
    }

    #[test]
    fn a_server_that_goes_away_is_away() {
        let (mut wire, mut server) = wire(1024);
        within_time(async {
            server.write_all(&[DONE, b"E\0\0\0\x11C57P01\0Mbye\0\0"].concat()).await.unwrap();
            drop(server);
            let away = wire.run(round(2)).await.unwrap_err();
            assert!(matches!(away, StoreError::Away(_)), "{away}");
        });
    }
}
