//! TLS from a certificate and its key in PEM files: 1.2 and 1.3, HTTP/1.1.

use crate::data_dir::read_secret;
use crate::failure::Failure;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What answers a TLS handshake with that certificate (and those above it) and that key.
pub(crate) fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, Failure> {
    let shown = (cert.display(), key.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|cause| Failure::new(format!("cannot read `{}`: {cause}", shown.0)))?;
    let key = PrivateKeyDer::from_pem_slice(read_secret(key)?.as_bytes())
        .map_err(|cause| Failure::new(format!("cannot read `{}`: {cause}", shown.1)))?;
    let unusable = |cause: rustls::Error| {
        Failure::new(format!("`{}` and `{}` cannot be used for TLS: {cause}", shown.0, shown.1))
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
