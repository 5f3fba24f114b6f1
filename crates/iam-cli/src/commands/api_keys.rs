//! `iam user api-key upload`: the key may come from a file.

use crate::call::Run;
use crate::failure::Failure;
use crate::from_json::read_text;
use crate::json::Json;
use crate::request::Input;
use std::path::Path;

/// Uploads a public key.
pub(crate) fn upload(mut run: Run<'_>) -> Result<(), Failure> {
    let missing = |message: &str| Failure::Missing {
        command: format!("oci {}", run.values.command.path),
        message: message.to_owned(),
    };
    match (run.values.text("key"), run.values.text("key-file")) {
        (None | Some(""), None) => return Err(missing("Must specify either --key or --key-file.")),
        (Some(_), Some(_)) => return Err(missing("Cannot specify both --key and --key-file.")),
        (Some(_), None) => {}
        (None, Some(path)) => {
            let path = if path == "-" { "/dev/stdin" } else { path };
            let key = read_text(Path::new(path)).map_err(|why| {
                run.values.usage(format!("Invalid value for '--key-file': {why}"))
            })?;
            run.values.set("key", Some(Json::Text(key)));
        }
    }
    let input = Input::of(&run.values, run.settings.env)?;
    run.send(&input)
}
