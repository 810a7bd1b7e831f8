//! A certificate authority for one server, with certificates for it and for its clients.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use limosa_server::{Account, Doing};

use crate::KitError;

/// The certificates of one server, as PEM files in its folder.
#[derive(Debug)]
pub struct Certificates {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Certificates {
    pub(crate) fn create(folder: &Path, account: Account) -> Result<Self, KitError> {
        let folder = folder.join("tls");
        fs::create_dir(&folder).doing(|| format!("create {}", folder.display()))?;
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority
            .distinguished_name
            .push(DnType::CommonName, "Limosa test authority");
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = authority.self_signed(&key)?;
        let made = Self {
            folder,
            issuer: Issuer::new(authority, key),
        };
        write(&made.authority(), &certificate.pem())?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let (_, key) = made.sign("server", names, ExtendedKeyUsagePurpose::ServerAuth)?;
        account.give(&key)?;
        Ok(made)
    }

    /// The certificate of the authority, for `sslrootcert`.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes a client certificate with `name` as its common name; returns the certificate's and
    /// the key's file, for `sslcert` and `sslkey`.
    ///
    /// # Errors
    /// When the certificate cannot be made or written.
    pub fn client(&self, name: &str) -> Result<(PathBuf, PathBuf), KitError> {
        self.sign(name, Vec::new(), ExtendedKeyUsagePurpose::ClientAuth)
    }

    pub(crate) fn server(&self) -> (PathBuf, PathBuf) {
        (
            self.folder.join("server.pem"),
            self.folder.join("server.key"),
        )
    }

    fn sign(
        &self,
        name: &str,
        hosts: Vec<String>,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<(PathBuf, PathBuf), KitError> {
        let mut params = CertificateParams::new(hosts)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let files = (
            self.folder.join(format!("{name}.pem")),
            self.folder.join(format!("{name}.key")),
        );
        write(&files.0, &certificate.pem())?;
        write(&files.1, &key.serialize_pem())?;
        private(&files.1)?;
        Ok(files)
    }
}

fn write(path: &Path, text: &str) -> Result<(), KitError> {
    Ok(fs::write(path, text).doing(|| format!("write {}", path.display()))?)
}

fn private(path: &Path) -> Result<(), KitError> {
    use std::os::unix::fs::PermissionsExt;
    let protected = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    Ok(protected.doing(|| format!("protect {}", path.display()))?)
}
