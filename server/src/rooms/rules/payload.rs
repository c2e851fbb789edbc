//! Reading payloads: typed fields with ranges, and errors that name the field.

use bytes::Bytes;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::rooms::rules::refusal::Refusal;

/// Characters of an id.
const ID: usize = 64;

/// An object of a payload and where it stands, such as `song.`.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    place: &'a str,
    attachments: &'a [Bytes],
}

impl<'a> Fields<'a> {
    /// The fields of a payload that must be an object.
    pub(crate) fn of(payload: &'a Value, attachments: &'a [Bytes]) -> Result<Fields<'a>, Refusal> {
        match payload {
            Value::Object(map) => Ok(Fields { map, place: "", attachments }),
            _ => Err(Refusal::bad("the payload must be an object")),
        }
    }

    /// A value that is there and not null.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn bad(&self, name: &str, wants: &str) -> Refusal {
        Refusal::bad(format!("`{}{name}` must be {wants}", self.place))
    }

    fn required<T>(&self, name: &str, found: Option<T>, wants: &str) -> Result<T, Refusal> {
        found.ok_or_else(|| Refusal::bad(format!("`{}{name}` is missing; it must be {wants}", self.place)))
    }

    /// An object inside this one; `place` is its name and a dot.
    pub(crate) fn object(&self, name: &str, place: &'a str) -> Result<Option<Fields<'a>>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Fields { map, place, attachments: self.attachments })),
            Some(_) => Err(self.bad(name, "an object")),
        }
    }

    /// An id, or none.
    pub(crate) fn id_if_given<T: From<&'a str>>(&self, name: &str) -> Result<Option<T>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) if is_id(text) => Ok(Some(text.as_str().into())),
            Some(_) => Err(self.bad(name, "1 to 64 characters of letters, digits, _ and -")),
        }
    }

    /// An id.
    pub(crate) fn id<T: From<&'a str>>(&self, name: &str) -> Result<T, Refusal> {
        self.required(name, self.id_if_given(name)?, "an id")
    }

    /// Text, normalised, of `least` to `most` characters after trimming; or none.
    pub(crate) fn text_if_given(&self, name: &str, least: usize, most: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::String(text) = value else { return Err(self.bad(name, "text")) };
        clean(text, least, most).map(Some).map_err(|wants| self.bad(name, &wants))
    }

    /// Text, normalised, of `least` to `most` characters after trimming.
    pub(crate) fn text(&self, name: &str, least: usize, most: usize) -> Result<String, Refusal> {
        self.required(name, self.text_if_given(name, least, most)?, "text")
    }

    /// A whole number in a range, or none.
    pub(crate) fn whole_if_given(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => match whole(value) {
                Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
                _ => Err(self.bad(name, &format!("a whole number from {least} to {most}"))),
            },
        }
    }

    /// A whole number in a range.
    pub(crate) fn whole(&self, name: &str, least: u64, most: u64) -> Result<u64, Refusal> {
        self.required(name, self.whole_if_given(name, least, most)?, "a whole number")
    }

    /// A number in a range.
    pub(crate) fn number(&self, name: &str, least: f64, most: f64) -> Result<f64, Refusal> {
        let wants = format!("a number from {least} to {most}");
        match self.required(name, self.value(name), &wants)?.as_f64() {
            Some(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.bad(name, &wants)),
        }
    }

    /// True or false; `otherwise` when it is not given.
    pub(crate) fn flag(&self, name: &str, otherwise: bool) -> Result<bool, Refusal> {
        match self.value(name) {
            None => Ok(otherwise),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.bad(name, "true or false")),
        }
    }

    /// One of some words.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Result<&'a str, Refusal> {
        let wants = format!("one of {}", words.join(", "));
        match self.required(name, self.value(name), &wants)? {
            Value::String(word) if words.contains(&word.as_str()) => Ok(word),
            _ => Err(self.bad(name, &wants)),
        }
    }

    /// Numbers, `least` to `most` of them; or none.
    pub(crate) fn vector_if_given(&self, name: &str, least: usize, most: usize) -> Result<Option<Vec<f32>>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let numbers: Option<Vec<f32>> = value
            .as_array()
            .filter(|list| (least..=most).contains(&list.len()))
            .and_then(|list| list.iter().map(|one| one.as_f64().map(|one| one as f32).filter(|one| one.is_finite())).collect());
        numbers.map(Some).ok_or_else(|| self.bad(name, &format!("{least} to {most} numbers")))
    }

    /// Bytes: an attachment, or base64 text where there are no attachments.
    pub(crate) fn bytes_if_given(&self, name: &str) -> Result<Option<Bytes>, Refusal> {
        use base64::Engine as _;
        let found = match self.value(name) {
            None => return Ok(None),
            Some(Value::Object(place)) if place.get("_placeholder") == Some(&Value::Bool(true)) => {
                place.get("num").and_then(Value::as_u64).and_then(|at| self.attachments.get(usize::try_from(at).ok()?)).cloned()
            }
            Some(Value::String(text)) => base64::engine::general_purpose::STANDARD.decode(text).ok().map(Bytes::from),
            Some(_) => None,
        };
        found.map(Some).ok_or_else(|| self.bad(name, "binary, or base64 text"))
    }
}

/// Whether a text is an id.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Text in NFC and trimmed, of a length in characters, without control characters but newlines.
///
/// # Errors
/// What it must be.
pub(crate) fn clean(text: &str, least: usize, most: usize) -> Result<String, String> {
    // Composing never makes more than three characters of one, so this bounds the work before it is done.
    if text.len() > most * 12 {
        return Err(format!("{least} to {most} characters"));
    }
    let text: String = text.nfc().collect();
    let text = text.trim();
    if text.chars().any(|one| one.is_control() && one != '\n') {
        return Err("text without control characters".to_owned());
    }
    if !(least..=most).contains(&text.chars().count()) {
        return Err(format!("{least} to {most} characters"));
    }
    Ok(text.to_owned())
}

/// Whether a text is one character as people count them, and of no more than 32 bytes.
pub(crate) fn is_emoji(text: &str) -> bool {
    text.len() <= 32 && text.graphemes(true).count() == 1 && !text.chars().any(char::is_control) && !text.trim().is_empty()
}

/// A whole number, also when it is written as `1.0`.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        (number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0).then_some(number as u64)
    })
}
