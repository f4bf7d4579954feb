// Connections: whether they fit their app, and may be changed.

import Flow

extension Planner {
    mutating func planConnections() {
        for (_, placed) in entities.connections.sorted(by: { $0.key < $1.key }) {
            plan(placed.value, placed.document)
        }
    }

    private mutating func plan(_ draft: ConnectionDraft, _ document: Manifest.Document) {
        let node = document.node
        checkConnector(draft.connector, document, node["connector"]?.mark)
        var isSound = true
        if let store = draft.store { isSound = checkStoreExists(store, document) }
        for (name, url) in [
            ("endpoint", draft.endpoint), ("api_base", draft.api.base), ("token_url", draft.api.tokenURL),
        ] {
            if let url, !checkURL(url, name, document) { isSound = false }
        }
        if !checkLimits(draft, document) { isSound = false }
        if !checkProtocol(draft, document) { isSound = false }
        guard let secrets = secrets(of: draft, document), isSound else { return }
        guard let sealed = seal(secrets, for: draft, document) else { return }
        var api = draft.api
        api.credentials = sealed.credentials
        let connection = Connection(
            connector: draft.connector, store: draft.store, endpoint: draft.endpoint, secrets: sealed.signing,
            api: api, limits: draft.limits, afterDeadLetter: draft.afterDeadLetter,
            incoming: sealed.incoming)
        if connection.body != body(.connection, draft.id) {
            if isSame(connection, secrets) {
                resealed.append(draft.id)
            } else if let lock = lock(on: draft.connector, store: draft.store) {
                report(
                    document, node["connector"]?.mark, Self.lockedText(draft.connector, draft.store, by: lock)
                )
            }
        }
        let store = draft.store.map { ["store/\($0)"] } ?? []
        add(
            .connection, draft.id, connection.body,
            needs: ownConnectors([draft.connector]).union(store))
    }

    private mutating func checkURL(_ url: String, _ name: String, _ document: Manifest.Document) -> Bool {
        guard let fault = Endpoint.fault(in: url, allowsInsecure: options.allowsInsecureEndpoints) else {
            return true
        }
        // Path and query may hold a token.
        let shown = Endpoint.origin(of: url).map { "“\($0)”" } ?? "the text"
        report(document, document.node[name]?.mark, "\(name): \(shown) \(fault)")
        return false
    }

    /// A limit that counts by a property which no action has would count nothing.
    private mutating func checkLimits(_ draft: ConnectionDraft, _ document: Manifest.Document) -> Bool {
        guard let connector = catalogue[draft.connector] else { return true }
        let known = Set(connector.actions.flatMap { $0.fields.map(\.key) })
        let unknown = (draft.limits ?? []).compactMap(\.property).filter { !known.contains($0) }
        for property in unknown {
            report(
                document, document.node["limits"]?.mark,
                "limits: no action of \(draft.connector) has the input “\(property)”; it has "
                    + known.sorted().joined(separator: ", "))
        }
        return unknown.isEmpty
    }

    // MARK: The vendor's API

    /// Whether what stands there is enough for the protocol that will be spoken.
    private mutating func checkProtocol(_ draft: ConnectionDraft, _ document: Manifest.Document) -> Bool {
        guard let connector = catalogue[draft.connector] else { return true }
        let before = faults.count
        let hasAPI = !connector.connection.ways.isEmpty
        let ways = connector.connection.wayNames
        if !draft.credentials.isEmpty || draft.api.channel == .vendorAPI, !hasAPI {
            report(
                document, (document.node["credentials"] ?? document.node["protocol"])?.mark,
                "\(draft.connector) has no API that Sluice calls; give the endpoint of its Flow actions instead"
            )
        } else if !draft.credentials.isEmpty {
            checkCredentials(draft, connector, document)
        } else if draft.api.channel == .vendorAPI {
            report(document, document.node["protocol"]?.mark, "credentials are missing: \(ways)")
        }
        checkIncoming(draft, connector, document)
        // An app that only sends has nowhere to be reached.
        let onlySends = !draft.incoming.isEmpty && draft.endpoint == nil && draft.credentials.isEmpty
        if onlySends, draft.api.channel == nil {
            if !connector.actions.isEmpty { warnOfUnreachable(draft, document) }
        } else if draft.endpoint == nil, draft.api.channel == .flowAction || draft.credentials.isEmpty {
            report(
                document, nil,
                hasAPI && draft.api.channel != .flowAction
                    ? "endpoint or credentials are missing: an endpoint for the Flow protocol, credentials \(ways) "
                        + "for the vendor's own API" : "endpoint is missing")
        }
        return faults.count == before
    }

    /// The secrets of the gateway are of use to apps that have triggers.
    private mutating func checkIncoming(
        _ draft: ConnectionDraft, _ connector: ConnectorDefinition, _ document: Manifest.Document
    ) {
        guard connector.triggers.isEmpty, let name = draft.incoming.keys.min() else { return }
        report(
            document, document.node[name]?.mark,
            "\(name): \(draft.connector) has no triggers, so that it sends nothing to the gateway")
    }

    private mutating func warnOfUnreachable(_ draft: ConnectionDraft, _ document: Manifest.Document) {
        warn(
            document, nil,
            "the connection \(draft.id) has neither endpoint nor credentials: its triggers arrive, and the actions of "
                + "\(draft.connector) are held"
                + (draft.store == nil ? "" : ", whatever \(draft.connector)@* says"))
    }

    private mutating func checkCredentials(
        _ draft: ConnectionDraft, _ connector: ConnectorDefinition, _ document: Manifest.Document
    ) {
        let problems = connector.connection.problems(
            of: draft.connector, credentials: Set(draft.credentials.keys), settings: draft.api.settings)
        for problem in problems {
            let mark = problem.member.reduce(document.node) { $0[$1] ?? $0 }.mark
            report(document, mark, problem.message)
        }
    }

    // MARK: Sameness and locks

    /// Whether a connection is the registry's but for the key that seals its secrets.
    private func isSame(_ connection: Connection, _ secrets: OpenedSecrets) -> Bool {
        guard let resting = directory.connections[connection.id], let box = options.secretBox,
            OpenedSecrets(of: resting, with: box) == secrets
        else { return false }
        let blank = SealedText(keyID: "", sealed: "")
        return resting.resealed { _ in blank } == connection.resealed { _ in blank }
    }

    /// The credentials of some connectors are Sluice's in the store: they can be changed only where it is installed. A
    /// default connection is that of every store that has the app and no connection of its own.
    ///
    /// - Returns: a store without Sluice that the connection is for.
    func lock(on connector: String, store: String?) -> String? {
        guard Connection.ownedBySluice.contains(connector) else { return nil }
        if let store { return stores[store]?.isSluiceInstalled == true ? nil : store }
        return stores.values.filter { store in
            let own = "\(connector)@\(store.domain)"
            return !store.isSluiceInstalled && store.apps.contains(connector)
                && entities.connections[own] == nil && directory.connections[own] == nil
        }.map(\.domain).min()
    }

    static func lockedText(_ connector: String, _ store: String?, by lock: String) -> String {
        "the connection of \(connector) can be changed only for a store that has Sluice installed; \(lock) has not "
            + "(sluice_installed)"
            + (store == nil
                ? ", and without a store of its own the connection is for it, too; give each store that has Sluice one "
                    + "of its own (store: …)" : "")
    }
}
