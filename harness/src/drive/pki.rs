//! The test PKI of a run: an authority of its own, and certificates for both ends.
//!
//! It proves nothing to anybody: whoever is given `ca.pem` trusts what this run has signed. Our own
//! end trusts whatever a device shows, for what is wrong with that is an observation.

use crate::proto::certificate::{AlternativeName, Certificate, Facts, Issuer as Signer};
use crate::rig::fault::Fault;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
    date_time_ymd,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What our ends can show of themselves on TLS.
#[derive(Clone)]
pub struct Pki {
    identities: Arc<BTreeMap<Certificate, Identity>>,
}

/// What one of our ends shows, with the keys that go with it.
#[derive(Clone)]
pub struct Identity {
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
    /// Makes an authority, certificates of every kind for our ends and one for the device at these
    /// addresses, good or bad on the day of `unix`, the time since 1970, and writes what the device
    /// needs into `folder`. The keys of all sessions are appended to the file
    /// that `SSLKEYLOGFILE` names, if it names one.
    ///
    /// # Errors
    ///
    /// The folder can't be written, or a key can't be made.
    pub fn make(
        folder: &Path,
        ours: &[IpAddr],
        devices: &[IpAddr],
        unix: Duration,
    ) -> Result<(Self, DeviceFiles), Fault> {
        let made = Made::new(ours, devices, unix)
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

    /// What an end shows that has such a certificate; one that has none shows as a server the good one.
    pub fn identity(&self, certificate: Certificate) -> Option<Identity> {
        self.identities.get(&certificate).cloned()
    }
}

impl Identity {
    /// For connections of ours.
    pub fn connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.client))
    }

    /// For connections that come in.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.server))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
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
    ours: BTreeMap<Certificate, Leaf>,
    device: Leaf,
}

impl Made {
    fn new(ours: &[IpAddr], devices: &[IpAddr], unix: Duration) -> Result<Self, rcgen::Error> {
        let (bench, ca) = authority("ringtrue test authority")?;
        let (stranger, _) = authority("an authority that nobody holds")?;
        let leaf = |facts: &Facts| {
            let signer = match facts.issuer {
                Signer::Bench => Some(&bench),
                Signer::Stranger => Some(&stranger),
                Signer::Itself => None,
            };
            leaf(facts, signer, unix)
        };
        let shown = Certificate::ALL.iter().filter_map(|kind| Some((*kind, kind.facts(ours)?)));
        let shown = shown.map(|(kind, facts)| Ok((kind, leaf(&facts)?)));
        let own = Certificate::Good.facts(devices);
        let own = own.map(|facts| Facts { common_name: "device".to_owned(), ..facts });
        let device = leaf(&own.ok_or(rcgen::Error::CouldNotParseCertificate)?)?;
        Ok(Self { ca, ours: shown.collect::<Result<_, rcgen::Error>>()?, device })
    }

    fn pki(self) -> Result<Pki, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let keys = Arc::new(rustls::KeyLogFile::new());
        let mut identities = BTreeMap::new();
        for (kind, leaf) in self.ours {
            let (certificate, key) = leaf.der;
            let key = PrivateKeyDer::Pkcs8(key.into());
            let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key.clone_key())?;
            server.key_log = keys.clone();
            let client = || {
                let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
                    .with_safe_default_protocol_versions()?;
                let anybody = Arc::new(Anybody(Arc::clone(&provider)));
                Ok::<_, rustls::Error>(client.dangerous().with_custom_certificate_verifier(anybody))
            };
            let mut known = client()?.with_client_auth_cert(vec![certificate], key)?;
            known.key_log = keys.clone();
            let server = Arc::new(server);
            if kind == Certificate::Good {
                let mut unknown = client()?.with_no_client_auth();
                unknown.key_log = keys.clone();
                let nobody = Identity { client: Arc::new(unknown), server: Arc::clone(&server) };
                identities.insert(Certificate::Absent, nobody);
            }
            identities.insert(kind, Identity { client: Arc::new(known), server });
        }
        Ok(Pki { identities: Arc::new(identities) })
    }
}

/// An authority, and its certificate as PEM.
fn authority(name: &str) -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, name);
    let certificate = authority.self_signed(&key)?.pem();
    Ok((Issuer::new(authority, key), certificate))
}

/// A certificate that says `facts`, of `signer` or of itself.
fn leaf(
    facts: &Facts,
    signer: Option<&Issuer<'static, KeyPair>>,
    unix: Duration,
) -> Result<Leaf, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, facts.common_name.as_str());
    //= RFC 3261 §26.3.1
    let names = facts.names.iter().map(|name| {
        Ok(match name {
            AlternativeName::Ip(address) => SanType::IpAddress(*address),
            AlternativeName::Dns(name) => SanType::DnsName((*name).try_into()?),
            AlternativeName::Uri(uri) => SanType::URI((*uri).try_into()?),
        })
    });
    params.subject_alt_names = names.collect::<Result<_, rcgen::Error>>()?;
    params.not_before = date_time_ymd(1970, 1, 1) + day(unix, facts.begins);
    params.not_after = date_time_ymd(1970, 1, 1) + day(unix, facts.ends);
    let certificate = match signer {
        Some(issuer) => {
            params.use_authority_key_identifier_extension = true;
            params.signed_by(&key, issuer)?
        }
        None => params.self_signed(&key)?,
    };
    Ok(Leaf {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        der: (certificate.der().clone(), key.serialize_der()),
    })
}

/// The time since 1970, so many days from `unix`.
fn day(unix: Duration, days: i32) -> Duration {
    let span = DAY * days.unsigned_abs();
    if days < 0 { unix.saturating_sub(span) } else { unix + span }
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

/// How long a day is.
const DAY: Duration = Duration::from_secs(86_400);
