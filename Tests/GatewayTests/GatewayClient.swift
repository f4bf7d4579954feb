import Flow
import Liquid
import NIOCore
import NIOPosix
import Testing

/// What a gateway answered.
struct GatewayReply: Sendable {
    /// Nil where nothing came.
    let status: Int?
    /// Names in lower case.
    let headers: [String: String]
    let text: String

    init(_ answer: String) {
        // Swift takes CR LF for one character, so the lines are split at that.
        let end = answer.firstRange(of: "\r\n\r\n")
        let head = end.map { answer[..<$0.lowerBound] }
        text = end.map { String(answer[$0.upperBound...]) } ?? ""
        let lines = head?.split(separator: "\r\n") ?? []
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        headers = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    var json: JSON { (try? JSONParser.parse(text)) ?? .null }
}

/// Sends one request per connection to a gateway on this machine.
struct GatewayClient: Sendable {
    let port: Int

    func post(_ path: String, _ headers: [(String, String)] = [], body: String) async throws -> GatewayReply {
        try await send("POST", path, headers, body: Array(body.utf8))
    }

    /// An event of LoyaltyLion with a token.
    func event(
        _ body: String = #"{"customer_id": 77, "tierName": "Gold"}"#,
        store: String = GatewayFixture.store, trigger: String = "loyaltylion/moved-up-tier",
        token: String? = GatewayFixture.token, headers: [(String, String)] = []
    ) async throws -> GatewayReply {
        try await post(
            "/v1/stores/\(store)/triggers/\(trigger)",
            (token.map { [("Authorization", "Bearer \($0)")] } ?? []) + headers, body: body)
    }

    /// A GraphQL document, as an app sends it to Shopify's Admin API.
    ///
    /// - Parameter path: behind the base URL.
    func graphQL(
        _ document: String, _ variables: JSON = [:], operation: String? = nil,
        base: String = "/v1/stores/\(GatewayFixture.store)", path: String = "/admin/api/2026-10/graphql.json",
        host: String = "gateway.test", token: String? = GatewayFixture.token, headers: [(String, String)] = []
    ) async throws -> GatewayReply {
        let body: JSON = .compact([
            "query": .string(document), "variables": variables,
            "operationName": operation.map { .string($0) },
        ])
        let own =
            [("Content-Type", "application/json")] + (token.map { [("X-Shopify-Access-Token", $0)] } ?? [])
        return try await send("POST", base + path, own + headers, body: body.jsonBytes, host: host)
    }

    func get(_ path: String) async throws -> GatewayReply { try await send("GET", path, [], body: []) }

    func send(
        _ method: String, _ path: String, _ headers: [(String, String)], body: [UInt8],
        host: String = "gateway.test"
    ) async throws -> GatewayReply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        head += "Content-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return GatewayReply(try await exchange(Array(head.utf8) + Array("\r\n".utf8) + body))
    }

    /// Sends bytes and returns all that comes until the gateway closes.
    func exchange(_ bytes: [UInt8], whenSent: @Sendable () async throws -> Void = {}) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            try await whenSent()
            var answer = ByteBuffer()
            do {
                for try await part in inbound { answer.writeImmutableBuffer(part) }
            } catch is IOError {
                // A connection that is reset has ended, too.
            }
            return String(buffer: answer)
        }
    }
}
