//! What people type in: names, e-mail addresses, passwords. Cleaned, or refused with the field's name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::AccountError;

/// Characters of a name.
const NAME: usize = 40;
/// Bytes of an e-mail address, as SMTP has it.
const EMAIL: usize = 254;
/// Characters of an avatar.
const AVATAR: usize = 64;
/// Passwords that are tried first everywhere and are long enough.
const WEAK: [&str; 30] = [
    "00000000",
    "11111111",
    "12341234",
    "12345678",
    "123456789",
    "1234567890",
    "12344321",
    "1q2w3e4r",
    "1qaz2wsx",
    "87654321",
    "abcd1234",
    "adminadmin",
    "admin123",
    "asdfghjkl",
    "baseball",
    "computer",
    "football",
    "iloveyou",
    "letmein1",
    "michelle",
    "passw0rd",
    "password",
    "password1",
    "password123",
    "princess",
    "qwerty123",
    "qwertyuiop",
    "sunshine",
    "superman",
    "trustno1",
];

/// A name: trimmed, NFC, 1 to 40 characters, none of them a control character.
pub(super) fn name(text: &str) -> Result<String, AccountError> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(AccountError::bad("name", format!("a name has 1 to {NAME} characters")));
    }
    if name.chars().any(hidden) {
        return Err(AccountError::bad("name", "a name has no control characters"));
    }
    Ok(name)
}

/// A short text shown for a person, an emoji for instance; an empty one is none.
pub(super) fn avatar(text: &str) -> Result<Option<String>, AccountError> {
    let avatar: String = text.trim().nfc().collect();
    if avatar.chars().count() > AVATAR || avatar.chars().any(char::is_control) {
        return Err(AccountError::bad("avatar", format!("an avatar has at most {AVATAR} characters and no control characters")));
    }
    Ok(Some(avatar).filter(|avatar| !avatar.is_empty()))
}

/// Control characters, and those that turn the direction of the text around them.
fn hidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a name is found by: without case, accents and other decoration. At most 80 characters, since some letters stand for many.
pub(super) fn folded(name: &str) -> String {
    let plain: String = name.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).nfc().collect();
    // A lone accent becomes a space.
    let folded: String = plain.trim().chars().take(80).collect();
    folded.trim_end().to_owned()
}

/// An e-mail address, trimmed and in lower case. Whether anybody reads it is not known here.
pub(super) fn email(text: &str) -> Result<String, AccountError> {
    let email: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
    let parts = email.split_once('@').filter(|(local, domain)| {
        let labels = domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
        !local.is_empty() && local.len() <= 64 && domain.contains('.') && labels && !domain.contains('@')
    });
    let clean = !email.chars().any(|letter| letter.is_whitespace() || hidden(letter));
    if parts.is_none() || !clean || email.len() > EMAIL {
        return Err(AccountError::bad("email", "this is no e-mail address"));
    }
    Ok(email)
}

/// A password as it is hashed: NFC, so that it is the same from every keyboard. Says nothing about whether it is a good one.
pub(super) fn typed_password(text: &str) -> Result<String, AccountError> {
    let password: String = text.nfc().take(257).collect();
    match password.chars().count() {
        1..=256 => Ok(password),
        _ => Err(AccountError::bad("password", "a password has 1 to 256 characters")),
    }
}

/// A password somebody wants from now on: 8 to 256 characters, not one that everybody tries, not the name or the address.
pub(super) fn new_password(text: &str, name: &str, email: &str) -> Result<String, AccountError> {
    let password = typed_password(text)?;
    if password.chars().count() < 8 {
        return Err(AccountError::bad("password", "a password has 8 to 256 characters"));
    }
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let mut letters = lower.chars();
    let one_letter = letters.next().is_some_and(|first| letters.all(|letter| letter == first));
    if one_letter || WEAK.contains(&lower.as_str()) || lower == name.to_lowercase() || lower == email || lower == local {
        return Err(AccountError::bad("password", "this password is among the first that anybody would try"));
    }
    Ok(password)
}
