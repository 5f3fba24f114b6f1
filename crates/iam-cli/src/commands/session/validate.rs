//! `oci session validate`: tells whether the session still signs.

use super::{of_session, token};
use crate::clock::now;
use crate::commands::group::{Call, Command, Opt};
use crate::config::token as jwt;
use crate::failure::Failure;
use crate::report::{About, no_answer, service_error};
use crate::send::Sender;
use crate::terminal::note;
use iam_api::Timestamp;
use iam_api::tenancies::LIST_REGIONS;

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "validate",
    doc: "Tells whether the session of a profile still signs. Asks the service, and looks at the \
          time alone with --local.",
    options: &[Opt {
        name: "--local",
        value: None,
        doc: "Looks at when the token runs out, and asks nobody.",
    }],
    examples: &["oci session validate --profile session", "oci session validate --local"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let settings = of_session(call, "validate")?;
    let without =
        format!("No security_token_file was found in config for profile: {}", settings.profile);
    let (path, token) = token(&settings, &without)?;
    let end = jwt::claims(&token).and_then(|claims| jwt::end(&claims)).map_err(|why| {
        Failure::Client(format!("ERROR: The session token in {} {why}", path.display()))
    })?;
    if call.has("--local") {
        if now().as_seconds() > end {
            return Err(Failure::Client("Session has expired".to_owned()));
        }
    } else {
        let sender = Sender::new(&settings, "identity")?;
        let spec = &LIST_REGIONS.spec;
        let (method, target) = (spec.method.as_str(), spec.path);
        let about = About { operation: spec.id, service: "identity", method, target };
        let none: [(&str, String); 0] = [];
        let sent = sender.send_to(method, &sender.endpoint.path(target), &none, None);
        let answer = sent.map_err(|silence| no_answer(&sender, &about, silence))?;
        match answer.status {
            200 => {}
            401 => {
                let text = "Session was deemed invalid by service".to_owned();
                return Err(Failure::Client(text));
            }
            _ => return Err(service_error(&sender, &about, &answer)),
        }
    }
    note(&format!("Session is valid until {}", moment(end)));
    Ok(())
}

/// A moment as the official command line writes it, which has the zone of the computer.
pub(crate) fn moment(seconds: i64) -> String {
    let text = Timestamp::from_micros(seconds.saturating_mul(1_000_000)).to_string();
    let text = text.split_once('.').map_or(text.as_str(), |(seconds, _)| seconds);
    format!("{} UTC", text.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_its_zone() {
        assert_eq!(moment(1_700_000_000), "2023-11-14 22:13:20 UTC");
    }
}
