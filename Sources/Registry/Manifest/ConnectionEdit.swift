// New credentials for one connection of the registry, without a manifest.

import Flow

/// What `sluice connections set` changes: credentials and settings; everything else stays as it is.
package struct ConnectionEdit: Sendable {
    /// `connector@store`, or `connector@*`.
    package let id: String
    /// In the clear.
    package let credentials: [String: String]
    package let settings: [String: String]

    package init(id: String, credentials: [String: String], settings: [String: String]) {
        self.id = id
        self.credentials = credentials
        self.settings = settings
    }

    package enum Fault: Error, Sendable, CustomStringConvertible {
        case unknown(id: String, known: [String])
        case invalid([String])
        case locked(String)

        package var description: String {
            switch self {
            case .unknown(let id, _): "there is no connection “\(id)”"
            case .invalid(let problems): problems.joined(separator: "; ")
            case .locked(let text): text
            }
        }
    }

    /// The change, always a new version: what the vendor refused is tried again, even where the same is given once more.
    ///
    /// Credentials that make a way of their own replace all that were there; others are put beside those.
    package func change(
        in directory: Directory, catalogue: Catalogue, box: SecretBox
    ) throws -> RegistryChange {
        guard let connection = directory.connections[id],
            let definition = catalogue[connection.connector]?.connection
        else { throw Fault.unknown(id: id, known: directory.connections.keys.sorted()) }
        if let store = connection.lock(in: directory) {
            throw Fault.locked(Planner.lockedText(connection.connector, connection.store, by: store))
        }
        // Sealed with other keys than the workers', it would only look as if it were set.
        if OpenedSecrets(of: connection, with: box) == nil {
            throw Fault.invalid([
                "the keys given here (SLUICE_SECRETS_KEYS) can't open what \(id) has; give those of the workers, or apply "
                    + "the whole connection again"
            ])
        }
        var api = connection.api
        if definition.way(for: Set(credentials.keys)) != nil { api.credentials = [:] }
        for (name, secret) in credentials { api.credentials[name] = try box.seal(secret, for: id) }
        api.settings.merge(settings) { _, new in new }
        let problems = definition.problems(
            of: connection.connector, credentials: Set(api.credentials.keys), settings: api.settings)
        guard problems.isEmpty else { throw Fault.invalid(problems.map(\.message)) }
        return RegistryChange(
            kind: .connection, id: id, expectedVersion: directory.newest(.connection, id)?.version ?? 0,
            body: connection.with(api: api).body)
    }
}

extension Connection {
    /// A store without Sluice that the connection is for, of the connectors whose credentials are Sluice's own there.
    fileprivate func lock(in directory: Directory) -> String? {
        guard Self.ownedBySluice.contains(connector) else { return nil }
        if let store { return directory.stores[store]?.isSluiceInstalled == true ? nil : store }
        return directory.stores.values.filter { store in
            !store.isSluiceInstalled && store.apps.contains(connector)
                && directory.connections["\(connector)@\(store.domain)"] == nil
        }.map(\.domain).min()
    }
}
