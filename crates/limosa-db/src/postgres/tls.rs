//! libpq's meanings of the TLS settings, for `rustls`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::{ConnectionSettings, SslMode};

/// Makes what connects by TLS; `None` when the settings forbid TLS.
pub(super) fn connector(
    settings: &ConnectionSettings,
) -> Result<Option<MakeRustlsConnect>, String> {
    if settings.sslmode == SslMode::Disable {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = ServerVerifier::new(settings, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match client_certificate(settings)? {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| format!("the client certificate does not go with its key: {error}"))?,
        None => builder.with_no_client_auth(),
    };
    if settings.direct_tls {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(Some(MakeRustlsConnect::new(config)))
}

/// Judges the server's certificate as libpq does: the chain is verified as soon as there are root
/// certificates, whatever the mode; the name only with `verify-full`.
#[derive(Debug)]
struct ServerVerifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    roots: Vec<CertificateDer<'static>>,
    name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerVerifier {
    fn new(settings: &ConnectionSettings, provider: &Arc<CryptoProvider>) -> Result<Self, String> {
        let roots = root_certificates(settings)?;
        let chain = match &roots {
            None => None,
            Some(roots) => {
                let mut store = RootCertStore::empty();
                let (added, _) = store.add_parsable_certificates(roots.iter().cloned());
                if added == 0 {
                    return Err("there is no usable root certificate".into());
                }
                let verifier = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(store),
                    Arc::clone(provider),
                )
                .build()
                .map_err(|error| error.to_string())?;
                Some(verifier)
            }
        };
        Ok(Self {
            chain,
            roots: roots.unwrap_or_default(),
            name: settings.sslmode == SslMode::VerifyFull,
            provider: Arc::clone(provider),
        })
    }
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        let verdict =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(rustls::Error::InvalidCertificate(reason)) = &verdict else {
            return verdict;
        };
        match reason {
            // The chain is verified before the name.
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
                if !self.name =>
            {
                Ok(ServerCertVerified::assertion())
            }
            // A server whose own certificate is the root: common in small installations, and what `webpki` refuses,
            // with one reason or the other. Who names this very certificate trusts it.
            CertificateError::Other(_) | CertificateError::UnknownIssuer
                if self.roots.iter().any(|root| root == end_entity) =>
            {
                if self.name {
                    let parsed = rustls::server::ParsedCertificate::try_from(end_entity)?;
                    rustls::client::verify_server_name(&parsed, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            _ => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The root certificates: those of `sslrootcert`, of the system, or of libpq's default file if it is there.
fn root_certificates(
    settings: &ConnectionSettings,
) -> Result<Option<Vec<CertificateDer<'static>>>, String> {
    let demanded = matches!(settings.sslmode, SslMode::VerifyCa | SslMode::VerifyFull);
    if settings.sslrootcert.as_deref() == Some("system") {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            return Err("the system has no root certificates".into());
        }
        return Ok(Some(found.certs));
    }
    let named = settings.sslrootcert.as_ref().map(PathBuf::from);
    let default = settings.home.as_ref().map(|home| home.join("root.crt"));
    let file = match (named, default) {
        // Like libpq: a file that is named but not there matters only where it is needed.
        (Some(file), _) | (None, Some(file)) if file.exists() => file,
        (Some(file), _) if demanded => {
            return Err(format!(
                "the root certificate file {} is not there",
                file.display()
            ));
        }
        (None, _) if demanded => {
            return Err(
                "verifying the server needs a root certificate: name its file by `sslrootcert=…`, or \
                 use the system's by `sslrootcert=system`"
                    .into(),
            );
        }
        _ => return Ok(None),
    };
    read_certificates(&file).map(Some)
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unreadable = |reason: String| format!("the certificate file {}: {reason}", file.display());
    let certificates = CertificateDer::pem_file_iter(file)
        .map_err(|error| unreadable(error.to_string()))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable("it has no certificate in it".into()));
    }
    Ok(certificates)
}

type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The client's certificate and key: those that are named, or libpq's default files if they are there.
fn client_certificate(settings: &ConnectionSettings) -> Result<Option<ClientCertificate>, String> {
    let default = |name: &str| settings.home.as_ref().map(|home| home.join(name));
    let certificate = match &settings.sslcert {
        Some(file) => file.clone(),
        None => match default("postgresql.crt") {
            Some(file) if file.exists() => file,
            _ => return Ok(None),
        },
    };
    let key = settings
        .sslkey
        .clone()
        .or_else(|| default("postgresql.key"))
        .ok_or("the client certificate needs its key: name the file by `sslkey=…`")?;
    let chain = read_certificates(&certificate)?;
    refuse_public_key_file(&key)?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|error| {
        format!(
            "the key file {}: {error} (a key with a passphrase is not supported)",
            key.display()
        )
    })?;
    Ok(Some((chain, key)))
}

/// As libpq: nobody else may read the key; one that belongs to root may be read by its group.
#[cfg(unix)]
fn refuse_public_key_file(file: &Path) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let metadata = std::fs::metadata(file)
        .map_err(|error| format!("the key file {}: {error}", file.display()))?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.permissions().mode() & forbidden != 0 {
        return Err(format!(
            "the key file {} is not used: group or others have access to it; `chmod 600` it",
            file.display()
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_public_key_file(_file: &Path) -> Result<(), String> {
    Ok(())
}
