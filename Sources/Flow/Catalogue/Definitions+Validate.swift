import Liquid

extension TriggerDefinition {
    /// What is wrong with a payload; empty for one that can be used.
    ///
    /// - Parameter types: those of the trigger's connector.
    package func validate(_ payload: JSON, types: SchemaTypes) -> [PayloadProblem] {
        guard case .object(let members) = payload else {
            return [
                PayloadProblem(
                    field: "", what: "is \(payload.kindName)", remedy: "send a JSON object of its fields")
            ]
        }
        var check = FieldCheck(.payload, types: types)
        check.check(members, fields)
        return check.problems
    }
}

extension ActionDefinition {
    /// What is wrong with rendered properties; empty for those that can be sent.
    package func validate(_ properties: [String: JSON]) -> [PayloadProblem] {
        var check = FieldCheck(.properties, types: [:])
        check.check(properties, fields)
        return check.problems
    }
}

extension TypeExpression {
    /// What is wrong with a value of this type; `path` is what to call it.
    package func validate(_ value: JSON, types: SchemaTypes, path: String) -> [PayloadProblem] {
        var check = FieldCheck(.payload, types: types)
        check.check(value, self, path)
        return check.problems
    }
}
