//! Why a mail did not reach the mail server, in a few words for operators.
//!
//! What a server says may quote the mail back, and with it the link: long runs of letters and
//! digits are left out, and what remains is short.

use std::fmt;

/// The most characters of what a server said.
const SAID_MAX: usize = 160;
/// The longest run of letters and digits that is shown; a link's token is longer by far.
const RUN_MAX: usize = 24;

/// Why a mail did not reach the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    text: String,
    is_refusal: bool,
}

impl Failure {
    /// The server could not be reached, or was lost: other mails would fare no better.
    pub(crate) fn lost(what: &str, cause: impl fmt::Display) -> Self {
        Self { text: shown(&format!("{what}: {cause}")), is_refusal: false }
    }

    /// The server answered that it does not take this mail now.
    pub(crate) fn refused(cause: impl fmt::Display) -> Self {
        Self { text: shown(&cause.to_string()), is_refusal: true }
    }

    /// There is no connection to a server.
    #[must_use]
    pub fn unconnected() -> Self {
        Self::lost("sending", "there is no connection")
    }

    /// Whether the server was there, and refused this mail; other mails may fare better.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.is_refusal
    }

    pub(crate) fn of(doing: &str, error: &lettre::transport::smtp::Error) -> Self {
        use std::error::Error;
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        match error.status() {
            // 421 is a server that goes away, whatever the mail was.
            Some(code) if code.to_string() == "421" => {
                Self::lost(doing, format!("the server said 421 {said}"))
            }
            Some(code) => Self::refused(format!("{doing}: the server said {code} {said}")),
            None if error.is_client() => Self::refused(format!("{doing}: {said}")),
            None => Self::lost(doing, said),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

fn shown(text: &str) -> String {
    let line = crate::clean::line(text, SAID_MAX);
    let is_of_run = |letter: char| letter.is_ascii_alphanumeric() || "-_=%+~".contains(letter);
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(letter) = rest.chars().next() {
        let end = rest.find(|letter| !is_of_run(letter)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end.max(letter.len_utf8()));
        out.push_str(if run.len() > RUN_MAX { "…" } else { run });
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_quotes_is_not_kept() {
        let token = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";
        let said = format!("554 spam: https://iam.example.com/console/reset#{token}\r\n250 x");
        let failure = Failure::refused(&said);
        assert_eq!(failure.to_string(), "554 spam: https://iam.example.com/console/reset#… 250 x");
        assert!(Failure::lost("connecting", "x ".repeat(500)).to_string().chars().count() < 170);
        assert_eq!(Failure::refused("ünknöwn 李").to_string(), "ünknöwn 李");
    }
}
