//! `oci setup bootstrap`: from a sign-in in a browser to a profile with an API key.
//!
//! The session that the browser begins lives as long as this command, and uploads its own key: so
//! nothing secret is copied by hand, and nothing is written before the key is the user's.

use crate::commands::group::{Call, Command, Opt};
use crate::commands::session::authenticate::{claim, region};
use crate::commands::session::browser;
use crate::commands::session::kept::{self, Key, Place, Session};
use crate::commands::setup::config::check_profile;
use crate::config::{self, Account, Settings};
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::json::Json;
use crate::request::Input;
use crate::retry::Caller;
use crate::terminal::print;
use iam_api::api_keys::{DELETE_API_KEY, LIST_API_KEYS, UPLOAD_API_KEY};
use iam_api::tenancies::LIST_REGION_SUBSCRIPTIONS;

/// What is answered where the user has as many API keys as they may have.
const TOO_MANY: u16 = 409;

/// What is answered to who may not see it.
const NOT_FOUND: u16 = 404;

const WHICH: &str = "Enter the fingerprint of the API key to delete to make space for the new key";

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "bootstrap",
    doc: "Makes a profile from a sign-in: opens the Console in a browser, where you sign in and \
          allow it, makes a key, uploads it as your API key, and writes a profile that signs with \
          it. --region names the region; --endpoint the server, where it has no region.",
    options: &[
        Opt { name: "--profile-name", value: Some("TEXT"), doc: "The profile to write." },
        Opt {
            name: "--config-location",
            value: Some("PATH"),
            doc: "The file to write it to. [default: ~/.oci/config]",
        },
    ],
    examples: &["oci setup bootstrap", "oci --region iad setup bootstrap --profile-name mine"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut settings = config::load(call.globals, call.env)?;
    settings.apply_defaults(&["setup", "bootstrap"]);
    let mut dialogue = Dialogue::of_process();
    if let Some(name) = call.value("--profile-name") {
        check_profile(name).map_err(|why| call.usage(why))?;
    }
    let region = region(&settings, &mut dialogue)?;
    let session = browser::sign_in(call, &settings, region)?;
    let user = claim(&session.token, "sub")?;
    upload(call, &session, &user, &mut dialogue)?;
    dialogue
        .say(&format!("Uploaded new API key with fingerprint: {}", session.key.fingerprint()))?;
    let place = Place {
        profile: call.value("--profile-name"),
        config: call.value("--config-location"),
        folder: None,
        asks_passphrase: true,
        user: Some(&user),
    };
    let (profile, config) = kept::keep(&session, &place, call.env, &mut dialogue)?;
    drop(dialogue);
    print(&format!("Config written to: {}", config.display()))?;
    print(&format!(
        "\n    Try out your newly registered credentials with the following example command:\n\n    \
         oci iam region list --config-file {} --profile {profile}\n",
        config.display()
    ))
}

/// Makes the key of the session an API key of the user, in the home region, where keys are made.
fn upload(
    call: &Call<'_>,
    session: &Session,
    user: &str,
    dialogue: &mut Dialogue<'_>,
) -> Result<(), Failure> {
    let here = signed_by(call, session, &session.region)?;
    let spec = &LIST_REGION_SUBSCRIPTIONS.spec;
    let listed = Caller::new(&here, spec)?.call(spec, &Input::param("tenancyId", &session.tenancy));
    let home = match listed {
        Ok(listed) => listed.reply.as_ref().and_then(home),
        // Who may not see the regions may still have keys; the service says if it is not here.
        Err(refused) if refused.status == Some(NOT_FOUND) => None,
        Err(refused) => return Err(refused.failure),
    };
    let home = home.unwrap_or_else(|| session.region.clone());
    let at_home = signed_by(call, session, &home)?;
    let caller = Caller::new(&at_home, &UPLOAD_API_KEY.spec)?;
    let mut key = Input::param("userId", user);
    key.set_field("key", Json::text_of(session.key.public_pem()));
    let refused = match caller.call(&UPLOAD_API_KEY.spec, &key) {
        Ok(_) => return Ok(()),
        Err(refused) => refused,
    };
    if refused.status != Some(TOO_MANY) {
        return Err(refused.failure);
    }
    let listed = caller.call(&LIST_API_KEYS.spec, &Input::param("userId", user))?;
    let known = fingerprints(listed.reply.as_ref());
    if known.is_empty() {
        return Err(refused.failure); // it is not for their number
    }
    let old = ask_which(&known, dialogue)?;
    let mut one = Input::param("userId", user);
    one.set("fingerprint", Some(old.clone()));
    caller.call(&DELETE_API_KEY.spec, &one)?;
    dialogue.say(&format!("Deleted Api key with fingerprint: {old}"))?;
    caller.call(&UPLOAD_API_KEY.spec, &key)?;
    Ok(())
}

/// Settings that sign as the session, in that region.
fn signed_by<'e>(
    call: &Call<'e>,
    session: &Session,
    region: &str,
) -> Result<Settings<'e>, Failure> {
    let Key::Pair(pair) = &session.key else {
        return Err(Failure::Client("ERROR: The key of the session is not here".to_owned()));
    };
    let mut settings = config::load(call.globals, call.env)?;
    settings.apply_defaults(&["setup", "bootstrap"]);
    Ok(settings.signed_by(Account::begun(&pair.private_pem, &session.token, region)))
}

/// The region among those of a tenancy in which its identities are changed.
fn home(subscriptions: &Json) -> Option<String> {
    let Json::List(all) = subscriptions else { return None };
    let home = all.iter().find(|one| matches!(one.get("isHomeRegion"), Some(Json::Bool(true))))?;
    home.get("regionName")?.as_text().map(str::to_owned)
}

/// The keys that there are: fingerprints, and when each was made.
fn fingerprints(listed: Option<&Json>) -> Vec<(String, String)> {
    let Some(Json::List(keys)) = listed else { return Vec::new() };
    let text = |key: &Json, field| key.get(field).and_then(Json::as_text).map(str::to_owned);
    let one = |key| Some((text(key, "fingerprint")?, text(key, "timeCreated").unwrap_or_default()));
    keys.iter().filter_map(one).collect()
}

/// Asks which key is to make room, twice: what is deleted signs nothing any more.
fn ask_which(known: &[(String, String)], dialogue: &mut Dialogue<'_>) -> Result<String, Failure> {
    dialogue.say("ApiKey limit has been reached for this user account.")?;
    dialogue.say("The following API keys are currently enabled for this account:")?;
    for (number, (fingerprint, made)) in (1..).zip(known) {
        dialogue
            .say(&format!("\tKey [{number}]: Fingerprint: {fingerprint}, Time Created: {made}"))?;
    }
    let is_known = |text: &str| match known.iter().find(|(known, _)| known == text.trim()) {
        Some((known, _)) => Ok(known.clone()),
        None => Err("no API key of yours has this fingerprint".to_owned()),
    };
    loop {
        let one = dialogue.ask(WHICH, None, is_known)?;
        if dialogue.ask("Repeat for confirmation", None, is_known)? == one {
            return Ok(one);
        }
        dialogue.say("Error: The two entered values do not match.")?;
    }
}
