//! What is good for a time only, all of it at once: for the day when times cannot be trusted.

use crate::engine::StoreError;
use crate::tx::Tx;

/// How many of each ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndedTimed {
    /// Sessions, whatever they may be used for.
    pub sessions: usize,
    /// Passwords that expire.
    pub one_time_passwords: usize,
    /// Links that were mailed or handed out.
    pub links: usize,
}

impl Tx<'_> {
    /// Ends every session, one-time password and link, whoever has it.
    pub fn end_all_timed(&mut self) -> Result<EndedTimed, StoreError> {
        self.revise()?; // requests may be answered by what is remembered of sessions
        let expiring = "DELETE FROM ui_passwords WHERE expires IS NOT NULL";
        Ok(EndedTimed {
            sessions: self.run("DELETE FROM sessions", &[])?,
            one_time_passwords: self.run(expiring, &[])?,
            links: self.run("DELETE FROM links", &[])?,
        })
    }
}
