//! Files of MongoDB, Elasticsearch and OpenSearch, as those engines and their tools write them.

use std::path::Path;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;
use tutti_datasets::{Conversion, ConversionOptions, Format, Mapping, detect, open};
use tutti_index_schema::{DocumentChecker, IndexDefinition};

fn definition() -> IndexDefinition {
    IndexDefinition::from_value(&json!({"name": "things", "fields": [
        {"name": "id", "type": "Edm.String", "key": true}, {"name": "title", "type": "Edm.String"}, {"name": "tags", "type": "Collection(Edm.String)"},
        {"name": "year", "type": "Edm.Int32"}, {"name": "released", "type": "Edm.DateTimeOffset"},
        {"name": "maker", "type": "Edm.ComplexType", "fields": [{"name": "city", "type": "Edm.String"}, {"name": "founded", "type": "Edm.Int32"}]}]}))
    .unwrap()
}

fn shown(path: &Path, format: Option<Format>, options: ConversionOptions) -> String {
    let (definition, checker) = (definition(), DocumentChecker::new(&definition()));
    let format = match format.map_or_else(|| detect(path), Ok) {
        Ok(format) => format,
        Err(error) => return format!("{error}\n"),
    };
    let mut out = format!("{}\n", format.name());
    let rows = open(Some(format), "things", &[path.to_owned()], Conversion::new(Mapping::default(), &definition, options));
    for row in rows.unwrap() {
        out.push_str(&match row {
            Ok(record) => {
                let verdict = checker.check(&record.document).err().map(|errors| format!(" !! {}", errors[0])).unwrap_or_default();
                format!("{}: {}{verdict}\n", record.line, serde_json::Value::Object(record.document))
            }
            Err(error) => format!("{}{error}\n", if error.fatal { "FATAL " } else { "" }),
        });
    }
    out
}

#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &Expect) {
    check_with(name, bytes, ConversionOptions::default(), expected);
}

#[track_caller]
fn check_with(name: &str, bytes: &[u8], options: ConversionOptions, expected: &Expect) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    expected.assert_eq(&shown(&path, None, options).replace(&path.display().to_string(), name));
}

