//! `oci session authenticate`: begins a session, in a browser or with an API key.

use super::browser;
use super::kept::{self, Key, Place, Session};
use super::settings;
use crate::commands::group::{Call, Command, Opt};
use crate::commands::setup::config::{ask_region, check_profile};
use crate::commands::setup::keys;
use crate::config::{Settings, expand_home, read_text, token as jwt};
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::json::{Json, Layout};
use crate::report::{About, no_answer, service_error};
use crate::send::Sender;
use crate::terminal::print;
use iam_api::regions;
use zeroize::Zeroizing;

/// Where the first token is asked for with an API key.
const PATH: &str = "/v1/token/upst/actions/GenerateUpst";
/// How long a session may be that an API key begins.
const MINUTES_MIN: u32 = 5;
const MINUTES_MAX: u32 = 60;

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "authenticate",
    doc: "Begins a session: opens the Console in a browser, where you sign in and allow it, and \
          writes a profile that signs with it. With --no-browser the profile's API key begins it. \
          --region names the region; --endpoint the server, where it has no region.",
    options: &[
        Opt { name: "--tenancy-name", value: Some("TEXT"), doc: "The tenancy to sign in to." },
        Opt {
            name: "--identity-provider-name",
            value: Some("TEXT"),
            doc: "The identity provider to sign in at.",
        },
        Opt {
            name: "--no-browser",
            value: None,
            doc: "Begins it with the key of the profile, or with its session.",
        },
        Opt {
            name: "--public-key-file-path",
            value: Some("PATH"),
            doc: "With --no-browser: the public half, in PEM, of a key that somebody else keeps. \
                  Without it a key is made.",
        },
        Opt {
            name: "--session-expiration-in-minutes",
            value: Some("NUMBER"),
            doc: "With --no-browser: how long the session goes on, 5 to 60. [default: 60]",
        },
        Opt {
            name: "--token-location",
            value: Some("PATH"),
            doc: "The directory to keep key and token in. [default: ~/.oci/sessions]",
        },
        Opt { name: "--profile-name", value: Some("TEXT"), doc: "The profile to write." },
        Opt {
            name: "--config-location",
            value: Some("PATH"),
            doc: "The file to write it to. [default: ~/.oci/config]",
        },
        Opt { name: "--use-passphrase", value: None, doc: "Asks for a passphrase for the key." },
    ],
    examples: &[
        "oci session authenticate --region iad --profile-name session",
        "oci session authenticate --no-browser --profile-name robot \
         --session-expiration-in-minutes 15",
    ],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let settings = settings(call.globals, call.env, "authenticate")?;
    let mut dialogue = Dialogue::of_process();
    if let Some(name) = call.value("--profile-name") {
        check_profile(name).map_err(|why| call.usage(why))?;
    }
    let minutes = if call.has("--no-browser") { Some(minutes(call)?) } else { None };
    let region = region(&settings, &mut dialogue)?;
    let session = match minutes {
        Some(minutes) => by_request(call, &settings, region, minutes)?,
        None => browser::sign_in(call, &settings, region)?,
    };
    let place = Place {
        profile: call.value("--profile-name"),
        config: call.value("--config-location"),
        folder: call.value("--token-location"),
        asks_passphrase: call.has("--use-passphrase"),
        user: None,
    };
    let (profile, config) = kept::keep(&session, &place, call.env, &mut dialogue)?;
    drop(dialogue);
    print(&format!("Config written to: {}", config.display()))?;
    print(&kept::try_out("created", &profile, &config))
}

/// The region that was named or is asked for, by its whole name.
pub(crate) fn region(
    settings: &Settings<'_>,
    dialogue: &mut Dialogue<'_>,
) -> Result<String, Failure> {
    let region = match &settings.globals.region {
        Some(region) => region.clone(),
        None => ask_region(dialogue)?,
    };
    Ok(match regions::region(&region.to_lowercase()) {
        Some(row) => row.name.to_owned(),
        None => region,
    })
}

/// How long the session is to go on.
fn minutes(call: &Call<'_>) -> Result<u32, Failure> {
    let Some(text) = call.value("--session-expiration-in-minutes") else { return Ok(MINUTES_MAX) };
    let wrong = |why: &str| Failure::Client(format!("Session expiration cannot be {why} minutes"));
    let minutes: u32 = text.trim().parse().map_err(|_| {
        let name = "--session-expiration-in-minutes";
        call.usage(format!("Invalid value for '{name}': '{text}' is not a valid integer."))
    })?;
    if minutes > MINUTES_MAX {
        return Err(wrong(&format!("longer than {MINUTES_MAX}")));
    }
    if minutes < MINUTES_MIN {
        return Err(wrong(&format!("shorter than {MINUTES_MIN}")));
    }
    Ok(minutes)
}

/// Begins the session with whatever the profile signs with.
fn by_request(
    call: &Call<'_>,
    settings: &Settings<'_>,
    region: String,
    minutes: u32,
) -> Result<Session, Failure> {
    let sender = Sender::new(settings, "auth")?;
    let key = match call.value("--public-key-file-path") {
        Some(path) => public_key(path, call)?,
        None => Key::Pair(keys::make()?),
    };
    let body = Json::object([
        ("publicKey", Json::text_of(key.public_pem())),
        ("sessionExpirationInMinutes", Json::Int(minutes.into())),
    ]);
    let token = ask(&sender, "GenerateUserSecurityToken", PATH, &body)?;
    let tenancy = tenancy(&token)?;
    Ok(Session { key, token, tenancy, region })
}

/// Asks for a token, by that operation at that path.
pub(crate) fn ask(
    sender: &Sender<'_>,
    operation: &'static str,
    target: &'static str,
    body: &Json,
) -> Result<Zeroizing<String>, Failure> {
    let about = About { operation, service: "dataplane", method: "POST", target };
    let none: [(&str, String); 0] = [];
    let (path, body) = (sender.endpoint.path(target), body.text(Layout::WIRE).into_bytes());
    let sent = sender.send_to(about.method, &path, &none, Some(&body));
    let answer = sent.map_err(|silence| no_answer(sender, &about, silence))?;
    if answer.status != 200 {
        return Err(service_error(sender, &about, &answer));
    }
    let body = Json::parse(&answer.body).ok();
    let token = body.as_ref().and_then(|body| body.get("token")).and_then(Json::as_text);
    Ok(Zeroizing::new(token.unwrap_or_default().to_owned()))
}

fn public_key(path: &str, call: &Call<'_>) -> Result<Key, Failure> {
    let told = || {
        let text = "Could not load public key from public-key-file-path provided";
        Failure::Client(text.to_owned())
    };
    let pem = read_text(&expand_home(path, call.env)).map_err(|_| told())?;
    let fingerprint = iam_sign::public_pem_fingerprint(&pem).ok_or_else(told)?;
    Ok(Key::Public { pem: pem.to_string(), fingerprint })
}

/// Whose tenancy a token names.
pub(super) fn tenancy(token: &str) -> Result<String, Failure> {
    claim(token, "tenant")
}

/// What a token claims under that name.
pub(crate) fn claim(token: &str, name: &str) -> Result<String, Failure> {
    let claims = jwt::claims(token)
        .map_err(|why| Failure::Client(format!("ERROR: What was answered {why}")))?;
    let claimed = claims.get(name).and_then(Json::as_text);
    claimed.map(str::to_owned).ok_or_else(|| {
        Failure::Client(format!("ERROR: The token that was answered lacks the claim `{name}`"))
    })
}
