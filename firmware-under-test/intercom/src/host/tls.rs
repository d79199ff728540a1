//! TLS below the byte streams of a host.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection,
};

use super::arguments::TlsFiles;

/// What the device shows to others, and whom it trusts.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl Tls {
    /// Reads the certificates.
    ///
    /// # Errors
    ///
    /// A file is not named, not there or not what it should be.
    pub(super) fn read(files: &TlsFiles) -> io::Result<Self> {
        let certificate = named(files.certificate.as_ref(), "--tls-cert")?;
        let certificates = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(because(certificate))?;
        let path = named(files.key.as_ref(), "--tls-key")?;
        let key = PrivateKeyDer::from_pem_file(path).map_err(because(path))?;
        let path = named(files.anchors.as_ref(), "--tls-ca")?;
        let mut anchors = RootCertStore::empty();
        for anchor in CertificateDer::pem_file_iter(path).map_err(because(path))? {
            anchors.add(anchor.map_err(because(path))?).map_err(because(path))?;
        }
        let (anchors, provider) = (Arc::new(anchors), Arc::new(ring::default_provider()));
        // Who has a certificate shows it, and then it has to be good: RFC 3261 §26.2.2.
        let asking = WebPkiClientVerifier::builder_with_provider(
            Arc::clone(&anchors),
            Arc::clone(&provider),
        );
        let asking = asking.allow_unauthenticated().build().map_err(io::Error::other)?;
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let config = config.with_client_cert_verifier(asking);
                config.with_single_cert(certificates.clone(), key.clone_key())
            });
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config.with_root_certificates(anchors).with_client_auth_cert(certificates, key)
            });
        let client = Arc::new(client.map_err(io::Error::other)?);
        Ok(Self { client, server: Arc::new(server.map_err(io::Error::other)?) })
    }

    /// The device's end of a stream that it opens; the other end has to prove its address.
    pub(super) fn connect(&self, to: SocketAddr) -> io::Result<Connection> {
        let name = ServerName::from(to.ip());
        let client = ClientConnection::new(Arc::clone(&self.client), name);
        client.map(Connection::Client).map_err(io::Error::other)
    }

    /// The device's end of a stream that came in.
    pub(super) fn accept(&self) -> io::Result<Connection> {
        let server = ServerConnection::new(Arc::clone(&self.server));
        server.map(Connection::Server).map_err(io::Error::other)
    }
}

fn named<'a>(path: Option<&'a PathBuf>, option: &str) -> io::Result<&'a Path> {
    let missing = || io::Error::other(format!("--sip-tls needs {option} FILE"));
    path.map(PathBuf::as_path).ok_or_else(missing)
}

fn because<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> io::Error {
    move |error| io::Error::other(format!("cannot read {}: {error}", path.display()))
}
