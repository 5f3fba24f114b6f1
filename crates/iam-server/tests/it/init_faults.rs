//! `durward init` on a database that goes away in the middle, and what is said and done about it.

use crate::process::{Serving, durward, end_of, refusal};
use scratch_postgres::program;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tempfile::TempDir;

/// A way to a database that lets some commits pass, and is then gone for good.
fn way_with(commits: usize, socket: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let left = Arc::new(AtomicUsize::new(commits + 1));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            if left.load(Ordering::SeqCst) == 0 {
                continue;
            }
            let database = UnixStream::connect(&socket).unwrap();
            let (mut back_from, mut back_to) =
                (database.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
            let left = Arc::clone(&left);
            thread::spawn(move || carry(client, database, &left));
        }
    });
    port
}

/// Carries what the client says, until the commit comes that is one too many.
fn carry(mut client: TcpStream, mut database: UnixStream, left: &AtomicUsize) {
    let mut bytes = [0; 65_536];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let is_commit = bytes[..count].windows(6).any(|part| part == b"COMMIT");
        if left.load(Ordering::SeqCst) == 0 || is_commit && left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            break;
        }
        if database.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _closed = (client.shutdown(Shutdown::Both), database.shutdown(Shutdown::Both));
}

/// A database, its socket's directory, and its address by way of a port.
struct Place {
    url: String,
    dir: String,
    rest: String,
}

impl Place {
    fn new() -> Self {
        let url = scratch_postgres::database().unwrap();
        let (_, after) = url.split_once('@').unwrap();
        let (host, rest) = after.split_once('/').unwrap();
        Self { dir: host.replace("%2F", "/"), rest: rest.to_owned(), url: url.clone() }
    }

    fn by_way_with(&self, commits: usize) -> String {
        let port = way_with(commits, Path::new(&self.dir).join(".s.PGSQL.5432"));
        format!("postgres://postgres@127.0.0.1:{port}/{}", self.rest)
    }

    /// Runs a statement as an operator does who was told to.
    fn run(&self, sql: &str) {
        let (_, schema) = self.url.rsplit_once("%3D").unwrap();
        let mut psql = Command::new(program("psql"));
        psql.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]);
        psql.arg(&self.dir).arg("-c").arg(format!("SET search_path = {schema}; {sql}"));
        let ended = psql.stdin(Stdio::null()).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

fn init(dir: &Path, url: &str) -> Command {
    durward(&["init", "--data-dir", dir.to_str().unwrap(), "--database-url", url])
}

#[test]
fn after_an_init_that_lost_its_database_the_second_says_what_to_do_and_the_third_works() {
    // The first commit makes the tables, the second fills them, the third says that all is there.
    for commits in [0, 1, 2] {
        let place = Place::new();
        let root = TempDir::new().unwrap();
        let dir = root.path().join("data");
        let said = refusal(&mut init(&dir, &place.by_way_with(commits)));
        assert!(said.starts_with("error: "), "{said}");
        assert!(!dir.exists(), "no file is left: {said}");
        if commits > 0 {
            let key = root.path().join("some.key");
            fs::write(&key, format!("{}=\n", "A".repeat(43))).unwrap();
            Command::new("chmod").arg("600").arg(&key).status().unwrap();
            let key = key.to_str().unwrap();
            let served = ["serve", "--database-url", &place.url, "--key-file", key];
            let said = refusal(&mut durward(&served));
            assert!(said.contains("was interrupted"), "{commits}: {said}");
            let said = refusal(&mut init(&dir, &place.url));
            assert!(said.contains("was interrupted"), "{commits}: {said}");
            assert!(!dir.exists(), "nothing was changed: {said}");
            let (_, sql) = said.split_once("try again: ").expect(&said);
            assert!(sql.starts_with("DROP TABLE "), "{sql}");
            place.run(sql);
        }
        end_of(&mut init(&dir, &place.url));
        let key = dir.join("durward.key");
        let key = ["--key-file", key.to_str().unwrap()];
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database-url", &place.url];
        let serving = Serving::run(&mut durward(&[&serve[..], &key].concat()));
        assert!(serving.get("/readyz").starts_with("HTTP/1.1 200 "));
        serving.stop();
        let said = refusal(&mut init(&root.path().join("other"), &place.url));
        assert!(said.contains("already holds an installation"), "{said}");
    }
}
