//! The sign-in in a browser: opens the Console, and waits on this computer for the browser to come
//! back with a token.
//!
//! The one idea: whoever can open an address here can send something, so what comes is taken only
//! with the text that was drawn for this run, and only bound to the key that was made for it.

use super::kept::{Key, Session};
use super::{authenticate, jwk};
use crate::clock::{ALPHANUMERIC, random_text};
use crate::commands::group::Call;
use crate::commands::setup::keys;
use crate::config::{Environment, Settings, token as jwt};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::request::encode;
use crate::terminal::print;
use iam_sign::PrivateKey;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Where the browser comes back to; the Console is told.
const PORT: u16 = 8181;
/// Where the Console is asked.
const PATH: &str = "/v1/oauth2/authorize";
/// The longest head of a request: a token has two thousand characters.
const HEAD_BYTES_MAX: u64 = 32 * 1024;
const READ_TIME_MAX: Duration = Duration::from_secs(5);

/// The page that the browser comes back to. What stands behind `#` is sent to nobody, so a script
/// hands it over, and takes it out of the address.
const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>oci</title>\
<p id=\"said\">One moment.</p><script>\
var said = document.getElementById('said'), hash = location.hash.slice(1);\
history.replaceState(null, '', '/');\
fetch('/token?' + hash).then(function (answer) {\
said.textContent = answer.ok ? 'You are signed in. Close this window and go back to your terminal.' \
: 'This is not what the terminal waits for. Run the command again.';\
}, function () { said.textContent = 'The terminal does not wait any more. Run the command again.'; });\
</script></html>";

/// Has the person sign in, and answers the session that they allowed.
pub(crate) fn sign_in(
    call: &Call<'_>,
    settings: &Settings<'_>,
    region: String,
) -> Result<Session, Failure> {
    let given = settings.globals.endpoint.as_deref();
    let endpoint = Endpoint::choose("login", given, Some(&region), settings.env)?;
    // Before anything is made: a port that is taken ends it.
    let listeners = listen()?;
    let pair = keys::make()?;
    let key = PrivateKey::from_pem(pair.private_pem.as_bytes(), None)
        .map_err(|error| Failure::Client(format!("ERROR: Cannot make a key: {error}")))?;
    let state = random_text(32, ALPHANUMERIC);
    let mut query = vec![
        ("action", "login".to_owned()),
        ("client_id", "iaas_console".to_owned()),
        ("response_type", "token id_token".to_owned()),
        ("nonce", random_text(32, ALPHANUMERIC)),
        ("scope", "openid".to_owned()),
        ("public_key", jwk::for_address(&key)),
        ("redirect_uri", format!("http://localhost:{PORT}")),
        ("state", state.clone()),
    ];
    let own = [("tenant", "--tenancy-name"), ("provider", "--identity-provider-name")];
    query.extend(
        own.iter().filter_map(|(name, option)| Some((*name, call.value(option)?.to_owned()))),
    );
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let url = format!("{}{}?{}", endpoint.origin, endpoint.path(PATH), pairs.join("&"));
    if open(&url, settings.env) {
        print("    Please switch to newly opened browser window to log in!")?;
        print("    You can also open the following URL in a web browser window to continue:")?;
    } else {
        print("    Open the following URL in a web browser window to continue:")?;
    }
    print(&url)?;
    let token = wait(listeners, &key, &state)?;
    print("    Completed browser authentication process!")?;
    let tenancy = authenticate::tenancy(&token)?;
    Ok(Session { key: Key::Pair(pair), token, tenancy, region })
}

/// Listens at the port of this computer, and at no other address: `localhost` may mean either.
fn listen() -> Result<Vec<TcpListener>, Failure> {
    let first = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    let first = first.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Failure::Client(format!(
            "Could not complete bootstrap process because port {PORT} is already in use."
        )),
        _ => Failure::Client(format!("ERROR: Cannot listen at port {PORT}: {error}")),
    })?;
    let second = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, PORT)));
    Ok([Some(first), second.ok()].into_iter().flatten().collect())
}

