// The kinds of entities, as users name them.

import ArgumentParser
import Flow

/// `connectors`, `organizations`, `stores`, `connections`, `workflows`, `pauses`, `cancellations`, `authorizations`; the singular will do.
enum EntityKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case connectors, organizations, stores, connections, workflows, pauses, cancellations, authorizations

    init?(argument: String) {
        guard
            let kind = Self.allCases.first(where: { $0.rawValue == argument || $0.kind.rawValue == argument })
        else {
            return nil
        }
        self = kind
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
