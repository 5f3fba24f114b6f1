//! Tells the service manager that started this process how it is: a word in a datagram to the
//! socket that it named, as systemd and others do it. Without such a socket nothing is told.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};

/// Whom to tell.
pub(crate) struct Notify(Option<PathBuf>);

impl Notify {
    /// Tells that socket; one without a file has an `@` before its name.
    pub(crate) fn new(socket: Option<PathBuf>) -> Self {
        Self(socket.filter(|socket| !socket.as_os_str().is_empty()))
    }

    /// The server listens.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The server was told to stop, and may go on for a while.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// A manager that does not listen is no reason not to serve.
    fn tell(&self, word: &str) {
        let Some(socket) = &self.0 else { return };
        if let Err(cause) = send(socket, word) {
            let socket = socket.display().to_string();
            tracing::warn!(socket, word, %cause, "cannot tell the service manager");
        }
    }
}

fn send(socket: &Path, word: &str) -> io::Result<()> {
    let to = match socket.as_os_str().as_bytes().split_first() {
        Some((b'@', name)) => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let from = UnixDatagram::unbound()?;
    from.set_nonblocking(true)?; // a manager that reads nothing holds nobody up
    from.send_to_addr(word.as_bytes(), &to).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn heard(by: &UnixDatagram) -> String {
        let mut word = [0; 64];
        by.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let length = by.recv(&mut word).unwrap();
        String::from_utf8(word[..length].to_vec()).unwrap()
    }

    #[test]
    fn a_socket_with_a_file_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let notify = Notify::new(Some(path));
        notify.ready();
        assert_eq!(heard(&manager), "READY=1");
        notify.stopping();
        assert_eq!(heard(&manager), "STOPPING=1");
    }

    #[test]
    fn a_socket_without_a_file_is_told() {
        let name = format!("durward-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        Notify::new(Some(format!("@{name}").into())).ready();
        assert_eq!(heard(&manager), "READY=1");
    }

    #[test]
    fn where_nobody_listens_nothing_fails() {
        Notify::new(Some("/nowhere/notify".into())).ready();
        Notify::new(Some(PathBuf::new())).ready();
        Notify::new(None).stopping();
    }
}
