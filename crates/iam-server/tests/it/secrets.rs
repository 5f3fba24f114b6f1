//! A one-time password is in the answer that made it and nowhere else: not in a file of the
//! installation, not in the log at its most talkative, in no form.

use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::json;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

/// All that was logged since [`log_everything`].
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Keeps everything that this process logs from now on, on whatever thread.
fn log_everything() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(Kept)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nothing else logs here");
    });
}

/// The secret in every form in which it could lie about.
pub(crate) fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let escaped: String = secret
        .chars()
        .map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() || "-._".contains(letter) => letter.into(),
            letter => format!("%{:02X}", u32::from(letter)),
        })
        .collect();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![
        bytes.to_vec(),
        bytes.iter().rev().copied().collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent.into_bytes(),
        escaped.into_bytes(),
        html.into_bytes(),
        secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        format!("{bytes:?}").into_bytes(),
        serde_json::to_vec(secret).unwrap(),
    ];
    // In base64 within a longer text, a part looks different by where it begins.
    for skipped in 0..3 {
        let whole = &bytes[skipped..skipped + (bytes.len() - skipped) / 3 * 3];
        forms.push(STANDARD_NO_PAD.encode(whole).into_bytes());
        forms.push(URL_SAFE_NO_PAD.encode(whole).into_bytes());
    }
    forms
}

/// Bytes as text, a letter for each: the standard library's search in texts is fast.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn assert_nowhere(world: &World, secrets: &[String]) {
    let logged = letters(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner));
    let mut texts = world.on_disk();
    let user = world.installed.admin.as_str();
    assert!(texts.iter().any(|(_, text)| text.contains(user)), "what is there is found");
    assert!(logged.contains(user), "what was logged is found");
    texts.push(("the log".to_owned(), logged));
    for secret in secrets {
        for form in forms(secret) {
            let form = letters(&form);
            for (name, text) in &texts {
                assert!(!text.contains(&form), "{secret} is in {name} as {form}");
            }
        }
    }
}

#[test]
fn a_one_time_password_is_in_no_file_and_in_no_log() {
    log_everything();
    let world = World::new();
    let admin = world.administrator();
    let mut secrets = Vec::new();
    for number in 0..8 {
        let user = world.user(&format!("user{number}"));
        let target = format!("/20160918/users/{user}/uiPassword");
        let token = format!("{number}TokenThatNobodyKnows7");
        for _ in 0..2 {
            let header = [("opc-retry-token", token.as_str())];
            let answer = world.send_with(&admin, "POST", &target, None, &header).ok();
            secrets.push(answer.text("password"));
        }
        secrets.push(world.send(&admin, "POST", &target, None).ok().text("password"));
        secrets.push(token);
        world.send(&admin, "GET", &target, None).ok();
        let tried = json!({"password": "ChosenByTheAdministrator9"});
        assert_eq!(world.send(&admin, "POST", &target, Some(&tried)).status, 400);
        secrets.push("ChosenByTheAdministrator9".to_owned());
        let query = format!("{target}?password=PutIntoTheQuery123");
        world.send(&admin, "GET", &query, None).ok();
        secrets.push("PutIntoTheQuery123".to_owned());
    }
    // Someone without rights is refused, and that is logged.
    let eve = world.caller_with("eve", 1, &[]);
    assert_eq!(world.get(&eve, &format!("/users/{}", admin.user)).status, 404);
    let unsigned = world.send_raw("GET", "/20160918/regions", &[], Vec::new());
    assert_eq!(unsigned.status, 401);
    tracing::info!(admin = %admin.user, "the search finds what is logged");
    assert_nowhere(&world, &secrets);
    let world = world.restart();
    assert_nowhere(&world, &secrets);
}
