use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &Expect) {
    let shown = match SynonymMap::parse("map", text) {
        Ok(map) => map.rules.iter().map(|rule| format!("{rule:?}\n")).collect::<String>(),
        Err(errors) => errors.iter().map(|error| format!("{error}\n")).collect(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn both_forms_comments_and_escapes() {
    check(
        "# cities\nUSA, United States , America\r\n\nr\\,b, rnb => rhythm and blues\na\\=>b, c",
        &expect![[r#"
            Equivalent(["USA", "United States", "America"])
            Explicit { from: ["r,b", "rnb"], to: ["rhythm and blues"] }
            Equivalent(["a=>b", "c"])
        "#]],
    );
}

#[test]
fn a_carriage_return_ends_a_line() {
    check(
        "a, b\rc, d\r\n\r\ne => \\\r ",
        &expect![[r#"
            line 4, column 6: `\` at the end of the line escapes nothing
        "#]],
    );
}

#[test]
fn mistakes_have_positions() {
    check(
        "a, , b\na =>\nalone\na => b => c\nend \\",
        &expect![[r#"
            line 1, column 3: a term is missing here
            line 2, column 5: a term is missing here
            line 4, column 8: a second `=>`; a rule has at most one
            line 5, column 5: `\` at the end of the line escapes nothing
        "#]],
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a-c,=>#\\\\ \\n\\r\\té]{0,60}") {
        if let Ok(map) = SynonymMap::parse("map", &text) {
            prop_assert_eq!(SynonymMap::parse("map", &map.to_solr()), Ok(map));
        }
    }
}
