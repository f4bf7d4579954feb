import Liquid

/// Payloads and properties that a real app could have sent: valid by their definition, varied, plausible by key
/// and type, and the same again for the same seed.
///
/// For `emit`, for `dev`, and for tests. Nothing in them belongs to anybody: addresses are in example.com, numbers
/// in the ranges kept for fiction.
package enum SamplePayload {
    /// - Parameters:
    ///   - types: those of the trigger's connector.
    ///   - time: the moment of the event, as `2026-11-24T09:30:00Z`; other text is copied into the fields that hold
    ///     a date.
    package static func make(
        for trigger: TriggerDefinition, types: SchemaTypes, using generator: inout some RandomNumberGenerator,
        at time: String
    ) -> JSON {
        var maker = SampleMaker(generator, types: types, time: time)
        defer { generator = maker.generator }
        return .object(maker.members(trigger.fields))
    }

    /// Properties as they look once their templates are rendered: all text.
    package static func make(
        for action: ActionDefinition, using generator: inout some RandomNumberGenerator, at time: String
    ) -> [String: JSON] {
        var maker = SampleMaker(generator, types: [:], time: time)
        defer { generator = maker.generator }
        return maker.members(action.fields).mapValues { .string(Self.rendered($0)) }
    }

    private static func rendered(_ value: JSON) -> String {
        value.stringValue ?? value.jsonText
    }
}
