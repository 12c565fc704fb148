//! `[store] key_file`: the keys that secrets in the database are sealed with, and the file that holds them.
//!
//! ```text
//! # one key a line: its name, and 32 bytes in base64url; the first line seals, all of them open
//! k20261122-9f3a 3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs
//! ```
//!
//! A line `plain` in the place of the first says that nothing is sealed any more.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use lb_core::Rng;

/// The longest file that is read, bytes.
const LONGEST: u64 = 64 << 10;

/// The line that says that nothing is sealed.
const PLAIN: &str = "plain";

const HEAD: &str = "# Keys of the balancer's database: the first line seals, all of them open. Keep a copy of this file, apart from backups.\n";

/// One key, and what it is called.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreKey {
    pub(super) id: String,
    pub(super) bytes: [u8; 32],
}

impl StoreKey {
    /// What it is called: 1 to 32 letters, digits, `-` and `_`.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn draw(rng: &dyn Rng) -> Self {
        let (mut bytes, mut tail) = ([0; 32], [0; 2]);
        rng.fill(&mut bytes);
        rng.fill(&mut tail);
        let day = jiff::Timestamp::now().strftime("%Y%m%d");
        Self { id: format!("k{day}-{}", hex::encode(tail)), bytes }
    }

    fn line(&self) -> String {
        format!("{} {}\n", self.id, URL_SAFE_NO_PAD.encode(self.bytes))
    }
}

impl fmt::Debug for StoreKey {
    /// Its name alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreKey({})", self.id)
    }
}

/// The keys of one file, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing {
    keys: Vec<StoreKey>,
    seals: bool,
}

impl KeyRing {
    /// Reads the file. Nobody but its owner and its group may be allowed to read it.
    ///
    /// # Errors
    /// [`KeyFileError`], a sentence that names the file and the line, and no key.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |problem: String| KeyFileError { path: path.to_owned(), problem };
        let mut file = File::open(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let metadata = file.metadata().map_err(|error| failed(format!("cannot be read: {error}")))?;
        if !metadata.is_file() {
            return Err(failed("is no file".to_owned()));
        }
        check_mode(&metadata).map_err(failed)?;
        let mut text = String::new();
        let read = Read::by_ref(&mut file).take(LONGEST + 1).read_to_string(&mut text);
        let read = read.map_err(|error| failed(format!("cannot be read: {error}")))?;
        if read as u64 > LONGEST {
            return Err(failed("is longer than 64 KiB".to_owned()));
        }
        Self::parse(&text).map_err(failed)
    }

    /// The keys in a text.
    fn parse(text: &str) -> Result<Self, String> {
        let (mut keys, mut seals): (Vec<StoreKey>, bool) = (Vec::new(), true);
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == PLAIN && keys.is_empty() {
                seals = false;
                continue;
            }
            let key = key(line).map_err(|problem| format!("has a bad line {number}: {problem}"))?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(format!("has a bad line {number}: there is a key {} already", key.id));
            }
            keys.push(key);
        }
        if keys.is_empty() && seals {
            return Err("has no key: lb key new makes one".to_owned());
        }
        Ok(Self { keys, seals })
    }

    /// The key that seals; `None` where the first line says that nothing is sealed.
    pub fn first(&self) -> Option<&StoreKey> {
        self.keys.first().filter(|_| self.seals)
    }

    /// All keys, in the order of the file.
    pub fn keys(&self) -> &[StoreKey] {
        &self.keys
    }

    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        Self::parse(text).unwrap()
    }
}

fn key(line: &str) -> Result<StoreKey, &'static str> {
    const SHAPE: &str = "a line is the key's name and 32 bytes in base64url, with a space between them";
    let mut words = line.split_whitespace();
    let (Some(id), Some(text), None) = (words.next(), words.next(), words.next()) else { return Err(SHAPE) };
    let letters = id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !letters || id.len() > 32 || id == PLAIN {
        return Err("the name of a key is 1 to 32 letters, digits, - and _, and not plain");
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| SHAPE)?;
    Ok(StoreKey { id: id.to_owned(), bytes: bytes.try_into().map_err(|_| SHAPE)? })
}

/// A key file cannot be used. No text repeats a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key file {} {problem}", .path.display())]
pub struct KeyFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, or what the system says.
    pub problem: String,
}

/// Makes a key file with one new key, readable by its owner only. Answers the name of the key.
///
/// # Errors
/// [`KeyFileError`]: nothing was made. A file that is there is not replaced.
pub fn new_key_file(path: &Path, rng: &dyn Rng) -> Result<String, KeyFileError> {
    let failed = |error: io::Error| KeyFileError {
        path: path.to_owned(),
        problem: match error.kind() {
            io::ErrorKind::AlreadyExists => "is there already: --rotate puts a new key on top of it".to_owned(),
            _ => format!("cannot be written: {error}"),
        },
    };
    let key = StoreKey::draw(rng);
    let mut draft = draft(path).map_err(failed)?;
    draft.write_all(format!("{HEAD}{}", key.line()).as_bytes()).map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    draft.persist_noclobber(path).map_err(|refused| failed(refused.error))?;
    sync_directory(path).map_err(failed)?;
    Ok(key.id)
}

