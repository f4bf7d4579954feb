// Connections: their endpoints, and secrets that are sealed only when they changed.

import Flow

extension Planner {
    mutating func planConnections() {
        for (_, placed) in entities.connections.sorted(by: { $0.key < $1.key }) {
            plan(placed.value, placed.document)
        }
    }

    private mutating func plan(_ draft: ManifestEntities.ConnectionDraft, _ document: Manifest.Document) {
        let node = document.node
        checkConnector(draft.connector, document, node["connector"]?.mark)
        var isSound = true
        if let store = draft.store { isSound = checkStoreExists(store, document) }
        if let fault = Endpoint.fault(in: draft.endpoint, allowsInsecure: options.allowsInsecureEndpoints) {
            // Path and query may hold a token.
            let shown = Endpoint.origin(of: draft.endpoint).map { "“\($0)”" } ?? "the text"
            report(document, node["endpoint"]?.mark, "endpoint: \(shown) \(fault)")
            isSound = false
        }
        if !checkLimits(draft, document) { isSound = false }
        guard let secrets = secrets(of: draft, document), isSound else { return }
        guard let sealed = seal(secrets, for: draft.id, document) else { return }
        let connection = Connection(
            connector: draft.connector, store: draft.store, endpoint: draft.endpoint, secrets: sealed,
            limits: draft.limits, afterDeadLetter: draft.afterDeadLetter)
        if connection.body != body(.connection, draft.id) {
            if isSame(draft, secrets) {
                resealed.append(draft.id)
            } else if let lock = lock(on: draft.connector, store: draft.store) {
                report(
                    document, node["connector"]?.mark, Self.lockedText(draft.connector, draft.store, by: lock)
                )
            }
        }
        add(.connection, draft.id, connection.body, needs: draft.store.map { ["store/\($0)"] } ?? [])
    }

    /// A limit that counts by a property which no action has would count nothing.
    private mutating func checkLimits(
        _ draft: ManifestEntities.ConnectionDraft, _ document: Manifest.Document
    ) -> Bool {
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

    /// Whether a connection is the registry's but for the key that seals its secrets.
    private func isSame(_ draft: ManifestEntities.ConnectionDraft, _ secrets: [String]) -> Bool {
        guard let resting = directory.connections[draft.id], resting.endpoint == draft.endpoint,
            resting.limits == draft.limits, resting.afterDeadLetter == draft.afterDeadLetter,
            let box = options.secretBox
        else { return false }
        // What can't be opened is no secret of the manifest's.
        return resting.secrets.map { try? box.open($0, for: draft.id) } == secrets
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

    // MARK: Sealing again

    /// Seals what rests under an older key: every connection of the registry that the plan leaves as it is, so that the
    /// old key can be taken out afterwards. It changes no credentials, and Sluice's absence from a store doesn't matter.
    mutating func planReseals() {
        guard let box = options.secretBox else {
            faults.append(
                Diagnostic(
                    mark: nil, message: "no sealing key is configured, so that nothing can be sealed again"))
            return
        }
        let planned = Set(items.filter { $0.kind == .connection }.map(\.id))
        for (id, connection) in directory.connections.sorted(by: { $0.key < $1.key })
        where !planned.contains(id) {
            guard connection.secrets.contains(where: { $0.keyID != box.sealingKeyID }) else { continue }
            do throws(RegistryError) {
                var secrets: [SealedText] = []
                for text in connection.secrets {
                    secrets.append(try box.seal(box.open(text, for: id), for: id))
                }
                let sealed = Connection(
                    connector: connection.connector, store: connection.store, endpoint: connection.endpoint,
                    secrets: secrets, limits: connection.limits, afterDeadLetter: connection.afterDeadLetter)
                add(.connection, id, sealed.body)
                resealed.append(id)
            } catch {
                warnings.append(
                    Diagnostic(mark: nil, message: "the connection \(id) is not sealed again: \(error)"))
            }
        }
    }

    // MARK: Secrets

    /// The secrets in the clear, newest first; nil when one can't be had.
    private mutating func secrets(
        of draft: ManifestEntities.ConnectionDraft, _ document: Manifest.Document
    ) -> [String]? {
        let sources = [("secret", draft.secret), ("previous_secret", draft.previousSecret)]
        let folder = document.file.lastIndex(of: "/").map { String(document.file[..<$0]) } ?? "."
        var secrets: [String] = []
        var isComplete = true
        for case (let name, let source?) in sources {
            let mark = document.node[name]?.mark
            if case .plain = source {
                warn(
                    document, mark,
                    "\(name) stands here in plain text; better: \(name): { env: NAME } or { file: PATH }")
            }
            switch source.resolve(in: folder, options) {
            case .success(let secret): secrets.append(secret)
            case .failure(let fault):
                report(document, mark, "\(name): \(fault.message)")
                isComplete = false
            }
        }
        if draft.secret == nil, document.node["secret"] == nil {
            warn(
                document, nil,
                "the connection \(draft.id) has no secret: runs that need it are held until one is applied")
        }
        return isComplete ? secrets : nil
    }

    /// Keeps what rests sealed where the secret is the same, so that an unchanged secret makes no new version.
    private mutating func seal(
        _ secrets: [String], for id: String, _ document: Manifest.Document
    ) -> [SealedText]? {
        if secrets.isEmpty { return [] }
        let mark = document.node["secret"]?.mark
        guard let box = options.secretBox else {
            report(document, mark, "secret: no sealing key is configured, so that no secret can be stored")
            return nil
        }
        var resting: [String: SealedText] = [:]
        for text in directory.connections[id]?.secrets ?? [] {
            // What can't be opened any more is sealed afresh.
            guard let secret = try? box.open(text, for: id) else {
                warn(
                    document, mark,
                    "the connection \(id): what the registry has is sealed with the key \(text.keyID) and can't be opened "
                        + "with those given here, so it is replaced; senders need these keys, too (SLUICE_SECRETS_KEYS)"
                )
                continue
            }
            if !options.reseals || text.keyID == box.sealingKeyID { resting[secret] = text }
        }
        do throws(RegistryError) {
            var sealed: [SealedText] = []
            for secret in secrets {
                if let text = resting[secret] {
                    sealed.append(text)
                } else {
                    sealed.append(try box.seal(secret, for: id))
                }
            }
            return sealed
        } catch {
            report(document, mark, "secret: \(error)")
            return nil
        }
    }
}
