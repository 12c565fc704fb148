//! [`Destination`]: a file that will be written when all is done, and of which one knows from the beginning that it can be.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::wish::of_file;
use crate::outcome::Failure;

/// Open for writing, and as it was until it is written. One that was not there before and is not written is gone again.
#[derive(Debug)]
pub(super) struct Destination {
    path: PathBuf,
    file: File,
    // whether it is to be taken away again
    is_new: bool,
}

impl Destination {
    /// Before the minutes that it takes to know what to write.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let is_new = !path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| of_file("write", path, error))?;
        Ok(Self { path: path.to_owned(), file, is_new })
    }

    /// Writes it, in place of what it held.
    pub(super) fn write(mut self, text: &str) -> Result<(), Failure> {
        // a pipe has no length
        let held = self.file.metadata().is_ok_and(|facts| facts.is_file());
        let cut = if held { self.file.set_len(0) } else { Ok(()) };
        cut.and_then(|()| self.file.write_all(text.as_bytes())).map_err(|error| of_file("write", &self.path, error))?;
        self.is_new = false;
        Ok(())
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if self.is_new {
            // it is empty, and nobody waits for it
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_it_was_until_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("day.svg");
        let open = || Destination::open(&path).unwrap();
        drop(open());
        assert!(!path.exists(), "nothing was written");
        open().write("a long text").unwrap();
        drop(open());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a long text");
        open().write("short").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "short");
        assert!(Destination::open(dir.path()).is_err(), "a folder is no file");
    }
}
