import Liquid

// What the registry holds of a connection: written one way only, so that equal connections have equal bodies.

extension Connection {
    package var body: JSON {
        .compact([
            "connector": .string(connector),
            "store": store.map { .string($0) },
            "endpoint": endpoint.map { .string($0) },
            "sealed_secrets": .array(secrets.map(\.body)),
            "protocol": api.channel.map { .string($0.rawValue) },
            "sealed_credentials": api.credentials.isEmpty
                ? nil : .object(api.credentials.mapValues(\.body)),
            "settings": api.settings.isEmpty ? nil : .object(api.settings.mapValues { .string($0) }),
            "api_base": api.base.map { .string($0) },
            "token_url": api.tokenURL.map { .string($0) },
            "limits": limits.map { .array($0.map(\.body)) },
            "after_dead_letter": afterDeadLetter == .continue ? nil : .string(afterDeadLetter.rawValue),
            "sealed_ingest_tokens": incoming.tokens.isEmpty ? nil : .array(incoming.tokens.map(\.body)),
            "sealed_webhook_secrets": incoming.webhookSecrets.isEmpty
                ? nil : .array(incoming.webhookSecrets.map(\.body)),
        ])
    }

    /// Reads a connection whose secrets are sealed, as they stand in the registry.
    package init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let store = reader.optionalString("store")
        let limits = RateLimit.read("limits", of: reader)
        let afterDeadLetter: AfterDeadLetter? = reader.choice("after_dead_letter")
        let secrets = Self.sealed("sealed_secrets", of: reader)
        let incoming = Incoming(
            tokens: Self.sealed("sealed_ingest_tokens", of: reader),
            webhookSecrets: Self.sealed("sealed_webhook_secrets", of: reader))
        let endpoint = reader.optionalString("endpoint")
        var api = API(reader)
        for member in reader.members(of: "sealed_credentials") {
            api.credentials[member.name] = SealedText(
                reader.reader(of: member.node, reader.join("sealed_credentials.\(member.name)")))
        }
        guard let connector = reader.string("connector") else { return nil }
        reader.finish()
        self.init(
            connector: connector, store: store, endpoint: endpoint, secrets: secrets, api: api,
            limits: limits, afterDeadLetter: afterDeadLetter ?? .continue, incoming: incoming)
    }

    private static func sealed(_ name: String, of reader: DocumentReader) -> [SealedText] {
        reader.list(name).enumerated().compactMap { index, node in
            SealedText(reader.reader(of: node, "\(reader.join(name))[\(index)]"))
        }
    }
}

extension Connection.API {
    /// All but the credentials, which a manifest and the registry have in different forms.
    package init(_ reader: DocumentReader) {
        self.init()
        channel = reader.choice("protocol")
        base = reader.optionalString("api_base")
        tokenURL = reader.optionalString("token_url")
        for member in reader.members(of: "settings") {
            guard case .scalar(let scalar) = member.node.content, let text = Self.text(scalar) else {
                reader.report(
                    "\(reader.join("settings.\(member.name)")): text should stand here, not \(member.node.kindName)",
                    at: member.node.mark)
                continue
            }
            settings[member.name] = text
        }
    }

    /// Numbers and words without quotes are text here: `run_id_column: 7`.
    private static func text(_ scalar: JSON) -> String? {
        switch scalar {
        case .string(let text): text
        case .integer, .decimal, .bool: scalar.jsonText
        default: nil
        }
    }
}

extension SealedText {
    package var body: JSON { ["key_id": .string(keyID), "sealed": .string(sealed)] }

    package init?(_ reader: DocumentReader) {
        guard let key = reader.string("key_id"), let sealed = reader.string("sealed") else { return nil }
        self.init(keyID: key, sealed: sealed)
    }
}
