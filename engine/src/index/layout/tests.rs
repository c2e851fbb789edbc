use super::*;

fn definition(fields: &str) -> IndexDefinition {
    let json = format!(
        r#"{{"name":"things","fields":[{{"name":"id","type":"Edm.String","key":true}}{}{fields}]}}"#,
        if fields.is_empty() { "" } else { "," }
    );
    IndexDefinition::from_json(json.as_bytes()).unwrap()
}

#[test]
fn an_added_field_takes_free_slots_and_moves_nobody() {
    let before = definition(r#"{"name":"title","type":"Edm.String"}"#);
    let board = Board::new(&before);
    let after =
        definition(r#"{"name":"title","type":"Edm.String"},{"name":"year","type":"Edm.Int32"},{"name":"place","type":"Edm.String"}"#);
    let refitted = board.refit(&after).unwrap();
    assert_eq!(refitted.taken["title"], board.taken["title"]);
    assert_eq!(refitted.slots, board.slots);
    let layout = Layout::new(&after, &refitted).unwrap();
    assert!(layout.field("year").unwrap().value.is_some());
    assert!(layout.field("place").unwrap().text.is_some());
    assert_ne!(refitted.taken["place"], board.taken["title"]);
}

#[test]
fn a_full_board_asks_for_a_rebuild() {
    let board = Board::new(&definition(""));
    let many: Vec<_> = (0..9).map(|i| format!(r#"{{"name":"t{i}","type":"Edm.String"}}"#)).collect();
    assert!(board.refit(&definition(&many[..4].join(","))).is_some());
    assert!(board.refit(&definition(&many.join(","))).is_none());
}
