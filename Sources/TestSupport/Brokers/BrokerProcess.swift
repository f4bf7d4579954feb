// How each stand-in broker is started, found ready and stopped.

/// A stand-in broker's program, running on a port and a directory of its own.
struct BrokerProcess: Sendable {
    let kind: Broker.Kind
    /// Where the program listens; clients of Tansu go through the proxy.
    let port: Int
    let proxy: TCPFaultProxy?
    let directory: TemporaryDirectory
    let child: ChildProcess

    private static let startLimit = Duration.seconds(20)

    /// Starts a program of `kind` on a fresh directory, and returns when it answers.
    static func start(_ kind: Broker.Kind) async throws -> BrokerProcess {
        let port = try await LoopbackPort.free()
        let proxy =
            kind == .tansu
            ? try await TCPFaultProxy.start(
                targetPort: port, answersApiVersionsV3: true, keepsKafkaClients: true) : nil
        let directory = try TemporaryDirectory(named: "sluice-\(kind.rawValue)")
        return try await start(kind, port: port, proxy: proxy, directory: directory)
    }

    /// Starts it again after its end, on the same port and data.
    func startAgain() async throws -> BrokerProcess {
        try await Self.start(kind, port: port, proxy: proxy, directory: directory)
    }

    private static func start(
        _ kind: Broker.Kind, port: Int, proxy: TCPFaultProxy?, directory: TemporaryDirectory
    ) async throws -> BrokerProcess {
        let child = try await ChildProcess.start(
            Broker.programPath(of: kind),
            arguments: arguments(
                kind, port: port, advertised: proxy?.port ?? port, directory: directory.path),
            environment: ["HOME": directory.path],
            directory: directory.path)
        try await awaitReady(child, kind: kind, port: port)
        return BrokerProcess(kind: kind, port: port, proxy: proxy, directory: directory, child: child)
    }

    private static func arguments(
        _ kind: Broker.Kind, port: Int, advertised: Int, directory: String
    ) -> [String] {
        switch kind {
        case .noidaDB:
            ["start", "--only", "kafka", "--kafka-port", "\(port)", "--data-dir", "\(directory)/data"]
        case .tansu:
            [
                "broker",
                "--listener-url", "tcp://127.0.0.1:\(port)",
                "--advertised-listener-url", "tcp://127.0.0.1:\(advertised)",
                "--storage-engine", "memory://sluice/",
            ]
        case .external:
            []
        }
    }

    /// Ready: it answers, and the child lives, so that the answer is not another program's on the same port.
    private static func awaitReady(_ child: ChildProcess, kind: Broker.Kind, port: Int) async throws {
        try await eventually("the first answer of \(kind.rawValue) on port \(port)", within: startLimit) {
            let answers = await KafkaProbe.answers(port: port)
            guard child.isRunning else {
                throw TestSupportError.endedEarly(
                    program: kind.rawValue, status: try await child.wait(within: startLimit),
                    awaited: "its first answer on port \(port)", lastLines: child.lines.suffix(20))
            }
            return answers
        }
    }
}
