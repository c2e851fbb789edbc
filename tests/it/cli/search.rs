//! The command line as people use it.

use serde_json::{Value, json};

use crate::support::{run, run_ok, tutti};

#[test]
fn help_and_completions() {
    for command in [&["--help"][..], &["search", "--help"], &["index", "--help"], &["serve", "--help"], &["demo", "--help"]] {
        let help = run_ok(command);
        assert!(help.contains("Usage:"), "{help}");
    }
    assert!(run_ok(&["serve", "--help"]).contains("TUTTI_LISTEN"));
    assert!(run_ok(&["completions", "bash"]).contains("tutti"));
    assert!(run_ok(&["--version"]).starts_with("tutti "));
    assert_eq!(run(&["serch"]).status.code(), Some(2));
}

#[test]
fn a_batch_answers_in_order_and_never_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d").display().to_string();
    let songs = folder.path().join("songs.jsonl");
    std::fs::write(
        &songs,
        (0..300).map(|i| json!({"id": format!("s{i}"), "title": format!("love number {i}")}).to_string()).collect::<Vec<_>>().join("\n"),
    )
    .unwrap();
    run_ok(&["index", "-q", "--data", &data, "--index", "songs", &songs.display().to_string()]);
    let batch = folder.path().join("batch.jsonl");
    let lines: Vec<String> = (0..600)
        .map(|i| match i % 4 {
            0 => json!({"id": i, "query": "love", "top": 2, "mode": "all", "fields": ["title"]}).to_string(),
            1 => json!({"id": i, "query": "(broken", "default_operator": "AND"}).to_string(),
            2 => json!({"id": i, "query": "love | hate -number", "syntax": "simple", "mode": "any"}).to_string(),
            _ => "not json".to_owned(),
        })
        .collect();
    std::fs::write(&batch, lines.join("\n")).unwrap();
    let printed = run_ok(&["search", "--data", &data, "songs", "--batch", &batch.display().to_string()]);
    let answers: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 600);
    for (i, answer) in answers.iter().enumerate() {
        match i % 4 {
            0 => {
                assert_eq!(answer["id"], i);
                assert_eq!((answer["outcome"].as_str(), answer["total"].as_u64()), (Some("ok"), Some(300)));
                assert_eq!(answer["hits"].as_array().unwrap().len(), 2);
            }
            1 => assert_eq!((answer["id"].as_u64(), answer["outcome"].as_str()), (Some(i as u64), Some("parse_error"))),
            2 => assert_eq!(answer["outcome"], "ok"),
            _ => assert_eq!(answer["outcome"], "error"),
        }
    }
}

#[test]
fn an_interrupted_pipe_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d").display().to_string();
    let songs = folder.path().join("songs.jsonl");
    std::fs::write(&songs, (0..2000).map(|i| json!({"id": format!("s{i}"), "title": "love"}).to_string()).collect::<Vec<_>>().join("\n"))
        .unwrap();
    run_ok(&["index", "-q", "--data", &data, "--index", "songs", &songs.display().to_string()]);
    let mut child = tutti()
        .args(["search", "--data", &data, "songs", "love", "--json", "--top", "2000"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn groups_distances_metrics_and_likeness_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d").display().to_string();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let definition = json!({"name": "bars", "fields": [
        {"name": "id", "type": "Edm.String", "key": true}, {"name": "title", "type": "Edm.String", "searchable": true},
        {"name": "city", "type": "Edm.String", "filterable": true, "facetable": true}, {"name": "seats", "type": "Edm.Int32", "facetable": true, "filterable": true},
        {"name": "place", "type": "Edm.GeographyPoint", "filterable": true, "sortable": true}]});
    let place = |lat: f64| json!({"type": "Point", "coordinates": [0.0, lat]});
    let rows = [
        json!({"id": "a", "title": "silver moon", "city": "Cork", "seats": 10, "place": place(51.0)}),
        json!({"id": "b", "title": "silver moon bar", "city": "Cork", "seats": 20, "place": place(52.0)}),
        json!({"id": "c", "title": "silver sun", "city": "Bern", "seats": 30}),
    ];
    let (definition, rows) = (write("d.json", definition.to_string()), write("b.jsonl", rows.map(|row| row.to_string()).join("\n")));
    run_ok(&["index", "-q", "--data", &data, "--index", "bars", "--definition", &definition, &rows]);
    let near = ["--near", "place:51.0,0.0"];
    let printed = run_ok(
        &[
            &["search", "--data", &data, "bars", "silver", "--distinct", "city", "--facet", "seats,metric:avg", "--sort", "distance"],
            &near[..],
        ]
        .concat(),
    );
    assert!(printed.starts_with("2 of 2 found"), "{printed}");
    assert!(printed.contains("group") && printed.contains("km") && printed.contains("0.000"), "{printed}");
    assert!(printed.contains("avg of seats: 20.0"), "{printed}");

    // Rules do not hold for what is like a document, here as over HTTP.
    let hidden = write("rule.json", json!({"when": {"filter": "seats ge 0"}, "hide": ["b"]}).to_string());
    run_ok(&["rules", "bars", "--data", &data, "put", "no-b", &hidden]);
    let search = |more: &[&str]| -> Value {
        serde_json::from_str(&run_ok(&[&["search", "--data", &data, "bars", "--json"], more].concat())).unwrap()
    };
    assert_eq!(search(&["silver", "--filter", "seats ge 0"])["total"], 2);
    let like = search(&["--like", "a", "--filter", "seats ge 0", "--explain"]);
    assert_eq!((&like["hits"][0]["key"], &like["like"]["terms"][0]["term"]), (&json!("b"), &json!("moon")), "{like}");
}
