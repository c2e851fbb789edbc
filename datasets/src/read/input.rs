//! A file or stdin as bytes, decompressed when its first bytes say gzip or zstd. A byte order mark is skipped.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use flate2::bufread::MultiGzDecoder;

use crate::Error;

const BUFFER: usize = 1 << 18;

/// Readable bytes.
pub type Input = Box<dyn BufRead + Send>;

/// Opens `path` (`-` is stdin), transparently decompressed.
///
/// # Errors
/// When the file cannot be opened or its first bytes cannot be read.
pub fn open_input(path: &Path) -> Result<Input, Error> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let raw: Box<dyn Read + Send> =
        if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(failed)?) };
    if path.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    decompressed(Box::new(Counted(raw))).map_err(failed)
}

static BYTES_READ: AtomicU64 = AtomicU64::new(0);

/// Bytes this process has read through [`open_input`] so far, before decompression: for progress bars.
pub fn bytes_read() -> u64 {
    BYTES_READ.load(Ordering::Relaxed)
}

struct Counted<R>(R);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        BYTES_READ.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// `raw`, decompressed when its first bytes say so.
pub(crate) fn decompressed(raw: Box<dyn Read + Send>) -> io::Result<Input> {
    let (head, raw) = peek(raw, 4)?;
    let decoded: Box<dyn Read + Send> = if head.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, raw)))
    } else if head == [0x28, 0xb5, 0x2f, 0xfd] {
        Box::new(zstd::Decoder::new(raw)?)
    } else {
        raw
    };
    // An error in the first bytes is left for the reader of lines, which knows how to say where it was.
    let mut start = [0; 3];
    let mut length = 0;
    let mut decoded = decoded;
    let mut broken = None;
    while length < start.len() {
        match decoded.read(&mut start[length..]) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    let kept = if start[..length] == *b"\xef\xbb\xbf" { Vec::new() } else { start[..length].to_vec() };
    let rest: Box<dyn Read + Send> = match broken {
        Some(error) => Box::new(Broken(Some(error))),
        None => decoded,
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, Cursor::new(kept).chain(rest))))
}

/// The first bytes of an input and the input from its beginning; where reading breaks off before, it does so again.
pub(crate) fn peeked(mut input: Input, count: u64) -> (Vec<u8>, Input) {
    let mut head = Vec::new();
    let read = input.by_ref().take(count).read_to_end(&mut head);
    let rest: Box<dyn Read + Send> = match read {
        Ok(_) => Box::new(input),
        Err(error) => Box::new(Broken(Some(error))),
    };
    let whole = Box::new(BufReader::with_capacity(BUFFER, Cursor::new(head.clone()).chain(rest)));
    (head, whole)
}

/// The first bytes of `raw`, and `raw` with them in front again.
fn peek(mut raw: Box<dyn Read + Send>, count: usize) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = Vec::with_capacity(count);
    raw.by_ref().take(count as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(raw))))
}

struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
