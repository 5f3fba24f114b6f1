//! Reads the small files of the configuration.
//!
//! The one idea: such a file is of moderate size, so whatever is longer is refused before it fills
//! the memory. `/dev/null` and pipes are read like files, since scripts pass nothing, or a secret,
//! that way.

use crate::failure::Failure;
use std::{fs::File, io::Read as _, path::Path};
use zeroize::Zeroizing;

/// No configuration or key file is longer than this.
const BYTES_MAX: u64 = 1024 * 1024;

/// The bytes of a file, wiped when dropped.
pub(crate) fn read_bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let refuse =
        |why: &str| Failure::Client(format!("ERROR: Cannot read {}: {why}", path.display()));
    let data = path.metadata().map_err(|error| refuse(&error.to_string()))?;
    if data.is_dir() {
        return Err(refuse("it is a directory"));
    }
    // Room for all of it at once: growing would leave copies of a key behind.
    let room = usize::try_from(data.len().min(BYTES_MAX)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
    let file = File::open(path).map_err(|error| refuse(&error.to_string()))?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| refuse(&error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > BYTES_MAX) {
        return Err(refuse("longer than 1 MiB"));
    }
    Ok(bytes)
}

/// The text of a file, wiped when dropped.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = read_bytes(path)?;
    String::from_utf8(std::mem::take(&mut bytes)).map(Zeroizing::new).map_err(|_| {
        Failure::Client(format!("ERROR: Cannot read {}: the text is not UTF-8", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_moderate_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "é\n").unwrap();
        assert_eq!(read_text(&path).unwrap().as_str(), "é\n");
        std::fs::write(&path, b"\xff").unwrap();
        assert!(read_text(&path).unwrap_err().to_string().ends_with("the text is not UTF-8"));
        std::fs::write(&path, vec![b' '; 1024 * 1024 + 1]).unwrap();
        assert!(read_text(&path).unwrap_err().to_string().ends_with("longer than 1 MiB"));
        let error = read_text(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("it is a directory"), "{error}");
        assert_eq!(read_text(Path::new("/dev/null")).unwrap().as_str(), "");
        let error = read_text(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.ends_with("longer than 1 MiB"), "{error}");
        assert!(read_text(&folder.path().join("absent")).is_err());
    }
}
