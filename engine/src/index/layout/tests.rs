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
    let slots = SlotAllocation::new(&before);
    let after =
        definition(r#"{"name":"title","type":"Edm.String"},{"name":"year","type":"Edm.Int32"},{"name":"place","type":"Edm.String"}"#);
    let refitted = slots.refit(&after).unwrap();
    assert_eq!(refitted.taken["title"], slots.taken["title"]);
    assert_eq!(refitted.slots, slots.slots);
    let fields = Fields::new(&Arc::new(after)).unwrap();
    let layout = Layout::new(&fields, &refitted);
    assert!(layout.get(fields.find("year").unwrap().id).value.is_some());
    assert!(layout.get(fields.find("place").unwrap().id).text.is_some());
    assert_ne!(refitted.taken["place"], slots.taken["title"]);
}

#[test]
fn full_slots_ask_for_a_rebuild() {
    let slots = SlotAllocation::new(&definition(""));
    let many: Vec<_> = (0..9).map(|i| format!(r#"{{"name":"t{i}","type":"Edm.String"}}"#)).collect();
    assert!(slots.refit(&definition(&many[..4].join(","))).is_some());
    assert!(slots.refit(&definition(&many.join(","))).is_none());
}
