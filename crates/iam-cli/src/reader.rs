//! Reading from a tenancy, for a program that is not a command line: the profile, the signature,
//! the connection and the retries are those of `oci`.
//!
//! The one idea: nothing but GET can be sent through it, whatever operation is asked for.

use crate::config::{self, Environment, Process};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::json::Layout;
use crate::request::Input;
use crate::retry::{Caller, Refused};
use iam_api::users::LIST_USERS;
use iam_api::{Method, Spec};
use std::path::PathBuf;

/// How a tenancy is reached; what is left out is found as `oci` finds it.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// The configuration file.
    pub config_file: Option<String>,
    /// The profile in it.
    pub profile: Option<String>,
    /// The region, by name or by its three letters.
    pub region: Option<String>,
    /// The address of the service, in the place of the region's.
    pub endpoint: Option<String>,
    /// A PEM file of certificate authorities to trust, and no others.
    pub cert_bundle: Option<String>,
    /// The proxy to go through.
    pub proxy: Option<String>,
    /// How many times a request is sent at most.
    pub max_retries: Option<u64>,
}

/// Why nothing was read.
#[derive(Debug)]
pub struct Unread {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What happened, for the person who waits.
    pub message: String,
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self { status: None, message: failure.to_string() }
    }
}

impl From<Refused> for Unread {
    fn from(refused: Refused) -> Self {
        Self { status: refused.status, message: refused.failure.to_string() }
    }
}

/// Whose API key signs. There is no secret in it.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The OCID of the user.
    pub user: String,
    /// The public half of the key, in PEM.
    pub public_key: String,
    /// The name of the profile.
    pub profile: String,
    /// The configuration file that the profile is in, where it is in one.
    pub config_file: Option<PathBuf>,
}

/// What one request was answered.
#[derive(Clone, Debug)]
pub struct Page {
    /// The reply, in JSON.
    pub reply: String,
    /// What to ask for next, where there is more.
    pub next: Option<String>,
}

/// Reads from one tenancy.
pub struct Reader<'a> {
    caller: Caller<'a>,
    tenancy: String,
    signer: Option<Signer>,
}

/// Reads a profile, and lets `work` read from its tenancy. A profile that has the token of a
/// session and names no user signs with that.
pub fn reading<R>(way: &Way, work: impl FnOnce(&Reader<'_>) -> R) -> Result<R, Unread> {
    let env = Process;
    let globals = Globals {
        config_file: way.config_file.clone(),
        profile: way.profile.clone(),
        region: way.region.clone(),
        endpoint: way.endpoint.clone(),
        cert_bundle: way.cert_bundle.clone(),
        proxy: way.proxy.clone(),
        max_retries: way.max_retries,
        ..Globals::default()
    };
    let mut settings = config::load(&globals, &env as &dyn Environment)?;
    settings.apply_defaults(&["iam"]);
    let profile = settings.read()?;
    let tenancy = profile.tenancy.clone().unwrap_or_default();
    let user = profile.user.clone();
    if settings.globals.auth.is_none() && user.is_none() && profile.security_token_file.is_some() {
        settings.globals.auth = Some("security_token".to_owned());
    }
    let account = settings.account()?;
    let by_key = settings.globals.auth.as_deref() != Some("security_token");
    let signer = match user.filter(|_| by_key) {
        Some(user) => Some(Signer {
            user,
            public_key: account.key()?.public_key_pem(),
            profile: settings.profile.clone(),
            config_file: settings.read()?.file.clone(),
        }),
        None => None,
    };
    let caller = Caller::new(&settings, &LIST_USERS.spec)?;
    Ok(work(&Reader { caller, tenancy, signer }))
}

impl Reader<'_> {
    /// The OCID of the tenancy that the profile names.
    #[must_use]
    pub fn tenancy(&self) -> &str {
        &self.tenancy
    }

    /// Scheme and host of whom is asked.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.caller.origin()
    }

    /// Whose key signs; none where a session does.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Reads one answer of an operation with these parameters.
    pub fn read(
        &self,
        spec: &'static Spec,
        params: &[(&'static str, &str)],
    ) -> Result<Page, Unread> {
        let mut input = Input::default();
        for (name, value) in params {
            input.set(name, Some((*value).to_owned()));
        }
        must_read(spec)?;
        let called = self.caller.call(spec, &input)?;
        let next = called.next_page().map(str::to_owned);
        let reply = called.reply.map(|reply| reply.text(Layout::WIRE)).unwrap_or_default();
        Ok(Page { reply, next })
    }
}

/// Refuses an operation that could change anything.
fn must_read(spec: &Spec) -> Result<(), Failure> {
    if spec.method == Method::Get {
        return Ok(());
    }
    Err(Failure::Client(format!("{} does not only read, and was not sent", spec.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_but_what_reads() {
        for spec in iam_api::OPERATIONS.iter().copied() {
            assert_eq!(must_read(spec).is_ok(), spec.method.as_str() == "GET", "{}", spec.id);
        }
    }
}
