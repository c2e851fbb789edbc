//! The readers and importers on small files in the original formats, broken ones included.

use std::{io::Write, path::PathBuf};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tutti_datasets::{Format, Mapping, detect, open};
use tutti_index_schema::{DocumentChecker, shipped};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn write(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn shown(source: Option<Format>, index: &str, path: PathBuf, mapping: Mapping) -> String {
    let checker = shipped(index).map(|definition| DocumentChecker::new(&definition));
    let documents = match open(source, index, &[path], mapping) {
        Ok(documents) => documents,
        Err(error) => return format!("{error}\n"),
    };
    let mut out = String::new();
    for row in documents {
        match row {
            Ok(record) => {
                let text = serde_json::to_string(&record.document).unwrap();
                let verdict = checker.as_ref().and_then(|checker| checker.check(&record.document).err());
                let verdict = verdict.map(|errors| format!(" !! {}", errors[0])).unwrap_or_default();
                out.push_str(&format!("{}: {text}{verdict}\n", record.line));
            }
            Err(error) => out.push_str(&format!("{}{error}\n", if error.fatal { "FATAL " } else { "" })),
        }
    }
    out
}

#[track_caller]
fn check(index: &str, name: &str, expected: &Expect) {
    expected.assert_eq(&shown(None, index, fixture(name), Mapping::default()));
}

#[track_caller]
fn check_bytes(name: &str, bytes: &[u8], mapping: Mapping, expected: &Expect) {
    let (_folder, path) = write(name, bytes);
    let text = shown(None, "songs", path.clone(), mapping);
    expected.assert_eq(&text.replace(path.to_str().unwrap(), name));
}

#[test]
fn every_fixture_is_recognised() {
    let found: Vec<&str> = ["lastfm", "lastfm/artists.dat", "spotify.csv", "venues.geojson", "overpass.json", "musicbrainz.jsonl"]
        .map(|name| detect(&fixture(name)).unwrap().name())
        .into();
    assert_eq!(found, ["lastfm", "lastfm", "spotify", "geojson", "geojson", "musicbrainz"]);
}

#[test]
fn lastfm() {
    check(
        "artists",
        "lastfm",
        &expect![[r#"
        line 5: artists.dat: the row is not a number and 1 more cells
        2: {"id":"a1","name":"Björk","tags":["icelandic","néo-folk"],"popularity":100,"listeners":2,"service_ids":["lastfm:1"]}
        3: {"id":"a2","name":"Sigur \"Rós\"","popularity":63,"listeners":1,"service_ids":["lastfm:2"]}
        4: {"id":"a3","name":"きゃりー 🎀","popularity":0,"listeners":0,"service_ids":["lastfm:3"]}
    "#]],
    );
    check(
        "users",
        "lastfm",
        &expect![[r#"
        line 5: artists.dat: the row is not a number and 1 more cells
        2: {"id":"u2","name":"Listener 2","artists":["Björk","Sigur \"Rós\""],"artist_ids":["a1","a2"],"tastes":["icelandic","néo-folk"],"followers":1}
        4: {"id":"u3","name":"Listener 3","artists":["Björk"],"artist_ids":["a1"],"tastes":["icelandic","néo-folk"],"followers":1}
    "#]],
    );
    check(
        "listens",
        "lastfm",
        &expect![[r#"
        2: {"user":"u2","item":"a1","weight":500.0}
        3: {"user":"u2","item":"a2","weight":20.0}
        4: {"user":"u3","item":"a1","weight":7.0}
    "#]],
    );
    check(
        "venues",
        "lastfm",
        &expect![[r#"
        lastfm data has no venues; it has artists, users, listens
    "#]],
    );
}

#[test]
fn spotify_tracks_in_several_playlists_are_one_song() {
    check(
        "songs",
        "spotify.csv",
        &expect![[r#"
        line 4: the row has 2 cells, the header 23
        2: {"id":"s6abc","title":"Say \"Hey\", Ünïcode 🎉","artist":"Ada & the Foxes","artists":["Ada & the Foxes"],"album":"Lines","album_id":"al1","genres":["edm","pop"],"tags":["big room","dance pop"],"year":2019,"released":"2019-06-14T00:00:00Z","duration_ms":194754,"popularity":66,"service_ids":["spotify:track:6abc"],"features":{"danceability":0.748,"energy":0.916,"loudness":-2.634,"speechiness":0.0583,"acousticness":0.102,"instrumentalness":0.0,"liveness":0.0653,"valence":0.518,"tempo":122.036,"key":6,"mode":1}}
        5: {"id":"s8ghi","title":"Old One","artist":"Nobody","artists":["Nobody"],"album":"Older","album_id":"al2","genres":["pop"],"tags":["dance pop"],"year":1972,"released":"1972-01-01T00:00:00Z","duration_ms":60000,"popularity":1,"service_ids":["spotify:track:8ghi"],"features":{"danceability":0.1,"energy":0.2,"loudness":-12.0,"speechiness":0.05,"acousticness":0.9,"instrumentalness":0.5,"liveness":0.1,"valence":0.3,"tempo":99.5,"key":0,"mode":0}}
    "#]],
    );
    check(
        "playlists",
        "spotify.csv",
        &expect![[r#"
        line 4: the row has 2 cells, the header 23
        2: {"id":"ppl1","name":"Mix A","genres":["pop"],"tags":["dance pop"],"artists":["Ada & the Foxes","Nobody"],"song_ids":["s6abc","s8ghi"],"song_count":2,"duration_ms":254754}
        3: {"id":"ppl2","name":"Mix B","genres":["edm"],"tags":["big room"],"artists":["Ada & the Foxes"],"song_ids":["s6abc"],"song_count":1,"duration_ms":194754}
    "#]],
    );
}

#[test]
fn venues_of_geojson_and_overpass() {
    check(
        "venues",
        "venues.geojson",
        &expect![[r#"
        4: {"id":"v-osm-node-77","name":"Zur \"Post\", [Süd] {1}","kind":"pub","location":{"type":"Point","coordinates":[13.04,47.8]},"city":"Salzburg","address":{"street":"Bergstraße 5","postcode":"5020"},"opening_hours":"Mo-Fr 18:00-02:00; Sa off","tags":["outdoor_seating","smoking=no"],"source":"osm"}
        line 5: the feature has no name
        6: {"id":"v-gla-57927e8fc8632539","name":"The Square","kind":"venue","location":{"type":"Point","coordinates":[0.1,51.1]},"city":"London","address":{"street":"1 High St","district":"Camden"},"tags":["borough=Camden"],"website":"https://example.org","source":"gla"}
    "#]],
    );
    check(
        "venues",
        "overpass.json",
        &expect![[r#"
        5: {"id":"v-osm-node-5","name":"Månen","kind":"nightclub","location":{"type":"Point","coordinates":[12.5,55.7]},"genres":["techno","house"],"capacity":300,"source":"osm"}
        6: {"id":"v-osm-way-5","name":"Ø-bar","kind":"bar","location":{"type":"Point","coordinates":[12.6,55.6]},"source":"osm"}
    "#]],
    );
    check(
        "songs",
        "venues.geojson",
        &expect![[r#"
        geojson data has no songs; it has venues
    "#]],
    );
}

#[test]
fn musicbrainz_releases_and_recordings() {
    check(
        "songs",
        "musicbrainz.jsonl",
        &expect![[r#"
        1: {"id":"33333333-aaaa-4bbb-8ccc-000000000004","title":"One","artist":"Björk & Friends","artists":["Björk","Friends"],"artist_ids":["22222222-aaaa-4bbb-8ccc-000000000002","22222222-aaaa-4bbb-8ccc-000000000003"],"album":"Début","album_id":"11111111-aaaa-4bbb-8ccc-000000000001","genres":["house","art pop"],"year":1993,"released":"1993-07-01T00:00:00Z","duration_ms":201000,"isrc":"GBAAA9300001","service_ids":["musicbrainz:33333333-aaaa-4bbb-8ccc-000000000004"]}
        1: {"id":"33333333-aaaa-4bbb-8ccc-000000000005","title":"Two","artist":"Björk & Friends","artists":["Björk","Friends"],"artist_ids":["22222222-aaaa-4bbb-8ccc-000000000002","22222222-aaaa-4bbb-8ccc-000000000003"],"album":"Début","album_id":"11111111-aaaa-4bbb-8ccc-000000000001","genres":["house","art pop"],"year":1993,"released":"1993-07-01T00:00:00Z","duration_ms":100000,"service_ids":["musicbrainz:33333333-aaaa-4bbb-8ccc-000000000005"]}
        2: {"id":"33333333-aaaa-4bbb-8ccc-000000000006","title":"Alone","artist":"Solo","artists":["Solo"],"artist_ids":["x"],"year":2001,"released":"2001-02-03T00:00:00Z","duration_ms":1000,"service_ids":["musicbrainz:33333333-aaaa-4bbb-8ccc-000000000006"]}
        line 3: the line has no `id`
    "#]],
    );
}

#[test]
fn json_lines_with_every_fault() {
    let lines = b"\xef\xbb\xbf{\"id\":\"a\",\"title\":\"\xf0\x9f\x8e\x89\"}\r\n\r\n{\"id\":\"b\"\n[1]\n{\"id\":\"c\xff\"}\n{\"id\":\"d\"}";
    check_bytes(
        "x.jsonl",
        lines,
        Mapping::default(),
        &expect![[r#"
        1: {"id":"a","title":"🎉"}
        line 3: not valid JSON: EOF while parsing an object at column 9
        line 4: not a JSON object
        line 5: malformed UTF-8 at byte 8
        6: {"id":"d"}
    "#]],
    );
    check_bytes(
        "empty.jsonl",
        b"",
        Mapping::default(),
        &expect![[r#"
        FATAL line 0: empty.jsonl is empty: it holds no document
    "#]],
    );
    check_bytes(
        "list.json",
        b"[{\"id\":\"a\",\"title\":\"[\\\"x\\\"]\"}, 3,\n {\"id\":\"b\"}",
        Mapping::default(),
        &expect![[r#"
        1: {"id":"a","title":"[\"x\"]"}
        line 1: not a JSON object
        FATAL line 2: the file ends within the list (truncated file)
    "#]],
    );
}

#[test]
fn tables_with_a_mapping_and_ragged_rows() {
    let mut mapping = Mapping::default().typed(&shipped("songs").unwrap());
    for pair in ["Name=title", "Tempo=features/tempo", "Styles=genres::|", "junk="] {
        mapping.add_pair(pair).unwrap();
    }
    let table = "id,Name,year,Tempo,Styles,explicit,junk\n1,\"A, \"\"b\"\"\",1999,120.5,pop|rock,yes,x\n2,short\n3,C,nineteen,1,,no,x\n4,D,2001.0,,,,\n";
    check_bytes(
        "t.csv",
        table.as_bytes(),
        mapping,
        &expect![[r#"
        2: {"id":"1","title":"A, \"b\"","year":1999,"features":{"tempo":120.5},"genres":["pop","rock"],"explicit":true}
        line 3: the row has 2 cells, the header 7
        line 4: column `year`: `nineteen` is not a whole number
        5: {"id":"4","title":"D","year":2001,"genres":[]}
    "#]],
    );
    assert!(Mapping::default().add_pair("nothing").is_err());
    assert!(Mapping::from_json(br#"{"columns":{"a":{"field":"b","type":"int"},"c":"d"},"constants":{"x":1},"only_named":true}"#).is_ok());
}

#[test]
fn truncated_gzip_says_after_which_line() {
    // Lines that do not compress away, so that the cut leaves some of them whole.
    let mut lines = String::new();
    let mut state = 1_u64;
    for i in 0..20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.push_str(&format!("{{\"id\":\"k{i}-{state}\"}}\n"));
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(lines.as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let (_folder, path) = write("x.jsonl.gz", &whole);
    assert_eq!(open(None, "songs", &[path], Mapping::default()).unwrap().filter(Result::is_ok).count(), 20_000);
    let (_folder, path) = write("cut.jsonl.gz", &whole[..whole.len() / 2]);
    let rows: Vec<_> = open(None, "songs", &[path], Mapping::default()).unwrap().collect();
    let good = rows.iter().filter(|row| row.is_ok()).count();
    let last = rows.last().unwrap().as_ref().unwrap_err();
    assert!(good > 1_000 && last.fatal, "{good} {last}");
    assert_eq!(last.reason, format!("the compressed data ends too early (truncated file); read up to line {good}"));
}

#[test]
fn zstd_is_read_like_gzip() {
    let packed = zstd::encode_all(&b"{\"id\":\"a\"}\n"[..], 3).unwrap();
    check_bytes(
        "x.zst",
        &packed,
        Mapping::default(),
        &expect![[r#"
        1: {"id":"a"}
    "#]],
    );
}

#[test]
fn long_lines_are_set_aside() {
    let mut bytes = b"{\"id\":\"a\"}\n{\"id\":\"".to_vec();
    bytes.resize(17 << 20, b'x');
    bytes.extend_from_slice(b"\"}\n{\"id\":\"b\"}\n");
    let (_folder, path) = write("long.jsonl", &bytes);
    let rows: Vec<_> = open(None, "songs", &[path], Mapping::default()).unwrap().collect();
    let summary: Vec<String> =
        rows.iter().map(|row| row.as_ref().map_or_else(ToString::to_string, |record| record.line.to_string())).collect();
    assert_eq!(summary, ["1", "line 2: the line has more than 16 MiB", "3"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_bytes_panic(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "[\\[\\]{}\":,a-c\\\\\n\t0-9]{0,120}".prop_map(String::into_bytes),
        prop::sample::select(vec![&b"PAR1"[..], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]).prop_flat_map(|head| prop::collection::vec(any::<u8>(), 0..60).prop_map(move |tail| [head, &tail].concat())),
    ]) {
        let (_folder, path) = write("artists.dat", &bytes);
        for source in Format::names().map(|name| name.parse::<Format>().unwrap()).map(Some).chain([None]) {
            for index in ["songs", "venues", "users", "artists"] {
                if let Ok(documents) = open(source, index, std::slice::from_ref(&path), Mapping::default()) {
                    prop_assert!(documents.count() <= bytes.len() + 1);
                }
            }
        }
    }
}

/// Two rows of text, an optional number and a day.
fn parquet_file() -> Vec<u8> {
    use parquet::{
        data_type::{ByteArrayType, Int32Type},
        file::writer::SerializedFileWriter,
        schema::parser::parse_message_type,
    };
    let schema = parse_message_type("message m { required binary id (UTF8); optional int32 year; required int32 day (DATE); }").unwrap();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema.into(), std::sync::Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&["a".into(), "b".into()], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int32Type>().write_batch(&[1999], Some(&[1, 0]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int32Type>().write_batch(&[0, 19_000], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_rows() {
    let mut mapping = Mapping::default();
    mapping.add_pair("day=released").unwrap();
    check_bytes(
        "x.parquet",
        &parquet_file(),
        mapping,
        &expect![[r#"
        1: {"id":"a","year":1999,"released":"1970-01-01T00:00:00Z"}
        2: {"id":"b","year":null,"released":"2022-01-08T00:00:00Z"}
    "#]],
    );
    check_bytes(
        "cut.parquet",
        &parquet_file()[..100],
        Mapping::default(),
        &expect![[r#"
            cut.parquet: not a sound Parquet file: Parquet error: Invalid Parquet file. Corrupt footer
        "#]],
    );
}

proptest! {
    #[test]
    fn damaged_parquet_does_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = parquet_file();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (_folder, path) = write("x.parquet", &bytes);
        if let Ok(documents) = open(Some(Format::Parquet), "songs", &[path], Mapping::default()) {
            let _ = documents.take(1_000).count();
        }
    }
}
