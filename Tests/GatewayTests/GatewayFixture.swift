import Connectors
import Flow
import Foundation
import Hummingbird
import Logging
import NIOCore
import Pipeline
import Registry
import ServiceLifecycle
import Synchronization
import Testing

@testable import Gateway

/// A gateway's routes on a port of this machine, with a registry of its own and nothing behind it: what it would write
/// is kept.
final class GatewayFixture: Sendable {
    static let store = "tea-house.myshopify.com"
    static let token = "an-ingest-token-of-now"
    static let oldToken = "an-ingest-token-of-before"
    /// Of two connectors, which is an operator's fault.
    static let sharedToken = "the-token-of-two-connectors"
    static let secret = "a-webhook-secret"
    /// 2026-11-24T09:30:00Z
    static let now: Int64 = 1_795_512_600
    static let manifest = """
        { kind: organization, id: tea }
        ---
        { kind: store, domain: \(store), organization: tea, apps: [loyaltylion, reviews-io, parcel-panel] }
        ---
        { kind: store, domain: bare.myshopify.com, organization: tea }
        ---
        kind: connection
        connector: loyaltylion
        store: \(store)
        ingest_token: \(token)
        previous_ingest_token: \(oldToken)
        webhook_secret: \(secret)
        ---
        { kind: connection, connector: loyaltylion, ingest_token: the-token-of-every-store }
        ---
        kind: connection
        connector: reviews-io
        webhook_secret: "a token/with signs"
        ingest_token: the-token-of-reviews-io
        ---
        { kind: connection, connector: parcel-panel, webhook_secret: \(secret), ingest_token: \(sharedToken) }
        ---
        { kind: connection, connector: loox, ingest_token: \(sharedToken) }
        ---
        kind: workflow
        id: gift
        store: \(store)
        trigger: loyaltylion/birthday-today
        conditions: { field: trigger.customer_id, is: "==", value: 77 }
        steps: [{ id: a, action: loyaltylion/change-tier, inputs: { customer_id: "77", tierId: gold } }]
        ---
        kind: workflow
        id: other-gift
        store: \(store)
        trigger: loyaltylion/birthday-today
        conditions: { field: trigger.customer_id, is: "==", value: 78 }
        steps: [{ id: a, action: loyaltylion/change-tier, inputs: { customer_id: "77", tierId: gold } }]
        ---
        { kind: connection, connector: okendo, store: \(store), webhook_secret: "no base64, so of no use" }
        """

    private struct State {
        var records: [WireRecord] = []
        var fault: IntakeFault?
        var isRead = true
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    let box: SecretBox
    let directory: Directory
    private let requestLimit: Int
    let unproven = UnprovenBodies(limit: 2)

    private static let catalogue = Result { try Catalogue.builtIn() }

    private init(requestLimit: Int, box: SecretBox?) throws {
        self.requestLimit = requestLimit
        let sealing = try SecretBox(keys: SecretBox.generateKey())
        self.box = box ?? sealing
        let catalogue = try Self.catalogue.get()
        var directory = Directory(builtIn: catalogue)
        let manifest = try Manifest(yaml: Self.manifest, file: "m.yaml", variables: [:])
        let plan = try manifest.plan(
            against: directory, catalogue: catalogue, options: ManifestOptions(secretBox: sealing))
        for change in plan.changes {
            directory.apply(
                RegistryEntry(
                    kind: change.kind, id: change.id, version: change.expectedVersion + 1, nonce: "n",
                    body: change.body))
        }
        self.directory = directory
    }

    var records: [WireRecord] { state.withLock { $0.records } }

    func set(fault: IntakeFault?) { state.withLock { $0.fault = fault } }
    func set(isRead: Bool) { state.withLock { $0.isRead = isRead } }

    /// Writes wait from now on.
    func hold() { state.withLock { $0.isHolding = true } }

    func letGo() {
        let held = state.withLock { state in
            defer { (state.isHolding, state.held) = (false, []) }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    var heldCount: Int { state.withLock { $0.held.count } }

    private func write(_ records: [WireRecord]) async throws(IntakeFault) -> [RecordPlace?] {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHolding { state.held.append(continuation) }
                return state.isHolding
            }
            if !isHeld { continuation.resume() }
        }
        let (fault, first) = state.withLock { state -> (IntakeFault?, Int) in
            let first = state.records.count
            if state.fault == nil { state.records += records }
            return (state.fault, first)
        }
        if let fault { throw fault }
        return records.enumerated().map { index, record in
            RecordPlace(topic: record.topic, partition: 1, offset: Int64(first + index))
        }
    }

    private var desk: EventDesk {
        EventDesk(
            topics: Topics(), secrets: IncomingSecrets(box: box, logger: Self.logger),
            places: Places(limit: requestLimit, shareLimit: max(1, requestLimit / 2)), unproven: unproven,
            payloadLimit: 2_000,
            logger: Self.logger, directory: { self.directory },
            write: { (records: [WireRecord]) async throws(IntakeFault) -> [RecordPlace?] in
                try await self.write(records)
            }, now: { Self.now })
    }

    static let logger = Logger(label: "gateway.tests") { _ in SwiftLogNoOpLogHandler() }

    /// - Parameter box: the keys that the gateway has, in place of those that sealed the secrets.
    static func run(
        requestLimit: Int = 16, box: SecretBox? = nil,
        _ body: @Sendable (GatewayFixture, GatewayClient) async throws -> Void
    ) async throws {
        let fixture = try GatewayFixture(requestLimit: requestLimit, box: box)
        let router = Gateway.router(
            fixture.desk, isRegistryRead: { fixture.state.withLock { $0.isRead } },
            fault: { fixture.state.withLock { $0.fault?.description } })
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let bound = try #require(await ports.first { _ in true })
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(fixture, GatewayClient(port: bound)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }
}
