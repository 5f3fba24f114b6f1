//! `oci session refresh`: gets another token of the session, while the one that is there is good.

use super::{of_session, token};
use crate::clock::now;
use crate::commands::group::{Call, Command};
use crate::commands::setup::files::write_private;
use crate::config::token as jwt;
use crate::failure::Failure;
use crate::json::{Json, Layout};
use crate::report::{About, no_answer};
use crate::send::Sender;
use crate::terminal::note;

/// Where it is asked for.
const PATH: &str = "/v1/authentication/refresh";

const OVER: &str = "Your session is no longer valid and cannot be refreshed. Please use 'oci session \
                    authenticate' to create a new session.";

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "refresh",
    doc: "Gets another token for the session of a profile, good for another hour: as often as \
          wanted, for 24 hours in all. A session that an API key has begun ends when it was said.",
    options: &[],
    examples: &["oci session refresh --profile session"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let settings = of_session(call, "refresh")?;
    let without = "Cannot refresh a profile that does not have a value for 'security_token_file'";
    let (path, token) = token(&settings, without)?;
    let is_over = jwt::claims(&token)
        .and_then(|claims| jwt::end(&claims))
        .is_ok_and(|end| now().as_seconds() > end);
    if is_over {
        return Err(Failure::Client(OVER.to_owned()));
    }
    let sender = Sender::new(&settings, "auth")?;
    let target = sender.endpoint.path(PATH);
    note(&format!("Attempting to refresh token from {}{target}", sender.endpoint.origin));
    let body = Json::object([("currentToken", Json::text_of(token.as_str()))]);
    let body = zeroize::Zeroizing::new(body.text(Layout::WIRE).into_bytes());
    let none: [(&str, String); 0] = [];
    let about =
        About { operation: "RefreshSession", service: "auth", method: "POST", target: PATH };
    let sent = sender.send_to("POST", &target, &none, Some(&body));
    let answer = sent.map_err(|silence| no_answer(&sender, &about, silence))?;
    match answer.status {
        200 => {}
        401 => return Err(Failure::Client(OVER.to_owned())),
        _ => {
            let text = String::from_utf8_lossy(&answer.body);
            let text = format!("ERROR: Failed to refresh session. Error: {text}");
            return Err(Failure::Client(text));
        }
    }
    let new = Json::parse(&answer.body).ok();
    let new = new.as_ref().and_then(|body| body.get("token")).and_then(Json::as_text);
    let new = new.filter(|token| jwt::claims(token).is_ok()).ok_or_else(|| {
        Failure::Client("ERROR: Failed to refresh session. Error: no token came".to_owned())
    })?;
    write_private(&path, new.as_bytes(), true)?;
    note("Successfully refreshed token");
    Ok(())
}
