// New credentials and secrets for one connection of the registry, without a manifest.

import Flow

/// What `sluice connections set` changes; everything else stays as it is.
package struct ConnectionEdit: Sendable {
    /// `connector@store`, or `connector@*`.
    package let id: String
    /// In the clear, like all that follows.
    package let credentials: [String: String]
    package let settings: [String: String]
    /// Signs requests of Flow's protocol. The newest that was there stays beside it, for an app that is still to learn it;
    /// so do the token and the webhook secret that were there.
    package var secret: String?
    package var ingestToken: String?
    package var webhookSecret: String?
    /// Whether only the newest of each stays.
    package var dropsPrevious = false

    package init(id: String, credentials: [String: String] = [:], settings: [String: String] = [:]) {
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
        in directory: Directory, catalogue: Catalogue, box: SecretBox,
        credentialFault: ManifestOptions.CredentialFault? = nil
    ) throws -> RegistryChange {
        guard let connection = directory.connections[id], let connector = catalogue[connection.connector]
        else { throw Fault.unknown(id: id, known: directory.connections.keys.sorted()) }
        if let store = connection.lock(in: directory) {
            throw Fault.locked(Planner.lockedText(connection.connector, connection.store, by: store))
        }
        // Sealed with other keys than the workers', it would only look as if it were set.
        guard let opened = OpenedSecrets(of: connection, with: box) else {
            throw Fault.invalid([
                "the keys given here (SLUICE_SECRETS_KEYS) can't open what \(id) has; give those of the workers, or apply "
                    + "the whole connection again"
            ])
        }
        let problems = secretProblems(connection, connector)
        guard problems.isEmpty else { throw Fault.invalid(problems) }
        let changed = connection.with(
            api: try api(of: connection, connector.connection, box, credentialFault),
            secrets: try list(secret, before: opened.signing, connection.secrets, box),
            incoming: Connection.Incoming(
                tokens: try list(ingestToken, before: opened.tokens, connection.incoming.tokens, box),
                webhookSecrets: try list(
                    webhookSecret, before: opened.webhookSecrets, connection.incoming.webhookSecrets, box)))
        return RegistryChange(
            kind: .connection, id: id, expectedVersion: directory.newest(.connection, id)?.version ?? 0,
            body: changed.body)
    }

    // MARK: Credentials

    private func api(
        of connection: Connection, _ definition: ConnectionDefinition, _ box: SecretBox,
        _ credentialFault: ManifestOptions.CredentialFault?
    ) throws -> Connection.API {
        var api = connection.api
        guard !credentials.isEmpty || !settings.isEmpty else { return api }
        if definition.way(for: Set(credentials.keys)) != nil { api.credentials = [:] }
        for (name, secret) in credentials { api.credentials[name] = try box.seal(secret, for: id) }
        api.settings.merge(settings) { _, new in new }
        let names = Set(api.credentials.keys)
        var problems = definition.problems(
            of: connection.connector, credentials: names, settings: api.settings
        ).map(\.message)
        if let way = definition.way(for: names) {
            for (name, secret) in credentials.sorted(by: { $0.key < $1.key }) {
                if let fault = credentialFault?(way, name, secret) { problems.append("\(name): \(fault)") }
            }
        }
        guard problems.isEmpty else { throw Fault.invalid(problems) }
        return api
    }

    // MARK: Secrets

    private var isAimedAtAll: Bool { secret == nil && ingestToken == nil && webhookSecret == nil }

    /// Whether it only drops what stands beside the newest, and nothing does.
    package func hasNothingToDrop(in directory: Directory) -> Bool {
        guard dropsPrevious, isAimedAtAll, credentials.isEmpty, settings.isEmpty,
            let connection = directory.connections[id]
        else { return false }
        return [connection.secrets, connection.incoming.tokens, connection.incoming.webhookSecrets]
            .allSatisfy { $0.count <= 1 }
    }

    /// Whether runs may have waited for what it sets: tokens and webhook secrets are for what comes in.
    package var frees: Bool { secret != nil || !credentials.isEmpty || !settings.isEmpty }

    private func secretProblems(_ connection: Connection, _ connector: ConnectorDefinition) -> [String] {
        var problems: [String] = []
        if secret != nil, connection.endpoint == nil {
            problems.append(
                "secret: \(id) has no endpoint, so that no request is signed with it; the vendor's API takes credentials"
            )
        }
        if ingestToken ?? webhookSecret != nil, connector.triggers.isEmpty {
            problems.append(
                "\(connector.id) has no triggers, so that it sends nothing to the gateway that a token or a webhook secret "
                    + "could prove")
        }
        if let fault = ingestToken.flatMap({ Planner.tokenFault($0) }) {
            problems.append("ingest token: \(fault)")
        }
        return problems
    }

    /// The new one in front of the one that was newest. One that was there already is put in front.
    private func list(
        _ new: String?, before opened: [String], _ resting: [SealedText], _ box: SecretBox
    ) throws -> [SealedText] {
        var texts = resting
        if let new {
            let sealed =
                try opened.firstIndex(of: new).map { texts.remove(at: $0) } ?? box.seal(new, for: id)
            texts.insert(sealed, at: 0)
        }
        let drops = dropsPrevious && (new != nil || isAimedAtAll)
        return Array(texts.prefix(drops ? 1 : Swift.max(2, resting.count)))
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
