//! [`Certificates`]: the certificate that listeners show, read anew when its files change.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use lb_core::Timestamp;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::config::Tls;
use crate::metrics::Metrics;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// No file of certificates is longer.
const LONGEST: u64 = 1 << 20;

/// A certificate with its chain and its key, in two files. Connections that are open keep what they began with.
#[derive(Debug)]
pub struct Certificates {
    files: Tls,
    current: Arc<Current>,
    /// Held while the files are read.
    seen: Mutex<Seen>,
    config: Arc<ServerConfig>,
}

/// What came of it when the files were last read.
#[derive(Debug)]
struct Seen {
    files: [Look; 2],
    /// Why they could not be used.
    problem: Option<String>,
}

/// The one that is shown now.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// [`CertificateError`] if they cannot be read or used.
    pub fn open(files: Tls) -> Result<Arc<Self>, CertificateError> {
        let seen = Mutex::new(Seen { files: look(&files), problem: None });
        let current = Arc::new(Current(ArcSwap::from_pointee(read(&files)?)));
        let unfit = |problem| CertificateError::Unfit { file: files.certificate.clone(), problem };
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(Self { current, seen, config: Arc::new(config), files }))
    }

    /// What listeners speak TLS with: HTTP/2 and HTTP/1.1, with the certificate of the moment.
    pub(super) fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// When the certificate that is shown now ends; `None` where it does not say so in a way that is understood.
    pub(crate) fn valid_until(&self) -> Option<Timestamp> {
        let shown = self.current.0.load();
        let (_, certificate) = X509Certificate::from_der(shown.cert.first()?).ok()?;
        let seconds = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
        Some(Timestamp::from_millis(seconds.saturating_mul(1000)))
    }

    /// Reads the files again, whether or not they have changed. New connections get what they hold now. It reads files, so it
    /// may block for a moment.
    ///
    /// # Errors
    /// [`CertificateError`] if they cannot be read or used; then the certificate stays the one it was.
    pub fn reload(&self) -> Result<(), CertificateError> {
        self.read_again(&mut self.seen())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_again(&self, seen: &mut Seen) -> Result<(), CertificateError> {
        seen.files = look(&self.files);
        let outcome = read(&self.files).map(|key| self.current.0.store(Arc::new(key)));
        seen.problem = outcome.as_ref().err().map(ToString::to_string);
        outcome
    }

    /// Reads the files again if they have changed, or could not be used the last time: permissions may be mended. Answers what
    /// came of it; `None` if there is nothing to tell that has not been told.
    fn follow(&self) -> Option<Result<(), CertificateError>> {
        let mut seen = self.seen();
        let told = seen.problem.take();
        if told.is_none() && look(&self.files) == seen.files {
            return None;
        }
        let outcome = self.read_again(&mut seen);
        (outcome.is_ok() || seen.problem != told).then_some(outcome)
    }

    /// Looks at the files every ten seconds until `stop`, and reads them again when they have changed. Files that cannot be
    /// used are logged once, and read again each time: a key is often written a moment after its certificate.
    pub(crate) async fn watch(self: Arc<Self>, metrics: Arc<Metrics>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let certificates = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || certificates.follow()).await {
                Ok(Some(Ok(()))) => {
                    metrics.certificate_read(true);
                    tracing::info!(certificate = %self.files.certificate.display(), "the certificate has changed");
                }
                Ok(Some(Err(error))) => {
                    metrics.certificate_read(false);
                    tracing::error!(%error, "the new certificate cannot be used; the old one stays");
                }
                Ok(None) | Err(_) => {}
            }
        }
    }
}

/// What tells that a file is another one now; `None` where it cannot be looked at.
type Look = Option<(u64, u64, u64, i64, i64)>;

fn look(files: &Tls) -> [Look; 2] {
    [&files.certificate, &files.key].map(|path| {
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
    })
}

fn read(files: &Tls) -> Result<CertifiedKey, CertificateError> {
    let certificates = bytes_of(&files.certificate)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificates).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| CertificateError::NoCertificate { file: files.certificate.clone() })?;
    let key = PrivateKeyDer::from_pem_slice(&bytes_of(&files.key)?);
    // its error might hold a line of the key
    let key = key.map_err(|_| CertificateError::NoKey { file: files.key.clone() })?;
    CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            CertificateError::Mismatch { certificate: files.certificate.clone(), key: files.key.clone() }
        }
        Error::InvalidCertificate(_) => CertificateError::Unfit { file: files.certificate.clone(), problem: error },
        problem => CertificateError::Unfit { file: files.key.clone(), problem },
    })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LONGEST { Err(io::Error::other("it is longer than 1 MiB")) } else { Ok(bytes) }
    };
    read().map_err(|problem| CertificateError::Unreadable { file: path.to_owned(), problem })
}

