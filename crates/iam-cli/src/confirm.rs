//! Questions before something is deleted or replaced: the words of the official command line.
//!
//! The question stands on stderr, so that stdout holds the answer alone. No answer at all is a no.

use crate::failure::Failure;
use crate::terminal::{ask, note};

/// How often an answer that is neither yes nor no is asked for again.
const QUESTIONS_MAX: usize = 10;

/// Asks, and fails unless the answer is yes.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
    for _ in 0..QUESTIONS_MAX {
        let answer = ask(&format!("{question} [y/N]: "))?;
        match answer.as_deref().map(|text| text.trim().to_lowercase()).as_deref() {
            Some("y" | "yes") => return Ok(()),
            Some("n" | "no" | "") => return Err(Failure::Aborted),
            Some(_) => note("Error: invalid input"),
            None => {
                note("");
                return Err(Failure::Aborted);
            }
        }
    }
    Err(Failure::Aborted)
}
