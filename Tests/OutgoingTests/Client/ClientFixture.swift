import Testing

@testable import Outgoing

/// A client for one test, closed at its end.
enum ClientFixture {
    /// For what has to happen; a limit that is reached is a failure.
    static let long = Duration.seconds(20)

    static func run(
        _ change: (inout HTTPClientConfiguration) -> Void = { _ in },
        resolver: (any HostResolver)? = nil, _ body: (HTTPClient) async throws -> Void
    ) async throws {
        var configuration = HTTPClientConfiguration(concurrency: 16)
        configuration.policy = .loopback
        change(&configuration)
        let client =
            if let resolver {
                try HTTPClient(configuration, resolver: resolver)
            } else {
                try HTTPClient(configuration)
            }
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}

extension HTTPClient {
    func get(_ url: String, timeout: Duration = ClientFixture.long) async -> Result<HTTPAnswer, HTTPFault> {
        await send(HTTPRequest(method: "GET", url: url, timeout: timeout))
    }

    func post(_ url: String, _ body: String = "hello", timeout: Duration = ClientFixture.long) async
        -> Result<HTTPAnswer, HTTPFault>
    {
        await send(HTTPRequest(method: "POST", url: url, body: Array(body.utf8), timeout: timeout))
    }
}

extension Result<HTTPAnswer, HTTPFault> {
    var status: Int? { try? get().status }

    var text: String? { (try? get()).map { String(decoding: $0.body, as: UTF8.self) } }

    var fault: HTTPFault? {
        if case .failure(let fault) = self { fault } else { nil }
    }
}
