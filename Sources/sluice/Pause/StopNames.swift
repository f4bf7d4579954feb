// Which names may be paused and cancelled.

import Connectors
import Flow
import Registry

/// What the registry has or had: what is deleted may still have runs that wait.
struct StopNames {
    let directory: Directory
    let history: RegistryHistory

    var catalogue: Catalogue { directory.catalogue }

    /// Whether a pause or cancellation of the name may stop anything.
    func isKnown(_ scope: Pause.Scope, _ name: String) -> Bool {
        switch scope {
        case .connector: !(catalogue[name]?.actions.isEmpty ?? true)
        case .store: directory.newest(.store, name) != nil
        case .workflow: directory.newest(.workflow, name) != nil
        case .endpoint: isEndpoint(name)
        }
    }

    private func isEndpoint(_ name: String) -> Bool {
        let isNow = directory.connections.values.contains { connection in
            connection.destinations(catalogue[connection.connector]).contains {
                Endpoint.origin(of: $0) == name
            }
        }
        if isNow { return true }
        return history.versions(.connection).contains {
            $0.body?["endpoint"]?.stringValue.flatMap { Endpoint.origin(of: $0) } == name
        }
    }

    /// - Throws: a failure that says where names are found: a pause of a mistyped name would stop nothing.
    func check(_ scope: Pause.Scope, _ name: String, canForce: Bool = true) throws(CommandError) {
        guard !isKnown(scope, name) else { return }
        if scope == .connector, catalogue[name] != nil {
            throw .failed(
                "the connector “\(name)” has no actions, so nothing goes out to it",
                do:
                    "pause or cancel a store or a workflow, or a connector with actions (sluice connectors list)"
            )
        }
        let listing =
            switch scope {
            case .connector: "sluice connectors list"
            case .store: "sluice get stores"
            case .workflow: "sluice get workflows"
            case .endpoint: "sluice get connections"
            }
        throw .failed(
            "there is no \(scope.rawValue) “\(name)”, and the registry remembers none",
            do: "find its name with: \(listing)"
                + (canForce ? "; or say --force, if runs of it may still wait" : ""))
    }
}
