import Flow
import Testing

@testable import Connectors

/// A vendor's request as its documentation shows it, with values of our own, and the event that it means.
struct WebhookSample: CustomTestStringConvertible {
    let connector: String
    var headers: [(name: String, value: String)] = []
    var parameters: [String: String] = [:]
    let body: String
    let trigger: String
    let id: String
    var time: String?
    let payload: JSON

    var testDescription: String { "\(connector)/\(trigger)" }

    static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    /// 2026-11-24T09:30:00Z
    static let now: Int64 = 1_795_512_600

    /// The request, proven as its vendor does it.
    func message(
        secret: String = secret, signedAt time: Int64 = now, body: String? = nil, headers others: Bool = true
    ) throws -> WebhookMessage {
        let webhook = try #require(VendorWebhooks.webhook(of: connector))
        let bytes = Array((body ?? self.body).utf8)
        var headers = others ? headers : []
        var token: String?
        switch webhook.proof {
        case .signedBody(let name):
            headers.append((name, FlowSignature.make(body: bytes, secret: Array(secret.utf8))))
        case .sharedSecret(let names): headers.append((names[0], secret))
        case .standardWebhooks:
            let key = try #require(StandardWebhook.key(of: secret))
            headers += [
                ("webhook-id", "msg_1"), ("webhook-timestamp", "\(time)"),
                (
                    "webhook-signature",
                    WebhookSignature.make(id: "msg_1", timestamp: time, body: bytes, secrets: [key])
                ),
            ]
        case .pathToken: token = secret
        }
        return WebhookMessage(headers: headers, parameters: parameters, pathToken: token, body: bytes)
    }

    func fault(of message: WebhookMessage, secrets: [String] = [secret]) throws -> WebhookFault? {
        try #require(VendorWebhooks.webhook(of: connector))
            .proof.fault(in: message, secrets: secrets, now: Self.now)
    }

    private static let catalogue = Result { try Catalogue.builtIn() }

    /// Read once: it takes long.
    static func definition(of connector: String) throws -> ConnectorDefinition {
        try #require(try catalogue.get()[connector])
    }

    func read(_ message: WebhookMessage) throws -> WebhookReading {
        let definition = try Self.definition(of: connector)
        return try #require(VendorWebhooks.webhook(of: connector)).read(message, as: definition)
    }
}