/// Why a certificate cannot be used, in a sentence for the operator. Nothing of the key is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{} cannot be read: {problem}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        problem: io::Error,
    },
    /// The file of the certificate has none.
    #[error("{} holds no certificate in PEM", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// The file of the key has none.
    #[error("{} holds no private key in PEM (one that is protected by a password cannot be used)", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// The two do not belong together.
    #[error("the key in {} does not fit the first certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// A certificate or key of an unknown kind, or a broken one.
    #[error("{} cannot be used: {problem}", file.display())]
    Unfit {
        /// The file.
        file: PathBuf,
        /// What TLS says.
        problem: Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn files(&self) -> Tls {
            Tls { certificate: self.0.path().join("fullchain.pem"), key: self.0.path().join("privkey.pem") }
        }

        fn write(&self, certificate: &str, key: &str) {
            fs::write(self.files().certificate, certificate).unwrap();
            fs::write(self.files().key, key).unwrap();
        }
    }

    /// Certificate and key in PEM.
    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn shown(certificates: &Certificates) -> CertificateDer<'static> {
        certificates.current.0.load().cert[0].clone()
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_file_and_nothing_of_the_key() {
        let (folder, (certificate, key), (other, _)) = (Folder::new(), pair(), pair());
        let open = || Certificates::open(folder.files()).map(|_| ()).unwrap_err().to_string();
        assert!(open().contains("fullchain.pem cannot be read: No such file"), "{}", open());
        let secret = key.lines().nth(1).unwrap();
        let broken = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", &secret[..40]);
        let half = key.lines().take(2).collect::<Vec<_>>().join("\n");
        for (certificate, key, sentence) in [
            ("", key.as_str(), "fullchain.pem holds no certificate in PEM"),
            (&key, &key, "fullchain.pem holds no certificate in PEM"),
            (&certificate[..certificate.len() - 40], &key, "fullchain.pem holds no certificate in PEM"),
            (&certificate, "", "privkey.pem holds no private key"),
            (&certificate, &certificate, "privkey.pem holds no private key"),
            (&certificate, &half, "privkey.pem holds no private key"),
            (&other, &key, "does not fit the first certificate in"),
            (&broken, &key, "fullchain.pem cannot be used: "),
            (&"x".repeat(2 << 20), &key, "fullchain.pem cannot be read: it is longer than 1 MiB"),
        ] {
            folder.write(certificate, key);
            let said = open();
            assert!(said.contains(sentence) && !said.contains(secret), "{said}");
        }
    }

    #[test]
    fn a_reload_takes_what_can_be_used_and_keeps_what_it_has_where_nothing_can() {
        let (folder, (first, first_key), (second, second_key)) = (Folder::new(), pair(), pair());
        folder.write(&first, &first_key);
        let certificates = Certificates::open(folder.files()).unwrap();
        let begun_with = shown(&certificates);
        assert!(certificates.follow().is_none());

        folder.write(&second, &first_key);
        assert!(matches!(certificates.follow(), Some(Err(CertificateError::Mismatch { .. }))));
        assert!(certificates.follow().is_none(), "told once");
        assert_eq!(shown(&certificates), begun_with);

        folder.write(&second, &second_key);
        certificates.reload().unwrap();
        assert!(certificates.follow().is_none());
        assert_ne!(shown(&certificates), begun_with);

        fs::remove_file(folder.files().key).unwrap();
        assert!(matches!(certificates.follow(), Some(Err(CertificateError::Unreadable { .. }))));
    }

    #[test]
    fn files_that_could_not_be_used_are_read_again_though_they_look_the_same() {
        let (folder, (first, first_key), (second, second_key)) = (Folder::new(), pair(), pair());
        folder.write(&first, &first_key);
        let certificates = Certificates::open(folder.files()).unwrap();
        let begun_with = shown(&certificates);
        // as it is where permissions are mended, which a test that runs as root cannot do: the reading alone has failed
        folder.write(&second, &second_key);
        *certificates.seen() = Seen { files: look(&folder.files()), problem: Some("permission denied".into()) };
        assert!(matches!(certificates.follow(), Some(Ok(()))));
        assert_ne!(shown(&certificates), begun_with);
        assert!(certificates.follow().is_none());
    }
}