/// Opens a browser, where there can be one; whether it was told to.
fn open(url: &str, env: &dyn Environment) -> bool {
    let named = env.var("BROWSER");
    let has_screen = cfg!(target_os = "macos")
        || env.var("DISPLAY").is_some()
        || env.var("WAYLAND_DISPLAY").is_some();
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let program = match &named {
        Some(named) => named.split(':').next().unwrap_or_default(),
        None if has_screen => usual,
        None => return false,
    };
    let mut command = Command::new(program);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

/// Waits until a token comes that is for this run.
fn wait(
    listeners: Vec<TcpListener>,
    key: &PrivateKey,
    state: &str,
) -> Result<Zeroizing<String>, Failure> {
    let (came, comes) = mpsc::channel();
    for listener in listeners {
        let came = came.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if came.send(stream).is_err() {
                    return;
                }
            }
        });
    }
    drop(came);
    for stream in comes {
        // Whatever breaks off was not it.
        if let Ok(Some(token)) = answer(stream, key, state) {
            return Ok(token);
        }
    }
    Err(Failure::Client(format!("ERROR: Cannot listen at port {PORT} any more")))
}

/// Answers one request; the token, where it brought it.
fn answer(
    mut stream: TcpStream,
    key: &PrivateKey,
    state: &str,
) -> io::Result<Option<Zeroizing<String>>> {
    stream.set_read_timeout(Some(READ_TIME_MAX))?;
    stream.set_write_timeout(Some(READ_TIME_MAX))?;
    let (line, host) = head(&stream)?;
    let target = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    // A name of a stranger's that leads here is not answered.
    let is_own = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{PORT}"));
    let target = target.filter(|_| is_own.contains(&host));
    let (status, body, token) = match target {
        Some("/") => ("200 OK", PAGE, None),
        Some(target) => {
            match target.strip_prefix("/token?").map(|query| token(query, key, state)) {
                Some(Some(token)) => ("200 OK", "", Some(token)),
                Some(None) => ("400 Bad Request", "", None),
                None => ("404 Not Found", "", None),
            }
        }
        None => ("400 Bad Request", "", None),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; \
         script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes())?;
    stream.flush()?;
    Ok(token)
}

/// The first line of a request, and its host.
fn head(stream: &TcpStream) -> io::Result<(Zeroizing<String>, String)> {
    let mut lines = BufReader::new(stream.take(HEAD_BYTES_MAX)).lines();
    let first = lines.next().transpose()?.map(Zeroizing::new).unwrap_or_default();
    let mut host = String::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            host = value.trim().to_lowercase();
        }
    }
    Ok((first, host))
}

/// The token in what the browser brought, if it is for this run.
fn token(query: &str, key: &PrivateKey, state: &str) -> Option<Zeroizing<String>> {
    let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
    let value = |wanted: &str| pairs().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let token = value("security_token")?;
    // A service that does not know of it leaves it out; the key is what counts then.
    let is_this_run = value("state").is_none_or(|came| came == state);
    let claims = jwt::claims(token).ok()?;
    let is_it = is_this_run && jwk::is_bound_to(&claims, key);
    is_it.then(|| Zeroizing::new(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

    const PEM: &[u8] = include_bytes!("../../../../iam-sign/tests/keys/pkcs8.pem");
    const OTHER: &[u8] = include_bytes!("../../../../iam-sign/tests/keys/rsa4096.pem");

    fn token_for(key: &PrivateKey) -> String {
        let jwk = URL_SAFE.decode(jwk::for_address(key)).unwrap();
        let jwk = serde_json::to_string(&String::from_utf8(jwk).unwrap()).unwrap();
        let claims = format!(r#"{{"exp":1,"tenant":"t","jwk":{jwk}}}"#);
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn only_what_is_for_this_run_is_taken() {
        let key = PrivateKey::from_pem(PEM, None).unwrap();
        let other = PrivateKey::from_pem(OTHER, None).unwrap();
        let (own, foreign) = (token_for(&key), token_for(&other));
        let taken = |query: &str| token(query, &key, "abc").map(|token| token.to_string());
        assert_eq!(taken(&format!("security_token={own}&state=abc")), Some(own.clone()));
        assert_eq!(taken(&format!("state=abc&x=y&security_token={own}")), Some(own.clone()));
        assert_eq!(taken(&format!("security_token={own}")), Some(own.clone()));
        assert_eq!(taken(&format!("security_token={own}&state=other")), None);
        assert_eq!(taken(&format!("security_token={foreign}&state=abc")), None);
        for query in ["", "security_token=", "security_token=x", "state=abc"] {
            assert_eq!(taken(query), None, "{query}");
        }
    }
}
