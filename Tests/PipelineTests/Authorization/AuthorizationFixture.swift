import Connectors
import Flow
import Liquid
import Logging
import Registry
import Synchronization
import TestSupport
import Workers

@testable import Pipeline

/// Authorizers of several processes, the registry that they share, and a token endpoint.
struct AuthorizationFixture: Sendable {
    let store = MemoryAuthorizations()
    let endpoint = TokenEndpoint()
    let box: SecretBox

    init() throws {
        box = try SecretBox(keys: SecretBox.generateKey())
        endpoint.noteWritten = { [store, box] token in
            store.tokens(opening: box).contains(token)
        }
    }

    func authorizer(_ instance: String = "sender-0", patience: Duration = .seconds(30)) -> Authorizer {
        Authorizer(
            store: store, box: box, transport: endpoint, clock: SenderClock(), timeout: .seconds(1),
            instance: instance, patience: patience,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static let way = CredentialWay(
        kind: .oauth2, credentials: [], tokenURL: "https://vendor.example/token", scopes: ["write"])

    static func connection(_ refreshToken: String = "r0", access: String? = nil) -> OpenedConnection {
        var credentials = ["refresh_token": refreshToken, "client_id": "c", "client_secret": "s"]
        credentials["access_token"] = access
        return OpenedConnection(
            id: "slack@a.example", version: 1, way: way, credentials: credentials, tokenURL: nil)
    }
}

extension Authorizer.Granted {
    var token: String? {
        if case .credentials(let credentials) = self { credentials.accessToken } else { nil }
    }

    var refusal: String? {
        if case .setback(.refused(let reason)) = self { reason } else { nil }
    }

    /// Why nothing could be sent to the vendor at all.
    var unusable: String? {
        if case .setback(.unusable(let reason)) = self { reason } else { nil }
    }

    var isLater: Bool {
        if case .setback(.later) = self { true } else { false }
    }
}

/// The registry's rule without Kafka: the first who writes a version wins.
final class MemoryAuthorizations: AuthorizationStore {
    private struct State {
        var authorization: Authorization?
        var version = 0
        var failures = 0
        var written: [Authorization] = []
    }

    private let state = Mutex(State())
    private let changes = ChangeSignal()

    var written: [Authorization] { state.withLock { $0.written } }

    /// So many of the next writes fail as if no broker answered.
    func fail(_ count: Int) { state.withLock { $0.failures = count } }

    func set(_ authorization: Authorization) {
        state.withLock {
            $0.authorization = authorization
            $0.version += 1
        }
        changes.changed()
    }

    func tokens(opening box: SecretBox) -> [String] {
        guard let sealed = state.withLock({ $0.authorization?.tokens }),
            let text = try? box.open(sealed, for: "slack@a.example"), let json = try? JSONParser.parse(text)
        else { return [] }
        return [json["access_token"], json["refresh_token"]].compactMap { $0?.stringValue }
    }

    func current(_ connection: String) -> (authorization: Authorization?, version: Int) {
        state.withLock { ($0.authorization, $0.version) }
    }

    func version(ofConnection id: String) -> Int { 1 }

    func write(_ authorization: Authorization, after version: Int) async throws -> Bool {
        await Task.yield()
        let won = try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw AuthorizationNotWritten(reason: "no broker")
            }
            guard state.version == version else { return false }
            state.authorization = authorization
            state.version += 1
            state.written.append(authorization)
            return true
        }
        changes.changed()
        return won
    }

    func change(of connection: String, from version: Int, within limit: Duration) async {
        _ = await changes.wait(within: limit) { self.current(connection).version != version }
    }
}

/// A token endpoint whose refresh tokens are good for one use.
final class TokenEndpoint: ActionTransport {
    private struct State {
        var good = "r0"
        var count = 0
        var answers: [VendorAnswer] = []
        var bodies: [String] = []
        var requests: [VendorRequest] = []
    }

    private let state = Mutex(State())
    private let check = Mutex<(@Sendable (String) -> Bool)?>(nil)

    /// Whether a token is in the registry.
    var noteWritten: (@Sendable (String) -> Bool)? {
        get { check.withLock { $0 } }
        set { check.withLock { $0 = newValue } }
    }

    var count: Int { state.withLock { $0.count } }
    var requests: [VendorRequest] { state.withLock { $0.requests } }

    /// What is answered before it works again.
    func answer(_ answers: [VendorAnswer]) { state.withLock { $0.answers = answers } }

    func send(_ request: VendorRequest) async -> VendorAnswer {
        await Task.yield()
        return state.withLock { state in
            state.requests.append(request)
            if !state.answers.isEmpty { return state.answers.removeFirst() }
            let form = String(decoding: request.body, as: UTF8.self)
            let isAssertion = form.contains("assertion=")
            guard isAssertion || form.contains("refresh_token=\(state.good)") else {
                return Self.json(400, ["error": "invalid_grant"])
            }
            state.count += 1
            state.good = "r\(state.count)"
            return Self.json(
                200,
                [
                    "access_token": .string("a\(state.count)"), "refresh_token": .string(state.good),
                    "expires_in": 3_600,
                ])
        }
    }

    static func json(_ status: Int, _ body: JSON) -> VendorAnswer {
        .response(VendorResponse(status: status, body: body.jsonBytes))
    }
}
