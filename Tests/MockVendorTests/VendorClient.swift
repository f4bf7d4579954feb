// A client that shows what really happens on the wire: raw bytes out, raw bytes in, until the connection ends.

import Connectors
import Flow
import Liquid
import Logging
import MockVendor
import NIOCore
import NIOPosix

/// What came back before the vendor closed the connection.
struct RawAnswer: Sendable {
    /// Nil where nothing came.
    let status: Int?
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    init(_ text: String) {
        // Swift takes CR LF for one character, so the lines are split at that.
        let head = text.firstRange(of: "\r\n\r\n").map { text[..<$0.lowerBound] }
        body = text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
        let lines = head?.split(separator: "\r\n") ?? []
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(), line[line.index(after: colon)...].drop { $0 == " " }.description
            )
        }
        headers = Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }
}

/// Sends one request per connection to a vendor on this machine.
struct VendorClient {
    let port: Int
    var secret: [UInt8]?

    /// An action run as Flow sends it, signed where there is a secret.
    func run(
        _ runID: String, action: String = "slack/send-message", store: String = "tea-house.myshopify.com",
        properties: JSON = [:], hangUp: Bool = false
    ) async throws -> RawAnswer {
        let body = Self.body(runID, action: action, store: store, properties: properties)
        let headers =
            secret.map { [(FlowSignature.header, FlowSignature.make(body: body, secret: $0))] } ?? []
        let connector = action.prefix { $0 != "/" }
        return try await send("POST", "/flow/\(connector)", headers: headers, body: body, hangUp: hangUp)
    }

    static func body(_ runID: String, action: String, store: String, properties: JSON) -> [UInt8] {
        let handle = action.drop { $0 != "/" }.dropFirst()
        let members: JSON = [
            "shop_id": 41_230_077, "shopify_domain": .string(store), "action_run_id": .string(runID),
            "action_definition_id": .string(String(handle)), "handle": .string(String(handle)),
            "properties": properties,
        ]
        return members.jsonBytes
    }

    /// - Parameter hangUp: closes the client's side after the request, as one that has given up.
    func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
        hangUp: Bool = false
    ) async throws -> RawAnswer {
        var request = "\(method) \(path) HTTP/1.1\r\nHost: vendor.test\r\nConnection: close\r\n"
        request += "Content-Length: \(body.count)\r\n"
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        return RawAnswer(try await exchange(Array(request.utf8) + Array("\r\n".utf8) + body, hangUp: hangUp))
    }

    /// Sends bytes and returns all that comes until the vendor closes.
    func exchange(
        _ bytes: [UInt8], hangUp: Bool = false, whenSent: @Sendable () -> Void = {}
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if hangUp { outbound.finish() }
            whenSent()
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

let quietLogger = Logger(label: "mock-vendor.tests") { _ in SwiftLogNoOpLogHandler() }

/// Runs a vendor with a script and calls `body` with a client of it.
func withVendor<Result: Sendable>(
    _ script: String = "default: [ok]", settings: MockVendorConfiguration = MockVendorConfiguration(),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (MockVendor, VendorClient) async throws -> Result
) async throws -> Result {
    var configuration = settings
    configuration.script = try VendorScript.parse(script)
    return try await withMockVendor(configuration, logger: quietLogger) { vendor, port in
        try await body(vendor, VendorClient(port: port))
    }
}
