//! A mail server to test against: it speaks SMTP as it is told to, well or badly, and keeps what it
//! was given. The tests of the server use it too.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than anything here may take.
const TIME_MAX: Duration = Duration::from_secs(90);

/// When the server begins TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    Plain,
    StartTls,
    Implicit,
}

/// What is wrong with its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    OtherName,
    Expired,
    UnknownAuthority,
}

/// How it treats mail. A stage is `MAIL`, `RCPT`, `DATA`, or `.` for the end of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    /// Answers that at that stage.
    Says(&'static str, &'static str),
    /// Answers nothing more from that stage on.
    Silent(&'static str),
    /// Ends the connection in the middle of a mail.
    CutsInData,
    /// Keeps the mail, and ends the connection instead of saying so.
    CutsAfterData,
    /// Takes that many milliseconds for each mail.
    Slow(u64),
}

/// What it is like.
pub(crate) struct Script {
    pub(crate) offer: Offer,
    pub(crate) flaw: Flaw,
    pub(crate) login: Option<(&'static str, &'static str)>,
    /// What it offers beside STARTTLS and AUTH.
    pub(crate) extensions: Vec<&'static str>,
    /// What somebody puts behind its answer to STARTTLS.
    pub(crate) injected: &'static str,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            offer: Offer::Plain,
            flaw: Flaw::None,
            login: None,
            extensions: vec!["8BITMIME", "SMTPUTF8"],
            injected: "",
        }
    }
}

/// A mail that it was given.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) source: String,
    pub(crate) was_encrypted: bool,
}

impl Received {
    /// A header's value, if the mail has exactly one such.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.source.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut found = unfolded.split("\r\n").filter_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        });
        let first = found.next()?;
        assert_eq!(found.next(), None, "{name} is there twice");
        Some(first)
    }
}

struct Inside {
    script: Script,
    tls: Option<Arc<ServerConfig>>,
    mood: Mutex<Mood>,
    received: Mutex<Vec<Received>>,
    arrived: Condvar,
    said: Mutex<Vec<String>>,
    connections: AtomicUsize,
    ends: AtomicBool,
}

/// The server.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// The authority that signed its certificate, in PEM.
    pub(crate) authority: String,
    inside: Arc<Inside>,
    listener: Option<JoinHandle<()>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(crate) fn start(script: Script) -> Self {
        Self::at(0, script)
    }

    /// Starts it on that port.
    pub(crate) fn at(port: u16, script: Script) -> Self {
        let (authority, tls) = certificate(script.flaw);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inside = Arc::new(Inside {
            tls: (script.offer != Offer::Plain).then_some(tls),
            script,
            mood: Mutex::new(Mood::Takes),
            received: Mutex::default(),
            arrived: Condvar::new(),
            said: Mutex::default(),
            connections: AtomicUsize::new(0),
            ends: AtomicBool::new(false),
        });
        let shared = Arc::clone(&inside);
        let listener = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.ends.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&shared);
                shared.connections.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || shared.serve(stream.unwrap()));
            }
        });
        Self { port, authority, inside, listener: Some(listener) }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        *lock(&self.inside.mood) = mood;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.inside.received).clone()
    }

    /// How many connections were begun.
    pub(crate) fn connections(&self) -> usize {
        self.inside.connections.load(Ordering::SeqCst)
    }

    /// Every line that clients said, but for what was in mails.
    pub(crate) fn said(&self) -> Vec<String> {
        lock(&self.inside.said).clone()
    }

    /// Waits until it was given so many mails.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Received> {
        let too_few = |received: &mut Vec<Received>| received.len() < count;
        let received = lock(&self.inside.received);
        let (received, late) =
            self.inside.arrived.wait_timeout_while(received, TIME_MAX, too_few).unwrap();
        assert!(!late.timed_out(), "{} of {count} mails came", received.len());
        received.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.inside.ends.store(true, Ordering::SeqCst);
        let _wakes_the_listener = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        self.listener.take().unwrap().join().unwrap();
    }
}

/// A certificate for `localhost` with that flaw, and the authority to know it by.
fn certificate(flaw: Flaw) -> (String, Arc<ServerConfig>) {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (certificate.pem(), Issuer::new(params, key))
    };
    let (mut known, signer) = authority("ours");
    if flaw == Flaw::UnknownAuthority {
        known = authority("another").0;
    }
    let name = if flaw == Flaw::OtherName { "other.example" } else { "localhost" };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if flaw == Flaw::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &signer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    (known, Arc::new(config.unwrap()))
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// One connection.
struct Talk<'a> {
    inside: &'a Inside,
    wire: BufReader<Box<dyn Wire>>,
    is_encrypted: bool,
}

