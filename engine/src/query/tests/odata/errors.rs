//! What is no filter, and what is said of it.

use expect_test::expect;

use super::check;

#[test]
fn what_is_no_comparison() {
    check(
        &["a eq", "eq 1", "a b", "a = 1", "a eq b", "1 eq 2", "a eq 'x", "a eq \"x\"", "(a", "a)", "()", "not", "a and", "and a"],
        expect![[r#"
            a eq
                ! expected a field, a constant, a function or `(`, found the end at position 4
            eq 1
                ! expected a field, a constant, a function or `(`, found `eq` at position 0
            a b
                ! expected `and`, `or` or the end, found `b` at position 2
            a = 1
                ! expected a field, a constant, a function or a parenthesis, found `=` at position 2 (write eq, ne, gt, ge, lt, le, and, or, not)
            a eq b
                ! expected a constant on one side, found two fields at position 0 (put text in single quotes: 'rock')
            1 eq 2
                ! expected a field on one side, found two constants at position 0
            a eq 'x
                ! a string is not closed at position 5 (close it with `'`; a quote inside is doubled: 'it''s')
            a eq "x"
                ! expected a field, a constant, a function or a parenthesis, found `"` at position 5 (put text in single quotes: 'rock')
            (a
                ! expected `and`, `or` or `)`, found the end at position 2 (close the parenthesis that opens at position 0)
            a)
                ! expected `and`, `or` or the end, found `)` at position 1
            ()
                ! expected a field, a constant, a function or `(`, found `)` at position 1
            not
                ! expected a field, a constant, a function or `(`, found the end at position 3
            a and
                ! expected a field, a constant, a function or `(`, found the end at position 5
            and a
                ! expected a field, a constant, a function or `(`, found `and` at position 0
        "#]],
    );
}

#[test]
fn constants_and_operators() {
    check(
        &[
            "not a gt 3",
            "a gt 'x'",
            "a gt null",
            "a gt true",
            "a eq 12x",
            "a eq 2020-01-01",
            "a eq 2020-13-01T00:00:00Z",
            "a eq 2023-02-29T00:00:00Z",
            "a eq 1e999",
            "a eq 5.",
            "a in ('x')",
            "a add 1 eq 2",
            "contains(a, 'x')",
            "a.b eq 1",
        ],
        expect![[r#"
            not a gt 3
                ! `not` binds tighter than `gt` at position 0 (write `not (field eq value)`)
            a gt 'x'
                ! strings can only be compared with eq and ne, not with gt at position 0
            a gt null
                ! null can only be compared with eq and ne, not with gt at position 0
            a gt true
                ! true and false can only be compared with eq and ne, not with gt at position 0
            a eq 12x
                ! expected a number or a date with time and offset, found `12x` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a eq 2020-01-01
                ! expected a number or a date with time and offset, found `2020-01-01` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a eq 2020-13-01T00:00:00Z
                ! expected a number or a date with time and offset, found `2020-13-01T00:00:00Z` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a eq 2023-02-29T00:00:00Z
                ! expected a number or a date with time and offset, found `2023-02-29T00:00:00Z` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a eq 1e999
                ! expected a number or a date with time and offset, found `1e999` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a eq 5.
                ! expected a number or a date with time and offset, found `5.` at position 5 (write 1999, -0.5, 1.5e3 or 2020-05-17T00:00:00Z)
            a in ('x')
                ! expected `and`, `or` or the end, found `in` at position 2 (write search.in(field, 'a,b'))
            a add 1 eq 2
                ! expected `and`, `or` or the end, found `add` at position 2 (there is no arithmetic in filters)
            contains(a, 'x')
                ! there is no function `contains` here at position 0 (use search.in, search.ismatch, search.ismatchscoring, geo.distance and geo.intersects)
            a.b eq 1
                ! expected a field, found `a.b` at position 0 (parts of a complex field are separated by `/`)
        "#]],
    );
}

#[test]
fn paths_and_constants_alone() {
    check(
        &["a/ eq 1", "a eq 1 eq 2", "'x'", "5"],
        expect![[r#"
            a/ eq 1
                ! expected a field, found `eq` at position 3 (words of the language cannot be fields)
            a eq 1 eq 2
                ! expected `and`, `or` or the end, found `eq` at position 7 (a comparison has a field on one side and a constant on the other, with no parentheses around either)
            'x'
                ! expected eq, ne, gt, ge, lt or le, found the end at position 3 (a filter compares a field with a constant: year ge 1999)
            5
                ! expected eq, ne, gt, ge, lt or le, found the end at position 1 (a filter compares a field with a constant: year ge 1999)
        "#]],
    );
}

#[test]
fn range_variables() {
    check(
        &[
            "tags/all()",
            "tags/any(t)",
            "tags/any(t: x eq 1)",
            "r/any(x: x/b/any(y: x/c eq 1))",
            "r/any(x: x/b/any(x: x eq 1))",
            "tags/any(t: search.ismatch('x'))",
        ],
        expect![[r#"
            tags/all()
                ! expected the name of a range variable, found `)` at position 9
            tags/any(t)
                ! expected `:` after the range variable, found `)` at position 10
            tags/any(t: x eq 1)
                ! expected a path that begins with the range variable `t`, found `x` at position 12 (write `t` or `t/field`)
            r/any(x: x/b/any(y: x/c eq 1))
                ! expected a path that begins with the range variable `y`, found `x/c` at position 20 (write `y` or `y/field`)
            r/any(x: x/b/any(x: x eq 1))
                ! `x` cannot be a range variable here at position 17 (choose another name)
            tags/any(t: search.ismatch('x'))
                ! search.ismatch cannot stand inside any and all at position 12
        "#]],
    );
}

#[test]
fn search_functions() {
    check(
        &[
            "search.ismatch()",
            "search.ismatch('a', 'b', 'c')",
            "search.ismatch('a', 'b', 'full', 'some')",
            "search.ismatch('a:', 'b', 'full')",
            "search.ismatch('a', 'b', 'full', 'any', 'x')",
            "search.in(tags/any(), 'x')",
            "search.in(a)",
        ],
        expect![[r#"
            search.ismatch()
                ! expected the query as a string, found `)` at position 15
            search.ismatch('a', 'b', 'c')
                ! search.ismatch takes one, two or four arguments, not three at position 0 (give the search mode too: 'any' or 'all')
            search.ismatch('a', 'b', 'full', 'some')
                ! expected 'any' or 'all' as the search mode, found 'some' at position 33
            search.ismatch('a:', 'b', 'full')
                ! search.ismatch takes one, two or four arguments, not three at position 0 (give the search mode too: 'any' or 'all')
            search.ismatch('a', 'b', 'full', 'any', 'x')
                ! expected `)`, found `,` at position 38
            search.in(tags/any(), 'x')
                ! expected a field, found any or all at position 10 (put the function inside: tags/any(t: search.in(t, 'a,b')))
            search.in(a)
                ! expected `,` and a string of values, found `)` at position 11
        "#]],
    );
}

#[test]
fn points_and_polygons() {
    check(
        &[
            "geo.distance(p, geography'POINT(181 0)') lt 1",
            "geo.distance(p, geography'POINT(1 2)') eq 1",
            "geo.distance(p, geography'POINT(1 2)')",
            "geo.distance(p, geography'POINT(1 2)') lt NaN",
            "geo.intersects(p, geography'POLYGON((0 0, 1 0, 1 1, 0 1))')",
            "geo.intersects(p, geography'POLYGON((0 0, 1 0, 0 0))')",
            "p eq geography'POINT(1 2)'",
            "é eq 1",
        ],
        expect![[r#"
            geo.distance(p, geography'POINT(181 0)') lt 1
                ! expected a point at position 16 (write geography'POINT(longitude latitude)', longitude from -180 to 180, latitude from -90 to 90)
            geo.distance(p, geography'POINT(1 2)') eq 1
                ! a distance cannot be compared with eq at position 0 (use lt, le, gt or ge)
            geo.distance(p, geography'POINT(1 2)')
                ! expected eq, ne, gt, ge, lt or le, found the end at position 38 (a filter compares a field with a constant: year ge 1999)
            geo.distance(p, geography'POINT(1 2)') lt NaN
                ! expected a number of kilometres to compare a distance with at position 0
            geo.intersects(p, geography'POLYGON((0 0, 1 0, 1 1, 0 1))')
                ! the ring of the polygon is not closed at position 18 (write geography'POLYGON((lon lat, lon lat, ...))' with four or more points, the last one equal to the first)
            geo.intersects(p, geography'POLYGON((0 0, 1 0, 0 0))')
                ! expected four points or more in a polygon at position 18 (write geography'POLYGON((lon lat, lon lat, ...))' with four or more points, the last one equal to the first)
            p eq geography'POINT(1 2)'
                ! a place cannot be compared at position 5 (write geo.distance(field, geography'POINT(13.4 52.5)') lt 10)
            é eq 1
                ! expected a field, a constant, a function or a parenthesis, found `é` at position 0
        "#]],
    );
}
