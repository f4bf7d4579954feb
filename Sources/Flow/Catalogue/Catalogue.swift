/// Connectors by their ids: those that ship with the program, or all that a process knows.
package struct Catalogue: Sendable {
    /// In the order of the catalogue's list.
    package let connectors: [ConnectorDefinition]
    private let byID: [String: ConnectorDefinition]

    package init(_ connectors: [ConnectorDefinition]) {
        self.connectors = connectors
        byID = Dictionary(connectors.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(id: String) -> ConnectorDefinition? { byID[id] }

    /// The same with others behind its own, by id; one of the same id takes the place of its own.
    package func with(_ others: some Sequence<ConnectorDefinition>) -> Catalogue {
        let others = others.sorted { $0.id < $1.id }
        let ids = Set(others.map(\.id))
        return ids.isEmpty ? self : Catalogue(connectors.filter { !ids.contains($0.id) } + others)
    }

    package func trigger(_ reference: TriggerReference) -> TriggerDefinition? {
        byID[reference.connector]?.trigger(reference.handle)
    }

    package func action(_ reference: ActionReference) -> ActionDefinition? {
        byID[reference.connector]?.action(reference.handle)
    }

    /// Connectors whose id is alike, for "did you mean".
    package func near(_ id: String) -> [String] {
        connectors.map(\.id).filter { $0.hasPrefix(id.prefix(3)) || $0.contains(id) || id.contains($0) }
    }
}
