//! One vector out of a document's JSON text, without making the rest of the document.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Reads the numbers at `path` (`a/b` for a part of a complex field) into `out`, in place of what was there. `false` when
/// the document has none.
pub(crate) fn read(source: &[u8], path: &str, out: &mut Vec<f32>) -> bool {
    out.clear();
    let mut text = serde_json::Deserializer::from_slice(source);
    // What is no object or no list of numbers, such as null, is an error here and simply no vector.
    At { path: Some(path), out }.deserialize(&mut text).is_ok() && !out.is_empty()
}

/// The value that still has `path` to go; `None` is the vector itself.
struct At<'a> {
    path: Option<&'a str>,
    out: &'a mut Vec<f32>,
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.path {
            Some(_) => deserializer.deserialize_map(self),
            None => deserializer.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list of numbers in it")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        let path = self.path.unwrap_or_default();
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        while let Some(wanted) = members.next_key_seed(Is(name))? {
            if wanted {
                // The last of several members of one name counts, as everywhere.
                self.out.clear();
                members.next_value_seed(At { path: rest, out: self.out })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut numbers: S) -> Result<(), S::Error> {
        while let Some(number) = numbers.next_element::<f64>()? {
            self.out.push(number as f32);
        }
        Ok(())
    }
}

/// Whether a member has this name.
struct Is<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn vectors_are_found_where_they_stand() {
        let check = |source: &str, path: &str, expected: Option<&[f32]>| {
            let mut out = vec![9.0];
            let found = read(source.as_bytes(), path, &mut out);
            assert_eq!(found.then_some(out.as_slice()), expected, "{path} in {source}");
        };
        check(r#"{"id": "a", "v": [1, -2.5, 3e-1]}"#, "v", Some(&[1.0, -2.5, 0.3]));
        check(r#"{"w": [9], "v\u0076": [7], "\u0076": [1]}"#, "v", Some(&[1.0]));
        check(r#"{"a": {"v": [9], "b": {"v": [1, 2]}}, "v": [3]}"#, "a/b/v", Some(&[1.0, 2.0]));
        check(r#"{"v": [1], "v": [2]}"#, "v", Some(&[2.0]));
        for none in [r#"{"v": null}"#, r#"{"v": []}"#, r#"{"w": [1]}"#, r#"{"v": ["1"]}"#, r#"{"v": {"v": [1]}}"#, "", "[1]"] {
            check(none, "v", None);
        }
        check(r#"{"a": null}"#, "a/v", None);
    }
}
