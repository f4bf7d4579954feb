// The door for apps and vendors that speak HTTP. Requests are read and checked in Requests/, answered in Routes/; what
// vendors' webhooks mean is in Connectors/Webhooks/, and writing to Kafka is Pipeline/Ingest's.

import Flow
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Pipeline
import Registry
import ServiceLifecycle
import Foundation

/// The gateway role: takes trigger events and vendors' webhooks by HTTP and writes them to Kafka.
///
///     POST /v1/stores/{store}/triggers/{connector}/{trigger}
///     POST /v1/webhooks/{connector}/{store}[/{token}]
///     POST [/v1/stores/{store}]/admin/api/{version}/graphql.json
///     GET  /healthz, /readyz
///
/// It speaks plain HTTP; TLS is a proxy's in front of it.
package final class Gateway: Service, CustomStringConvertible {
    /// The lifecycle logs its services: the name will do.
    package var description: String { "Gateway" }

    private let configuration: GatewayConfiguration
    private let topics: Topics
    private let registry: RegistryReader
    private let box: SecretBox
    private let intake: EventIntake
    private let logger: Logger
    private let boundPort: EventLoopPromise<Int>

    /// - Parameter intake: closed when the service ends.
    package init(
        _ configuration: GatewayConfiguration, topics: Topics, registry: RegistryReader,
        secrets box: SecretBox, intake: EventIntake, logger: Logger
    ) {
        self.configuration = configuration
        self.topics = topics
        self.registry = registry
        self.box = box
        self.intake = intake
        self.logger = logger
        boundPort = MultiThreadedEventLoopGroup.singleton.any().makePromise()
    }

    deinit {
        // A promise may not be left open; one that is kept already stays as it is.
        boundPort.fail(GatewayError.neverListened)
    }

    /// The port it listens on, as soon as it does.
    ///
    /// - Throws: `GatewayError` where it can't listen or was stopped before.
    package var port: Int {
        get async throws { try await boundPort.futureResult.get() }
    }

    /// Listens until it is shut down: then the door closes first, requests under way are answered, and what was handed
    /// to Kafka is flushed.
    package func run() async throws {
        defer { boundPort.fail(GatewayError.neverListened) }
        let result: Result<Void, any Error>
        do {
            try await application.run()
            result = .success(())
        } catch let error as IOError {
            result = .failure(cannotListen("\(error)"))
        } catch let error as SocketAddressError {
            result = .failure(cannotListen("\(error)"))
        } catch {
            result = .failure(error)
        }
        await intake.close()
        try result.get()
    }

    private func cannotListen(_ reason: String) -> GatewayError {
        let error = GatewayError.cannotListen(
            host: configuration.host, port: configuration.port, reason: reason)
        boundPort.fail(error)
        return error
    }

    private var application: some ApplicationProtocol {
        Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(GatewayConfiguration.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionLimit, logger: logger)),
            onServerRunning: { [boundPort, configuration, logger] channel in
                let port = channel.localAddress?.port ?? configuration.port
                logger.info(
                    "gateway listens",
                    metadata: [
                        GatewayLogKeys.host: "\(configuration.host)", GatewayLogKeys.port: "\(port)",
                    ])
                boundPort.succeed(port)
            },
            logger: logger)
    }

    private var router: Router<GatewayRequestContext> {
        let places = Places(limit: configuration.requestLimit, shareLimit: configuration.shareLimit)
        let desk = EventDesk(
            topics: topics, secrets: IncomingSecrets(box: box, logger: logger),
            places: places, unproven: UnprovenBodies(limit: configuration.unprovenLimit),
            payloadLimit: configuration.payloadLimit, logger: logger,
            directory: { [registry] in registry.directory },
            write: { [intake] (records: [WireRecord]) async throws(IntakeFault) -> [RecordPlace?] in
                try await intake.write(records)
            },
            now: { Int64(Date().timeIntervalSince1970) })
        return Self.router(
            desk, isRegistryRead: { [registry] in registry.isReady },
            fault: { [intake] in await intake.fault() })
    }

    static func router(
        _ desk: EventDesk, isRegistryRead: @escaping @Sendable () -> Bool,
        fault: @escaping @Sendable () async -> String?
    ) -> Router<GatewayRequestContext> {
        let triggers = TriggerRoute(desk: desk)
        let webhooks = WebhookRoute(desk: desk)
        let admin = AdminRoute(desk: desk)
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: ProblemMiddleware(logger: desk.logger))
        HealthRoutes(isRegistryRead: isRegistryRead, fault: fault).add(to: router)
        /// A post, once there is a registry to look things up in; nothing else is done there.
        func post(
            _ path: RouterPath,
            _ receive: @escaping @Sendable (Request, GatewayRequestContext) async throws -> Answer
        ) {
            router.post(path) { request, context in
                guard isRegistryRead() else {
                    throw Problem.unavailable("the registry is not read yet", do: "send it again")
                }
                return try await receive(request, context).response
            }
            for method in [HTTPRequest.Method.get, .put, .patch, .delete] {
                router.on(path, method: method) { request, _ -> Response in
                    throw Problem.notAllowed(request.method.rawValue, allowed: "POST")
                }
            }
        }
        post("/v1/stores/{store}/triggers/{connector}/{trigger}") { try await triggers.receive($0, $1) }
        post("/v1/stores/{store}/admin/api/{version}/graphql.json") { try await admin.receive($0, $1) }
        post("/admin/api/{version}/graphql.json") { try await admin.receive($0, $1) }
        post("/v1/webhooks/{connector}/{store}") { try await webhooks.receive($0, $1) }
        post("/v1/webhooks/{connector}/{store}/{token}") { try await webhooks.receive($0, $1) }
        return router
    }
}
