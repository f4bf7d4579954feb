import NIOSSL
import TestSupport
import Testing

@testable import Outgoing

/// TLS, with an authority made for each test.
@Suite(.enabled(if: TestAuthority.isAvailable, "it needs openssl")) struct SecurityTests {
    private static func run(
        certificateFor names: String, isTrusted: Bool = true, days: Int = 1,
        script: @escaping ScriptedServer.Script = { _ in [.send(ScriptedServer.ok)] },
        _ body: (HTTPClient, ScriptedServer) async throws -> Void
    ) async throws {
        let authority = try await TestAuthority()
        let tls = try await authority.server(for: names, days: days)
        try await ScriptedServer.run(tls: tls, script) { server in
            try await ClientFixture.run(
                { if isTrusted { $0.trustedCertificates = [authority.certificatePath] } },
                resolver: FixedResolver(["127.0.0.1"])
            ) { try await body($0, server) }
        }
    }

    @Test func `a trusted certificate for the host is taken, by HTTP/1.1, and the connection is used again`()
        async throws
    {
        try await Self.run(certificateFor: "DNS:app.example") { client, server in
            for _ in 0..<3 { #expect(await client.post("https://app.example:\(server.port)/x").text == "ok") }
            #expect(server.accepted.count == 1)
            #expect(server.names.value == ["http/1.1"])
            #expect(
                server.requests.value.allSatisfy { $0.hasPrefix("POST /x HTTP/1.1\r\nHost: app.example:") })
        }
    }

    @Test(arguments: ["DNS:*.example", "IP:127.0.0.1,DNS:app.example"])
    func `a certificate with a wildcard, or with an address beside the name, is taken`(names: String)
        async throws
    {
        try await Self.run(certificateFor: names) { client, server in
            #expect(await client.post("https://app.example:\(server.port)/").text == "ok")
        }
    }

    @Test func `a certificate for the address is taken where the URL has an address`() async throws {
        try await Self.run(certificateFor: "IP:127.0.0.1") { client, server in
            #expect(await client.post("https://127.0.0.1:\(server.port)/").text == "ok")
        }
    }

    @Test(arguments: [
        ("DNS:other.example", true, "the certificate is for another host"),
        ("IP:127.0.0.1", true, "the certificate is for another host"),
        ("IP:127.0.0.1,DNS:other.example", true, "the certificate is for another host"),
        ("DNS:app.example", false, "the certificate can't be verified"),
    ]) func `a certificate that doesn't fit is refused before anything is sent`(
        names: String, isTrusted: Bool, reason: String
    ) async throws {
        try await Self.run(certificateFor: names, isTrusted: isTrusted) { client, server in
            let result = await client.post("https://app.example:\(server.port)/")
            #expect(result.fault == .insecure(reason))
            #expect(server.requests.value.isEmpty)
            try await server.ended.wait(within: ClientFixture.long)
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        try await Self.run(certificateFor: "DNS:app.example", days: 0) { client, server in
            let result = await client.post("https://app.example:\(server.port)/")
            #expect(result.fault == .insecure("the certificate can't be verified"))
        }
    }

    @Test func `a server that speaks no TLS, or is silent, is told`() async throws {
        try await ScriptedServer.run({ _ in [] }) { server in
            try await ClientFixture.run({ $0.connectTimeout = .milliseconds(200) }) { client in
                async let silent = client.post("https://127.0.0.1:\(server.port)/")
                #expect(await silent.fault == .notConnectedInTime)
                try await server.ended.wait(within: ClientFixture.long)
            }
            try await ClientFixture.run { client in
                async let garbled = client.post("https://127.0.0.1:\(server.port)/")
                try await server.accepted.wait(count: 2, within: ClientFixture.long)
                try await server.send("HTTP/1.1 400 Bad Request\r\n\r\n", on: 1)
                guard case .insecure = await garbled.fault else {
                    Issue.record("it was taken")
                    return
                }
            }
        }
    }

    @Test(arguments: [false, true]) func `a connection that ends within the handshake is told`(isReset: Bool)
        async throws
    {
        try await ScriptedServer.run({ _ in [] }) { server in
            try await ClientFixture.run { client in
                async let result = client.post("https://127.0.0.1:\(server.port)/")
                try await server.received.wait(within: ClientFixture.long)
                if isReset { try await server.reset() } else { try await server.close() }
                guard case .insecure = await result.fault else {
                    Issue.record("it was taken, or misnamed")
                    return
                }
            }
        }
    }

    @Test func `a stalled answer is given up in time, and the connection is closed`() async throws {
        let script: ScriptedServer.Script = { $0 == 1 ? [.send(ScriptedServer.ok)] : [] }
        try await Self.run(certificateFor: "DNS:app.example", script: script) { client, server in
            #expect(await client.post("https://app.example:\(server.port)/").text == "ok")
            let result = await client.post("https://app.example:\(server.port)/", timeout: .milliseconds(400))
            #expect(result.fault == .timedOut)
            try await server.ended.wait(within: ClientFixture.long)
        }
    }

    @Test func `a large body and its answer pass`() async throws {
        try await Self.run(certificateFor: "DNS:app.example") { client, server in
            let body = String(repeating: "a", count: 1 << 20)
            #expect(await client.post("https://app.example:\(server.port)/", body).text == "ok")
            #expect(server.requests.value.first?.hasSuffix("aaaa") == true)
        }
    }
}
