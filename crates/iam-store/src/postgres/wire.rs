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

/// How much room there is for what is heard, at the least.
const HEARD_MIN: usize = 16 << 10;

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
        let said = self.exchange(Round::prepare(&name, sql)?.ended()).await?;
        Prepared::new(name, &said.types)
    }

    /// Runs statements in one text.
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
