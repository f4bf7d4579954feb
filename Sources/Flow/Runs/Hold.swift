/// What a held run waits for: only a change of that lets it go on.
package enum Hold: Hashable, Sendable {
    /// A pause, by its id.
    case pause(String)
    /// A connection that it can use; the connector's default one will do, too.
    case connection(connector: String, store: String)
    /// Credentials that the vendor accepts.
    case authorization(connector: String, store: String)
    /// Somebody's decision whether it is sent again.
    case decision
    /// What becomes of its own dead letter: it ended, and only keeps its key's place.
    case deadLetter
    /// Something of this process: whoever takes over looks anew.
    case other

    /// As a waiting record has it.
    package var text: String {
        switch self {
        case .pause(let id): "pause/\(id)"
        case .connection(let connector, let store): "connection/\(connector)@\(store)"
        case .authorization(let connector, let store): "authorization/\(connector)@\(store)"
        case .decision: "decision"
        case .deadLetter: "dead-letter"
        case .other: "other"
        }
    }

    /// Unknown text is `other`: the run looks anew.
    package init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        switch parts.first {
        case "pause"? where parts.count == 2: self = .pause(String(parts[1]))
        case "connection"? where parts.count == 2, "authorization"? where parts.count == 2:
            let names = parts[1].split(separator: "@", maxSplits: 1)
            guard names.count == 2 else {
                self = .other
                return
            }
            let (connector, store) = (String(names[0]), String(names[1]))
            self =
                parts[0] == "connection"
                ? .connection(connector: connector, store: store)
                : .authorization(connector: connector, store: store)
        case "decision"?: self = .decision
        case "dead-letter"?: self = .deadLetter
        default: self = .other
        }
    }

    /// Whether only a person's word ends it, and no change of the registry.
    package var isPersonal: Bool { self == .decision || self == .deadLetter }

    /// Whether a change of the registry may let it go.
    package func ends(with change: HoldChange) -> Bool {
        switch (self, change) {
        case (.pause(let id), .pause(let changed)): id == changed
        case (.connection(let connector, let store), .connection(let changed)),
            (.authorization(let connector, let store), .connection(let changed)):
            changed == "\(connector)@\(store)" || changed == "\(connector)@*"
        case (.decision, _), (.deadLetter, _): false
        case (_, .cancellation), (.other, _): true
        default: false
        }
    }

    /// Whether it still holds by what the registry says now.
    package func holds(in directory: Directory) -> Bool {
        switch self {
        case .pause(let id): directory.pauses[id] != nil
        case .connection(let connector, let store): directory.connection(connector, store: store) == nil
        case .authorization(let connector, let store):
            directory.connection(connector, store: store).map { directory.refusal(of: $0.id) != nil } ?? false
        case .decision, .deadLetter: true
        case .other: false
        }
    }
}

/// A change of the registry that may let held runs go.
package enum HoldChange: Hashable, Sendable {
    /// By the pause's id.
    case pause(String)
    /// By the connection's id.
    case connection(String)
    /// Of this connector's runs; nil = of any.
    case cancellation(connector: String?)

    /// Whether it concerns runs of a connector.
    package func concerns(_ connector: String?) -> Bool {
        if case .cancellation(let only?) = self { only == connector } else { true }
    }
}
