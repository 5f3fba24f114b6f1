//! What the tests of commands share: a home that talks to a server, and answers of the service.

use crate::home::{Ended, Home};
use crate::server::Server;

/// A user as the service answers.
pub(crate) const ADA: &str = r#"{"id":"ocid1.user.oc1..ada","compartmentId":"ocid1.tenancy.oc1..acme",
"name":"ada","description":"Ada \"A\" ä日\n","timeCreated":"2018-09-04T17:53:59.749Z",
"timeModified":"2018-09-04T17:53:59.749Z","lifecycleState":"ACTIVE","identityProviderId":null,
"capabilities":{"canUseConsolePassword":true,"canUseDbCredentials":false},"isMfaActivated":false,
"freeformTags":{"b_c":"1","a-Z":"2"},"definedTags":{"Ns":{"k_2":1.0,"j":true,"l":null,"n":[1,"x"]}}}"#;

/// The error that stands for what is not there.
pub(crate) const NOT_FOUND: &str = r#"{"code":"NotAuthorizedOrNotFound",
"message":"Authorization failed or requested resource not found"}"#;

/// A home whose profile signs.
pub(crate) fn home() -> Home {
    Home::with_profile("pkcs8.pem", "")
}

/// Runs a command, given as words between spaces, against a server.
pub(crate) fn oci(server: &Server, line: &str) -> Ended {
    let words: Vec<_> = line.split(' ').collect();
    oci_words(server, &words)
}

/// Runs a command against a server.
pub(crate) fn oci_words(server: &Server, words: &[&str]) -> Ended {
    home().oci(&[&["--endpoint", &server.url], words].concat())
}
