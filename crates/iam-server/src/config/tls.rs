//! Which certificate TLS is spoken with, if it is.

use super::Options;
use crate::failure::Failure;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the certificate comes from that is in no file of yours.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum TlsSource {
    /// From the development authority of the data directory
    Dev,
}

/// How TLS is spoken by the server itself.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum TlsSettings {
    /// With a certificate of yours.
    #[serde(rename_all = "kebab-case")]
    Files {
        /// The certificate, and those above it.
        tls_cert: PathBuf,
        /// Its private key.
        tls_key: PathBuf,
    },
    /// With one that the development authority of that data directory signs.
    Dev {
        /// Says so.
        tls: TlsSource,
        /// The data directory.
        #[serde(skip)]
        data_dir: PathBuf,
    },
}

impl TlsSettings {
    /// What the options say of it; refuses what does not go together.
    pub(super) fn new(options: &Options) -> Result<Option<Self>, Failure> {
        match (options.tls, &options.tls_cert, &options.tls_key) {
            (None, Some(tls_cert), Some(tls_key)) => {
                let (tls_cert, tls_key) = (tls_cert.clone(), tls_key.clone());
                Ok(Some(Self::Files { tls_cert, tls_key }))
            }
            (None, None, None) => Ok(None),
            (None, Some(_), None) => Err(Failure::new("tls-cert needs tls-key beside it")),
            (None, None, Some(_)) => Err(Failure::new("tls-key needs tls-cert beside it")),
            (Some(tls), None, None) => match &options.data_dir {
                Some(dir) => Ok(Some(Self::Dev { tls, data_dir: dir.clone() })),
                None => Err(Failure::new(
                    "tls `dev` needs a data directory, where the development authority is: give \
                     --data-dir DIR",
                )),
            },
            (Some(_), ..) => Err(Failure::new(
                "tls `dev` and tls-cert are two certificates for one server: give one of them",
            )),
        }
    }
}
