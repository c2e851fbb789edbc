//! Random ids and codes, from the operating system's random source.

use rand::TryRngCore as _;
use rand::rngs::OsRng;

/// A random id of 20 characters, which cannot be guessed.
pub(crate) fn random_id<T: From<String>>() -> T {
    random_text(20, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").into()
}

/// Characters of an alphabet, all equally likely.
pub(crate) fn random_text(length: usize, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        if OsRng.try_fill_bytes(&mut bytes).is_err() {
            // Without randomness nothing here is safe; the next call may have it.
            std::thread::yield_now();
            continue;
        }
        let good = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(good.map(|byte| char::from(alphabet[byte % alphabet.len()])).take(length - text.len()));
    }
    text
}
