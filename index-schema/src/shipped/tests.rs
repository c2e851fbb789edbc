use super::*;

#[test]
fn every_shipped_definition_is_valid_and_canonical() {
    for name in shipped_names() {
        let json = shipped_json(name).unwrap();
        let definition = IndexDefinition::from_json(json.as_bytes()).unwrap_or_else(|errors| panic!("{name}:\n{errors}"));
        assert_eq!(definition.name, name);
        assert_eq!(IndexDefinition::from_value(&definition.to_json()), Ok(definition));
    }
}
