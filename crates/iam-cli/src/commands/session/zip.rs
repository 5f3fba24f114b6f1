//! As much of ZIP as an exported session needs: a few small files, without folders.
//!
//! Written are files as they are; read are also those that the official command line has
//! compressed. The one idea: an archive may come from anywhere, so its sizes are bounded before
//! they are believed, and its names never become paths.

use std::fmt;
use zeroize::Zeroizing;

/// No file of a session is larger.
const FILE_BYTES_MAX: usize = 1024 * 1024;
/// An archive of a session holds four.
const FILES_MAX: usize = 64;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Version 2.0, made on Unix, where the rights of a file are those of its owner alone.
const VERSION: u16 = 20;
const UNIX: u16 = 3 << 8;
const OWNER_ONLY: u32 = 0o100_600 << 16;
/// 1 January 1980, the first day that ZIP knows.
const NO_DATE: u16 = 0x21;

/// A file by its name.
pub(super) type File = (String, Zeroizing<Vec<u8>>);

/// Why an archive cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ZipError {
    /// It is not one, or is cut off.
    Not,
    /// A file in it is compressed, encrypted or laid out in a way that is not read here.
    Way(String),
    /// A file in it is too large, or there are too many.
    Large,
    /// A file in it is damaged.
    Damaged(String),
}

impl fmt::Display for ZipError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Not => out.write_str("it is not a ZIP archive, or is cut off"),
            Self::Way(name) => write!(out, "`{name}` is packed in a way that is not read here"),
            Self::Large => out.write_str("it holds more than a session does"),
            Self::Damaged(name) => write!(out, "`{name}` in it is damaged"),
        }
    }
}

/// An archive with these files.
pub(super) fn write(files: &[File]) -> Option<Zeroizing<Vec<u8>>> {
    let room = files.iter().map(|(name, bytes)| 2 * name.len() + bytes.len() + 128).sum::<usize>();
    let mut out = Zeroizing::new(Vec::with_capacity(room));
    let mut central = Vec::new();
    for (name, bytes) in files {
        let offset = u32::try_from(out.len()).ok()?;
        let length = u32::try_from(bytes.len()).ok()?;
        let about = Numbers::default()
            .short(0)
            .short(STORED)
            .short(0)
            .short(NO_DATE)
            .long(crc32(bytes))
            .long(length)
            .long(length)
            .short(u16::try_from(name.len()).ok()?)
            .short(0);
        out.extend_from_slice(&LOCAL);
        out.extend_from_slice(&Numbers::default().short(VERSION).0);
        out.extend_from_slice(&about.0);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        central.extend_from_slice(&CENTRAL);
        central.extend_from_slice(&Numbers::default().short(UNIX | VERSION).short(VERSION).0);
        central.extend_from_slice(&about.0);
        let rest = Numbers::default().short(0).short(0).short(0).long(OWNER_ONLY).long(offset);
        central.extend_from_slice(&rest.0);
        central.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(files.len()).ok()?;
    let end = Numbers::default()
        .short(0)
        .short(0)
        .short(count)
        .short(count)
        .long(u32::try_from(central.len()).ok()?)
        .long(u32::try_from(out.len()).ok()?)
        .short(0);
    out.extend_from_slice(&central);
    out.extend_from_slice(&END);
    out.extend_from_slice(&end.0);
    Some(out)
}

/// The files of an archive.
pub(super) fn read(archive: &[u8]) -> Result<Vec<File>, ZipError> {
    let end = archive.windows(END.len()).rposition(|four| four == END).ok_or(ZipError::Not)?;
    let mut end = Reader(archive.get(end + END.len()..).ok_or(ZipError::Not)?);
    end.skip(4)?;
    end.skip(2)?;
    let count = usize::from(end.short()?);
    end.skip(4)?;
    let start = end.place()?;
    end.skip(2)?;
    if count > FILES_MAX {
        return Err(ZipError::Large);
    }
    let mut central = Reader(archive.get(start..).ok_or(ZipError::Not)?);
    (0..count).map(|_| file(&mut central, archive)).collect()
}

/// The file that the next line of the directory names.
fn file(central: &mut Reader<'_>, archive: &[u8]) -> Result<File, ZipError> {
    if central.take(CENTRAL.len())? != CENTRAL {
        return Err(ZipError::Not);
    }
    central.skip(4)?;
    let (flags, method) = (central.short()?, central.short()?);
    central.skip(4)?;
    let (crc, packed, length) = (central.long()?, central.place()?, central.place()?);
    let sizes = [central.short()?, central.short()?, central.short()?].map(usize::from);
    central.skip(8)?;
    let offset = central.place()?;
    let [name, extra, comment] = sizes;
    let name = String::from_utf8(central.take(name)?.to_vec()).map_err(|_| ZipError::Not)?;
    central.skip(extra)?;
    central.skip(comment)?;
    if length > FILE_BYTES_MAX || packed > FILE_BYTES_MAX {
        return Err(ZipError::Large);
    }
    let mut local = Reader(archive.get(offset..).ok_or(ZipError::Not)?);
    if local.take(LOCAL.len())? != LOCAL {
        return Err(ZipError::Not);
    }
    local.skip(22)?;
    let skipped = usize::from(local.short()?) + usize::from(local.short()?);
    local.skip(skipped)?;
    let bytes = local.take(packed)?;
    let is_encrypted = flags & 1 != 0;
    let bytes = match method {
        _ if is_encrypted => return Err(ZipError::Way(name)),
        STORED => bytes.to_vec(),
        DEFLATED => miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, length)
            .map_err(|_| ZipError::Damaged(name.clone()))?,
        _ => return Err(ZipError::Way(name)),
    };
    let bytes = Zeroizing::new(bytes);
    if bytes.len() != length || crc32(&bytes) != crc {
        return Err(ZipError::Damaged(name));
    }
    Ok((name, bytes))
}

