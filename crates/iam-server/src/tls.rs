//! TLS, 1.2 and 1.3 and for HTTP/1.1: from a certificate and its key in PEM files, or from the
//! development authority.

use crate::authority::Certificate;
use crate::data_dir::read_secret;
use crate::failure::Failure;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WantsServerCert;
use rustls::{ConfigBuilder, ServerConfig};
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
    let config = builder().map_err(unusable)?.with_single_cert(chain, key).map_err(unusable)?;
    Ok(accepting(config))
}

/// What answers a TLS handshake with the certificate that is good at that moment.
pub(crate) fn of_authority(certificate: Certificate) -> Result<TlsAcceptor, Failure> {
    let failed = |cause| Failure::new(format!("cannot speak TLS: {cause}"));
    let config = builder().map_err(failed)?.with_cert_resolver(Arc::new(certificate));
    Ok(accepting(config))
}

fn builder() -> Result<ConfigBuilder<ServerConfig, WantsServerCert>, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    Ok(builder.with_safe_default_protocol_versions()?.with_no_client_auth())
}

fn accepting(mut config: ServerConfig) -> TlsAcceptor {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
