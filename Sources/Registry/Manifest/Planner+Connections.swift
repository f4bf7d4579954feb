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
            report(document, node["endpoint"]?.mark, "endpoint: “\(Self.shown(draft.endpoint))” \(fault)")
            isSound = false
        }
        guard let secrets = secrets(of: draft, document), isSound else { return }
        guard let sealed = seal(secrets, for: draft.id, document) else { return }
        let connection = Connection(
            connector: draft.connector, store: draft.store, endpoint: draft.endpoint, secrets: sealed)
        if connection.body != body(.connection, draft.id), !isChangeable(draft.connector, store: draft.store)
        {
            report(document, node["connector"]?.mark, Self.lockedText(draft.connector, draft.store))
        }
        add(.connection, draft.id, connection.body)
    }

    /// The credentials of some connectors are Sluice's in the store: they can be changed only where it is installed.
    /// A default connection belongs to no store.
    func isChangeable(_ connector: String, store: String?) -> Bool {
        guard Connection.ownedBySluice.contains(connector), let store else { return true }
        return stores[store]?.isSluiceInstalled ?? false
    }

    static func lockedText(_ connector: String, _ store: String?) -> String {
        "the connection of \(connector) can be changed only for a store that has Sluice installed; "
            + "\(store ?? "") has not (sluice_installed)"
    }

    /// An endpoint without what may be a password.
    private static func shown(_ endpoint: String) -> String {
        guard let at = endpoint.lastIndex(of: "@") else { return endpoint }
        return "…" + endpoint[at...]
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
            warn(document, nil, "the connection \(draft.id) has no secret: its requests will not be signed")
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
            guard let secret = try? box.open(text, for: id) else { continue }
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
