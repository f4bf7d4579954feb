import Flow
import Logging
import Registry

/// Opens what a store's requests are checked with.
struct IncomingSecrets: Sendable {
    let box: SecretBox
    let logger: Logger

    /// Of the store's own connection; where that has none, of the connector's default one.
    ///
    /// - Returns: newest first; empty where there are none.
    /// - Throws: 503, where this process lacks the key that sealed them.
    func open(
        _ kind: KeyPath<Connection.Incoming, [SealedText]>, of connector: String, store: String,
        in directory: Directory
    ) throws(Problem) -> [String] {
        for id in ["\(connector)@\(store)", "\(connector)@*"] {
            guard let sealed = directory.connections[id]?.incoming[keyPath: kind], !sealed.isEmpty else {
                continue
            }
            var opened: [String] = []
            do throws(RegistryError) {
                for text in sealed { opened.append(try box.open(text, for: id)) }
            } catch {
                logger.error(
                    "request refused: a secret can't be opened",
                    metadata: [
                        GatewayLogKeys.connector: "\(connector)", GatewayLogKeys.store: "\(store)",
                        GatewayLogKeys.error: "\(error)",
                    ])
                throw .unavailable(
                    "the gateway can't open the secrets of the connection \(id)",
                    do: "give it the key that sealed them (SLUICE_SECRETS_KEYS)", retryAfter: 60)
            }
            return opened
        }
        return []
    }
}
