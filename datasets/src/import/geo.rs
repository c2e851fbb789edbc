//! Venues from GeoJSON (a FeatureCollection, or a feature per line), with the properties OpenStreetMap exports and the GLA write,
//! and from Overpass JSON (`elements`). Features without a name or a place are row errors.

use serde_json::{Map, Value};
use tutti_index_schema::{Address, Point, Venue};

use super::{owned, record, text, whole};
use crate::{Record, RowError};

/// Turns features into venues.
pub(crate) struct Geo;

/// Keys of OpenStreetMap that say something about a venue and become tags.
const TAG_KEYS: &[&str] = &[
    "live_music",
    "outdoor_seating",
    "wheelchair",
    "smoking",
    "cuisine",
    "microbrewery",
    "internet_access",
    "toilets",
    "brewery",
    "lgbtq",
    "min_age",
    "borough",
    "karaoke",
    "dance:style",
    "theatre:genre",
];

impl Geo {
    /// A GeoJSON feature or an Overpass element as a venue.
    pub(crate) fn venue(line: u64, value: &Value) -> Result<Record, RowError> {
        let fail = |reason: &str| RowError::new(line, reason, value.to_string().as_bytes());
        let Some(feature) = value.as_object() else { return Err(fail("not an object")) };
        let empty = Map::new();
        let properties = ["properties", "tags"].iter().find_map(|name| feature.get(*name)?.as_object()).unwrap_or(&empty);
        let Some(name) = ["name", "Name", "NAME", "name:en", "venue", "site_name"].iter().find_map(|key| meant(properties, key)) else {
            return Err(fail("the feature has no name"));
        };
        let Some(location) = place(feature) else { return Err(fail("the feature has no usable geometry")) };
        let address = address(properties);
        let city = ["addr:city", "city", "town"].iter().find_map(|key| meant(properties, key)).map(str::to_owned);
        let gla = properties.contains_key("borough_name")
            || properties.contains_key("ward_2018_name")
            || properties.contains_key("os_addressbase_uprn");
        let source = if gla { "gla" } else { "osm" };
        let mut tags: Vec<String> = TAG_KEYS
            .iter()
            .filter_map(|key| meant(properties, key).map(|value| if value == "yes" { (*key).to_owned() } else { format!("{key}={value}") }))
            .collect();
        tags.extend(meant(properties, "borough_name").map(|borough| format!("borough={borough}")));
        let genres = meant(properties, "music_genre").unwrap_or_default();
        let venue = Venue {
            id: id(feature, properties, source, name, location),
            name: name.to_owned(),
            kind: kind(properties),
            location: Some(location),
            city: city.or_else(|| gla.then(|| "London".to_owned())),
            address,
            opening_hours: owned(properties, "opening_hours"),
            tags,
            genres: genres.split(';').map(|genre| genre.trim().to_lowercase()).filter(|genre| !genre.is_empty()).collect(),
            description: owned(properties, "description"),
            capacity: whole(properties, "capacity"),
            website: ["website", "contact:website", "url"].iter().find_map(|key| meant(properties, key)).map(str::to_owned),
            source: Some(source.to_owned()),
            ..Venue::default()
        };
        record(line, &venue)
    }
}

/// A property that says something; `NA` is how some exports write nothing.
fn meant<'a>(properties: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    text(properties, key).filter(|text| !matches!(*text, "NA" | "null" | "None"))
}

fn kind(properties: &Map<String, Value>) -> String {
    let amenity = ["amenity", "leisure", "kind", "primary_use", "type"].iter().find_map(|key| meant(properties, key)).unwrap_or("venue");
    amenity.to_lowercase().replace([' ', '-'], "_")
}

fn address(properties: &Map<String, Value>) -> Option<Address> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| meant(properties, key)).map(str::to_owned);
    let street = match (meant(properties, "addr:street"), meant(properties, "addr:housenumber")) {
        (Some(street), Some(number)) => Some(format!("{street} {number}")),
        (Some(street), None) => Some(street.to_owned()),
        (None, _) => {
            let parts: Vec<&str> = ["address1", "address2", "address3"].iter().filter_map(|key| meant(properties, key)).collect();
            if parts.is_empty() { first(&["address", "full_address"]) } else { Some(parts.join(", ")) }
        }
    };
    let address = Address {
        street,
        postcode: first(&["addr:postcode", "postcode"]),
        district: first(&["addr:suburb", "borough_name", "borough"]),
        country: first(&["addr:country"]),
    };
    (address != Address::default()).then_some(address)
}

/// The point of a feature: its own, or the mean of the corners of its shape.
fn place(feature: &Map<String, Value>) -> Option<Point> {
    if let (Some(latitude), Some(longitude)) = (feature.get("lat").and_then(Value::as_f64), feature.get("lon").and_then(Value::as_f64)) {
        return checked(longitude, latitude);
    }
    if let Some(centre) = feature.get("center") {
        return checked(centre.get("lon")?.as_f64()?, centre.get("lat")?.as_f64()?);
    }
    let geometry = feature.get("geometry")?;
    let mut corners = Vec::new();
    // MultiPolygons nest four lists; nothing deeper is GeoJSON.
    collect(geometry.get("coordinates")?, 4, &mut corners);
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if corners.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "no shape has 2^52 corners")]
    let count = corners.len() as f64;
    let rounded = |sum: f64| (sum / count * 1e6).round() / 1e6;
    checked(rounded(corners.iter().map(|(x, _)| x).sum()), rounded(corners.iter().map(|(_, y)| y).sum()))
}

fn checked(longitude: f64, latitude: f64) -> Option<Point> {
    ((-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude)).then_some(Point { longitude, latitude })
}

fn collect(value: &Value, depth: u8, out: &mut Vec<(f64, f64)>) {
    let Some(list) = value.as_array() else { return };
    if let (Some(x), Some(y)) = (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        out.push((x, y));
    } else if depth > 0 {
        for inner in list {
            collect(inner, depth - 1, out);
        }
    }
}

/// The source's id where it has one; otherwise a hash of name and place, the same on every run.
fn id(feature: &Map<String, Value>, properties: &Map<String, Value>, source: &str, name: &str, at: Point) -> String {
    let written = |map: &Map<String, Value>, key: &str| match map.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let own = written(properties, "@id").or_else(|| written(feature, "id")).or_else(|| written(properties, "osm_id"));
    if let Some(own) = own {
        let kind = text(feature, "type").filter(|kind| matches!(*kind, "node" | "way" | "relation"));
        let own = kind.map_or(own.clone(), |kind| format!("{kind}-{own}"));
        return super::key(&format!("v-{source}-"), &own);
    }
    // FNV-1a, 64 bits.
    let text = format!("{name}|{}|{}", at.longitude, at.latitude);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("v-{source}-{hash:016x}")
}
