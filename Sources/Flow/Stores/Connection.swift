import Liquid

/// The credentials and settings of a connector, for one store or, without a store, for every store that has none
/// of its own.
package struct Connection: Hashable, Sendable {
    package let connector: String
    package let store: String?
    /// The app's registered action URL, for Flow's protocol.
    package let endpoint: String?
    /// Signing secrets of Flow's protocol, sealed, newest first; two while they are rotated.
    package let secrets: [SealedText]
    package let api: API
    /// How many requests its owner may send, in place of the catalogue's limits; empty = as many as it likes.
    package let limits: [RateLimit]?
    package let afterDeadLetter: AfterDeadLetter
    package let incoming: Incoming

    /// What the app's own requests to the gateway are checked with, sealed, newest first; two while they are rotated.
    package struct Incoming: Hashable, Sendable {
        /// Bearer tokens of the trigger endpoint.
        package var tokens: [SealedText]
        /// Secrets of the vendor's own webhooks.
        package var webhookSecrets: [SealedText]

        package init(tokens: [SealedText] = [], webhookSecrets: [SealedText] = []) {
            self.tokens = tokens
            self.webhookSecrets = webhookSecrets
        }
    }

    /// What the vendor's own API needs.
    package struct API: Hashable, Sendable {
        /// Which protocol is spoken where the catalogue has both; nil = the API, where there are credentials.
        package var channel: ActionDefinition.Channel?
        /// By name, sealed.
        package var credentials: [String: SealedText]
        package var settings: [String: String]
        /// Scheme, host and perhaps a path, in place of the vendor's own: a test instance, a proxy.
        package var base: String?
        /// Where tokens are refreshed, in place of the vendor's own.
        package var tokenURL: String?

        package init(
            channel: ActionDefinition.Channel? = nil, credentials: [String: SealedText] = [:],
            settings: [String: String] = [:], base: String? = nil, tokenURL: String? = nil
        ) {
            self.channel = channel
            self.credentials = credentials
            self.settings = settings
            self.base = base
            self.tokenURL = tokenURL
        }
    }

    /// What becomes of the runs behind one that ends in a dead letter.
    package enum AfterDeadLetter: String, Hashable, Sendable, CaseIterable {
        /// They go on.
        case `continue`
        /// They wait until the letter is replayed, and then for its copy, or discarded.
        case hold
    }

    package init(
        connector: String, store: String?, endpoint: String?, secrets: [SealedText], api: API = API(),
        limits: [RateLimit]? = nil, afterDeadLetter: AfterDeadLetter = .continue,
        incoming: Incoming = Incoming()
    ) {
        self.connector = connector
        self.store = store
        self.endpoint = endpoint
        self.secrets = secrets
        self.api = api
        self.limits = limits
        self.afterDeadLetter = afterDeadLetter
        self.incoming = incoming
    }

    package var id: String { "\(connector)@\(store ?? "*")" }

    /// Connectors whose credentials belong to Sluice in the store, so that changing them needs Sluice there
    /// (the seed's rule 6).
    package static let ownedBySluice: Set<String> = ["asana", "google-sheets", "slack", "trello"]

    /// Which protocol an action goes by: the vendor's API, unless it has none, the connection says otherwise, or it has
    /// nothing but an endpoint.
    package func channel(of action: ActionDefinition) -> ActionDefinition.Channel {
        guard action.delivery.channel == .vendorAPI else { return .flowAction }
        return api.channel ?? (api.credentials.isEmpty && endpoint != nil ? .flowAction : .vendorAPI)
    }

    /// The same with everything sealed again.
    package func resealed<Failure: Error>(_ seal: (SealedText) throws(Failure) -> SealedText) throws(Failure)
        -> Connection
    {
        var secrets: [SealedText] = []
        for text in self.secrets { secrets.append(try seal(text)) }
        var api = api
        for (name, text) in api.credentials { api.credentials[name] = try seal(text) }
        var incoming = Incoming()
        for text in self.incoming.tokens { incoming.tokens.append(try seal(text)) }
        for text in self.incoming.webhookSecrets { incoming.webhookSecrets.append(try seal(text)) }
        return Connection(
            connector: connector, store: store, endpoint: endpoint, secrets: secrets, api: api,
            limits: limits, afterDeadLetter: afterDeadLetter, incoming: incoming)
    }

    /// The same with other credentials, settings and secrets.
    package func with(api: API, secrets: [SealedText], incoming: Incoming) -> Connection {
        Connection(
            connector: connector, store: store, endpoint: endpoint, secrets: secrets, api: api,
            limits: limits, afterDeadLetter: afterDeadLetter, incoming: incoming)
    }

    /// All that is sealed in it.
    package var sealed: [SealedText] {
        secrets + api.credentials.values + incoming.tokens + incoming.webhookSecrets
    }
}

/// Text that only holders of a key can read, as it rests in the registry.
package struct SealedText: Hashable, Sendable {
    /// Which key opens it.
    package let keyID: String
    /// Nonce, ciphertext and tag, base64.
    package let sealed: String

    package init(keyID: String, sealed: String) {
        self.keyID = keyID
        self.sealed = sealed
    }
}
