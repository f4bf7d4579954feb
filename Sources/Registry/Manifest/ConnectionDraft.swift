// A connection as it was written.

import Flow

/// A connection of a manifest, with the places that its secrets come from.
struct ConnectionDraft {
    let connector: String
    let store: String?
    let endpoint: String?
    let secret: SecretSource?
    let previousSecret: SecretSource?
    let credentials: [String: SecretSource]
    /// Of the gateway: `ingest_token` and its like, by member.
    let incoming: [String: SecretSource]
    let api: Connection.API
    let limits: [RateLimit]?
    let afterDeadLetter: Connection.AfterDeadLetter

    var id: String { "\(connector)@\(store ?? "*")" }

    init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let connector = reader.string("connector")
        store = reader.optionalString("store")
        endpoint = reader.optionalString("endpoint")
        secret = SecretSource("secret", of: reader)
        previousSecret = SecretSource("previous_secret", of: reader)
        api = Connection.API(reader)
        limits = RateLimit.read("limits", of: reader)
        let afterDeadLetter: Connection.AfterDeadLetter? = reader.choice("after_dead_letter")
        self.afterDeadLetter = afterDeadLetter ?? .continue
        var incoming: [String: SecretSource] = [:]
        for name in Self.incomingMembers { incoming[name] = SecretSource(name, of: reader) }
        self.incoming = incoming
        for name in ["secret", "ingest_token", "webhook_secret"] {
            let previous = "previous_\(name)"
            guard !reader.has(name), reader.has(previous) else { continue }
            reader.report(
                "\(previous): there is no \(name) beside it", at: reader.optional(previous)?.mark)
        }
        credentials = Self.credentials(reader)
        reader.finish()
        guard let connector else { return nil }
        self.connector = connector
    }

    private static func credentials(_ reader: DocumentReader) -> [String: SecretSource] {
        let names = reader.members(of: "credentials").map(\.name)
        guard !names.isEmpty, let members = reader.reader("credentials") else { return [:] }
        var credentials: [String: SecretSource] = [:]
        for name in names { credentials[name] = SecretSource(name, of: members) }
        return credentials
    }

    /// Newest first of each kind.
    private static let incomingMembers = [
        "ingest_token", "previous_ingest_token", "webhook_secret", "previous_webhook_secret",
    ]

    /// Every secret with the member that it stands in, as `credentials.token`.
    var sources: [(member: [String], source: SecretSource)] {
        var sources: [(member: [String], source: SecretSource)] = []
        if let secret { sources.append((["secret"], secret)) }
        if let previousSecret { sources.append((["previous_secret"], previousSecret)) }
        for (name, source) in credentials.sorted(by: { $0.key < $1.key }) {
            sources.append((["credentials", name], source))
        }
        for name in Self.incomingMembers {
            if let source = incoming[name] { sources.append(([name], source)) }
        }
        return sources
    }
}

/// A draft's secrets in the clear.
struct OpenedSecrets: Equatable {
    /// Newest first.
    var signing: [String] = []
    var credentials: [String: String] = [:]
    /// Newest first.
    var tokens: [String] = []
    /// Newest first.
    var webhookSecrets: [String] = []

    /// What a connection of the registry has; nil where some of it can't be opened: it is no secret of a manifest's then.
    init?(of connection: Connection, with box: SecretBox) {
        do throws(RegistryError) {
            for text in connection.secrets { signing.append(try box.open(text, for: connection.id)) }
            for (name, text) in connection.api.credentials {
                credentials[name] = try box.open(text, for: connection.id)
            }
            for text in connection.incoming.tokens { tokens.append(try box.open(text, for: connection.id)) }
            for text in connection.incoming.webhookSecrets {
                webhookSecrets.append(try box.open(text, for: connection.id))
            }
        } catch {
            return nil
        }
    }

    init() {}

    /// Takes the secret of a member, as `ConnectionDraft.sources` names it.
    mutating func take(_ secret: String, of member: [String]) {
        switch member[0] {
        case "credentials" where member.count == 2: credentials[member[1]] = secret
        case "ingest_token", "previous_ingest_token": tokens.append(secret)
        case "webhook_secret", "previous_webhook_secret": webhookSecrets.append(secret)
        default: signing.append(secret)
        }
    }
}

/// A connection's secrets as they rest.
struct SealedSecrets {
    var signing: [SealedText] = []
    var credentials: [String: SealedText] = [:]
    var incoming = Connection.Incoming()
}
