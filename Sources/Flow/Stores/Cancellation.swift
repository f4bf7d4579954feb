import Liquid

/// A person has ended what events before a moment started: the kill switch for a batch that ran away. Later events go on.
package struct Cancellation: Hashable, Sendable {
    package let scope: Pause.Scope
    package let name: String
    /// Runs of events that were published before this time end as cancelled; ms since 1970 by the broker's clock.
    package let before: Int64
    package let reason: String?

    package init(scope: Pause.Scope, name: String, before: Int64, reason: String?) {
        self.scope = scope
        self.name = name
        self.before = before
        self.reason = reason
    }

    /// `workflow/campaign`: the id of its registry entity. A later cancellation of the same replaces it.
    package var id: String { Pause.id(scope, name) }

    package var description: String {
        "cancelled: \(scope.rawValue) \(name)" + (reason.map { " (\($0))" } ?? "")
    }

    package var body: JSON {
        .compact([
            "scope": .string(scope.rawValue), "name": .string(name), "before_ms": .integer(before),
            "reason": reason.map { .string($0) },
        ])
    }

    /// Reads a registry entity's document; nil for another form.
    package init?(_ body: JSON) {
        guard let scope = body["scope"]?.stringValue.flatMap({ Pause.Scope(rawValue: $0) }),
            let name = body["name"]?.stringValue, let before = body["before_ms"]?.integerValue
        else { return nil }
        self.init(scope: scope, name: name, before: before, reason: body["reason"]?.stringValue)
    }
}