impl Inside {
    fn encrypt(&self, stream: TcpStream) -> Box<dyn Wire> {
        let config = Arc::clone(self.tls.as_ref().unwrap());
        Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), stream))
    }

    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(TIME_MAX)).unwrap();
        let is_encrypted = self.script.offer == Offer::Implicit;
        let wire = match is_encrypted {
            true => self.encrypt(stream.try_clone().unwrap()),
            false => Box::new(stream.try_clone().unwrap()),
        };
        let mut talk = Talk { inside: self, wire: BufReader::new(wire), is_encrypted };
        let ended = talk.greet().and_then(|()| talk.go_on(&stream));
        if ended.is_none() {
            let _already_gone = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Talk<'_> {
    fn say(&mut self, line: &str) -> Option<()> {
        let wire = self.wire.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes()).and_then(|()| wire.flush()).ok()
    }

    fn hear(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let count = self.wire.read_until(b'\n', &mut line).ok().filter(|count| *count > 0)?;
        assert!(line.ends_with(b"\r\n"), "{count}: {line:?}");
        Some(String::from_utf8(line).unwrap())
    }

    fn greet(&mut self) -> Option<()> {
        self.say("220 test ready")
    }

    /// Reads commands to the end of the connection.
    fn go_on(&mut self, stream: &TcpStream) -> Option<()> {
        let (mut from, mut to, mut known) = (String::new(), Vec::new(), false);
        loop {
            let line = self.hear()?.trim_end().to_owned();
            lock(&self.inside.said).push(line.clone());
            let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            let mood = *lock(&self.inside.mood);
            match mood {
                Mood::Says(stage, reply) if stage == word => {
                    self.say(reply)?;
                    continue;
                }
                Mood::Silent(stage) if stage == word => {
                    let _until_the_other_gives_up = self.hear();
                    return None;
                }
                _ => {}
            }
            let script = &self.inside.script;
            let demands_tls = script.offer == Offer::StartTls && !self.is_encrypted;
            let demands_login = script.login.is_some() && !known;
            match word.as_str() {
                "EHLO" => self.offer()?,
                "STARTTLS" => {
                    self.say(&format!("220 go ahead{}", script.injected))?;
                    let encrypted = self.inside.encrypt(stream.try_clone().unwrap());
                    self.wire = BufReader::new(encrypted);
                    self.is_encrypted = true;
                }
                "NOOP" => self.say("250 still here")?,
                "QUIT" => {
                    self.say("221 bye")?;
                    return None;
                }
                "AUTH" => known = self.authenticate(&line)?,
                _ if demands_tls => self.say("530 5.7.0 Must issue a STARTTLS command first")?,
                _ if demands_login => self.say("530 5.7.0 Authentication required")?,
                "MAIL" => {
                    from = line;
                    to.clear();
                    self.say("250 ok")?;
                }
                "RCPT" => {
                    to.push(line);
                    self.say("250 ok")?;
                }
                "DATA" => {
                    self.say("354 go ahead")?;
                    self.take(&from, &to)?;
                }
                _ => self.say("500 what?")?,
            }
        }
    }

    fn offer(&mut self) -> Option<()> {
        let script = &self.inside.script;
        let mut offers = script.extensions.clone();
        if script.offer == Offer::StartTls && !self.is_encrypted {
            offers.push("STARTTLS");
        } else if script.login.is_some() {
            offers.push("AUTH PLAIN LOGIN");
        }
        for offer in offers {
            self.say(&format!("250-{offer}"))?;
        }
        self.say("250 SIZE 1000000")
    }

    fn authenticate(&mut self, line: &str) -> Option<bool> {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;
        let (user, password) = self.inside.script.login.unwrap_or_default();
        let right = format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{user}\0{password}")));
        let is_right = line == right && !user.is_empty();
        self.say(if is_right { "235 welcome" } else { "535 5.7.8 no" })?;
        Some(is_right)
    }

    fn take(&mut self, from: &str, to: &[String]) -> Option<()> {
        let mood = *lock(&self.inside.mood);
        let mut source = String::new();
        loop {
            let line = self.hear()?;
            if mood == Mood::CutsInData {
                return None;
            }
            if line == ".\r\n" {
                break;
            }
            source.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        match mood {
            Mood::Says(".", reply) => return self.say(reply),
            Mood::Silent(".") => {
                let _until_the_other_gives_up = self.hear();
                return None;
            }
            Mood::Slow(millis) => {
                let (_never, wait) = std::sync::mpsc::channel::<()>();
                let _late = wait.recv_timeout(Duration::from_millis(millis));
            }
            _ => {}
        }
        lock(&self.inside.received).push(Received {
            from: from.to_owned(),
            to: to.to_vec(),
            source,
            was_encrypted: self.is_encrypted,
        });
        self.inside.arrived.notify_all();
        if mood == Mood::CutsAfterData {
            return None;
        }
        self.say("250 kept")
    }
}
