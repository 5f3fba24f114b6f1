//! What the tests share: the test keys, and a request that can be signed, bent and checked.

use std::{path::PathBuf, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use iam_sign::{
    KeyId, Presented, PrivateKey, PublicKey, SignatureError, format_http_date, sign_request,
    signing_string,
};

/// The fingerprint of the test key, as `openssl rsa -pubout -outform DER | openssl md5 -c` has it.
pub(crate) const FINGERPRINT: &str = "03:03:05:f0:7a:64:31:0b:fd:0c:58:4f:cf:44:45:e4";
pub(crate) const TENANCY: &str = "ocid1.tenancy.oc1..aaaaexample";
pub(crate) const USER: &str = "ocid1.user.oc1..aaaaexample";
/// The one key that the server knows.
pub(crate) const KNOWN: KeyId<'static> =
    KeyId::ApiKey { tenancy: TENANCY, user: USER, fingerprint: FINGERPRINT };
pub(crate) const HOST: &str = "identity.local-1.oci.localhost:8443";
/// 1 January 2027, 00:00 UTC.
pub(crate) const NOW: i64 = 1_798_761_600;

pub(crate) static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::from_pem(file("pkcs8.pem").as_bytes(), None).unwrap());
pub(crate) static PUBLIC_KEY: LazyLock<PublicKey> =
    LazyLock::new(|| PublicKey::from_spki_pem(&file("public.pem")).unwrap());

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name)
}

pub(crate) fn file(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

pub(crate) fn key_id() -> String {
    format!("{TENANCY}/{USER}/{FINGERPRINT}")
}

/// A request as the server receives it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request as our own client signs it.
    pub(crate) fn signed(method: &str, target: &str, body: &[u8]) -> Self {
        let date = format_http_date(NOW);
        let headers =
            sign_request(&KEY, &key_id(), method, HOST, target, &date, Some(body)).unwrap();
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_bytes()))
            .collect();
        Self { method: method.to_owned(), target: target.to_owned(), headers, body: body.to_vec() }
    }

    pub(crate) fn get() -> Self {
        Self::signed("GET", "/20160918/users?compartmentId=ocid1.tenancy.oc1..a&limit=5", b"")
    }

    pub(crate) fn post() -> Self {
        Self::signed("POST", "/20160918/groups/", b"{\"name\":\"auditors\"}")
    }

    pub(crate) fn value(&self, name: &str) -> String {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name).unwrap();
        String::from_utf8(value.clone()).unwrap()
    }

    /// Puts a header in the place of the one of that name, if there is one.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn with_second(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Replaces a part of the `Authorization` header, which must be there.
    pub(crate) fn authorization(self, from: &str, to: &str) -> Self {
        let value = self.value("authorization");
        assert!(value.contains(from), "{value}");
        self.with("authorization", &value.replace(from, to))
    }

    /// Signs anew, well, exactly the headers listed (separated by one space).
    pub(crate) fn signed_again(self, listed: &str) -> Self {
        let names: Vec<&str> = listed.split(' ').collect();
        let value_of = |wanted: &str| {
            let mut found = self.headers.iter().filter(|(name, _)| name == wanted);
            found.next().map(|(_, value)| value.as_slice())
        };
        let text = signing_string(&self.method, &self.target, &names, value_of).unwrap();
        let signature = STANDARD.encode(KEY.sign(&text).unwrap());
        let key_id = key_id();
        let value = format!(
            "Signature version=\"1\",keyId=\"{key_id}\",algorithm=\"rsa-sha256\",\
             headers=\"{listed}\",signature=\"{signature}\""
        );
        self.with("authorization", &value)
    }

    pub(crate) fn read_at(&self, now_seconds: i64) -> Result<Presented, SignatureError> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        Presented::read(&self.method, &self.target, headers, now_seconds)
    }

    /// The whole way of the server, which knows one key.
    pub(crate) fn check(&self) -> Result<(), SignatureError> {
        let presented = self.read_at(NOW)?;
        if presented.key_id() != KNOWN {
            return Err(presented.verify_unknown());
        }
        presented.verify(&PUBLIC_KEY)?;
        presented.verify_body(&self.body)
    }
}
