//! The test PKI of a run: an authority of its own, and certificates for both ends.
//!
//! It proves nothing to anybody: whoever is given `ca.pem` trusts what this run has signed. Our own
//! end trusts whatever a device shows, for what is wrong with that is an observation.

use crate::rig::fault::Fault;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What our ends need for TLS.
#[derive(Clone)]
pub struct Pki {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

/// The files that a device gets.
#[derive(Clone, Debug)]
pub struct DeviceFiles {
    /// The authority's certificate, for the device to trust.
    pub ca: PathBuf,
    /// The device's own certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Pki {
    /// Makes an authority, certificates for our ends and for the device at these addresses, and
    /// writes what the device needs into `folder`. The keys of all sessions are appended to the file
    /// that `SSLKEYLOGFILE` names, if it names one.
    ///
    /// # Errors
    ///
    /// The folder can't be written, or a key can't be made.
    pub fn make(
        folder: &Path,
        ours: &[IpAddr],
        devices: &[IpAddr],
    ) -> Result<(Self, DeviceFiles), Fault> {
        let made = Made::new(ours, devices)
            .map_err(|error| fault("make the test PKI", error, "report this as a defect"))?;
        let files = DeviceFiles {
            ca: folder.join("ca.pem"),
            certificate: folder.join("device.pem"),
            key: folder.join("device.key"),
        };
        let texts = [
            (&files.ca, &made.ca),
            (&files.certificate, &made.device.certificate),
            (&files.key, &made.device.key),
        ];
        for (path, text) in texts {
            fs::write(path, text).map_err(|error| {
                let doing = format!("write {}", path.display());
                fault(&doing, error, "is the folder writable?")
            })?;
        }
        let pki = made
            .pki()
            .map_err(|error| fault("use the test PKI", error, "report this as a defect"))?;
        Ok((pki, files))
    }

    /// For connections of ours.
    pub fn connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.client))
    }

    /// For connections that come in.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.server))
    }
}

impl fmt::Debug for Pki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pki")
    }
}

/// A certificate and its key as PEM, and as TLS wants them.
struct Leaf {
    certificate: String,
    key: String,
    der: (CertificateDer<'static>, Vec<u8>),
}

struct Made {
    ca: String,
    ours: Leaf,
    device: Leaf,
}

impl Made {
    fn new(ours: &[IpAddr], devices: &[IpAddr]) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(DnType::CommonName, "ringtrue test authority");
        let ca = authority.self_signed(&key)?.pem();
        let issuer = Issuer::new(authority, key);
        let leaf = |name: &str, addresses: &[IpAddr]| {
            let key = KeyPair::generate()?;
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            //= RFC 3261 §26.3.1
            params.subject_alt_names =
                addresses.iter().map(|address| SanType::IpAddress(*address)).collect();
            params.use_authority_key_identifier_extension = true;
            let certificate = params.signed_by(&key, &issuer)?;
            Ok::<_, rcgen::Error>(Leaf {
                certificate: certificate.pem(),
                key: key.serialize_pem(),
                der: (certificate.der().clone(), key.serialize_der()),
            })
        };
        Ok(Self { ca, ours: leaf("ringtrue", ours)?, device: leaf("device", devices)? })
    }

    fn pki(self) -> Result<Pki, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let (certificate, key) = self.ours.der;
        let key = PrivateKeyDer::Pkcs8(key.into());
        let keys = Arc::new(rustls::KeyLogFile::new());
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.clone_key())?;
        server.key_log = keys.clone();
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            .with_client_auth_cert(vec![certificate], key)?;
        client.key_log = keys;
        Ok(Pki { client: Arc::new(client), server: Arc::new(server) })
    }
}

/// Takes every certificate; signatures are verified all the same.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

fn fault(doing: &str, cause: impl fmt::Display, remedy: &str) -> Fault {
    Fault::new("tls", doing, cause, remedy)
}