/// Numbers as ZIP writes them: the least byte first.
#[derive(Default)]
struct Numbers(Vec<u8>);

impl Numbers {
    fn short(mut self, number: u16) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn long(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }
}

/// Reads what ZIP has written.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ZipError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ZipError::Not)?;
        self.0 = rest;
        Ok(taken)
    }

    fn skip(&mut self, length: usize) -> Result<(), ZipError> {
        self.take(length).map(drop)
    }

    fn short(&mut self) -> Result<u16, ZipError> {
        let bytes = self.take(2)?.try_into().map_err(|_| ZipError::Not)?;
        Ok(u16::from_le_bytes(bytes))
    }

    fn long(&mut self) -> Result<u32, ZipError> {
        let bytes = self.take(4)?.try_into().map_err(|_| ZipError::Not)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn place(&mut self) -> Result<usize, ZipError> {
        usize::try_from(self.long()?).map_err(|_| ZipError::Large)
    }
}

/// The checksum that ZIP keeps of each file.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        let file = |name: &str, text: &str| (name.to_owned(), Zeroizing::new(text.into()));
        vec![file("config", "[a]\nregion=x\n"), file("token", ""), file("key.pem", "é")]
    }

    #[test]
    fn the_checksum_is_the_one_of_everybody_else() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let archive = write(&files()).unwrap();
        assert_eq!(read(&archive), Ok(files()));
        let behind = [archive.as_slice(), b"a comment"].concat();
        assert_eq!(read(&behind), Ok(files()));
    }

    #[test]
    fn what_is_cut_off_bent_or_too_large_is_refused() {
        let archive = write(&files()).unwrap();
        for end in 0..archive.len() {
            assert!(read(&archive[..end]).is_err(), "{end}");
        }
        let mut bent = archive.to_vec();
        let at = bent.windows(3).position(|three| three == b"[a]").unwrap();
        bent[at] = b'(';
        assert_eq!(read(&bent), Err(ZipError::Damaged("config".to_owned())));
        let large = vec![("x".to_owned(), Zeroizing::new(vec![0; FILE_BYTES_MAX + 1]))];
        assert_eq!(read(&write(&large).unwrap()), Err(ZipError::Large));
    }
}
