//! Query parameters: each known, each once unless it may repeat, percent-decoded strictly.

use super::error::ApiError;

/// The parameters of one request in the order given.
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Decodes the part after `?`.
    pub(crate) fn parse(raw: Option<&str>) -> Result<Parameters, ApiError> {
        let mut pairs = Vec::new();
        for pair in raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).map_err(|why| ApiError::bad(format!("a parameter's name {why}")))?;
            let value = decode(value).map_err(|why| ApiError::bad(format!("parameter `{name}` {why}")))?;
            pairs.push((name, value));
        }
        Ok(Parameters { pairs })
    }

    /// Refuses names that are neither in `once` nor in `repeated`, and repetitions of the former.
    pub(crate) fn allow(&self, once: &[&str], repeated: &[&str]) -> Result<(), ApiError> {
        for (i, (name, _)) in self.pairs.iter().enumerate() {
            let name = name.as_str();
            if once.contains(&name) {
                if self.pairs[..i].iter().any(|(other, _)| other == name) {
                    return Err(ApiError::bad(format!("parameter `{name}` is given twice")));
                }
            } else if !repeated.contains(&name) {
                let known: Vec<_> = once.iter().chain(repeated).copied().collect();
                return Err(ApiError::bad(format!("parameter `{name}` is not known; known are {}", known.join(", "))));
            }
        }
        Ok(())
    }

    /// Names that were percent-encoded twice, as one SDK does: `%24select` is `$select`.
    pub(crate) fn with_dollars(mut self) -> Parameters {
        for (name, value) in &mut self.pairs {
            if let Some(rest) = name.strip_prefix("%24") {
                *name = format!("${rest}");
                // The value was encoded twice as well.
                if let Ok(decoded) = decode(value) {
                    *value = decoded;
                }
            }
        }
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Names and values in the order given.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// A number of at most `most`.
    pub(crate) fn number(&self, name: &str, otherwise: usize, most: usize) -> Result<usize, ApiError> {
        match self.get(name) {
            None => Ok(otherwise),
            Some(text) => match text.parse() {
                Ok(number) if number <= most => Ok(number),
                _ => Err(ApiError::bad(format!("parameter `{name}` is `{text}`; it must be a number from 0 to {most}"))),
            },
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str, otherwise: bool) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(otherwise),
            Some("true" | "1" | "") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(text) => Err(ApiError::bad(format!("parameter `{name}` is `{text}`; it must be true or false"))),
        }
    }
}

fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).map(|digit| digit as u8);
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err("has a % that is not followed by two hexadecimal digits".to_owned()),
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|error| format!("is not UTF-8: byte {} is part of no character", error.utf8_error().valid_up_to()))
}
