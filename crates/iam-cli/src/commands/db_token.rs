//! `oci iam db-token get`: a token that a database client shows in the place of a password, kept
//! where such clients look for it.
//!
//! Nothing is written before the token is there, so that no key stands beside the token of another.

use crate::call::Run;
use crate::commands::session::authenticate::ask;
use crate::commands::session::validate::moment;
use crate::commands::setup::files::{create_folder, write_private};
use crate::commands::setup::keys;
use crate::config::{expand_home, token as jwt};
use crate::failure::Failure;
use crate::json::Json;
use crate::send::Sender;
use crate::terminal::{note, print};

/// Where the token is asked for.
const PATH: &str = "/v1/actions/generateScopedAccessToken";
/// All databases of the tenancy.
const SCOPE: &str = "urn:oracle:db::id::*";
/// What every scope holds.
const OF_DATABASES: &str = "urn:oracle:db:";
const FOLDER: &str = "~/.oci/db-token";

/// Gets the token and writes it.
pub(crate) fn get(run: &Run<'_>) -> Result<(), Failure> {
    let (settings, values) = (run.settings, &run.values);
    let scope = values.text("scope").filter(|scope| !scope.is_empty()).unwrap_or(SCOPE);
    if !scope.contains(OF_DATABASES) {
        print(&format!("scope must be a db scope i.e --scope '{SCOPE}'"))?;
        return Err(Failure::Told(1));
    }
    let folder = expand_home(values.text("db-token-location").unwrap_or(FOLDER), settings.env);
    let sender = Sender::new(settings, "auth")?;
    let key = keys::make()?;
    let body = Json::object([
        ("scope", Json::text_of(scope)),
        ("publicKey", Json::text_of(&key.public_pem)),
    ]);
    let token = ask(&sender, "GenerateScopedAccessToken", PATH, &body)?;
    let unusable = |why| Failure::Client(format!("ERROR: What was answered {why}"));
    let end = jwt::claims(&token).and_then(|claims| jwt::end(&claims)).map_err(unusable)?;

    create_folder(&folder)?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        write_private(&path, text.as_bytes(), true).map(|()| path)
    };
    write("oci_db_key_public.pem", &key.public_pem)?;
    let private = write("oci_db_key.pem", &key.private_pem)?;
    print(&format!("Private key written at {}", private.display()))?;
    let written = write("token", &token)?;
    print(&format!("db-token written at: {}", written.display()))?;
    note(&format!("db-token is valid until {}", moment(end)));
    Ok(())
}
