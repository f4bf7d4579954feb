// The kinds of entities, as users name them.

import ArgumentParser
import Flow

/// `connectors`, `organizations`, `stores`, `connections`, `workflows`, `pauses`, `cancellations`, `authorizations`; the singular will do.
enum EntityKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case connectors, organizations, stores, connections, workflows, pauses, cancellations, authorizations

    /// `connectors, organizations … or authorizations`
    static var list: String {
        let names = allCases.map(\.rawValue)
        return "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
    }

    init?(argument: String) {
        guard
            let kind = Self.allCases.first(where: { $0.rawValue == argument || $0.kind.rawValue == argument })
        else {
            return nil
        }
        self = kind
    }

    /// That there are none, and what to do about it.
    var nothing: String {
        switch self {
        case .pauses: "nothing is paused"
        case .cancellations: "nothing was cancelled"
        case .authorizations: "no token was refreshed or refused yet"
        case .connectors, .organizations, .stores, .connections, .workflows:
            "no \(rawValue); write some with: sluice apply -f PATH"
        }
    }

    var kind: RegistryEntry.Kind {
        switch self {
        case .connectors: .connector
        case .organizations: .organization
        case .stores: .store
        case .connections: .connection
        case .workflows: .workflow
        case .pauses: .pause
        case .cancellations: .cancellation
        case .authorizations: .authorization
        }
    }
}