#[test]
fn extended_json_in_lines_in_a_list_and_pretty() {
    check(
        "a.json",
        b"{\"_id\":{\"$oid\":\"5f0102030405060708090a0b\"},\"year\":{\"$numberInt\":\"3\"}}\nnot json\n{\"_id\":\"k\",\"title\":{\"$minKey\":1}}\n",
        &expect![[r#"
            mongodb
            1: {"year":3,"id":"5f0102030405060708090a0b"}
            line 2: not valid JSON: expected ident at column 2
            line 3: /title: `$minKey` has no counterpart here
        "#]],
    );
    check(
        "a.json",
        b"[{\"year\":3,\"_id\":1},\n{\"_id\":2}]",
        &expect![[r#"
            mongodb
            1: {"year":3,"id":"1"}
            2: {"id":"2"}
        "#]],
    );
    check(
        "a.json",
        b"{\n  \"_id\": \"a\",\n  \"year\": 3\n}\n{\n  \"_id\": \"b{\"\n}\n",
        &expect![[r#"
            mongodb
            1: {"year":3,"id":"a"}
            5: {"id":"b{"} !! /id: `b{` cannot be a key; use letters, digits, `_`, `-` and `=`, not beginning with `_`; base64url encodes anything else
        "#]],
    );
}

/// `{"_id": key, "year": year}`.
fn bson(key: &str, year: i32) -> Vec<u8> {
    let mut body =
        [b"\x02_id\0", &(key.len() as u32 + 1).to_le_bytes()[..], key.as_bytes(), b"\0\x10year\0", &year.to_le_bytes(), b"\0"].concat();
    let mut out = (body.len() as u32 + 4).to_le_bytes().to_vec();
    out.append(&mut body);
    out
}

#[test]
fn bson_says_at_which_byte_it_ends_wrongly() {
    let two = [bson("a", 1), bson("b", 2)].concat();
    check(
        "a.bin",
        &two[..two.len() - 3],
        &expect![[r#"
            bson
            1: {"year":1,"id":"a"}
            line 2: the document at byte 26 is cut off; the file is read up to there
        "#]],
    );
    check(
        "a.bin",
        &[&bson("a", 1)[..], b"\xff\xff\xff\xff....."].concat(),
        &expect![[r#"
            bson
            1: {"year":1,"id":"a"}
            line 2: the document at byte 26 says that it has 4294967295 bytes, which no document has; the file is read up to there
        "#]],
    );
    let mut bad = two.clone();
    bad[4] = 0x42;
    check(
        "a.bson",
        &bad,
        &expect![[r#"
            bson
            line 1: the document at byte 0 cannot be read: BSON error at key "_id". Kind: Malformed BSON bytes. Message: invalid tag: 66.
            2: {"year":2,"id":"b"}
        "#]],
    );
    check(
        "a.archive",
        b"\x6d\xe2\x99\x81\x05\0\0\0\0",
        &expect![[r#"
            a.archive is an archive of `mongodump --archive`; dump to a folder instead (`mongodump --out`) and give its .bson files
        "#]],
    );
}

#[test]
fn bson_nested_deeper_than_mongodb_allows_is_one_rejected_row() {
    let mut inner = vec![5, 0, 0, 0, 0];
    for _ in 0..200_000 {
        let length = inner.len() as u32 + 8;
        inner = [&length.to_le_bytes()[..], b"\x03a\0", &inner, b"\0"].concat();
        if inner.len() > 4000 {
            break;
        }
    }
    check(
        "a.bson",
        &[inner, bson("b", 2)].concat(),
        &expect![[r#"
            bson
            line 1: the document at byte 0 cannot be read: documents stand more than 100 deep in each other
            2: {"year":2,"id":"b"}
        "#]],
    );
}

#[test]
fn answers_and_hits_of_searches() {
    let hit =
        |id: &str| format!("{{\"_index\":\"a\",\"_id\":\"{id}\",\"_source\":{{\"maker.city\":\"Rome\",\"tags\":\"[x]\"}},\"sort\":[1]}}");
    let answer = |hits: &[String]| {
        format!(
            "{{\"took\":1,\"timed_out\":false,\"aggregations\":{{\"hits\":[{{}}]}},\"hits\":{{\"total\":{{\"value\":2}},\"hits\":[{}]}}}}\n",
            hits.join(",")
        )
    };
    check(
        "a.json",
        [
            &answer(&[hit("1"), hit("2")]),
            "{\"error\":{\"hits\":{}},\"status\":404}\ncurl: (7) failed\n",
            &answer(&[]),
            &answer(&[hit("3")]),
        ]
        .concat()
        .as_bytes(),
        &expect![[r#"
            elasticsearch
            1: {"maker":{"city":"Rome"},"tags":["[x]"],"id":"1"}
            1: {"maker":{"city":"Rome"},"tags":["[x]"],"id":"2"}
            line 2: an answer without a list `hits.hits`
            line 3: not an answer to a search
            5: {"maker":{"city":"Rome"},"tags":["[x]"],"id":"3"}
        "#]],
    );
    check(
        "pretty.json",
        b"{\n \"took\": 1,\n \"hits\": {\n  \"hits\": [\n   {\"_id\": \"1\", \"_source\": {\"year\": 3}},\n   {\"_id\": \"2\", \"fields\": {}}\n  ]\n }\n}\n",
        &expect![[r#"
            elasticsearch
            5: {"year":3,"id":"1"}
            line 6: the row has no `_source`: it is no hit of a search
        "#]],
    );
    check(
        "cut.json",
        &answer(&[hit("1"), hit("2")]).as_bytes()[..150],
        &expect![[r#"
            elasticsearch
            FATAL line 1: the file ends within a string
        "#]],
    );
    check_with(
        "hits.json",
        format!("[{},\n{}]", hit("1"), hit("2").replace("\"a\"", "\"b\"")).as_bytes(),
        ConversionOptions { source_index: Some("b".to_owned()), ..ConversionOptions::default() },
        &expect![[r#"
            elasticsearch
            2: {"maker":{"city":"Rome"},"tags":["[x]"],"id":"2"}
        "#]],
    );
}

#[test]
fn bulk_actions_are_carried_out_in_order() {
    let lines = [
        r#"{"index":{"_index":"a","_id":"1"}}"#,
        r#"{"title":"one","maker":{"founded":1900}}"#,
        r#"{"update":{"_id":"1","retry_on_conflict":3}}"#,
        r#"{"doc":{"maker.city":"Rome","tags":"x"}}"#,
        r#"{"create":{"_id":1}}"#,
        r#"{"title":"again"}"#,
        r#"{"index":{"_id":"2"}}"#,
        r#"{"year":"no number"}"#,
        r#"{"index":{"_id":"own"}}"#,
        r#"{"id":"mine","year":1}"#,
        r#"{"update":{"_id":"own"}}"#,
        r#"{"doc":{"year":2}}"#,
        r#"{"update":{"_id":"own"}}"#,
        r#"{"doc":{"year":"bad"}}"#,
        r#"{"update":{"_id":"4"}}"#,
        r#"{"doc":{"year":9},"upsert":{"year":4}}"#,
        r#"{"index":{"_id":"5"}}"#,
        r#"{"title":"five"}"#,
        r#"{"delete":{"_id":"5"}}"#,
        r#"{"delete":{"_id":"none"}}"#,
        r#"{"create":{"_id":"5"}}"#,
        r#"{"title":"five again"}"#,
        r#"{"index":{"_index":"b","_id":"1"}}"#,
        r#"{"title":"another index"}"#,
        r#"{"title":"no action"}"#,
        r#"{"update":{}}"#,
        r#"{"doc":{}}"#,
        r#"{"update":{"_id":"1"}}"#,
        r#"{"script":"x","upsert":{}}"#,
        r#"{"index":{"_id":"6"}}"#,
    ];
    check(
        "bulk",
        lines.join("\n").as_bytes(),
        &expect![[r#"
        elasticsearch
        line 6: `create` of `1`, which is there already
        line 8: /year: expected a whole number from -2147483648 to 2147483647, found the string "no number"; the field's type is Edm.Int32
        line 14: /year: expected a whole number from -2147483648 to 2147483647, found the string "bad"; the field's type is Edm.Int32
        line 24: `1` is a key in `a` and in `b`; take one of them by --source-index
        line 25: not an action of `_bulk` (index, create, update, delete)
        line 27: `update` without an `_id`
        line 29: an `update` by a script: scripts are not run here
        line 30: the file ends where the document of this `index` should be
        4: {"title":"one","maker":{"founded":1900,"city":"Rome"},"id":"1","tags":["x"]}
        12: {"id":"mine","year":2}
        16: {"year":4,"id":"4"}
        22: {"title":"five again","id":"5"}
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn damaged_bson_does_not_panic(at in prop::collection::vec((0_usize..78, any::<u8>()), 1..6), cut in 1_usize..79) {
        let mut bytes = [bson("a", 1), bson("b", 2), bson("c", 3)].concat();
        for (at, byte) in at {
            bytes[at] = byte;
        }
        bytes.truncate(cut);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bson");
        std::fs::write(&path, &bytes).unwrap();
        shown(&path, Some(Format::Bson), ConversionOptions::default());
    }
}
