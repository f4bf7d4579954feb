// A scripted receiver that answers as Flow's apps and as the vendors' public APIs do. It ships with the product (`sluice
// mock-vendor`, `sluice dev`) and is the vendor of all tests. What it answers is in Script/, what it remembers in Log/,
// HTTP in Receiving/; what is special to public APIs in Vendors/, to access tokens in Tokens/. It doesn't know the
// catalogue: by Flow's protocol any connector and handle will do.

import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One mock vendor: a service that listens until it is stopped.
///
///     POST   /flow/{connector}[/…]      an action run; answered by the script
///     any    /api/{connector}/…         a call of the vendor's public API, whose base ends with the connector; answered as
///                                       its documentation (`Apps/<id>/api.yaml`) and the script say
///     POST   /oauth/{connector}/token   gives access tokens for refresh tokens, each good once, and for signed JWTs
///     GET    /log?after=N&limit=M       what arrived, in order
///     GET    /stats                     totals per action
///     DELETE /log                       forget entries, totals and attempts
///     PUT    /script                    a new script, YAML or JSON
///     GET    /healthz
///
/// At a public API the header `Idempotency-Key` is the action run's id. The action itself is not in such a request: the log
/// has its handle where one action alone makes the call, and else `call:<name>`; see ``DocumentedCall/handle``.
package final class MockVendor: Service {
    package let log: DeliveryLog
    private let configuration: MockVendorConfiguration
    private let currentScript: CurrentScript
    private let replicas: VendorReplicas
    private let file: LogFile?
    private let connections = OpenConnections()
    private let logger: Logger
    private let boundPort: EventLoopPromise<Int>

    /// Checks the settings and opens the log file; it listens when it is run.
    package init(_ configuration: MockVendorConfiguration, logger: Logger) throws(MockVendorError) {
        try configuration.validate()
        file = if let path = configuration.logFile { try LogFile(path: path) } else { nil }
        log = DeliveryLog(
            entryLimit: configuration.logEntryLimit, byteLimit: configuration.logByteLimit,
            runLimit: configuration.runLimit, keepsLines: file != nil,
            newsLimit: configuration.newsLimit)
        currentScript = CurrentScript(configuration.script)
        replicas = configuration.replicas ?? .builtIn
        self.configuration = configuration
        self.logger = logger
        // Last, because a promise that an init leaves behind when it throws is never kept.
        boundPort = MultiThreadedEventLoopGroup.singleton.any().makePromise()
    }

    deinit {
        // A promise may not be left open; one that is kept already stays as it is.
        boundPort.fail(MockVendorError.neverListened)
    }

    /// What is answered from the next request on; attempts go on counting.
    package var script: VendorScript {
        get { currentScript.value }
        set { currentScript.value = newValue }
    }

    /// Which actions `PUT /script` takes, where others are known than those that ship with the program.
    package func compareScripts(with names: @escaping @Sendable () -> ScriptNames?) {
        currentScript.compare(with: names)
    }

    /// The port it listens on, as soon as it does.
    ///
    /// - Throws: MockVendorError where it can't listen or was stopped before.
    package var port: Int {
        get async throws { try await boundPort.futureResult.get() }
    }

    /// The endpoint of a connector: `http://127.0.0.1:49152/flow/slack`.
    package func endpoint(of connector: String) async throws -> String {
        "\(try await origin)/flow/\(connector)"
    }

    /// The base of a vendor's public API: `http://127.0.0.1:49152/api/slack`.
    package func apiBase(of connector: String) async throws -> String {
        "\(try await origin)/api/\(connector)"
    }

    /// Where its tokens are refreshed: `http://127.0.0.1:49152/oauth/slack/token`.
    package func tokenURL(of connector: String) async throws -> String {
        "\(try await origin)/oauth/\(connector)/token"
    }

    private var origin: String {
        get async throws {
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            return "http://\(host):\(try await port)"
        }
    }

    package func run() async throws {
        defer { boundPort.fail(MockVendorError.neverListened) }
        for fault in replicas.faults {
            logger.warning("public API not played", metadata: [VendorLogKeys.error: "\(fault)"])
        }
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: { [connections, configuration] in
                connections.closeSilent()
                MultiThreadedEventLoopGroup.singleton.any().scheduleTask(
                    in: TimeAmount(configuration.drainLimit)
                ) {
                    connections.closeAll()
                }
            }
        } catch let error as IOError {
            throw cannotListen("\(error)")
        } catch let error as SocketAddressError {
            throw cannotListen("\(error)")
        }
    }

    private func cannotListen(_ reason: String) -> MockVendorError {
        let error = MockVendorError.cannotListen(
            host: configuration.host, port: configuration.port, reason: reason)
        boundPort.fail(error)
        return error
    }

    private var application: some ApplicationProtocol {
        Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionHandler(reportingTo: self.connections)])),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024),
            onServerRunning: { [boundPort, configuration, logger] channel in
                let port = channel.localAddress?.port ?? configuration.port
                logger.info(
                    "mock vendor listens",
                    metadata: [VendorLogKeys.host: "\(configuration.host)", VendorLogKeys.port: "\(port)"])
                boundPort.succeed(port)
            },
            logger: logger)
    }

    private var router: Router<VendorRequestContext> {
        let performer = AnswerPerformer(
            log: log, file: file, connections: connections, silenceLimit: configuration.silenceLimit,
            now: configuration.now)
        let endpoint = ActionEndpoint(
            secrets: configuration.secrets, script: currentScript, performer: performer)
        let tokens = TokenEndpoint(
            script: currentScript, performer: performer, lifetime: configuration.tokenLifetime)
        let router = Router(context: VendorRequestContext.self)
        router.add(
            middleware: VendorEndpoint(replicas: replicas, script: currentScript, performer: performer))
        router.post("/flow/{connector}") { try await endpoint.receive($0, context: $1) }
        router.post("/flow/{connector}/**") { try await endpoint.receive($0, context: $1) }
        router.post("/oauth/{connector}/token") { try await tokens.receive($0, context: $1) }
        ControlRoutes(script: currentScript, log: log).add(to: router)
        return router
    }
}
