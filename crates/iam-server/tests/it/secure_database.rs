//! TLS to a real PostgreSQL: whoever cannot prove that they are the database is not spoken to.

use crate::process::{Serving, durward, end_of, refusal};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use scratch_postgres::{Durable, program};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// An authority's certificate, and one for `localhost` with its key, that it has signed.
fn certificates() -> [String; 3] {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let cert = params.signed_by(&key, &issuer).unwrap();
    [authority.pem(), cert.pem(), key.serialize_pem()]
}

/// Starts the server anew, listening on a port of loopback too.
fn listen(server: &Durable, with: &str) -> u16 {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dir = server.dir();
    let owner = fs::metadata(dir).unwrap();
    let mut restart = Command::new(program("pg_ctl"));
    restart.args(["restart", "-w", "-s", "-m", "fast", "-D"]).arg(dir.join("data"));
    restart
        .arg("-l")
        .arg(dir.join("log"))
        .arg("-o")
        .arg(format!("-k {} -c listen_addresses=localhost -c port={port} {with}", dir.display()));
    restart.uid(owner.uid()).gid(owner.gid()).current_dir(dir);
    let ended = restart.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(ended.success(), "{}", fs::read_to_string(dir.join("log")).unwrap());
    port
}

/// Gives the server a file of its own.
fn put(server: &Durable, name: &str, text: &str) {
    let path = server.dir().join("data").join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(server.dir()).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

fn init(dir: &Path, url: &str) -> Command {
    durward(&["init", "--data-dir", dir.to_str().unwrap(), "--database-url", url])
}

#[test]
fn a_database_must_prove_who_it_is_by_name_and_authority() {
    let server = Durable::start().unwrap();
    let root = TempDir::new().unwrap();
    let [authority, cert, key] = certificates();
    let [stranger, ..] = certificates();
    let (right, wrong) = (root.path().join("ca.pem"), root.path().join("other.pem"));
    fs::write(&right, authority).unwrap();
    fs::write(&wrong, stranger).unwrap();
    put(&server, "server.crt", &cert);
    put(&server, "server.key", &key);
    let port = listen(&server, "-c ssl=on");
    let url = |host: &str, roots: Option<&Path>| {
        let roots = roots.map(|file| format!("&sslrootcert={}", file.display()));
        let roots = roots.unwrap_or_default();
        format!("postgres://postgres@{host}:{port}/postgres?sslmode=verify-full{roots}")
    };
    let dir = root.path().join("data");
    for (asked, why) in [
        (url("localhost", Some(&wrong)), "an authority that we do not know"),
        (url("localhost", None), "none of the system's authorities"),
        (url("127.0.0.1", Some(&right)), "a certificate for another name"),
    ] {
        let said = refusal(&mut init(&dir, &asked));
        assert!(said.contains("certificate") || said.contains("TLS"), "{why}: {said}");
        assert!(!dir.exists(), "{why}");
    }
    let said = refusal(&mut init(&dir, &url("localhost", Some(&right)).replace("-full", "-ca")));
    assert!(said.contains("verify-full"), "{said}");

    let url = url("localhost", Some(&right));
    end_of(&mut init(&dir, &url));
    let key = dir.join("durward.key");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database-url", &url, "--key-file"];
    let serve = [&serve[..], &[key.to_str().unwrap()]].concat();
    let serving = Serving::run(&mut durward(&serve));
    assert!(serving.get("/readyz").starts_with("HTTP/1.1 200 "));
    let mut psql = Command::new(program("psql"));
    psql.args(["-qXAt", "-U", "postgres", "-d", "postgres", "-p", &port.to_string(), "-h"]);
    let told = psql.arg(server.dir()).args(["-c", IN_CLEAR]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), "0 of some", "{told:?}");
    serving.stop();

    // A server that has no TLS any more is not spoken to in the clear.
    let port = listen(&server, "-c ssl=off");
    let url = format!(
        "postgres://postgres@localhost:{port}/postgres?sslmode=verify-full&sslrootcert={}",
        right.display()
    );
    let said = refusal(&mut durward(
        &serve
            .iter()
            .map(|word| match word.contains("://") {
                true => url.as_str(),
                false => word,
            })
            .collect::<Vec<_>>(),
    ));
    assert!(said.contains("TLS"), "{said}");
}

/// How many of our connections are not encrypted, and whether there are any at all.
const IN_CLEAR: &str = "SELECT count(*) FILTER (WHERE NOT ssl) || ' of ' || \
     CASE count(*) WHEN 0 THEN 'none' ELSE 'some' END \
     FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'durward'";