/// Puts a new key on top of a key file; the others stay. Answers the name of the key.
///
/// # Errors
/// [`KeyFileError`]: the file is as it was.
pub fn rotate_key_file(path: &Path, rng: &dyn Rng) -> Result<String, KeyFileError> {
    let ring = KeyRing::read(path)?;
    let failed =
        |error: io::Error| KeyFileError { path: path.to_owned(), problem: format!("cannot be written: {error}") };
    // a name with so few bytes of chance may be there
    let key = std::iter::repeat_with(|| StoreKey::draw(rng));
    let key = key.take(100).find(|key| ring.keys.iter().all(|known| known.id != key.id));
    let key = key.ok_or_else(|| failed(io::Error::other("no free name for a key was found")))?;
    let before = fs::read_to_string(path).map_err(failed)?;
    let keys = before.lines().filter(|line| line.trim() != PLAIN);
    let (comments, keys): (Vec<_>, Vec<_>) = {
        let mut head = true;
        keys.partition(|line| {
            head = head && line.trim_start().starts_with('#');
            head
        })
    };
    let lines = |lines: Vec<&str>| lines.into_iter().fold(String::new(), |text, line| text + line + "\n");
    let path = path.canonicalize().map_err(failed)?;
    let mut draft = draft(&path).map_err(failed)?;
    draft.write_all((lines(comments) + &key.line() + &lines(keys)).as_bytes()).map_err(failed)?;
    like(&path, draft.path()).map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    draft.persist(&path).map_err(|refused| failed(refused.error))?;
    sync_directory(&path).map_err(failed)?;
    Ok(key.id)
}

/// A file beside `path` that only its owner may read, and that is gone unless it is given its name.
fn draft(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".lb-").suffix(".partial").tempfile_in(directory)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    OpenOptions::new().read(true).open(directory)?.sync_all()
}

/// Gives `file` the owner and the mode of the one whose place it takes: who rotates may be root, and the balancer is not.
#[cfg(unix)]
fn like(before: &Path, file: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (before, present) = (fs::metadata(before)?, fs::metadata(file)?);
    if (before.uid(), before.gid()) != (present.uid(), present.gid()) {
        chown(file, Some(before.uid()), Some(before.gid()))?;
    }
    fs::set_permissions(file, before.permissions())
}

#[cfg(not(unix))]
fn like(_before: &Path, _file: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn check_mode(file: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.permissions().mode() & 0o777;
    // the group may read it, and do nothing else
    if mode & 0o037 == 0 {
        return Ok(());
    }
    Err(format!("may be read or written by others (mode {mode:o}): chmod 600 or 640, with the balancer's group"))
}

#[cfg(not(unix))]
fn check_mode(_file: &fs::Metadata) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use lb_core::SeededRng;

    use super::*;

    #[test]
    fn a_new_file_has_one_key_and_rotation_puts_another_on_top() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.key");
        let rng = SeededRng::new(1);
        let first = new_key_file(&path, &rng).unwrap();
        assert_eq!(KeyRing::read(&path).unwrap().first().unwrap().id(), first);
        assert!(new_key_file(&path, &rng).unwrap_err().to_string().contains("--rotate"));
        let second = rotate_key_file(&path, &rng).unwrap();
        let ring = KeyRing::read(&path).unwrap();
        assert_eq!(ring.keys().iter().map(StoreKey::id).collect::<Vec<_>>(), [&second, &first]);
        assert!(fs::read_to_string(&path).unwrap().starts_with('#'));
        assert!(!format!("{ring:?}").contains(&URL_SAFE_NO_PAD.encode(ring.keys()[0].bytes)));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_and_one_for_the_group_is_not() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.key");
        new_key_file(&path, &SeededRng::new(1)).unwrap();
        let read = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            KeyRing::read(&path)
        };
        for mode in [0o600, 0o400, 0o640, 0o440] {
            assert!(read(mode).is_ok(), "{mode:o}");
        }
        for mode in [0o644, 0o604, 0o660, 0o602] {
            let refused = read(mode).unwrap_err().to_string();
            assert!(refused.contains(&format!("mode {mode:o}")) && refused.contains("chmod"), "{refused}");
        }
        read(0o640).unwrap();
        rotate_key_file(&path, &SeededRng::new(2)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line_and_without_its_keys() {
        let good = URL_SAFE_NO_PAD.encode([7; 32]);
        for (text, says) in [
            (String::new(), "no key"),
            ("# only words\n".to_owned(), "no key"),
            (format!("a {good}\na {good}\n"), "bad line 2"),
            (format!("\n{good}\n"), "bad line 2"),
            (format!("a b {good}\n"), "bad line 1"),
            (format!("a/b {good}\n"), "name of a key"),
            (format!("a {}\n", &good[1..]), "32 bytes"),
            (format!("a {good}\nplain\n"), "bad line 2"),
        ] {
            let refused = KeyRing::parse(&text).unwrap_err();
            assert!(refused.contains(says) && !refused.contains(&good[1..]), "{text}: {refused}");
        }
        let ring = KeyRing::of(&format!("  # c\nplain\n\na\t{good}=\n"));
        assert_eq!((ring.first(), ring.keys().len()), (None, 1));
    }
}
