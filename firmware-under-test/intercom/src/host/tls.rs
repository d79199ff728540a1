//! TLS below the byte streams of a host. Whether the device speaks to whoever is at the other end, it
//! judges itself.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use intercom::{Anchor, Demand, Distrust};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Connection, DigitallySignedStruct,
    DistinguishedName, Error, RootCertStore, ServerConfig, ServerConnection, SignatureScheme,
};

use super::arguments::TlsFiles;
use super::certificate;

/// What the device shows to others, and which authorities it holds.
#[derive(Debug)]
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    anchors: Arc<RootCertStore>,
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// A session of TLS, and why the device does not go on with it, if it does not.
#[derive(Debug)]
pub(super) struct Secured {
    pub(super) session: Connection,
    pub(super) distrust: Arc<OnceLock<Distrust>>,
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
        let provider = Arc::new(ring::default_provider());
        let tls = Self { provider, anchors: Arc::new(anchors), certificates, key };
        // A key that does not go with its certificate is told now and not when somebody calls.
        let anybody = ServerConfig::builder_with_provider(Arc::clone(&tls.provider))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth();
        anybody
            .with_single_cert(tls.certificates.clone(), tls.key.clone_key())
            .map_err(because(path))?;
        Ok(tls)
    }

    /// The device's end of a stream that it opens; the other end has to meet `demand`.
    pub(super) fn connect(&self, to: SocketAddr, demand: Demand) -> io::Result<Secured> {
        let (judge, distrust) = self.judge(demand);
        let client = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let config = config.dangerous().with_custom_certificate_verifier(judge);
                config.with_client_auth_cert(self.certificates.clone(), self.key.clone_key())
            });
        let name = ServerName::from(to.ip());
        let client = ClientConnection::new(Arc::new(client.map_err(io::Error::other)?), name);
        let session = client.map(Connection::Client).map_err(io::Error::other)?;
        Ok(Secured { session, distrust })
    }

    /// The device's end of a stream that came in; the other end has to meet `demand`.
    pub(super) fn accept(&self, demand: Demand) -> io::Result<Secured> {
        let (judge, distrust) = self.judge(demand);
        let server = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let config = config.with_client_cert_verifier(judge);
                config.with_single_cert(self.certificates.clone(), self.key.clone_key())
            });
        let server = ServerConnection::new(Arc::new(server.map_err(io::Error::other)?));
        let session = server.map(Connection::Server).map_err(io::Error::other)?;
        Ok(Secured { session, distrust })
    }

    fn judge(&self, demand: Demand) -> (Arc<Judge>, Arc<OnceLock<Distrust>>) {
        let distrust = Arc::default();
        let judge = Judge {
            demand,
            anchors: Arc::clone(&self.anchors),
            provider: Arc::clone(&self.provider),
            distrust: Arc::clone(&distrust),
        };
        (Arc::new(judge), distrust)
    }
}

/// Has the device judge a certificate: rustls does the arithmetic.
#[derive(Debug)]
struct Judge {
    demand: Demand,
    anchors: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    distrust: Arc<OnceLock<Distrust>>,
}

impl Judge {
    fn judge(&self, end: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let unread = || Error::from(CertificateError::BadEncoding);
        let mut shown = certificate::read(end, Anchor::Unknown).ok_or_else(unread)?;
        // When it is good is for the device to say, so the chain is looked at when it was made.
        let made = UnixTime::since_unix_epoch(Duration::from_secs(shown.not_before));
        let parsed = ParsedCertificate::try_from(end)?;
        let known = self.provider.signature_verification_algorithms.all;
        let chain =
            verify_server_cert_signed_by_trust_anchor(&parsed, &self.anchors, others, made, known);
        if chain.is_ok() {
            shown.anchor = Anchor::Held;
        }
        self.demand.judge(Some(&shown)).map_err(|why| {
            let error = match why {
                Distrust::Nothing => Error::NoCertificatesPresented,
                Distrust::SelfSigned | Distrust::UnknownAuthority => {
                    CertificateError::UnknownIssuer.into()
                }
                Distrust::Expired => CertificateError::Expired.into(),
                Distrust::NotYetValid => CertificateError::NotValidYet.into(),
                Distrust::WrongName => CertificateError::NotValidForName.into(),
            };
            // It is judged once.
            let _ = self.distrust.set(why);
            error
        })
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end, others).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Judge {
    fn client_auth_mandatory(&self) -> bool {
        self.demand.judge(None).is_err()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end, others).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls12_signature(self, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls13_signature(self, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ServerCertVerifier::supported_verify_schemes(self)
    }
}

fn named<'a>(path: Option<&'a PathBuf>, option: &str) -> io::Result<&'a Path> {
    let missing = || io::Error::other(format!("--sip-tls needs {option} FILE"));
    path.map(PathBuf::as_path).ok_or_else(missing)
}

fn because<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> io::Error {
    move |error| io::Error::other(format!("cannot read {}: {error}", path.display()))
}
