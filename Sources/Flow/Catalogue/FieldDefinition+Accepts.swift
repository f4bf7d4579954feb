import Liquid

extension FieldDefinition {
    /// Whether a payload's field may have this value; null is none.
    package func accepts(_ value: JSON, types: SchemaTypes) -> Bool {
        guard !value.isNull else { return false }
        var check = FieldCheck(.payload, types: types)
        check.check([key: value], [self])
        return check.problems.isEmpty
    }
}
