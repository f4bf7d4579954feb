import Liquid

/// A person has stopped what goes to an app, comes from a store, belongs to a workflow, or goes to a host: their runs are
/// kept until somebody resumes it.
package struct Pause: Hashable, Sendable {
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        case connector, store, workflow
        /// Scheme, host and port of connections' endpoints: `https://app.example.com`.
        case endpoint
    }

    package let scope: Scope
    package let name: String
    package let reason: String?
    /// When it began by the clock of whoever paused, ms since 1970; only to be shown. Nil for one of an older version.
    package let since: Int64?

    package init(scope: Scope, name: String, reason: String?, since: Int64? = nil) {
        self.scope = scope
        self.name = name
        self.reason = reason
        self.since = since
    }

    package func begun(at time: Int64?) -> Pause {
        Pause(scope: scope, name: name, reason: reason, since: time)
    }

    /// `connector/slack`: the id of its registry entity.
    package var id: String { Self.id(scope, name) }

    package static func id(_ scope: Scope, _ name: String) -> String { "\(scope.rawValue)/\(name)" }

    package var description: String {
        "paused: \(scope.rawValue) \(name)" + (reason.map { " (\($0))" } ?? "")
    }

    package var body: JSON {
        .compact([
            "scope": .string(scope.rawValue), "name": .string(name), "reason": reason.map { .string($0) },
            "since_ms": since.map { .integer($0) },
        ])
    }

    /// Reads a registry entity's document; nil for another form.
    package init?(_ body: JSON) {
        guard let scope = body["scope"]?.stringValue.flatMap({ Scope(rawValue: $0) }),
            let name = body["name"]?.stringValue
        else { return nil }
        self.init(
            scope: scope, name: name, reason: body["reason"]?.stringValue,
            since: body["since_ms"]?.integerValue)
    }
}
