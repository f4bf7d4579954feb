import Flow
import Logging
import Registry

/// Opens what a store's requests are checked with.
struct IncomingSecrets: Sendable {
    let box: SecretBox
    let logger: Logger
    private let digests = TokenDigests()

    init(box: SecretBox, logger: Logger) {
        self.box = box
        self.logger = logger
    }

    /// Of the store's own connection; where that has none, of the connector's default one.
    ///
    /// - Returns: newest first; empty where there are none.
    /// - Throws: 503, where this process lacks the key that sealed them.
    func open(
        _ kind: KeyPath<Connection.Incoming, [SealedText]>, of connector: String, store: String,
        in directory: Directory
    ) throws(Problem) -> [String] {
        guard let (id, sealed) = Self.sealed(kind, connector, store, directory) else { return [] }
        var opened: [String] = []
        do throws(RegistryError) {
            for text in sealed { opened.append(try box.open(text, for: id)) }
        } catch {
            note(error, id)
            throw .unavailable(
                "the gateway can't open the secrets of the connection \(id)", do: Self.remedy, retryAfter: 60)
        }
        return opened
    }

    /// The connectors that a token is of, for a store. It is compared with all tokens that it could be, and each takes
    /// the same time.
    ///
    /// - Throws: 503, where it is none of those that could be opened, and others could not.
    func speakers(_ token: String, store: String, in directory: Directory) throws(Problem)
        -> [ConnectorDefinition]
    {
        let given = TokenDigests.digest(of: token)
        var speakers: [ConnectorDefinition] = []
        var isComplete = true
        for connector in directory.catalogue.connectors where !connector.triggers.isEmpty {
            guard let (id, sealed) = Self.sealed(\.tokens, connector.id, store, directory) else { continue }
            var isSpeaker = false
            for text in sealed {
                let digest = digests.digest(of: text, for: id, in: box) { note($0, id) }
                guard let digest else {
                    isComplete = false
                    continue
                }
                let matches = digest == given
                isSpeaker = matches || isSpeaker
            }
            if isSpeaker { speakers.append(connector) }
        }
        guard isComplete || !speakers.isEmpty else {
            throw .unavailable(
                "the gateway can't open all tokens that this may be", do: Self.remedy, retryAfter: 60)
        }
        return speakers
    }

    private static let remedy = "give it the key that sealed them (SLUICE_SECRETS_KEYS)"

    /// The connection that counts, and what it has.
    private static func sealed(
        _ kind: KeyPath<Connection.Incoming, [SealedText]>, _ connector: String, _ store: String,
        _ directory: Directory
    ) -> (connection: String, texts: [SealedText])? {
        for id in ["\(connector)@\(store)", "\(connector)@*"] {
            if let texts = directory.connections[id]?.incoming[keyPath: kind], !texts.isEmpty {
                return (id, texts)
            }
        }
        return nil
    }

    private func note(_ error: RegistryError, _ connection: String) {
        logger.error(
            "a secret can't be opened: requests of its connection are refused",
            metadata: [
                GatewayLogKeys.connection: "\(connection)", GatewayLogKeys.error: "\(error)",
            ])
    }
}
